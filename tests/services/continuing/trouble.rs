//! Failures on the way to the services: tried again, or reported. Whole messages are compared.

use std::thread;
use std::time::{Duration, Instant};

use super::run::{BACKWARDS, CONFIG, EarlierRun, GROUP, VOCABULARY, put_others};
use crate::fake_taskcluster::Fault;
use crate::support::program::Outcome;

/// The lists that are asked for: of the tasks of the group, and of the artifacts of the model.
const CALLS: [&str; 2] = ["listTaskGroup", "listLatestArtifacts"];

/// As often as a service is asked.
const ATTEMPTS: usize = 4;

/// Longer than anybody waits in these tests.
const LATE: Duration = Duration::from_secs(30);

/// One model, so that requests come one after the other.
fn one_model() -> EarlierRun {
    let trained = EarlierRun::empty();
    trained.task(GROUP, "Decision Task", "decision-task", "completed", None);
    trained.task(VOCABULARY, "train-vocab-ru-en", "train-vocab", "completed", None);
    trained.model(BACKWARDS, "train-backwards-ru-en", "train-backwards", "completed");
    trained.config(CONFIG);
    trained
}

/// Goes on from it while a call fails again and again in this way; who is not answered waits for a moment only.
fn with(call: &str, faults: impl IntoIterator<Item = Fault>) -> (EarlierRun, Outcome) {
    let trained = one_model();
    trained.fake.fail(call, faults.into_iter().map(Some));
    let outcome = trained.run(&[GROUP, "config.yml", "--write", "--timeout", "2"]);
    (trained, outcome)
}

/// The messages, without points in time and ports, which are others each time.
fn messages(err: &str) -> String {
    let lines = err.lines().map(|line| match line.rsplit_once("; again in ") {
        Some((why, _)) => format!("{why}; again in … s"),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The messages about one of the lists, asked for so many times.
fn failed(call: &str, reason: &str, times: usize) -> String {
    let id = if call == CALLS[0] { GROUP } else { BACKWARDS };
    let call = format!("Taskcluster: {call} {id}");
    let retries = format!("{call}: {reason}; again in … s\n").repeat(times - 1);
    let asked = if times == 1 { String::new() } else { format!(" (asked {times} times)") };
    format!("{retries}error: {call} failed\n │\n ╰ note: {reason}{asked}")
}

#[test]
fn what_goes_wrong_once_is_tried_again() {
    let faults = Fault::QUICK.into_iter().chain([Fault::Stall(LATE), Fault::Halt(LATE), Fault::Moved]);
    let cases = CALLS.iter().flat_map(|call| faults.clone().map(move |fault| (*call, fault)));
    thread::scope(|scope| {
        for (call, fault) in cases {
            scope.spawn(move || {
                let (trained, outcome) = with(call, [fault]);
                assert_eq!(outcome.status, 0, "{call} {fault:?}: {}", outcome.err);
                assert_eq!(trained.fake.count(call), 2, "{call} {fault:?}");
                assert_eq!(outcome.err.contains("again in"), fault != Fault::Moved, "{}", outcome.err);
                assert!(trained.written().contains(BACKWARDS), "{call} {fault:?}");
            });
        }
    });
}

#[test]
fn what_goes_wrong_each_time_is_reported_and_nothing_is_written() {
    let faults = [
        (Fault::Status(403), "refused with status 403 (Forbidden): oops"),
        (Fault::Busy(0), "status 429 (Too Many Requests)"),
        (Fault::Status(500), "status 500 (Internal Server Error)"),
        (Fault::Status(503), "status 503 (Service Unavailable)"),
        (Fault::Stall(LATE), "https://tc: error sending request: operation timed out"),
        (
            Fault::Halt(LATE),
            "error decoding response body: request or response body error: operation timed out",
        ),
        (
            Fault::Cut,
            "error decoding response body: request or response body error: error reading a body from connection: \
             end of file before message length reached",
        ),
        (
            Fault::DropBefore,
            "https://tc: error sending request: client error (SendRequest): connection closed before message \
             completed",
        ),
    ];
    thread::scope(|scope| {
        for call in CALLS {
            for (fault, reason) in faults {
                scope.spawn(move || {
                    let begun = Instant::now();
                    let (trained, outcome) = with(call, [fault; ATTEMPTS]);
                    assert!(begun.elapsed() < LATE, "{call} {reason}: {:?}", begun.elapsed());
                    assert_eq!((outcome.status, outcome.out.as_str()), (3, ""), "{call} {reason}");
                    let times = if fault == Fault::Status(403) { 1 } else { ATTEMPTS };
                    assert_eq!(messages(&outcome.err), failed(call, reason, times));
                    assert_eq!(trained.fake.count(call), times, "{call} {reason}");
                    assert!(!trained.written().contains("pretrained-models"), "{call} {reason}");
                });
            }
        }
    });
}

#[test]
fn what_is_not_there_is_reported() {
    // Neither the group nor a task of its name.
    let trained = one_model();
    trained.fake.fail("listTaskGroup", [Some(Fault::Status(404))]);
    trained.fake.fail("task", [Some(Fault::Status(404))]);
    let outcome = trained.run(&[GROUP, "config.yml", "--write"]);
    assert_eq!((outcome.status, outcome.out.as_str()), (2, ""), "{}", outcome.err);
    insta::assert_snapshot!(outcome.err, @"
    error: there is no task and no task group `LzIsbop3RkwVUBcr9TxlKg`, or there is no longer

    1 error; nothing was generated
    ");
    // A task that is gone before its artifacts are asked for.
    let (trained, outcome) = with("listLatestArtifacts", [Fault::Status(404)]);
    assert_eq!((outcome.status, outcome.out.as_str()), (2, ""), "{}", outcome.err);
    insta::assert_snapshot!(outcome.err, @"
    error: the queue knows no artifacts of `train-backwards-ru-en`: task `BAvLUilqQ3SYqy6Ck55CUQ` is gone

    1 error; nothing was generated
    ");
    assert!(!trained.written().contains("pretrained-models"));
}

#[test]
fn a_list_that_is_redirected_without_an_end_is_left() {
    let (trained, outcome) = with("listLatestArtifacts", [Fault::Moved; 20]);
    assert_eq!((outcome.status, outcome.out.as_str()), (3, ""), "{}", outcome.err);
    let marks = "&moved=1".repeat(20);
    assert!(!outcome.err.contains(&marks), "{}", outcome.err);
    insta::assert_snapshot!(messages(&outcome.err), @"
    error: Taskcluster: listLatestArtifacts BAvLUilqQ3SYqy6Ck55CUQ failed
     │
     ╰ note: https://tc: error following redirect: it was redirected more than 10 times
    ");
    assert!(trained.fake.count("listLatestArtifacts") <= 12);
}

#[test]
fn files_that_have_expired_are_reported() {
    let trained = one_model();
    for file in ["model.npz", "vocab.spm"] {
        trained.fake.artifact_until(BACKWARDS, &format!("public/build/{file}"), "2026-01-02T03:04:05.678Z");
    }
    let outcome = trained.run(&[GROUP, "config.yml", "--write"]);
    assert_eq!((outcome.status, outcome.out.as_str()), (2, ""), "{}", outcome.err);
    insta::assert_snapshot!(outcome.err, @"
    error: files of task `BAvLUilqQ3SYqy6Ck55CUQ` of `train-backwards-ru-en` have expired
     │
     ╰ note: `model.npz` (2026-01-02T03:04:05.678Z), `vocab.spm` (2026-01-02T03:04:05.678Z)

    1 error; nothing was generated
    ");
}

/// A group of more tasks than three pages have. Small pages: the fake checks each against its schema before it answers.
fn in_four_pages(trained: &EarlierRun) {
    put_others(trained, 120);
    trained.fake.page(40);
}

#[test]
fn any_page_of_a_group_may_fail_once() {
    for (page, fault) in
        [(0, Fault::Cut), (1, Fault::Status(502)), (2, Fault::Halt(LATE)), (3, Fault::Stall(LATE))]
    {
        let trained = one_model();
        in_four_pages(&trained);
        let faults = std::iter::repeat_n(None, page).chain([Some(fault)]);
        trained.fake.fail("listTaskGroup", faults);
        let outcome = trained.run(&[GROUP, "--timeout", "2"]);
        assert_eq!(outcome.status, 0, "{page} {fault:?}: {}", outcome.err);
        assert!(outcome.out.contains(BACKWARDS));
        assert_eq!(trained.fake.count("listTaskGroup"), 5, "four pages, and one of them twice");
        assert_eq!(trained.fake.violations(), [""; 0]);
    }
}

#[test]
fn a_page_of_a_group_that_is_refused_is_reported() {
    let trained = one_model();
    in_four_pages(&trained);
    trained.fake.fail("listTaskGroup", [None, None, Some(Fault::Status(403))]);
    let outcome = trained.run(&[GROUP]);
    assert_eq!((outcome.status, outcome.out.as_str()), (3, ""), "{}", outcome.err);
    insta::assert_snapshot!(outcome.err, @"
    error: Taskcluster: listTaskGroup LzIsbop3RkwVUBcr9TxlKg failed
     │
     ╰ note: refused with status 403 (Forbidden): oops
    ");
}

#[test]
fn a_time_that_is_none_is_refused() {
    let trained = one_model();
    for time in ["0", "-1", "soon", "nan", "1e9"] {
        let outcome = trained.run(&[GROUP, &format!("--timeout={time}")]);
        assert_eq!(outcome.status, 2, "{time}");
        assert!(outcome.err.contains("a number of seconds, more than 0 and at most 3600"), "{}", outcome.err);
    }
    assert_eq!(trained.fake.requests().len(), 0);
}
