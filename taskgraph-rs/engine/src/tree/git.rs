//! Questions to git. Each is one call of the `git` command.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use crate::diagnostics::{Problem, Problems};
use crate::error::{Error, OrMachine as _, Result};

/// A git repository.
pub struct Repository {
    top: PathBuf,
    /// The commit that stands for HEAD, if it is another one than what is checked out.
    pinned: Option<String>,
    head: OnceLock<String>,
    origin: OnceLock<String>,
}

impl Repository {
    /// The repository whose work tree starts at `top`.
    pub fn at(top: PathBuf) -> Self {
        Repository { top, pinned: None, head: OnceLock::new(), origin: OnceLock::new() }
    }

    /// The same repository, as if `commit` were checked out.
    pub fn pinned_at(&self, commit: &str) -> Self {
        Repository { pinned: Some(commit.into()), ..Repository::at(self.top.clone()) }
    }

    /// Returns the top folder of the work tree.
    pub fn top(&self) -> &Path {
        &self.top
    }

    /// The commit that is checked out. Git is asked once.
    pub fn head_rev(&self) -> Result<String> {
        match &self.pinned {
            Some(commit) => Ok(commit.clone()),
            None => self
                .ask_once(&self.head, &["rev-parse", "--verify", "HEAD"])
                .map_err(|error| self.without_commit().map_or(error, Error::from)),
        }
    }

    /// Returns the message about a branch that has no commit yet, as in a new repository.
    fn without_commit(&self) -> Option<Problems> {
        let branch = self.ask(&["symbolic-ref", "--quiet", "HEAD"]).ok()?;
        let found = self.run(&["show-ref", "--verify", "--quiet", &branch]).ok()?;
        let name = branch.strip_prefix("refs/heads/").unwrap_or(&branch);
        let message = format!("the branch `{name}` of `{}` has no commit yet", self.top.display());
        let problem = Problem::error("no-commit", message);
        let help = "a graph is about a commit: begin with `git add` and `git commit`";
        (found.status.code() == Some(1)).then(|| problem.help(help).into())
    }

    fn ask_once(&self, known: &OnceLock<String>, arguments: &[&str]) -> Result<String> {
        if let Some(answer) = known.get() {
            return Ok(answer.clone());
        }
        let answer = self.ask(arguments)?;
        Ok(known.get_or_init(|| answer).clone())
    }

    /// The files that change if something else is checked out, is tracked, or is the origin. Nothing for a work tree
    /// whose repository lies elsewhere.
    pub fn stamped_files(&self) -> Option<Vec<PathBuf>> {
        let git = self.top.join(".git");
        let head = fs::read_to_string(git.join("HEAD")).ok()?;
        let branch = head.trim().strip_prefix("ref: ").map(|branch| git.join(branch));
        let names = ["HEAD", "index", "config", "packed-refs"];
        Some(names.iter().map(|name| git.join(name)).chain(branch).collect())
    }

    /// The commit that `rev` names: a hash, a branch, a tag, `HEAD~1`. None if there is no such commit.
    pub fn resolve(&self, rev: &str) -> Result<Option<String>> {
        let commit = format!("{rev}^{{commit}}");
        self.ask_maybe(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])
    }

    /// The commit that the present work is based on: the youngest one that a remote has, else HEAD.
    pub fn base_rev(&self) -> Result<String> {
        // Python: `GitRepository.base_rev`. Boundaries have a `-` before them.
        let listed = self.ask(&["rev-list", "HEAD", "--topo-order", "--boundary", "--not", "--remotes"])?;
        match lines(&listed).iter().rev().find_map(|line| line.strip_prefix('-')) {
            Some(base) => Ok(base.to_owned()),
            None => self.head_rev(),
        }
    }

    /// Writes the files of a commit into a folder, through an index of its own: neither the work tree nor what is
    /// staged is touched.
    pub fn write_commit(&self, commit: &str, folder: &Path, index: &Path) -> Result<()> {
        let prefix = format!("--prefix={}/", folder.display());
        for arguments in [&["read-tree", commit][..], &["checkout-index", "--all", "--force", &prefix]] {
            let output = self.call(arguments).env("GIT_INDEX_FILE", index).output();
            self.checked(arguments, &output.or_machine(|| self.failed(arguments))?)?;
        }
        Ok(())
    }

    /// Makes a repository of a folder that has the files of a commit: the objects stay where they are, and neither the
    /// work tree nor the refs of this repository are touched.
    pub fn write_repository(&self, commit: &str, folder: &Path) -> Result<()> {
        let objects = self.ask(&["rev-parse", "--path-format=absolute", "--git-path", "objects"])?;
        let new = Repository::at(folder.to_owned());
        let quiet = |arguments: &[&str]| new.checked(arguments, &new.run(arguments)?).map(drop);
        quiet(&["init", "--quiet"])?;
        let alternates = folder.join(".git/objects/info/alternates");
        std::fs::write(&alternates, format!("{objects}\n"))
            .or_machine(|| format!("`{}` cannot be written", alternates.display()))?;
        quiet(&["update-ref", "--no-deref", "HEAD", commit])?;
        quiet(&["reset", "--quiet"])?;
        match self.url() {
            Ok(url) => quiet(&["remote", "add", "origin", &url]),
            Err(_) => Ok(()),
        }
    }

    /// The branch that is checked out; none if HEAD is detached.
    pub fn branch(&self) -> Result<Option<String>> {
        Ok(Some(self.ask(&["branch", "--show-current"])?).filter(|name| !name.is_empty()))
    }

    /// The url of the remote `origin`. Git is asked once.
    pub fn url(&self) -> Result<String> {
        self.ask_once(&self.origin, &["remote", "get-url", "origin"])
    }

    /// Begins to list the files of the last commit.
    pub fn list_tracked(&self) -> Result<TrackedFiles<'_>> {
        let mut call = self.call(LIST_TRACKED);
        let call = call.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        Ok(TrackedFiles { repository: self, call: call.or_machine(|| self.failed(LIST_TRACKED))? })
    }

    /// Files that were added or modified in the work tree and are not staged.
    pub fn changed_files(&self) -> Result<Vec<String>> {
        Ok(lines(&self.ask(&["diff", "--name-only", "--no-renames", "--diff-filter=AM"])?))
    }

    /// The version in `version.txt` at the top.
    pub fn version(&self) -> Option<String> {
        version_in(&self.top)
    }

    /// The message of the commit that is checked out; none if it is no UTF-8.
    pub fn commit_message(&self) -> Result<Option<String>> {
        let arguments = &["log", "-n1", "--format=%B", "HEAD"];
        let output = self.run(arguments)?;
        self.checked(arguments, &output)?;
        Ok(String::from_utf8(output.stdout).ok())
    }

    /// Whether `revision` is a commit that this clone has.
    pub fn has_commit(&self, revision: &str) -> Result<bool> {
        let output = self.run(&["cat-file", "-t", revision])?;
        Ok(output.status.success() && output.stdout.trim_ascii() == b"commit")
    }

    /// Whether `revision`, or a name that stands for one, is in this clone.
    pub fn has_object(&self, revision: &str) -> Result<bool> {
        Ok(self.run(&["cat-file", "-e", revision])?.status.success())
    }

    /// The latest commit that two revisions have in common; none if there is none, or if either is not there.
    pub fn merge_base(&self, one: &str, other: &str) -> Result<Option<String>> {
        let output = self.run(&["merge-base", one, other])?;
        let found = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok(Some(found).filter(|_| output.status.success()))
    }

    /// Files that the commits after `base` up to `head` added, changed or deleted, commit by commit: what several
    /// commits touch is there several times. Merges touch nothing.
    pub fn files_between(&self, base: &str, head: &str) -> Result<Vec<String>> {
        let range = format!("{base}..{head}");
        let arguments =
            &["log", "--format=format:", &range, "--name-only", "--no-renames", "--diff-filter=ADM"];
        Ok(lines(&self.ask(arguments)?))
    }

    /// The files that differ between two commits or trees.
    pub fn files_that_differ(&self, base: &str, head: &str) -> Result<Vec<String>> {
        Ok(lines(&self.ask(&["diff", base, head, "--name-only", "--no-renames", "--diff-filter=ADM"])?))
    }

    /// Whether the clone has only a part of the history.
    pub fn is_shallow(&self) -> Result<bool> {
        Ok(self.ask(&["rev-parse", "--is-shallow-repository"])?.trim() == "true")
    }

    /// The note of HEAD under a ref of notes, as it is in a remote repository; nothing if there is none.
    pub fn note(&self, remote: &str, notes: &str) -> Result<Option<String>> {
        let refs = format!("{notes}:{notes}");
        if let Err(error) = self.ask(&["fetch", "--quiet", remote, &refs]) {
            // Without such a ref there is nothing to fetch; whatever else stops it is an error.
            return match self.ask(&["ls-remote", remote, notes])?.is_empty() {
                true => Ok(None),
                false => Err(error),
            };
        }
        self.ask_maybe(&["notes", &format!("--ref={notes}"), "show", "HEAD"])
    }

    /// The default branch: what the clone knows of its remote, what the remote itself says, else the one branch whose
    /// name is that of a default branch. Python: `GitRepository.default_branch`.
    pub fn default_branch(&self) -> Result<String> {
        let remote = self.remote();
        if let Some(remote) = &remote {
            let head = format!("{remote}/HEAD");
            if let Some(branch) = self.ask_maybe(&["rev-parse", "--abbrev-ref", &head])? {
                return Ok(branch);
            }
            if let Some(answer) = self.ask_maybe(&["ls-remote", "--symref", remote, "HEAD"])?
                && let Some(branch) = branch_of_head(&answer)
            {
                return Ok(format!("{remote}/{branch}"));
            }
        }
        let branches = self.ask(&["branch", "--all", "--no-color", "--format=%(refname)"])?;
        let is_default = |name: &&str| DEFAULT_BRANCHES.iter().any(|ending| name.ends_with(ending));
        let found: Vec<&str> = branches.lines().map(str::trim).filter(is_default).collect();
        match found[..] {
            [branch] => Ok(branch.to_owned()),
            _ => {
                let top = self.top.display();
                let found = if found.is_empty() { "none".into() } else { found.join(", ") };
                let why = format!("neither it nor a remote says which; branches that could be it: {found}");
                Err(Error::machine(why).context(format!("the default branch of `{top}` cannot be told")))
            }
        }
    }

    /// The remote to go by: that of the branch that is checked out, else the only one, else `origin`, else the first.
    fn remote(&self) -> Option<String> {
        let upstream =
            self.ask_maybe(&["rev-parse", "--verify", "--abbrev-ref", "--symbolic-full-name", "@{u}"]);
        if let Ok(Some(upstream)) = upstream {
            return upstream.split('/').next().map(str::to_owned);
        }
        let remotes = self.ask(&["remote"]).ok()?;
        let mut remotes = remotes.lines();
        let first = remotes.next()?;
        Some(remotes.find(|name| *name == "origin").unwrap_or(first).to_owned())
    }

    fn ask(&self, arguments: &[&str]) -> Result<String> {
        self.text(arguments, self.run(arguments)?)
    }

    /// The output of a call that went well.
    fn text(&self, arguments: &[&str], output: Output) -> Result<String> {
        self.checked(arguments, &output)?;
        let text = String::from_utf8(output.stdout).or_machine(|| self.failed(arguments))?;
        Ok(text.trim_end().to_owned())
    }

    /// The answer; none if git refuses.
    fn ask_maybe(&self, arguments: &[&str]) -> Result<Option<String>> {
        let output = self.run(arguments)?;
        Ok(match output.status.success() {
            true => Some(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
            false => None,
        })
    }

    fn run(&self, arguments: &[&str]) -> Result<Output> {
        self.call(arguments).output().or_machine(|| self.failed(arguments))
    }

    #[expect(clippy::disallowed_methods, reason = "git is called here and nowhere else")]
    fn call(&self, arguments: &[&str]) -> Command {
        // A remote that wants a password gets none: nobody sits there to type it.
        let mut call = Command::new("git");
        call.args(arguments).current_dir(&self.top).stdin(Stdio::null()).env("GIT_TERMINAL_PROMPT", "0");
        call
    }

    fn checked(&self, arguments: &[&str], output: &Output) -> Result<()> {
        if output.status.success() {
            return Ok(());
        }
        let reason = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(Error::machine(reason).context(self.failed(arguments)))
    }

    fn failed(&self, arguments: &[&str]) -> String {
        format!("`git {}` failed in `{}`", arguments.join(" "), self.top.display())
    }
}

const LIST_TRACKED: &[&str] = &["ls-tree", "-r", "--name-only", "HEAD"];

/// A call of git that lists the tracked files.
pub struct TrackedFiles<'r> {
    repository: &'r Repository,
    call: Child,
}

impl TrackedFiles<'_> {
    /// Waits for the files, from the top, in git's order.
    pub fn wait(self) -> Result<Vec<String>> {
        let output = self.call.wait_with_output().or_machine(|| self.repository.failed(LIST_TRACKED))?;
        Ok(lines(&self.repository.text(LIST_TRACKED, output)?))
    }
}

/// Endings of the names that default branches have.
const DEFAULT_BRANCHES: [&str; 3] = ["main", "master", "branches/default/tip"];

/// The branch in `ref: refs/heads/main\tHEAD`.
fn branch_of_head(answer: &str) -> Option<&str> {
    answer.lines().find_map(|line| {
        let (branch, rest) =
            line.strip_prefix("ref:")?.trim_start().strip_prefix("refs/heads/")?.split_once('\t')?;
        (rest.trim() == "HEAD").then_some(branch)
    })
}

/// The content of `version.txt` in `directory`, if there is one: its first line.
pub fn version_in(directory: &Path) -> Option<String> {
    let text = std::fs::read_to_string(directory.join("version.txt")).ok()?;
    Some(text.lines().next().unwrap_or_default().trim_end().to_owned())
}

/// The top of the work tree that `directory` is in.
pub fn top_above(directory: &Path) -> Option<PathBuf> {
    directory.ancestors().find(|above| above.join(".git").exists()).map(Path::to_owned)
}

fn lines(text: &str) -> Vec<String> {
    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The name of a project in a remote's url: `translations` in `https://github.com/mozilla/translations.git`.
/// None for what is not a url of a repository.
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
