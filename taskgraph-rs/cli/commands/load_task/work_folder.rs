//! The folder that a task for generic-worker runs in, with what is mounted there.

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use crate::commands::load_task::definition::Task;
use crate::commands::load_task::generic_worker::{Content, Mount};
use crate::commands::load_task::upstreams::Provider;
use crate::output_medium::one_line;
use anstream::eprintln;
use sha2::{Digest as _, Sha256};
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::{OrMachine as _, Result};
use taskgraph::settings::RunTask;
use taskgraph::tree::hex;
use taskgraph_compat::redact::redact;
use tempfile::TempDir;

/// User that runs a task if the caller is root, as a worker never runs it as root.
const USER: u32 = 1000;

/// The folder of a task, on this machine.
pub(super) struct WorkFolder {
    folder: TempDir,
    user: u32,
    group: u32,
}

impl WorkFolder {
    /// Makes the folder, and puts there what is mounted.
    pub(super) fn make(
        task: &Task,
        mounts: &[Mount],
        run_task: Option<&RunTask>,
        provider: &Provider<'_>,
    ) -> Result<Self> {
        let failed = || "there is no place for the folder of the task";
        let folder = tempfile::tempdir().or_machine(failed)?;
        let own = folder.path().metadata().or_machine(failed)?;
        let (user, group) = if own.uid() == 0 { (USER, USER) } else { (own.uid(), own.gid()) };
        let made = WorkFolder { folder, user, group };
        made.hand_over(made.path())?;
        for mount in mounts {
            made.put(task, mount, run_task, provider)?;
        }
        Ok(made)
    }

    /// Returns its path.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Returns its owner, in the form that engines take.
    pub(super) fn user(&self) -> String {
        format!("{}:{}", self.user, self.group)
    }

    fn put(
        &self,
        task: &Task,
        mount: &Mount,
        run_task: Option<&RunTask>,
        provider: &Provider<'_>,
    ) -> Result<()> {
        let path = self.path().join(&mount.path);
        let failed = || format!("`{}` cannot be put into the folder of the task", mount.path);
        let is_folder = matches!(mount.content, Content::Cache(_));
        self.make_folders(&path, is_folder)?;
        match &mount.content {
            Content::Cache(_) => return Ok(()),
            Content::RunTask(name) => {
                let from = run_task.and_then(|files| files.files.iter().find(|(file, _)| file == name));
                let (_, from) = from.ok_or_else(|| no_run_task(&task.name))?;
                fs::copy(from, &path).or_machine(failed)?;
            }
            Content::Raw(text) => fs::write(&path, text).or_machine(failed)?,
            Content::Url(url) => {
                eprintln!("downloading {}", one_line(&redact(url)));
                let mut file = File::create(&path).or_machine(failed)?;
                provider.taskcluster()?.save_url(url, &mut file)?;
            }
            Content::Artifact(id, artifact) => {
                let from: PathBuf = provider.artifact(task, id, artifact)?;
                fs::copy(from, &path).or_machine(failed)?;
            }
        }
        if let Some(expected) = &mount.sha256 {
            check(&path, &mount.path, expected)?;
        }
        // Scripts are programs; for all else a task says so itself.
        let mode = if matches!(mount.content, Content::RunTask(_)) { 0o755 } else { 0o644 };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).or_machine(failed)?;
        self.hand_over(&path)
    }

    /// Makes the folders above a path, and the one at it if it is one.
    fn make_folders(&self, path: &Path, is_folder: bool) -> Result<()> {
        let own = self.path();
        let above = path.ancestors().skip(usize::from(!is_folder)).take_while(|folder| *folder != own);
        let mut folders: Vec<&Path> = above.collect();
        folders.reverse();
        for folder in folders.into_iter().filter(|folder| !folder.is_dir()) {
            fs::create_dir(folder).or_machine(|| format!("`{}` cannot be made", folder.display()))?;
            self.hand_over(folder)?;
        }
        Ok(())
    }

    /// Gives a file to the user of the task. Only root has to.
    fn hand_over(&self, path: &Path) -> Result<()> {
        let failed = || format!("`{}` cannot be handed to the user of the task", path.display());
        if path.metadata().or_machine(failed)?.uid() == self.user {
            return Ok(());
        }
        chown(path, Some(self.user), Some(self.group)).or_machine(failed)
    }
}

fn check(path: &Path, name: &str, expected: &str) -> Result<()> {
    let failed = || format!("`{}` cannot be read", path.display());
    let mut digest = Sha256::new();
    std::io::copy(&mut File::open(path).or_machine(failed)?, &mut digest).or_machine(failed)?;
    let found = hex(&digest.finalize());
    if found == expected.to_lowercase() {
        return Ok(());
    }
    let message = format!("what is mounted at `{name}` has the digest {found}, and not {expected}");
    Err(Problems::from(Problem::error("digest", message)).into())
}

fn no_run_task(task: &str) -> Problems {
    let message = format!("`{task}` needs run-task, which was not found");
    let help = "name the folder that has run-task, fetch-content, hgrc and robustcheckout.py with --run-task-dir or TASKGRAPH_RUN_TASK_DIR";
    Problem::error("run-task", message).help(help).into()
}
