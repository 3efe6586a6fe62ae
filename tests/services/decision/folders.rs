//! The folders that a decision writes to.

use std::fs::{self, File};
use std::process::Command;

use super::repository::Repository;
use crate::fake_taskcluster::Fake;
use crate::support::program::{call, run};

#[test]
fn what_is_refused_writes_nothing() {
    let repository = Repository::new();
    repository.write("taskcluster/kinds/job/kind.yml", "transforms: [nobody.knows]\ntasks: {a: {}}\n");
    repository.commit("broken");
    let outcome = repository.dry(&[]);
    assert_eq!(outcome.status, 2, "{}", outcome.err);
    assert!(!repository.file("artifacts").exists() && !repository.file("docker-contexts").exists());
}

#[test]
fn another_decision_in_the_same_folder_is_refused() {
    let repository = Repository::new();
    fs::create_dir(repository.file("artifacts")).unwrap();
    let lock = File::open(repository.file("artifacts")).unwrap();
    lock.lock().unwrap();
    let outcome = repository.dry(&[]);
    assert_eq!(outcome.status, 3);
    assert!(outcome.err.contains("`artifacts` is written to by another decision"), "{}", outcome.err);
    assert_eq!(repository.artifacts(), [""; 0]);
    drop(lock);
    assert_eq!(repository.dry(&[]).status, 0);
}

#[test]
fn what_a_killed_decision_left_goes() {
    let repository = Repository::new();
    repository.write("artifacts/.unfinished-1/parameters.yml", "half");
    repository.write("artifacts/of-somebody-else", "stays");
    assert_eq!(repository.dry(&[]).status, 0);
    let names = repository.artifacts();
    assert!(
        names.contains(&"of-somebody-else".into()) && !names.iter().any(|name| name.starts_with('.')),
        "{names:?}"
    );
}

#[test]
fn a_folder_that_is_a_link_is_written_to_where_it_leads() {
    let repository = Repository::new();
    let elsewhere = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), repository.file("artifacts")).unwrap();
    assert_eq!(repository.dry(&[]).status, 0);
    assert!(elsewhere.path().join("task-graph.json").is_file());
    assert!(repository.file("artifacts").is_symlink());
}

#[test]
fn a_full_disk_leaves_what_was_there() {
    let repository = Repository::new();
    assert_eq!(repository.dry(&[]).status, 0);
    let before = fs::read(repository.file("artifacts/full-task-graph.json")).unwrap();
    repository.touch("more.txt");
    // No file may become longer than a block, which is what a full disk looks like to a program.
    let command = repository.command(&["--dry-run", "--offline"]);
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\""]).arg(command.get_program());
    limited.args(command.get_args()).current_dir(repository.path()).env_clear();
    limited.env("PATH", "/usr/local/bin:/usr/bin:/bin");
    let outcome = run(limited);
    assert_eq!(outcome.status, 3, "{}", outcome.err);
    assert!(outcome.err.contains("cannot be written"), "{}", outcome.err);
    assert_eq!(fs::read(repository.file("artifacts/full-task-graph.json")).unwrap(), before);
    assert!(repository.artifacts().iter().all(|name| !name.starts_with('.')));
}

/// Nobody, not even root, makes a file in a folder of the kernel's; whoever is not root, none in one that is read only.
#[test]
fn a_folder_that_takes_no_files_is_reported_before_anything_is_created() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let read_only = |folder: &std::path::Path| {
        fs::create_dir(folder).unwrap();
        fs::set_permissions(folder, fs::Permissions::from_mode(0o555)).unwrap();
        fs::create_dir(folder.join("probe")).is_err()
    };
    for way in ["kernel", "permissions"] {
        let repository = Repository::new();
        let artifacts = repository.file("artifacts");
        match way {
            "kernel" => symlink("/proc/sys", &artifacts).unwrap(),
            _ if read_only(&artifacts) => {}
            // Root may write to it.
            _ => continue,
        }
        let fake = Fake::start();
        let outcome = repository.decide(&fake, &["--target-tasks-method=all"]);
        assert_eq!(outcome.status, 3, "{}", outcome.err);
        assert!(outcome.err.contains("cannot be written to"), "{}", outcome.err);
        assert_eq!(fake.tasks().len(), 0, "{way}");
    }
}

#[test]
fn what_cannot_be_a_folder_is_reported() {
    let repository = Repository::new();
    repository.write("artifacts", "a file");
    let outcome = repository.dry(&[]);
    assert_eq!(outcome.status, 3, "{}", outcome.err);
    assert!(outcome.err.contains("artifacts"), "{}", outcome.err);
    let repository = Repository::new();
    repository.write("artifacts/parameters.yml/x", "in a folder");
    let outcome = repository.dry(&[]);
    assert_eq!(outcome.status, 3, "{}", outcome.err);
    assert!(outcome.err.contains("there is a folder of this name"), "{}", outcome.err);
    assert_eq!(repository.artifacts(), ["parameters.yml"]);
}

#[test]
fn offline_is_for_dry_runs() {
    let repository = Repository::new();
    assert_eq!(call(repository.path(), &["decision", "--native=always", "--offline"]).status, 2);
}
