//! Ctrl-C and SIGTERM while Python hangs: nothing is written, and no process is left behind.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::tree::{TRANSFORM, Tree, interpreter};

/// Long after this, something hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// Time limit for tidying up, on a machine with much else to do.
const TIDY: Duration = Duration::from_secs(30);

/// The variable by which descendants of a call are known, whatever they are.
const MARK: &str = "TASKGRAPH_TEST_MARK";

/// A tree whose transform starts a child and a daemon that ignore signals, says so in the file `begun`, and hangs.
fn hanging() -> Tree {
    Tree::new(&format!(
        "{TRANSFORM}        deaf = \"sh\", \"-c\", \"trap '' INT TERM HUP USR1; sleep 1000; true\"
        os.spawnvp(os.P_NOWAIT, \"sh\", deaf)
        daemon = os.fork()
        if daemon == 0:
            os.setsid()
            os.spawnvp(os.P_NOWAIT, \"sh\", deaf)
            os._exit(0)
        os.waitpid(daemon, 0)
        open(os.environ[\"{MARK}\"] + \"/begun\", \"w\").close()
        while True: time.sleep(1)
        yield task
"
    ))
}

/// The processes that have the mark in their environment.
fn marked(mark: &Path) -> BTreeSet<String> {
    let wanted = format!("{MARK}={}", mark.display());
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let has_mark = |process: &fs::DirEntry| {
        let environment = fs::read(process.path().join("environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes())
    };
    processes.filter(has_mark).map(|process| process.file_name().to_string_lossy().into_owned()).collect()
}

fn until(patience: Duration, what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < patience, "{what}");
        sleep(Duration::from_millis(10));
    }
}

/// Calls the program, sends it a signal when Python hangs, and looks at what is left.
fn interrupted(signal: &str, arguments: &[&str]) -> Option<ExitStatus> {
    let python = interpreter()?.display().to_string();
    let (tree, mark) = (hanging(), tempfile::tempdir().unwrap());
    let before = tree.files();
    let mut child = tree
        .command(&[arguments, &["--native", "always", "--python", &python]].concat())
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env(MARK, mark.path())
        .env("TMPDIR", mark.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    until(PATIENCE, "the transform is not reached", || {
        assert!(
            child.try_wait().unwrap().is_none(),
            "the program has ended: {:?}",
            read(child.stderr.take())
        );
        mark.path().join("begun").exists()
    });
    // The program, the worker, its watcher, its session, a child and a daemon. A process that is just being made has no
    // environment yet.
    until(PATIENCE, "not all processes are there", || marked(mark.path()).len() >= 6);
    let pid = child.id().to_string();
    assert!(Command::new("sh").args(["-c", "kill -s $0 $1", signal, &pid]).status().unwrap().success());
    let start = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if start.elapsed() > TIDY => {
                child.kill().unwrap();
                panic!("the program does not end with SIG{signal}");
            }
            None => sleep(Duration::from_millis(5)),
        }
    };
    until(TIDY, "processes are left behind", || marked(mark.path()).is_empty());
    assert_eq!(before, tree.files(), "files were written");
    let left = fs::read_dir(mark.path()).unwrap().flatten().map(|entry| entry.file_name());
    assert_eq!(left.collect::<Vec<_>>(), ["begun"], "temporary files are left behind");
    Some(status)
}

fn read(stderr: Option<std::process::ChildStderr>) -> String {
    stderr.map(|stderr| std::io::read_to_string(stderr).unwrap()).unwrap_or_default()
}

#[test]
fn ctrl_c_ends_the_python_of_the_tree_with_the_program() {
    let Some(status) = interrupted("INT", &["full", "--json", "-p", "p.yml", "-o", "full.json"]) else {
        return;
    };
    assert_eq!(status.signal(), Some(2));
}

#[test]
fn so_does_sigterm() {
    let Some(status) = interrupted("TERM", &["full", "--json", "-p", "p.yml", "-o", "full.json"]) else {
        return;
    };
    assert_eq!(status.signal(), Some(15));
}

#[test]
fn so_does_sigkill_which_the_program_cannot_see() {
    let Some(status) = interrupted("KILL", &["full", "--json", "-p", "p.yml", "-o", "full.json"]) else {
        return;
    };
    assert_eq!(status.signal(), Some(9));
}

const DECISION: &[&str] = &[
    "decision",
    "--dry-run",
    "--project=tree",
    "--pushlog-id=1",
    "--pushdate=1",
    "--owner=a@example.org",
    "--level=1",
    "--repository-type=git",
    "--base-repository=https://github.com/example/tree",
    "--base-ref=main",
    "--head-repository=https://github.com/example/tree",
    "--head-ref=main",
    "--head-rev=HEAD",
    "--tasks-for=github-push",
];

#[test]
fn a_decision_that_would_ask_the_network_waits_for_no_transform() {
    // It lets requests end that are in flight. Python is none of them. Folders that were made are gone again.
    for signal in ["INT", "TERM"] {
        let Some(status) = interrupted(signal, DECISION) else { return };
        assert_eq!(status.signal(), Some(if signal == "INT" { 2 } else { 15 }), "{status}");
    }
}

#[test]
fn a_decision_offline_writes_no_artifact() {
    let Some(status) = interrupted("TERM", &[DECISION, &["--offline"]].concat()) else { return };
    assert_eq!(status.signal(), Some(15));
}
