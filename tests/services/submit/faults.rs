//! Every call, with everything that may go wrong on its way.

use std::time::Duration;

use serde_json::json;
use taskgraph::task::Label;
use taskgraph_taskcluster::{CallError, Failure, NewTask, Patience, Taskcluster};

use crate::fake_taskcluster::{Fake, Fault, WITHOUT_PAUSES, client, id};

const GRAPH: &str = "public/task-graph.json";

/// Makes a call, and returns whether its answer is right.
type Call = fn(&Taskcluster) -> Result<bool, CallError>;

/// The name of each call, and how it is made.
const CALLS: [(&str, Call); 14] = [
    ("findTask", |taskcluster| Ok(taskcluster.find_task("a.b")? == Some(id(1)))),
    ("findTasksAtIndex", |taskcluster| {
        Ok(taskcluster.find(&super::paths(&["a.b".into()]))?.index["a.b"] == id(1))
    }),
    ("statuses", |taskcluster| {
        Ok(taskcluster.find(&super::paths(&["a.b".into()]))?.states.contains_key(&id(1)))
    }),
    ("listTasks", |taskcluster| Ok(taskcluster.list_tasks("a")? == [id(1)])),
    ("task", |taskcluster| Ok(taskcluster.definition(&id(1))?.get("schedulerId").is_some())),
    ("status", |taskcluster| Ok(taskcluster.status(&id(1))?.get("state").is_some())),
    ("listTaskGroup", |taskcluster| Ok(taskcluster.group(&id(9))?.len() == 1)),
    ("listDependentTasks", |taskcluster| Ok(taskcluster.dependents(&id(1))?.is_empty())),
    ("listLatestArtifacts", |taskcluster| Ok(taskcluster.list_artifacts(&id(1))?.len() == 1)),
    ("getLatestArtifact", artifact),
    // Where the artifact lies.
    ("/storage/T000000000000000000001/public/task-graph.json", artifact),
    ("currentScopes", |taskcluster| Ok(taskcluster.current_scopes()? == ["*"])),
    ("cancelTask", |taskcluster| taskcluster.cancel(&id(1)).map(|()| true)),
    ("rerunTask", |taskcluster| taskcluster.rerun(&id(1)).map(|()| true)),
];

fn artifact(taskcluster: &Taskcluster) -> Result<bool, CallError> {
    Ok(taskcluster.artifact(&id(1), GRAPH)?.as_deref() == Some(b"{\"a\": 1}"))
}

fn furnished() -> Fake {
    let fake = Fake::start();
    fake.put_task(id(1).as_str(), json!({ "taskGroupId": id(9).as_str(), "schedulerId": "s" }), "completed");
    fake.index("a.b", id(1).as_str());
    fake.artifact(id(1).as_str(), GRAPH, "{\"a\": 1}");
    fake
}

/// Makes each call once for each of `faults`, which go wrong so many times, and hands over what came of it and how
/// many attempts there were.
fn each(
    fake: &Fake,
    taskcluster: &Taskcluster,
    faults: &[Fault],
    times: usize,
    check: impl Fn(Result<bool, CallError>, usize, &str),
) {
    for (name, call) in CALLS {
        for fault in faults {
            // A redirect has no content that could be garbled or cut.
            if name == "getLatestArtifact" && matches!(fault, Fault::Garble | Fault::Cut | Fault::Lie) {
                continue;
            }
            let before = fake.count(name);
            fake.fail(name, vec![Some(*fault); times]);
            let outcome = call(taskcluster);
            check(outcome, fake.count(name) - before, &format!("{name}, {fault:?}"));
        }
    }
}

#[test]
fn a_call_is_made_again_whatever_goes_wrong_with_its_answer() {
    for access in [Fake::proxied, Fake::signed] {
        let fake = furnished();
        each(&fake, &client(access(&fake)), &Fault::QUICK, 2, |outcome, attempts, what| {
            assert!(outcome.unwrap_or_else(|error| panic!("{what}: {error}")), "{what}");
            assert_eq!(attempts, 3, "{what}");
        });
        assert_eq!(fake.violations(), [""; 0]);
    }
}

#[test]
fn a_call_that_is_not_answered_in_time_is_made_again() {
    let patience = Patience { timeout: Duration::from_millis(200), ..WITHOUT_PAUSES };
    let fake = furnished();
    let taskcluster = Taskcluster::new(fake.proxied()).with_patience(patience);
    let late = Fault::Stall(Duration::from_secs(2));
    each(&fake, &taskcluster, &[late], 1, |outcome, _, what| {
        assert!(outcome.unwrap_or_else(|error| panic!("{what}: {error}")), "{what}");
    });
}

#[test]
fn patience_comes_to_an_end() {
    let fake = furnished();
    let taskcluster =
        Taskcluster::new(fake.proxied()).with_patience(Patience { attempts: 3, ..WITHOUT_PAUSES });
    let faults = [Fault::Status(503), Fault::DropBefore, Fault::Busy(0)];
    each(&fake, &taskcluster, &faults, 3, |outcome, attempts, what| {
        let error = outcome.unwrap_err();
        assert!(matches!(error.failure(), Some(Failure::Unreachable(_))), "{what}: {error}");
        assert!(error.to_string().ends_with("(asked 3 times)"), "{what}: {error}");
        assert_eq!(attempts, 3, "{what}");
    });
}

#[test]
fn what_is_refused_is_not_asked_again() {
    let fake = furnished();
    let taskcluster = client(fake.proxied());
    for status in [400, 401, 403, 409, 410, 424] {
        each(&fake, &taskcluster, &[Fault::Status(status)], 1, |outcome, attempts, what| {
            let error = outcome.unwrap_err();
            let is_told = match error.failure() {
                Some(Failure::Conflict(_)) => status == 409,
                Some(Failure::Refused { status: reported, .. }) => *reported == status,
                _ => false,
            };
            assert!(is_told, "{what}: {error}");
            assert_eq!(attempts, 1, "{what}");
        });
    }
}

#[test]
fn a_task_is_created_once_whatever_goes_wrong_with_the_answer() {
    let task = |number: usize| NewTask {
        label: Label::parse(&format!("task-{number}").into()).unwrap(),
        task_id: id(number),
        definition: super::tasks::definition(&format!("task-{number}"), &[]),
    };
    for access in [Fake::proxied, Fake::signed] {
        let fake = furnished();
        let taskcluster = client(access(&fake));
        for (number, fault) in (10..).zip(Fault::QUICK) {
            let before = fake.count("createTask");
            fake.fail("createTask", [Some(fault), Some(fault)]);
            let created = taskcluster.create(vec![task(number)]);
            assert_eq!(created.unwrap_or_else(|error| panic!("{fault:?}: {error}")).0.len(), 1);
            assert_eq!(fake.count("createTask") - before, 3, "{fault:?}");
        }
        assert_eq!(fake.tasks().len(), Fault::QUICK.len());
        assert_eq!(fake.violations(), [""; 0]);
    }
}
