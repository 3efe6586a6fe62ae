//! A tree as it is in another revision, without touching the working copy.

use tempfile::TempDir;

use crate::diagnostics::{Problem, Problems};
use crate::error::{OrMachine as _, Result};
use crate::tree::Tree;

/// The files of a commit, in a folder that is removed with this value.
pub struct Revision {
    /// The hash of the commit.
    pub commit: String,
    folder: TempDir,
}

impl Revision {
    /// Reads a revision of the repository that `tree` is in; the one that the present work is based on if `rev` names
    /// none.
    pub fn read(tree: &Tree, rev: Option<&str>) -> Result<Self> {
        let Some(repository) = tree.repository() else {
            let message = format!("`{}` is in no git repository: it has no revisions", tree.name());
            return Err(Problems::from(Problem::error("no-repository", message)).into());
        };
        let commit = match rev {
            Some(rev) => repository.resolve(rev)?.ok_or_else(|| {
                let message = format!("there is no revision `{rev}` in `{}`", repository.top().display());
                let help = "name a commit, a branch or a tag, as `git rev-parse` takes it";
                Problems::from(Problem::error("unknown-revision", message).help(help))
            })?,
            None => repository.base_rev()?,
        };
        let folder = TempDir::with_prefix("taskgraph-").or_machine(|| "no temporary folder can be made")?;
        repository.write_commit(&commit, &folder.path().join("files"), &folder.path().join("index"))?;
        Ok(Revision { commit, folder })
    }

    /// The tree as it is in this revision. It can be read as long as the revision lives.
    pub fn tree(&self, tree: &Tree) -> Result<Tree> {
        tree.at_commit(&self.commit, &self.folder.path().join("files"))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    use super::*;

    #[expect(clippy::disallowed_methods, reason = "a test starts a program")]
    fn git(folder: &Path, arguments: &[&str]) {
        let status = Command::new("git").args(arguments).current_dir(folder).status().unwrap();
        assert!(status.success(), "git {arguments:?}");
    }

    fn write(folder: &Path, config: &str) {
        std::fs::write(folder.join("taskcluster/config.yml"), config).unwrap();
    }

    #[test]
    fn an_older_tree_is_read_while_the_working_copy_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path();
        std::fs::create_dir(top.join("taskcluster")).unwrap();
        let commit = &["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qam", "x"];
        git(top, &["init", "-q", "--initial-branch=main"]);
        write(top, "first: 1\n");
        git(top, &["add", "."]);
        git(top, commit);
        write(top, "second: 2\n");
        git(top, commit);
        write(top, "dirty: 3\n");

        let tree = Tree::open(&top.join("taskcluster"), top).unwrap();
        let revision = Revision::read(&tree, Some("HEAD~1")).unwrap();
        let old = revision.tree(&tree).unwrap();
        let read = old.read("config.yml").unwrap();
        assert_eq!(read.text, "first: 1\n");
        assert_eq!(read.name, format!("{}:taskcluster/config.yml", &revision.commit[..12]));
        assert_eq!(old.repository().unwrap().head_rev().unwrap(), revision.commit);
        assert_eq!(tree.read("config.yml").unwrap().text, "dirty: 3\n");
        // Nothing was pushed: the work is based on what is there.
        let base = Revision::read(&tree, None).unwrap();
        assert_eq!(base.tree(&tree).unwrap().read("config.yml").unwrap().text, "second: 2\n");

        let error = Revision::read(&tree, Some("nowhere")).err().unwrap();
        assert!(error.to_string().contains("there is no revision `nowhere`"), "{error}");
        let files = revision.folder.path().to_owned();
        drop(revision);
        assert!(!files.exists());
    }

    #[test]
    fn a_tree_without_a_repository_has_no_revisions() {
        let error = Revision::read(&Tree::embedded(&[]), None).err().unwrap();
        assert!(error.to_string().contains("in no git repository"), "{error}");
    }
}
