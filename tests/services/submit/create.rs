//! The creation of tasks.

use std::sync::atomic::{AtomicI64, Ordering};

use indexmap::IndexSet;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_compat::map;
use taskgraph_compat::value::{Map, Value};
use taskgraph_taskcluster::{CreateFailure, Failure, NewTask, Taskcluster};

use crate::fake_taskcluster::{Fake, Fault, WITHOUT_PAUSES, client, id};

/// The decision task.
const DECISION: usize = 999_999;

fn stamp(span: &str) -> Map {
    map! { "relative-datestamp" => span }
}

/// What is created here: a small task.
pub(super) fn definition(name: &str, dependencies: &[TaskId]) -> Map {
    map! {
        "provisionerId" => "translations-1",
        "workerType" => "b-linux",
        "created" => stamp("0 seconds"),
        "deadline" => stamp("20 days"),
        "expires" => stamp("1 year"),
        "dependencies" => dependencies.iter().map(TaskId::text).collect::<Value>(),
        "payload" => map! { "command" => Value::list() },
        "metadata" => map! {
            "name" => name, "description" => "x", "owner" => "a@example.org", "source" => "https://example.org",
        },
    }
}

fn task(number: usize, dependencies: &[usize]) -> NewTask {
    let name = format!("task-{number}");
    let dependencies: Vec<TaskId> = dependencies.iter().map(|number| id(*number)).collect();
    let definition = definition(&name, &dependencies);
    NewTask { label: Label::parse(&name.into()).unwrap(), task_id: id(number), definition }
}

/// The tasks as those of the decision task.
fn decided(mut tasks: Vec<NewTask>) -> Vec<NewTask> {
    NewTask::belong_to(&mut tasks, &id(DECISION), "translations-level-1");
    tasks
}

fn start() -> Fake {
    let fake = Fake::start();
    fake.decision_task(id(DECISION).as_str());
    fake
}

/// Layers of tasks; each depends on two or three of the layer before.
fn layers(layers: usize, width: usize) -> Vec<NewTask> {
    let number = |layer: usize, at: usize| layer * width + at;
    let mut tasks = Vec::new();
    for layer in 0..layers {
        for at in 0..width {
            let on: IndexSet<usize> = [at, (at * 7 + 3) % width, (at + layer) % width].into_iter().collect();
            let on: Vec<usize> = match layer {
                0 => Vec::new(),
                _ => on.into_iter().map(|at| number(layer - 1, at)).collect(),
            };
            tasks.push(task(number(layer, at), &on));
        }
    }
    // The order of the list must not matter.
    tasks.reverse();
    decided(tasks)
}

fn numbers(tasks: &[taskgraph_taskcluster::CreatedTask]) -> Vec<usize> {
    let mut numbers: Vec<usize> =
        tasks.iter().map(|task| task.task_id.as_str()[1..].parse().unwrap()).collect();
    numbers.sort_unstable();
    numbers
}

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
    let told = format!("{failure}: {}", failure.why);
    assert_eq!(
        told,
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
fn a_sealed_group_takes_no_task() {
    let fake = start();
    fake.seal(id(DECISION).as_str());
    let failure = client(fake.proxied()).create(decided(vec![task(1, &[])])).unwrap_err();
    assert!(matches!(failure.refused[0].failure, Failure::Conflict(_)), "{failure:?}");
}

/// What is there, what was refused and what was not tried.
fn split(failure: &CreateFailure) -> (Vec<usize>, Vec<usize>, Vec<usize>) {
    let refused: Vec<_> = failure.refused.iter().map(|refused| refused.task.clone()).collect();
    (numbers(&failure.created), numbers(&refused), numbers(&failure.untried))
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
    let mut told: Vec<String> = failure.created.iter().map(|task| task.task_id.to_string()).collect();
    told.sort_unstable();
    assert_eq!(told, {
        let mut there = there;
        there.sort_unstable();
        there
    });
    assert_eq!(fake.count("createTask"), 4);
    let told = format!("{failure}: {}", failure.why);
    let expected = format!(
        "3 of 7 tasks were created, 1 failed, 3 were not tried: `task-1` ({}) could not be created: refused with \
         status 400: no such worker",
        id(1)
    );
    assert_eq!(told, expected);
}

#[test]
fn with_a_refused_task_in_a_large_graph_what_is_told_is_what_is_there() {
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
fn missing_scopes_are_told() {
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
fn a_definition_that_cannot_be_sent_is_told() {
    let fake = start();
    let mut odd = task(1, &[]);
    odd.definition.insert("deadline".into(), stamp("four weeks").into());
    let failure = client(fake.proxied()).create(vec![odd]).unwrap_err();
    let Failure::Unusable(why) = &failure.refused[0].failure else { panic!("{failure:?}") };
    assert!(why.contains("`four weeks` is not a span of time"), "{why}");
    assert_eq!(fake.count("createTask"), 0);
}

#[test]
fn without_tasks_there_is_nothing_to_do() {
    let fake = start();
    assert!(client(fake.proxied()).create(Vec::new()).unwrap().0.is_empty());
    assert_eq!(fake.requests().len(), 0);
}

#[test]
fn a_clock_that_is_wrong_is_told_with_what_to_do() {
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

/// Credentials that end in the middle: what exists is told, and the same tasks with the same ids are created by the next
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
    let told = failure.refused[0].failure.to_string();
    assert!(
        told.contains("the credentials have expired: get new ones, and start the same task id again"),
        "{told}"
    );
    let all = failure.created.len() + failure.refused.len() + failure.untried.len();
    assert_eq!((all, fake.tasks().len()), (80, failure.created.len()));
    fake.renew_certificate();
    assert_eq!(open().create(tasks()).unwrap().0.len(), 80);
    assert_eq!(fake.tasks().len(), 80);
    assert_eq!(fake.violations(), [""; 0]);
}

#[test]
fn what_the_queue_refuses_is_refused_here() {
    // What it depends on is not there.
    let fake = start();
    let failure = client(fake.proxied()).create(decided(vec![task(1, &[77])])).unwrap_err();
    let told = failure.refused[0].failure.to_string();
    assert!(told.contains("references non-existing tasks") && told.contains(id(77).as_str()), "{told}");
    // Its creation is told for later than a quarter of an hour from now, or for earlier.
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

/// The exit status of a task that is to be run again is no end of it, as long as there are retries left.
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
