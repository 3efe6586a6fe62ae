//! Tasks that are refused, and the others of their graph.

use taskgraph_compat::value::Value;
use taskgraph_taskcluster::{CreateFailure, Failure};

use super::tasks::{DECISION, decided, layers, numbers, stamp, start, task};
use crate::fake_taskcluster::{Fault, client, id};

/// Returns the numbers of the tasks that were created, refused and not tried.
fn split(failure: &CreateFailure) -> (Vec<usize>, Vec<usize>, Vec<usize>) {
    let refused: Vec<_> = failure.refused.iter().map(|refused| refused.task.clone()).collect();
    (numbers(&failure.created), numbers(&refused), numbers(&failure.untried))
}

#[test]
fn a_sealed_group_takes_no_task() {
    let fake = start();
    fake.seal(id(DECISION).as_str());
    let failure = client(fake.proxied()).create(decided(vec![task(1, &[])])).unwrap_err();
    assert!(matches!(failure.refused[0].failure, Failure::Conflict(_)), "{failure:?}");
}

#[test]
fn after_a_refused_task_nothing_that_depends_on_it_is_created_and_the_others_in_flight_are_awaited() {
    let fake = start();
    fake.refuse("task-1", 400, "no such worker");
    // All of the first layer are in flight before the first is answered.
    fake.hold(4);
    let tasks = decided(vec![
        task(0, &[]),
        task(1, &[]),
        task(2, &[]),
        task(3, &[]),
        task(10, &[1]),
        task(11, &[10, 0]),
        task(12, &[1, 2]),
    ]);
    let failure = client(fake.proxied()).create(tasks).unwrap_err();
    assert_eq!(split(&failure), (vec![0, 2, 3], vec![1], vec![10, 11, 12]));
    assert_eq!(
        failure.refused[0].failure,
        Failure::Refused { status: 400, message: "no such worker".into() }
    );
    let there: Vec<String> = fake.tasks().into_keys().collect();
    let mut reported: Vec<String> = failure.created.iter().map(|task| task.task_id.to_string()).collect();
    reported.sort_unstable();
    assert_eq!(reported, {
        let mut there = there;
        there.sort_unstable();
        there
    });
    assert_eq!(fake.count("createTask"), 4);
    let reported = format!("{failure}: {}", failure.why);
    let expected = format!(
        "3 of 7 tasks were created, 1 failed, 3 were not tried: `task-1` ({}) could not be created: refused with \
         status 400: no such worker",
        id(1)
    );
    assert_eq!(reported, expected);
}

#[test]
fn with_a_refused_task_in_a_large_graph_what_is_reported_is_what_is_there() {
    let fake = start();
    fake.refuse("task-45", 403, "no scopes");
    fake.fail_one_in(5, 7);
    let failure = client(fake.proxied()).create(layers(8, 40)).unwrap_err();
    let (created, refused, untried) = split(&failure);
    assert_eq!(refused, [45]);
    let mut there: Vec<usize> = fake.tasks().keys().map(|id| id[1..].parse().unwrap()).collect();
    there.sort_unstable();
    assert_eq!(created, there);
    let mut all = [created, refused, untried].concat();
    all.sort_unstable();
    assert_eq!(all, (0..320).collect::<Vec<_>>());
    let tasks = fake.tasks();
    let depends = |task: &serde_json::Value| task["dependencies"].to_string().contains(id(45).as_str());
    assert!(!tasks.values().any(depends));
}

#[test]
fn a_service_that_does_not_answer_leaves_open_what_is_there() {
    let fake = start();
    fake.fail("createTask", [Some(Fault::DropAfter); 20]);
    let failure = client(fake.proxied()).create(decided(vec![task(1, &[]), task(2, &[1])])).unwrap_err();
    assert_eq!(split(&failure), (vec![], vec![1], vec![2]));
    assert!(matches!(failure.refused[0].failure, Failure::Unreachable(_)));
    assert_eq!(fake.count("createTask"), 12);
}

#[test]
fn a_dependency_that_is_nowhere_is_refused_in_the_words_of_the_queue() {
    let fake = start();
    let failure = client(fake.proxied()).create(vec![task(1, &[77])]).unwrap_err();
    let Failure::Refused { status: 400, message } = &failure.refused[0].failure else {
        panic!("{failure:?}")
    };
    assert!(message.starts_with("`task.dependencies` references non-existing tasks: * T"), "{message}");
    assert!(!message.contains("statusCode"), "{message}");
}

#[test]
fn missing_scopes_are_reported() {
    let fake = start();
    fake.grant(&[
        "queue:create-task:project:none",
        "queue:scheduler-id:*",
        "queue:create-task:lowest:translations-1/*",
    ]);
    client(fake.signed()).create(decided(vec![task(1, &[])])).unwrap();
    let mut greedy = task(2, &[]);
    greedy.definition.insert("scopes".into(), Value::from(vec!["secrets:get:all".into()]));
    let failure = client(fake.signed()).create(decided(vec![greedy])).unwrap_err();
    let Failure::Refused { status: 403, message } = &failure.refused[0].failure else {
        panic!("{failure:?}")
    };
    assert!(message.contains("secrets:get:all"), "{message}");
}

#[test]
fn a_circle_is_not_waited_for() {
    let fake = start();
    let failure =
        client(fake.proxied()).create(vec![task(1, &[2]), task(2, &[1]), task(3, &[])]).unwrap_err();
    assert_eq!(split(&failure), (vec![3], vec![], vec![1, 2]));
    assert_eq!(failure.why, "tasks depend on each other in a cycle");
}

#[test]
fn a_definition_that_cannot_be_sent_is_reported() {
    let fake = start();
    let mut odd = task(1, &[]);
    odd.definition.insert("deadline".into(), stamp("four weeks").into());
    let failure = client(fake.proxied()).create(vec![odd]).unwrap_err();
    let Failure::Unusable(why) = &failure.refused[0].failure else { panic!("{failure:?}") };
    assert!(why.contains("`four weeks` is not a span of time"), "{why}");
    assert_eq!(fake.count("createTask"), 0);
}

#[test]
fn a_clock_that_is_wrong_is_reported_with_what_to_do() {
    for ahead in [-120, 120] {
        let fake = start();
        fake.clock_ahead(ahead);
        let failure = client(fake.signed()).create(decided(vec![task(1, &[])])).unwrap_err();
        assert_eq!(
            failure.refused[0].failure.to_string(),
            "refused with status 401: Stale timestamp; the clock of this machine is wrong: set it, and call again"
        );
        assert!(fake.tasks().is_empty());
    }
    let fake = start();
    fake.clock_ahead(50);
    client(fake.signed()).create(decided(vec![task(1, &[])])).unwrap();
}

#[test]
fn what_the_queue_refuses_is_refused_here() {
    // What it depends on is not there.
    let fake = start();
    let failure = client(fake.proxied()).create(decided(vec![task(1, &[77])])).unwrap_err();
    let reported = failure.refused[0].failure.to_string();
    assert!(
        reported.contains("references non-existing tasks") && reported.contains(id(77).as_str()),
        "{reported}"
    );
    // Its creation is given as later than a quarter of an hour from now, or for earlier.
    for (minutes, is_taken) in [(-16, false), (-14, true), (14, true), (16, false)] {
        let fake = start();
        let mut late = task(1, &[]);
        late.definition.insert("created".into(), stamp(&format!("{minutes} minutes")).into());
        let outcome = client(fake.proxied()).create(decided(vec![late]));
        assert_eq!(outcome.is_ok(), is_taken, "{minutes}: {outcome:?}");
        if let Err(failure) = outcome {
            assert!(failure.refused[0].failure.to_string().contains("max 15min drift"), "{failure:?}");
        }
    }
}
