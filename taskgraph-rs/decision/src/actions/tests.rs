//! Tests of plans on a small graph: `build` ← `test` ← `report`, and `image`, which is cached.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use crate::actions::fake_service::{FakeService, id};
use crate::actions::{Call, Input, Plan, find, plan};
use taskgraph::error::Result;
use taskgraph::generator::Project;
use taskgraph::parameters::Params;
use taskgraph::registry::Registry;
use taskgraph::schema::fields::Fields;
use taskgraph::settings::Settings;
use taskgraph::tree::Tree;
use taskgraph_compat::source::Source;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};
use taskgraph_compat::{json, map};

const CONFIG: &str = "
trust-domain: domain
task-priority: low
taskgraph: {repositories: {ci: {name: ci}}}
workers: {aliases: {}}
";

const GRAPH: &str = r#"{
    "build": {"kind": "build", "label": "build", "attributes": {"retrigger": true}, "dependencies": {}, "optimization": null, "task": {"deadline": {"relative-datestamp": "1 day"}, "metadata": {"name": "build"}}},
    "image": {"kind": "docker-image", "label": "image", "attributes": {"cached_task": {"digest": "x"}}, "dependencies": {}, "optimization": null, "task": {"deadline": {"relative-datestamp": "1 day"}}},
    "test": {"kind": "test", "label": "test", "attributes": {}, "dependencies": {"build": "build"}, "optimization": null, "task": {"deadline": {"relative-datestamp": "1 day"}, "extra": {"x": 1}, "payload": {"task-reference": "<build>"}}},
    "report": {"kind": "report", "label": "report", "attributes": {}, "dependencies": {"test": "test"}, "optimization": null, "task": {"deadline": {"relative-datestamp": "1 day"}}}
}"#;

const FILES: &[(&str, &str)] = &[("config.yml", CONFIG)];

/// A decision that created everything but the report, and its services.
fn decided() -> FakeService {
    FakeService::default()
        .task("decision", "Decision Task", "completed", &[])
        .task("build", "build", "completed", &["decision"])
        .task("test", "test", "failed", &["build"])
        .task("image", "image", "running", &["decision"])
        .task("action", "Action: cancel-all", "running", &["decision"])
        .group("decision", &["decision", "build", "test", "image", "action"])
        .artifact("decision", "public/full-task-graph.json", GRAPH)
        .labels("decision", &[("build", "build"), ("test", "test"), ("image", "image")])
}

fn planned(memory: &FakeService, callback: &str, task: Option<&str>, input: &str) -> Result<Plan> {
    let project = Project::load(Tree::embedded(FILES), &Registry::default(), &BTreeSet::new())?;
    let params = Params::new(
        map! { "project" => "p", "level" => "1", "repository_type" => "git", "head_rev" => "r", "pushlog_id" => "0" },
        Vec::new(),
    );
    let input = Input::read(Source::new("input.yml", input), false)?;
    let count = AtomicUsize::new(0);
    let call = Call {
        project: &project,
        params: &params,
        input: &input,
        group: Some(id("decision")),
        task: task.map(id),
        own: Some(id("action")),
        service: memory,
        settings: &Settings::default(),
        now: SystemTime::UNIX_EPOCH,
        new_id: &|_| id(&format!("new{}", count.fetch_add(1, Ordering::Relaxed))),
    };
    plan(find(&project, callback)?, &call)
}

fn refused(memory: &FakeService, callback: &str, task: Option<&str>, input: &str) -> String {
    planned(memory, callback, task, input).unwrap_err().to_string()
}

/// The tasks that a plan creates: id, label, dependencies.
fn created(plan: &Plan) -> Vec<String> {
    let tasks = plan.create.iter().flat_map(|create| create.graph.tasks.values());
    let show = |ready: &taskgraph::graph::by_task_id::ReadyTask| {
        let dependencies = ready.definition["dependencies"].as_list().unwrap();
        let dependencies: Vec<_> = dependencies.iter().map(|id| short(id.as_str().unwrap())).collect();
        format!("{} {} after {}", short(ready.task_id.as_str()), ready.task.label, dependencies.join(" "))
    };
    tasks.map(show).collect()
}

fn short(id: &str) -> &str {
    id.trim_end_matches('A')
}

fn artifact(plan: &Plan, name: &str) -> Value {
    let (_, content) = plan.artifacts.iter().find(|(known, _)| known == name).unwrap();
    json::read(std::str::from_utf8(content).unwrap()).unwrap()
}

#[test]
fn a_new_job_comes_with_what_it_needs_and_waits_for_the_action() {
    let plan = planned(&decided(), "add-new-jobs", None, "tasks: [report]").unwrap();
    assert_eq!(created(&plan), ["new0 report after action test"]);
    assert_eq!(
        plan.notes,
        ["report waits for test (testAAAAAAAAAAAAAAAAAA), and its state is failed: rerun that, too"]
    );
    let labels = artifact(&plan, "label-to-taskid.json");
    let labels: Vec<_> =
        labels.as_map().unwrap().iter().map(|(label, id)| (&**label, short(id.as_str().unwrap()))).collect();
    assert_eq!(labels, [("build", "build"), ("report", "new0"), ("test", "test")]);
    assert_eq!(artifact(&plan, "to-run.json"), ["report"].into_iter().collect());
    assert_eq!(KeyPath::dotted("extra.parent").find(&definition(&plan)), Some(&id("action").text().into()));
    assert_eq!(plan.artifacts.len(), 3);
}

fn definition(plan: &Plan) -> Value {
    plan.create.as_ref().unwrap().graph.tasks[0].definition.clone().into()
}

#[test]
fn a_new_job_does_not_wait_for_what_the_queue_has_forgotten() {
    let mut memory = decided();
    memory.states.remove(&id("test"));
    assert_eq!(
        refused(&memory, "add-new-jobs", None, "tasks: [report]"),
        "`report` cannot wait for `test`: task `testAAAAAAAAAAAAAAAAAA` is not usable: the queue does not know it"
    );
    let plan = planned(&memory, "add-new-jobs", None, "tasks: [report, test]").unwrap();
    assert_eq!(created(&plan), ["new1 test after action build", "new0 report after action new1"]);
}

#[test]
fn each_of_several_times_makes_tasks_of_its_own() {
    let plan = planned(&decided(), "add-new-jobs", None, "{tasks: [test, build], times: 2}").unwrap();
    assert_eq!(
        created(&plan),
        [
            "new0 build after action",
            "new1 test after action new0",
            "new2 build after action",
            "new3 test after action new2",
        ]
    );
    let first = artifact(&plan, "label-to-taskid-0.json");
    assert_eq!(first.get("test"), Some(&id("new1").text().into()));
    assert_eq!(artifact(&plan, "label-to-taskid.json").get("test"), Some(&id("new3").text().into()));
    assert_eq!(artifact(&plan, "task-graph.json").as_map().map(Map::len), Some(4));
}

#[test]
fn everything_about_an_input_is_reported_with_its_place() {
    let memory = decided();
    assert_eq!(
        refused(&memory, "add-new-jobs", None, "tasks: build\ntime: 2"),
        "input.yml:1:8: `tasks` must be a list of strings (at tasks): found `build`\n\
         input.yml:2:1: unknown key `time` (at time): did you mean `times`?"
    );
    assert_eq!(
        refused(&memory, "add-new-jobs", None, "tasks:\n- buidl\n- nothing-like-it"),
        "input.yml:2:3: there is no task `buidl` (at tasks[0]): did you mean `build`?\n\
         input.yml:3:3: there is no task `nothing-like-it` (at tasks[1]): \
         the graph of the decision `decisionAAAAAAAAAAAAAA` has no such task"
    );
    assert_eq!(
        refused(&memory, "add-new-jobs", None, "{tasks: [build], times: 101}"),
        "input.yml:1:25: `times` must be a number from 1 to 100 (at times): found the integer 101"
    );
    assert_eq!(
        refused(&memory, "add-new-jobs", None, ""),
        "input.yml:1:1: missing key `tasks` (at tasks): `tasks` has to be here: a list of strings"
    );
}

#[test]
fn the_newest_task_of_a_label_is_what_others_wait_for() {
    for namespace in ["revision.r.taskgraph.actions", "revision.r.actions", "pushlog-id.0.actions"] {
        let mut memory = decided()
            .task("newer", "test", "completed", &[])
            .group("decision", &["decision", "build", "test", "image", "action", "newer"])
            .labels("action", &[("test", "newer")]);
        memory.namespaces.insert(format!("domain.v2.p.{namespace}"), vec![id("action")]);
        let plan = planned(&memory, "add-new-jobs", None, "tasks: [report]").unwrap();
        assert_eq!(created(&plan), ["new0 report after action newer"], "{namespace}");
    }
}

#[test]
fn a_task_is_retriggered_if_it_may_be_or_is_forced() {
    let memory = decided();
    let plan = planned(&memory, "retrigger-disabled", Some("build"), "").unwrap();
    assert_eq!(created(&plan), ["new0 build after action"]);
    assert_eq!(
        refused(&memory, "retrigger-disabled", Some("test"), "force: false"),
        "`test` is not to be retriggered: its attribute `retrigger` does not say so"
    );
    let plan = planned(&memory, "retrigger-disabled", Some("test"), "force: true").unwrap();
    assert_eq!(created(&plan), ["new0 test after action build"]);
}

#[test]
fn what_came_out_of_a_task_is_retriggered_with_it_if_it_was_created() {
    let plan = planned(&decided(), "retrigger-disabled", Some("build"), "downstream: true").unwrap();
    assert_eq!(created(&plan), ["new0 build after action", "new1 test after action new0"]);
}

#[test]
fn an_action_is_only_for_tasks_of_its_context() {
    let memory = decided();
    assert_eq!(
        refused(&memory, "retrigger", Some("build"), ""),
        "the action `retrigger` is not for the task `build`: its tags would have `retrigger: true`"
    );
    assert_eq!(refused(&memory, "rerun", None, ""), "the action is about a task, and none was named");
    assert_eq!(
        refused(&memory, "rerun", Some("gone"), ""),
        "there is no task `goneAAAAAAAAAAAAAAAAAA`, or there is no longer"
    );
    assert_eq!(refused(&memory, "reurn", None, ""), "unknown action `reurn`: did you mean `rerun`?");
}

#[test]
fn a_decision_is_made_once_more_with_new_times() {
    let mut memory = decided();
    let definition = map! {
        "metadata" => map! { "name" => "Decision Task" },
        "tags" => map! { "kind" => "decision-task" },
        "created" => "2026-01-01T00:00:00.000Z",
        "deadline" => "2026-01-02T00:00:00.000Z",
        "taskGroupId" => "its own",
    };
    memory.tasks.insert(id("decision"), definition.into());
    let copy = planned(&memory, "retrigger-decision", Some("decision"), "").unwrap().copy.unwrap();
    let expected = map! {
        "metadata" => map! { "name" => "Decision Task" },
        "tags" => map! { "kind" => "decision-task" },
        "created" => map! { "relative-datestamp" => "0 seconds" },
        "deadline" => map! { "relative-datestamp" => "86400 seconds" },
        "taskGroupId" => "its own",
        "schedulerId" => "domain-level-1",
    };
    assert_eq!(copy.definition, expected);
}

#[test]
fn a_task_is_rerun_if_it_has_failed_and_is_one_of_the_decision() {
    let memory = decided().task("other", "test", "failed", &[]);
    assert_eq!(planned(&memory, "rerun", Some("test"), "").unwrap().rerun, [id("test")]);
    let plan = planned(&memory, "rerun", Some("image"), "").unwrap();
    assert!(plan.rerun.is_empty());
    assert_eq!(plan.notes, ["image is not rerun: its state is `running`"]);
    assert_eq!(
        refused(&memory, "rerun", Some("other"), ""),
        "`test` is not rerun: `otherAAAAAAAAAAAAAAAAA` was made by no decision or action of this push"
    );
}

/// Two trainings of the decision's revision, with the same labels, each in a group of its own.
fn trained() -> FakeService {
    let mut memory = decided();
    memory
        .namespaces
        .insert("domain.v2.p.revision.r.taskgraph.actions".into(), ["first", "second"].map(id).into());
    for (action, build, test) in [("first", "build1", "test1"), ("second", "build2", "test2")] {
        memory = memory
            .task(action, "Action: train", "completed", &[])
            .task(build, "build", "completed", &[action])
            .task(test, "test", "failed", &[build])
            .made(action, "decision", "none")
            .made(build, action, action)
            .made(test, action, action)
            .group(action, &[build, test])
            .artifact(action, "public/full-task-graph.json", GRAPH)
            .labels(action, &[("build", build), ("test", test)]);
    }
    memory
}

#[test]
fn a_task_of_a_training_is_rerun_even_if_another_one_has_the_same_labels() {
    for task in ["test1", "test2", "test"] {
        assert_eq!(planned(&trained(), "rerun", Some(task), "").unwrap().rerun, [id(task)], "{task}");
    }
    // What is copied into the group of another decision was not made by this one.
    let memory = trained().task("stranger", "test", "failed", &[]).made("stranger", "elsewhere", "first");
    assert!(refused(&memory, "rerun", Some("stranger"), "").contains("was made by no decision"));
    let memory = trained().task("stranger", "test", "failed", &[]).made("stranger", "first", "elsewhere");
    assert!(refused(&memory, "rerun", Some("stranger"), "").contains("was made by no decision"));
}

#[test]
fn a_task_that_an_action_made_in_a_group_without_an_index_is_rerun() {
    let mut memory = decided()
        .task("again", "build", "failed", &[])
        .made("again", "decision", "action")
        .made("action", "decision", "x");
    assert!(refused(&memory, "rerun", Some("again"), "").contains("was made by no decision"));
    let Some(Value::Map(definition)) = memory.tasks.get_mut(&id("action")) else { panic!("it is there") };
    std::sync::Arc::make_mut(definition).put("tags", map! { "kind" => "action-callback" });
    assert_eq!(planned(&memory, "rerun", Some("again"), "").unwrap().rerun, [id("again")]);
}

#[test]
fn a_task_of_a_training_is_retriggered_in_its_group_with_what_that_has() {
    for (test, build, action) in [("test1", "build1", "first"), ("test2", "build2", "second")] {
        let plan = planned(&trained(), "retrigger-disabled", Some(test), "force: true").unwrap();
        assert_eq!(created(&plan), [format!("new0 test after action {build}")]);
        assert_eq!(plan.create.unwrap().decision, id(action));
    }
    // What the trainings made says nothing about the tasks of the decision.
    let plan = planned(&trained(), "add-new-jobs", None, "tasks: [report]").unwrap();
    assert_eq!(created(&plan), ["new0 report after action test"]);
}

#[test]
fn a_task_is_not_rerun_after_its_deadline() {
    let mut memory = decided();
    let Some(Value::Map(definition)) = memory.tasks.get_mut(&id("test")) else { panic!("it is there") };
    std::sync::Arc::make_mut(definition).put("deadline", "1969-12-31T23:59:59.000Z");
    let message =
        "`test` (`testAAAAAAAAAAAAAAAAAA`) cannot be rerun: its deadline was 1969-12-31T23:59:59.000Z";
    assert_eq!(refused(&memory, "rerun", Some("test"), ""), message);
    assert_eq!(refused(&memory, "retrigger-multiple", None, "requests: [{tasks: [test]}]"), message);
}

#[test]
fn retrigger_multiple_reruns_what_may_not_be_retriggered() {
    let memory = decided();
    let input = "requests: [{tasks: [build, test], times: 2}, {tasks: [test, image]}]";
    let plan = planned(&memory, "retrigger-multiple", None, input).unwrap();
    assert_eq!(created(&plan), ["new0 build after action", "new1 build after action"]);
    assert_eq!(plan.rerun, [id("test")]);
    assert_eq!(plan.notes, ["image is not rerun: its state is `running`"]);
    let names: Vec<_> = plan.artifacts.iter().map(|(name, _)| &**name).collect();
    assert!(names.contains(&"task-graph-0-1.json") && names.contains(&"to-run-1-0.json"));
    assert_eq!(
        refused(&memory, "retrigger-multiple", None, "requests: [{tasks: [report]}, {tasks: [x], times: 0}]"),
        "input.yml:1:20: there is no task of `report` that could be rerun (at requests[0].tasks): \
         it was never created, and may not be retriggered\n\
         input.yml:1:51: `times` must be a number from 1 to 100 (at requests[1].times): found the integer 0\n\
         input.yml:1:40: there is no task `x` (at requests[1].tasks[0]): \
         the graph of the decision `decisionAAAAAAAAAAAAAA` has no such task"
    );
}

#[test]
fn all_open_tasks_of_a_group_are_cancelled_but_the_action_s_own() {
    let memory = decided();
    assert_eq!(planned(&memory, "cancel-all", None, "").unwrap().cancel, [id("image")]);
    assert_eq!(planned(&memory, "cancel", Some("test"), "").unwrap().cancel, [id("test")]);
}

#[test]
fn cached_tasks_are_made_anew() {
    let plan = planned(&decided(), "rebuild-cached-tasks", None, "").unwrap();
    assert_eq!(created(&plan), ["new0 image after action"]);
}

#[test]
fn what_the_decision_left_behind_has_to_be_there() {
    let mut memory = decided();
    memory.artifacts.remove(&(id("decision"), "public/label-to-taskid.json".into()));
    assert_eq!(
        refused(&memory, "rebuild-cached-tasks", None, ""),
        "the task `decisionAAAAAAAAAAAAAA` has no artifact `public/label-to-taskid.json`: \
         a decision task has it, and so has an action that creates tasks"
    );
}
