//! What the program asks git. Each question is one call of the `git` command.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::problem::{Machine, Problem, Problems};

/// A git repository.
#[derive(Clone)]
pub struct Repository {
    top: PathBuf,
    /// The commit that stands for HEAD, if it is another one than what is checked out.
    pinned: Option<String>,
}

impl Repository {
    /// The repository whose work tree starts at `top`.
    pub fn at(top: PathBuf) -> Self {
        Repository { top, pinned: None }
    }

    /// The same repository, as if `commit` were checked out.
    pub fn pinned_at(&self, commit: &str) -> Self {
        Repository { top: self.top.clone(), pinned: Some(commit.into()) }
    }

    /// The commit that is checked out.
    pub fn head_rev(&self) -> Result<String> {
        match &self.pinned {
            Some(commit) => Ok(commit.clone()),
            None => self.ask(&["rev-parse", "--verify", "HEAD"]),
        }
    }

    /// The commit that `rev` names: a hash, a branch, a tag, `HEAD~1`.
    pub fn resolve(&self, rev: &str) -> Result<String> {
        let commit = format!("{rev}^{{commit}}");
        self.ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]).map_err(|error| {
            match self.head_rev() {
                Err(_) => error,
                Ok(_) => {
                    let help = "name a commit, a branch or a tag, as `git rev-parse` takes it";
                    let message = format!("there is no revision `{rev}` in `{}`", self.top.display());
                    Problems::from(Problem::error("unknown-revision", message).help(help)).into()
                }
            }
        })
    }

    /// The commit that the present work is based on: the youngest one that a remote has, else HEAD.
    pub fn base_rev(&self) -> Result<String> {
        // Python: `GitRepository.base_rev`. Boundaries have a `-` before them.
        let listed = self.ask(&["rev-list", "HEAD", "--topo-order", "--boundary", "--not", "--remotes"])?;
        match lines(&listed).pop() {
            Some(last) => Ok(last.trim_start_matches('-').to_owned()),
            None => self.head_rev(),
        }
    }

    /// Writes the files of a commit into a folder, through an index of its own: neither the work tree nor what is
    /// staged is touched.
    pub fn write_commit(&self, commit: &str, folder: &Path, index: &Path) -> Result<()> {
        let index = ("GIT_INDEX_FILE", index.as_os_str());
        self.ask_with(&["read-tree", commit], Some(index))?;
        let prefix = format!("--prefix={}/", folder.display());
        self.ask_with(&["checkout-index", "--all", "--force", &prefix], Some(index)).map(drop)
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
        self.ask_with(arguments, None)
    }

    fn ask_with(&self, arguments: &[&str], variable: Option<(&str, &OsStr)>) -> Result<String> {
        let told = || Machine(format!("`git {}` failed in `{}`", arguments.join(" "), self.top.display()));
        let mut command = Command::new("git");
        let output = command.args(arguments).envs(variable).current_dir(&self.top).output();
        let output = output.with_context(told)?;
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
