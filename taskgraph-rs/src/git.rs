//! What the program asks git. Each question is one call of the `git` command.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::problem::Machine;

/// A git repository.
pub struct Repository {
    top: PathBuf,
}

impl Repository {
    /// The repository whose work tree starts at `top`.
    pub fn at(top: PathBuf) -> Self {
        Repository { top }
    }

    /// The commit that is checked out.
    pub fn head_rev(&self) -> Result<String> {
        self.ask(&["rev-parse", "--verify", "HEAD"])
    }

    /// The branch that is checked out; none if HEAD is detached.
    pub fn branch(&self) -> Result<Option<String>> {
        Ok(Some(self.ask(&["branch", "--show-current"])?).filter(|name| !name.is_empty()))
    }

    /// The url of the remote `origin`.
    pub fn url(&self) -> Result<String> {
        self.ask(&["remote", "get-url", "origin"])
    }

    /// Files of the last commit, from the top, in git's order.
    pub fn tracked_files(&self) -> Result<Vec<String>> {
        Ok(lines(&self.ask(&["ls-tree", "-r", "--name-only", "HEAD"])?))
    }

    /// Files that were added or modified in the work tree and are not staged.
    pub fn changed_files(&self) -> Result<Vec<String>> {
        Ok(lines(&self.ask(&["diff", "--name-only", "--no-renames", "--diff-filter=AM"])?))
    }

    /// The content of `version.txt` at the top, if there is one: its first line.
    pub fn version(&self) -> Option<String> {
        let text = std::fs::read_to_string(self.top.join("version.txt")).ok()?;
        Some(text.lines().next().unwrap_or_default().trim_end().to_owned())
    }

    fn ask(&self, arguments: &[&str]) -> Result<String> {
        let told = || Machine(format!("`git {}` failed in `{}`", arguments.join(" "), self.top.display()));
        let output =
            Command::new("git").args(arguments).current_dir(&self.top).output().with_context(told)?;
        if !output.status.success() {
            let reason = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(anyhow::Error::msg(reason).context(told()));
        }
        let text = String::from_utf8(output.stdout).with_context(told)?;
        Ok(text.trim_end().to_owned())
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The name of a project in a remote's url: `translations` in `https://github.com/mozilla/translations.git`.
/// None for what is no url of a repository.
pub fn project_of(url: &str) -> Option<String> {
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?.1,
        None => url.split_once(':')?.1,
    };
    let name = path.trim_end_matches('/').rsplit('/').next()?;
    let name = name.strip_suffix(".git").unwrap_or(name);
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::project_of;

    #[test]
    fn the_project_is_the_last_part_of_the_url() {
        for url in [
            "https://github.com/mozilla/translations",
            "https://github.com/mozilla/translations.git",
            "git@github.com:mozilla/translations.git",
            "ssh://git@github.com/mozilla/translations",
        ] {
            assert_eq!(project_of(url).as_deref(), Some("translations"), "{url}");
        }
        assert_eq!(project_of("nonsense"), None);
    }
}
