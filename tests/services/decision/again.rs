//! The same decision task once more: what an earlier run has left is used, and what does not belong is cancelled.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::repository::{DECISION, Repository};
use crate::fake_taskcluster::Fake;
use crate::support::program::{Outcome, run};

const ALL: &[&str] = &["--target-tasks-method=all"];

/// Decides in a certain run of the decision task.
fn decide(repository: &Repository, fake: &Fake, number: usize) -> Outcome {
    fake.decision_task(DECISION);
    let mut command = repository.command(ALL);
    command.envs(fake.environment()).env("TASK_ID", DECISION).env("RUN_ID", number.to_string());
    run(command)
}

#[test]
fn a_run_without_a_number_is_refused() {
    let (repository, fake) = (Repository::new(), Fake::start());
    for number in ["first", "-1", "1.0", " 1"] {
        let mut command = repository.command(ALL);
        command.envs(fake.environment()).env("TASK_ID", DECISION).env("RUN_ID", number);
        let outcome = run(command);
        assert_eq!(outcome.status, 2, "{number}: {}", outcome.err);
        let said = format!("RUN_ID is `{number}`, which is not the number of a run");
        assert!(outcome.err.contains(&said), "{}", outcome.err);
    }
    assert!(fake.tasks().is_empty());
}

/// The queue begins a new run of the decision task.
fn shut_down(fake: &Fake) {
    fake.resolve(DECISION, "exception", "worker-shutdown");
}

/// The tasks that may still run or have run, by name.
fn alive(fake: &Fake) -> BTreeMap<String, Vec<String>> {
    let mut tasks: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (id, task) in fake.tasks() {
        if !matches!(fake.state(&id).as_deref(), Some("exception" | "failed")) {
            tasks.entry(task["metadata"]["name"].as_str().unwrap().to_owned()).or_default().push(id);
        }
    }
    tasks
}

fn counts(fake: &Fake) -> Vec<(String, usize)> {
    alive(fake).into_iter().map(|(name, tasks)| (name, tasks.len())).collect()
}

/// Each of the tree's tasks once, and `d` twice, as it says.
fn each_once() -> Vec<(String, usize)> {
    [("job-a", 1), ("job-b", 1), ("job-c", 1), ("job-d", 2)]
        .map(|(name, times)| (name.to_owned(), times))
        .into()
}

/// The decision task ends well, and all that may run does.
fn all_complete(fake: &Fake) {
    fake.resolve(DECISION, "completed", "completed");
    fake.work();
    for id in alive(fake).values().flatten() {
        assert_eq!(fake.state(id).as_deref(), Some("completed"), "{id}");
    }
}

#[test]
fn a_rerun_after_a_refused_task_creates_only_what_is_missing() {
    let (repository, fake) = (Repository::new(), Fake::start());
    fake.refuse("job-b", 403, "scope is missing");
    assert_eq!(decide(&repository, &fake, 0).status, 3);
    let before = alive(&fake);
    assert!(before.contains_key("job-a") && !before.contains_key("job-b"), "{before:?}");
    fake.resolve(DECISION, "failed", "failed");
    fake.permit("job-b");
    let outcome = decide(&repository, &fake, 1);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let there: usize = before.values().map(Vec::len).sum();
    let reported = format!("used again of an earlier run: {there} task");
    assert!(outcome.err.contains(&reported), "{}", outcome.err);
    assert_eq!((counts(&fake), fake.tasks().len()), (each_once(), 5));
    let ids: Value =
        serde_json::from_slice(&std::fs::read(repository.file("artifacts/label-to-taskid.json")).unwrap())
            .unwrap();
    assert_eq!(ids["job-a"], before["job-a"][0].as_str());
    all_complete(&fake);
}

#[test]
fn a_decision_that_is_rerun_after_it_has_ended_well_creates_nothing() {
    let (repository, fake) = (Repository::new(), Fake::start());
    assert_eq!(decide(&repository, &fake, 0).status, 0);
    all_complete(&fake);
    let outcome = decide(&repository, &fake, 1);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert!(
        outcome.err.ends_with("used again of an earlier run: 5 tasks\n0 tasks created\n"),
        "{}",
        outcome.err
    );
    assert_eq!(fake.tasks().len(), 5);
}

/// Tasks that differ are created again, with all that depend on them; the others stay.
#[test]
fn what_is_not_as_it_has_to_be_is_cancelled_and_created_anew() {
    for (from, to, anew) in [
        (
            "b: {treeherder: {symbol: B}",
            "b: {description: other, treeherder: {symbol: B}",
            ["job-b"].as_slice(),
        ),
        (
            "a: {treeherder: {symbol: A}}",
            "a: {description: other, treeherder: {symbol: A}}",
            &["job-a", "job-b", "job-c"],
        ),
        ("  c: {treeherder: {symbol: C}, dependencies: {first: job-a}}\n", "", &["job-c"]),
    ] {
        let (repository, fake) = (Repository::new(), Fake::start());
        assert_eq!(decide(&repository, &fake, 0).status, 0);
        let before = alive(&fake);
        shut_down(&fake);
        let kind = std::fs::read_to_string(repository.file("taskcluster/kinds/job/kind.yml")).unwrap();
        repository.write("taskcluster/kinds/job/kind.yml", &kind.replace(from, to));
        let outcome = decide(&repository, &fake, 1);
        assert_eq!(outcome.status, 0, "{}", outcome.err);
        assert_eq!(fake.violations(), [""; 0]);
        let after = alive(&fake);
        for (name, ids) in &before {
            match anew.contains(&name.as_str()) {
                true => assert_ne!(after.get(name), Some(ids), "{name}"),
                false => assert_eq!(after.get(name), Some(ids), "{name}"),
            }
            assert_eq!(
                outcome.err.contains(&format!("{} ({}) is of an earlier run", name, ids[0])),
                anew.contains(&name.as_str())
            );
        }
        let mut wanted = each_once();
        wanted.retain(|(name, _)| !to.is_empty() || name != "job-c");
        assert_eq!(counts(&fake), wanted);
        all_complete(&fake);
    }
}

#[test]
fn what_has_come_to_a_bad_end_is_created_anew_with_what_depends_on_it() {
    let (repository, fake) = (Repository::new(), Fake::start());
    assert_eq!(decide(&repository, &fake, 0).status, 0);
    let first = alive(&fake)["job-a"][0].clone();
    fake.resolve(&first, "exception", "canceled");
    shut_down(&fake);
    assert_eq!(decide(&repository, &fake, 1).status, 0);
    assert_eq!((counts(&fake), fake.tasks().len()), (each_once(), 8));
    all_complete(&fake);
}

/// A cached task is in the index once it has completed: it is found there, and is the same task.
#[test]
fn what_stands_in_the_index_by_now_is_no_difference() {
    let (repository, fake) = (Repository::new(), Fake::start());
    let kind = std::fs::read_to_string(repository.file("taskcluster/kinds/job/kind.yml")).unwrap();
    let cached = "a: {optimization: {index-search: [t.cache.a]}, treeherder: {symbol: A}}";
    repository.write("taskcluster/kinds/job/kind.yml", &kind.replace("a: {treeherder: {symbol: A}}", cached));
    assert_eq!(decide(&repository, &fake, 0).status, 0);
    all_complete(&fake);
    fake.index("t.cache.a", &alive(&fake)["job-a"][0]);
    for run in 1..3 {
        let outcome = decide(&repository, &fake, run);
        assert_eq!(outcome.status, 0, "{}", outcome.err);
        assert!(outcome.err.ends_with("4 tasks\n0 tasks created\n"), "{}", outcome.err);
        assert_eq!((fake.tasks().len(), fake.count("cancelTask")), (5, 0));
        fake.resolve(DECISION, "completed", "completed");
    }
    // What is missing waits for the decision, although nothing else that it waits for is created.
    let lost = alive(&fake)["job-b"][0].clone();
    fake.forget(&lost);
    let outcome = decide(&repository, &fake, 3);
    assert!(outcome.err.ends_with("1 task created\n"), "{}", outcome.err);
    assert_eq!(fake.state(&alive(&fake)["job-b"][0]).as_deref(), Some("unscheduled"));
    fake.resolve(DECISION, "completed", "completed");
    let outcome = decide(&repository, &fake, 4);
    assert!(outcome.err.ends_with("0 tasks created\n"), "{}", outcome.err);
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

/// A point in time of a definition, in milliseconds after 1970.
fn time(definition: &Value, key: &str) -> i64 {
    taskgraph_compat::time::parse_json_date(definition[key].as_str().unwrap()).unwrap() / 1_000
}

/// Makes a task so many milliseconds older.
fn age(fake: &Fake, id: &str, by: i64) {
    let (mut definition, state) = (fake.definition(id), fake.state(id).unwrap());
    for key in ["created", "deadline", "expires"] {
        definition[key] = taskgraph_compat::time::json_date(time(&definition, key) - by).into();
    }
    fake.put_task(id, definition, &state);
}

const HOUR: i64 = 3_600_000;

#[test]
fn what_has_less_than_half_of_its_time_left_is_created_anew() {
    // Tasks have a day here.
    for (hours, created) in [(11, 0), (13, 2)] {
        let (repository, fake) = (Repository::new(), Fake::start());
        assert_eq!(decide(&repository, &fake, 0).status, 0);
        let old = alive(&fake)["job-d"].clone();
        assert_eq!(
            time(&fake.definition(&old[0]), "deadline") - time(&fake.definition(&old[0]), "created"),
            24 * HOUR
        );
        old.iter().for_each(|id| age(&fake, id, hours * HOUR));
        shut_down(&fake);
        let before = fake.count("createTask");
        let outcome = decide(&repository, &fake, 1);
        assert_eq!(outcome.status, 0, "{}", outcome.err);
        assert_eq!(fake.count("createTask") - before, created, "{hours}: {}", outcome.err);
        let state = if created == 0 { "unscheduled" } else { "exception" };
        for id in old {
            assert_eq!(fake.state(&id).as_deref(), Some(state), "{hours}");
        }
    }
}

/// The queue would refuse a new task whose deadline is after the expiry of what it depends on.
#[test]
fn what_is_gone_before_the_deadline_of_a_new_task_is_created_anew() {
    for (hours, created) in [(48, 1), (12, 3)] {
        let (repository, fake) = (Repository::new(), Fake::start());
        assert_eq!(decide(&repository, &fake, 0).status, 0);
        all_complete(&fake);
        let tasks = alive(&fake);
        let first = &tasks["job-a"][0];
        age(&fake, first, time(&fake.definition(first), "expires") - now() - hours * HOUR);
        fake.forget(&tasks["job-b"][0]);
        let before = fake.count("createTask");
        let outcome = decide(&repository, &fake, 1);
        assert_eq!(outcome.status, 0, "{hours}: {}", outcome.err);
        assert_eq!(fake.count("createTask") - before, created, "{hours}: {}", outcome.err);
        assert_eq!(fake.violations(), [""; 0]);
    }
}

#[test]
fn the_date_of_the_build_is_the_same_in_each_run() {
    let (repository, fake) = (Repository::new(), Fake::start());
    for run in 0..2 {
        assert_eq!(decide(&repository, &fake, run).status, 0);
        // That of the creation of the decision task, in seconds.
        let created = time(&fake.definition(DECISION), "created") / 1_000;
        assert_eq!(repository.parameters()["build_date"], created);
        shut_down(&fake);
    }
}

/// Two runs beside each other, as an earlier version of this program left them.
#[test]
fn of_two_tasks_of_a_label_one_is_cancelled() {
    let (repository, fake) = (Repository::new(), Fake::start());
    assert_eq!(decide(&repository, &fake, 0).status, 0);
    // Another id than it was, whatever that began with.
    let copy = |id: &str| format!("{}{}", if id.starts_with('Z') { 'Y' } else { 'Z' }, &id[1..]);
    for (id, mut task) in fake.tasks() {
        let mut text = task.to_string();
        fake.tasks().keys().for_each(|id| text = text.replace(id.as_str(), &copy(id)));
        task = serde_json::from_str(&text).unwrap();
        fake.put_task(&copy(&id), task, "unscheduled");
    }
    shut_down(&fake);
    let outcome = decide(&repository, &fake, 1);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert_eq!((fake.tasks().len(), fake.count("cancelTask")), (5, 5));
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for (id, task) in fake.tasks() {
        let both = [copy(&id), id].into_iter().filter(|id| fake.state(id).as_deref() == Some("unscheduled"));
        *names.entry(task["metadata"]["name"].as_str().unwrap().to_owned()).or_default() += both.count();
    }
    assert_eq!(Vec::from_iter(names), each_once());
}

#[test]
fn what_actions_have_created_in_the_group_is_left_alone() {
    let (repository, fake) = (Repository::new(), Fake::start());
    assert_eq!(decide(&repository, &fake, 0).status, 0);
    const ACTION: &str = "JzrZV0lWSVq5tkuRFNTQIw";
    const MADE: &str = "vLbaYNyfFziQ1WZW1EAhcg";
    let of = |name: &str, kind: &str, extra: Value| {
        json!({
            "taskGroupId": DECISION, "schedulerId": "t-level-1", "extra": extra, "tags": {"kind": kind},
            "metadata": {"name": name, "description": "x", "owner": "a@example.org", "source": "https://x"},
        })
    };
    fake.put_task(ACTION, of("Action: Add new jobs", "action-callback", json!({})), "running");
    fake.put_task(MADE, of("job-b", "job", json!({"parent": ACTION})), "unscheduled");
    shut_down(&fake);
    assert_eq!(decide(&repository, &fake, 1).status, 0);
    assert_eq!(fake.count("cancelTask"), 0);
    assert_eq!((fake.tasks().len(), fake.state(MADE).as_deref()), (5, Some("unscheduled")));
}

#[test]
fn a_run_that_the_queue_has_given_up_creates_nothing() {
    let (repository, fake) = (Repository::new(), Fake::start());
    fake.decision_task(DECISION);
    shut_down(&fake);
    let outcome = decide(&repository, &fake, 0);
    assert_eq!(outcome.status, 3, "{}", outcome.err);
    assert!(
        outcome.err.contains(&format!("this is run 0 of task `{DECISION}`, and run 1 has begun")),
        "{}",
        outcome.err
    );
    assert_eq!(fake.tasks().len(), 0);
}

#[test]
fn what_cannot_be_cancelled_keeps_the_rest_from_being_created() {
    let (repository, fake) = (Repository::new(), Fake::start());
    assert_eq!(decide(&repository, &fake, 0).status, 0);
    shut_down(&fake);
    let kind = std::fs::read_to_string(repository.file("taskcluster/kinds/job/kind.yml")).unwrap();
    repository
        .write("taskcluster/kinds/job/kind.yml", &kind.replace("does something", "does something else"));
    fake.grant(&["queue:create-task:*", "queue:scheduler-id:*", "queue:route:*"]);
    let outcome = decide(&repository, &fake, 1);
    assert_eq!(outcome.status, 3, "{}", outcome.err);
    assert!(
        outcome.err.contains("would run beside it") && outcome.err.contains("queue:cancel-task:"),
        "{}",
        outcome.err
    );
    assert_eq!(fake.tasks().len(), 5);
}
