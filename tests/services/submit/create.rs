//! The creation of tasks.

use std::sync::atomic::{AtomicI64, Ordering};

use taskgraph_taskcluster::{Failure, NewTask, Taskcluster};

use super::tasks::{DECISION, decided, layers, numbers, start, task};
use crate::fake_taskcluster::{Fake, Fault, WITHOUT_PAUSES, client, id};

#[test]
fn what_a_task_depends_on_is_there_before_it() {
    let fake = start();
    let tasks = layers(6, 20);
    let created = client(fake.proxied()).create(tasks).unwrap();
    assert_eq!(created.0.len(), 120);
    // A task before those it depends on would have been refused.
    assert_eq!(fake.count("createTask"), 120);
    let last = fake.tasks().shift_remove(id(119).as_str()).unwrap();
    assert_eq!(last["taskGroupId"], id(DECISION).as_str());
    assert_eq!(last["schedulerId"], "translations-level-1");
    assert_eq!(fake.violations(), [""; 0]);
}

#[test]
fn a_task_that_depends_on_none_of_the_others_waits_for_the_decision_task() {
    let fake = start();
    fake.task(id(500).as_str());
    client(fake.proxied()).create(decided(vec![task(1, &[]), task(2, &[1]), task(3, &[500])])).unwrap();
    let tasks = fake.tasks();
    let on = |number: usize| tasks[id(number).as_str()]["dependencies"].to_string();
    assert_eq!(on(1), format!("[\"{}\"]", id(DECISION)));
    assert_eq!(on(2), format!("[\"{}\"]", id(1)));
    assert_eq!(on(3), format!("[\"{}\",\"{}\"]", id(500), id(DECISION)));
    for number in 1..=3 {
        assert_eq!(fake.state(id(number).as_str()).as_deref(), Some("unscheduled"));
    }
}

#[test]
fn fifty_are_in_flight_at_once() {
    let fake = start();
    fake.hold(50);
    let tasks = decided((0..120).map(|number| task(number, &[])).collect());
    assert_eq!(client(fake.proxied()).create(tasks).unwrap().0.len(), 120);
    assert_eq!(fake.most_at_once(), 50);
}

#[test]
fn with_one_in_five_answers_failing_each_task_is_created_exactly_once() {
    for seed in 0..4 {
        let fake = start();
        fake.fail_one_in(5, seed);
        let access = if seed % 2 == 0 { fake.proxied() } else { fake.signed() };
        let created = client(access).create(layers(8, 40)).unwrap();
        assert_eq!(numbers(&created.0), (0..320).collect::<Vec<_>>());
        assert_eq!(fake.tasks().len(), 320);
        assert!(fake.count("createTask") > 350, "{} requests", fake.count("createTask"));
        assert_eq!(fake.violations(), [""; 0]);
    }
}

#[test]
fn datestamps_are_the_same_at_each_attempt() {
    static NOW: AtomicI64 = AtomicI64::new(1_700_000_000_000);
    let clock = || NOW.fetch_add(1_000, Ordering::Relaxed);
    let fake = start();
    fake.fail("createTask", [Some(Fault::DropAfter), Some(Fault::Garble), Some(Fault::Cut)]);
    fake.clock(1_700_000_000_000);
    let taskcluster = Taskcluster::new(fake.proxied()).with_patience(WITHOUT_PAUSES).with_clock(clock);
    taskcluster.create(decided(vec![task(1, &[]), task(2, &[1])])).unwrap();
    assert_eq!(fake.times(id(1).as_str()), 4);
    let tasks = fake.tasks();
    let dates =
        |number: usize| ["created", "deadline", "expires"].map(|key| tasks[id(number).as_str()][key].clone());
    assert_eq!(
        dates(1),
        ["2023-11-14T22:13:20.000Z", "2023-12-04T22:13:20.000Z", "2024-11-13T22:13:20.000Z"]
    );
    // A task's time is that of its sending.
    assert_eq!(dates(2)[0], "2023-11-14T22:13:21.000Z");
}

#[test]
fn the_same_again_is_fine_and_another_definition_is_a_conflict() {
    let clock = || 1_700_000_000_000;
    let create = |fake: &Fake, task: NewTask| {
        Taskcluster::new(fake.proxied()).with_patience(WITHOUT_PAUSES).with_clock(clock).create(vec![task])
    };
    let fake = start();
    fake.clock(clock());
    create(&fake, task(1, &[])).unwrap();
    create(&fake, task(1, &[])).unwrap();
    assert_eq!(fake.tasks().len(), 1);
    let mut other = task(1, &[]);
    other.definition.insert("retries".into(), 3.into());
    let failure = create(&fake, other).unwrap_err();
    assert!(matches!(failure.refused[0].failure, Failure::Conflict(_)), "{failure:?}");
    let reported = format!("{failure}: {}", failure.why);
    assert_eq!(
        reported,
        format!(
            "0 of 1 tasks were created, 1 failed, 0 were not tried: `task-1` ({0}) could not be created: conflict: \
             taskId `{0}` already used by another task. This could be the result of faulty idempotency!; does \
             another task create the same ones, or is the task group sealed?",
            id(1)
        )
    );
    // A conflict is not asked about again.
    assert_eq!(fake.count("createTask"), 3);
}

#[test]
fn without_tasks_there_is_nothing_to_do() {
    let fake = start();
    assert!(client(fake.proxied()).create(Vec::new()).unwrap().0.is_empty());
    assert_eq!(fake.requests().len(), 0);
}

/// Credentials that end in the middle: what exists is reported, and the same tasks with the same ids are created by the next
/// call, each once.
#[test]
fn a_certificate_that_expires_in_the_middle_leaves_tasks_that_the_next_call_takes_again() {
    static CLOCK: AtomicI64 = AtomicI64::new(0);
    let fake = start();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    CLOCK.store(now.as_millis() as i64, Ordering::SeqCst);
    fake.certificate(
        r#"{"version": 1, "scopes": ["*"], "start": 0, "expiry": 1, "seed": "s", "signature": "s"}"#,
    );
    fake.expire_certificate_after(30);
    let tasks = || layers(4, 20);
    let open = || client(fake.signed()).with_clock(|| CLOCK.load(Ordering::SeqCst));
    let failure = open().create(tasks()).unwrap_err();
    assert!(failure.created.len() >= 20 && failure.created.len() <= 30, "{}", failure.created.len());
    let reported = failure.refused[0].failure.to_string();
    assert!(
        reported.contains("the credentials have expired: get new ones, and start the same task id again"),
        "{reported}"
    );
    let all = failure.created.len() + failure.refused.len() + failure.untried.len();
    assert_eq!((all, fake.tasks().len()), (80, failure.created.len()));
    fake.renew_certificate();
    assert_eq!(open().create(tasks()).unwrap().0.len(), 80);
    assert_eq!(fake.tasks().len(), 80);
    assert_eq!(fake.violations(), [""; 0]);
}

/// The exit status of a task that is to be run again is not an end of it, as long as there are retries left.
#[test]
fn a_task_that_is_run_again_because_of_its_exit_status_is_pending() {
    let fake = start();
    let mut intermittent = task(1, &[]);
    intermittent.definition.insert("retries".into(), 1.into());
    client(fake.proxied()).create(decided(vec![intermittent])).unwrap();
    fake.resolve(id(DECISION).as_str(), "completed", "completed");
    for state in ["pending", "exception"] {
        fake.resolve(id(1).as_str(), "exception", "intermittent-task");
        assert_eq!(fake.state(id(1).as_str()).as_deref(), Some(state));
    }
    assert_eq!(fake.violations(), [""; 0]);
}
