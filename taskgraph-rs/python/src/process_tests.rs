//! Interpreters that do not do as they should: each is a script of a few lines.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use taskgraph::error::Error;

use tempfile::TempDir;

use crate::process::*;

const LIMITS: Limits = Limits { time: Duration::from_secs(20), memory: None };

/// A program of the shell that is started as an interpreter.
struct Fake {
    process: Process,
    log: Arc<Mutex<Vec<String>>>,
    folder: TempDir,
}

impl Fake {
    fn start(script: &str, limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("python3");
        fs::write(&program, format!("#!/bin/sh\ncd '{}'\n{script}\n", folder.path().display())).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let interpreter = Interpreter { program, found_by: "a test", site_packages: Vec::new() };
        let log = Arc::new(Mutex::new(Vec::new()));
        let lines = log.clone();
        let process =
            Process::start(&interpreter, None, limits, Arc::new(move |line| lock(&lines).push(line.into())));
        Fake { process: process.unwrap(), log, folder }
    }

    fn call(&self) -> Result<String, Error> {
        let request = Request { session: None, method: "kind", what: "kind `k`", arguments: "{}".into() };
        match self.process.call(request)? {
            Reply::Done(answer) | Reply::Raised(answer) => Ok(answer),
        }
    }

    /// The error of a call. Whether the machine is at fault decides about the exit status.
    fn error(&self) -> (String, bool) {
        let error = self.call().unwrap_err();
        let program = self.folder.path().join("python3").display().to_string();
        (format!("{error:#}").replace(&program, "python3"), matches!(error, Error::Machine(_)))
    }
}

/// A command of the shell that writes a frame.
fn frame_of(body: &str) -> String {
    format!(r"printf '\000\000\000\{:03o}%s' '{body}'", body.len())
}

/// A command that waits for the first request: the first frame has come before it.
const READ: &str = "head -c 4 > length; head -c $(od -An -tu1 length | awk '{print (($1*256+$2)*256+$3)*256+$4}') > first; head -c 4 > length; head -c 10 > request";

#[test]
fn an_answer_is_handed_to_whom_it_is_for() {
    let answer = frame_of(r#"{"id":1,"ok":{"a":[1]}}"#);
    let fake = Fake::start(&format!("{READ}; echo hello >&2; {answer}; exec sleep 60"), LIMITS);
    assert_eq!(fake.call().unwrap(), r#"{"a":[1]}"#);
    let first = fs::read_to_string(fake.folder.path().join("first")).unwrap();
    assert!(first.starts_with(r#"{"modules":{"#), "{}", &first[..40]);
    assert_eq!(fs::read_to_string(fake.folder.path().join("request")).unwrap(), r#"{"id":1,"m"#);
    fake.process.end();
    assert_eq!(*lock(&fake.log), ["hello"]);
}

#[test]
fn what_is_no_answer_is_refused_and_the_process_ends() {
    for (script, expected) in [
        (frame_of("abc"), "expected value at line 1 column 1"),
        (frame_of(r#"{"id":1}"#), "an answer says nothing"),
        (r"printf '\377\377\377\377x'".into(), "Python sent an invalid answer"),
        (frame_of("\u{fffd}{"), "expected value at line 1 column 1"),
    ] {
        let fake = Fake::start(&format!("{READ}; {script}; exec sleep 60"), LIMITS);
        let (error, is_machine) = fake.error();
        assert_eq!(error, format!("kind `k`: `python3` (a test) cannot be understood: {expected}"));
        assert!(!is_machine);
        assert!(wait_for(&fake.process.child, Duration::from_secs(10)).is_some(), "it goes on");
        // Whoever asks later hears the same.
        assert_eq!(fake.error().0, error);
    }
}

#[test]
fn an_interpreter_that_ends_at_once_says_so() {
    for (script, expected) in [
        ("exit 3", "`python3` (a test) ended with status 3 before it answered"),
        ("cat > /dev/null & exit 0", "`python3` (a test) ended with status 0 before it answered"),
        // An answer that is cut off.
        (
            r#"printf '\000\000\000\100{"id'; exit 1"#,
            "`python3` (a test) ended with status 1 before it answered",
        ),
        (r"printf '\000\000'", "`python3` (a test) ended with status 0 before it answered"),
    ] {
        let fake = Fake::start(script, LIMITS);
        assert_eq!(fake.error(), (format!("kind `k`: {expected}"), false));
    }
}

#[test]
fn an_interpreter_that_ends_later_was_ended_by_the_tree() {
    let answer = frame_of(r#"{"id":1,"ok":{}}"#);
    let fake = Fake::start(&format!("{READ}; {answer}; exit 7"), LIMITS);
    assert_eq!(fake.call().unwrap(), "{}");
    let expected = "kind `k`: the Python of the tree ended the process with status 7";
    assert_eq!(fake.error(), (expected.into(), false));
}

#[test]
fn a_signal_is_the_fault_of_the_machine() {
    let fake = Fake::start("kill -9 $$", LIMITS);
    let (error, is_machine) = fake.error();
    assert!(
        error.starts_with("kind `k`: the Python of the tree was killed by signal 9 (SIGKILL): "),
        "{error}"
    );
    assert!(is_machine);
}

#[test]
fn an_interpreter_that_says_and_reads_nothing_is_not_waited_for() {
    // The first frame is larger than a pipe: whoever waited for it to be read would wait for ever.
    let limits = Limits { time: Duration::from_millis(200), ..LIMITS };
    for trap in ["", "trap '' USR1;"] {
        let start = Instant::now();
        let fake = Fake::start(&format!("{trap} sleep 60 & echo $! > child; {trap} sleep 60"), limits);
        let expected = "kind `k`: the Python of the tree did not answer within 0.2 s";
        assert_eq!(fake.error(), (expected.into(), false));
        assert!(start.elapsed() < Duration::from_secs(30));
        let child = fs::read_to_string(fake.folder.path().join("child")).unwrap();
        fake.process.end();
        assert!(is_gone(child.trim()), "a child is left behind");
    }
}

/// Whether a process ends within some seconds. Nobody may have waited for one that has ended.
fn is_gone(pid: &str) -> bool {
    let stat = Path::new("/proc").join(pid).join("stat");
    let is_there = || fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z "));
    let start = Instant::now();
    while is_there() && start.elapsed() < Duration::from_secs(10) {
        sleep(Duration::from_millis(10));
    }
    !is_there()
}

#[test]
fn the_end_takes_all_descendants_along() {
    let fake = Fake::start("sleep 60 & echo $! > child; mv child child.pid; exec sleep 60", LIMITS);
    let path = fake.folder.path().join("child.pid");
    while !path.exists() {
        sleep(Duration::from_millis(5));
    }
    let child = fs::read_to_string(path).unwrap();
    drop(fake.process);
    assert!(is_gone(child.trim()), "a child is left behind");
}

#[test]
fn a_process_that_has_left_the_group_keeps_nobody_waiting() {
    let away = "setsid sh -c 'echo $$ > away; exec sleep 60' &";
    let wait = "while [ ! -s away ]; do sleep 0.01; done";
    let start = Instant::now();
    let fake = Fake::start(&format!("{away} {wait}; exit 4"), LIMITS);
    let expected = "kind `k`: `python3` (a test) ended with status 4 before it answered";
    assert_eq!(fake.error(), (expected.into(), false));
    let pid = fs::read_to_string(fake.folder.path().join("away")).unwrap();
    drop(fake.process);
    assert!(start.elapsed() < LIMITS.time, "{:?}", start.elapsed());
    let pid = pid.trim().parse().ok().and_then(Pid::from_raw).unwrap();
    kill_process_group(pid, Signal::KILL).unwrap();
}
