//! Every task of every graph that the reference's cases make is one that the services take.

use std::path::Path;
use std::time::SystemTime;

use serde_json::Value as Json;
use taskgraph::generator::{OptimizeRequest, Project};
use taskgraph::known_urls::Urls;
use taskgraph::parameters::{Params, read_file};
use taskgraph::schema::fields::Fields as _;
use taskgraph::settings::{RunTask, Settings};
use taskgraph::task::id::TaskId;
use taskgraph::tree::Tree;
use taskgraph_compat::value::Value;
use taskgraph_rs::registry;
use taskgraph_taskcluster::NewTask;

use crate::fake_taskcluster::{Fake, client, id};
use crate::support::{checkout, read_json, shared};

/// The decision task of each case.
const DECISION: usize = 1;

fn load(tree: &Path, kinds: &[String]) -> Project {
    let open = Tree::open(&tree.join("taskcluster"), tree).unwrap();
    Project::load(open, &registry(), &kinds.iter().cloned().collect()).unwrap()
}

fn texts(case: &Json, key: &str) -> Vec<String> {
    serde_json::from_value(case[key].clone()).unwrap_or_default()
}

/// Makes the graph of a case, with what the fake's index has, and creates it. How many tasks that were.
fn create(fake: &Fake, project: &Project, kinds: &[String], run_task: &Path, folder: &Path) -> usize {
    let case = read_json(&folder.join("case.json"));
    let given = read_file(&folder.join("parameters.yml")).unwrap();
    let mut params = Params::new(given.values, vec![given.layer]);
    params.values_mut().put("target-kinds", kinds.iter().map(String::as_str).collect::<Value>());
    project.complete(&mut params, SystemTime::now()).unwrap();
    let decision = id(DECISION);
    let settings = Settings {
        task_id: Some(decision.to_string()),
        run_task: Some(RunTask::in_directory(run_task)),
        urls: Urls::Known(texts(&case, "urls").into_iter().collect()),
        ..Settings::default()
    };
    let full = project.full(&params, &settings).unwrap();
    let targets = project.target(&full, &params).unwrap();

    fake.case(&case);
    fake.decision_task(decision.as_str());
    let existing = params.values().get("existing_tasks").and_then(Value::as_map);
    existing.into_iter().flat_map(|map| map.values()).filter_map(Value::as_str).for_each(|id| fake.task(id));

    let taskcluster = client(fake.proxied());
    let wanted = project.lookup_request(&targets, &params, &settings).unwrap();
    let found = taskcluster.find(&wanted).unwrap();
    let request = OptimizeRequest {
        settings: &settings,
        decision_task_id: decision.as_str(),
        found: &found,
        now: SystemTime::now(),
    };
    let optimized = project.optimize(&targets, &params, &request, &mut |_| TaskId::random()).unwrap();
    let morphed = project.morph(optimized, &params, &mut |_| TaskId::random()).unwrap();
    let mut tasks: Vec<NewTask> = morphed
        .graph
        .tasks
        .values()
        .map(|ready| NewTask {
            label: ready.task.label.clone(),
            task_id: ready.task_id.clone(),
            definition: ready.definition.clone(),
        })
        .collect();
    NewTask::belong_to(&mut tasks, &decision, "translations-level-1");
    match taskcluster.create(tasks) {
        Ok(created) => created.0.len(),
        Err(failure) => {
            panic!("{}: {failure}: {}\n{:#?}", folder.display(), failure.why, fake.violations())
        }
    }
}

fn hold(tree: &str) {
    let (Some(tree), Some(run_task)) =
        (shared(&format!("conformance/{tree}")), shared("conformance/run-task"))
    else {
        return;
    };
    let copy = checkout(&tree.join("tree"));
    let all_kinds = load(copy.path(), &[]);
    let mut all = 0;
    for folder in tree.join("cases").read_dir().unwrap().map(|entry| entry.unwrap().path()) {
        let graph = folder.join("expected/task-graph.json");
        if !graph.exists() {
            continue;
        }
        let kinds = texts(&read_json(&folder.join("case.json")), "target-kinds");
        let some_kinds = (!kinds.is_empty()).then(|| load(copy.path(), &kinds));
        let project = some_kinds.as_ref().unwrap_or(&all_kinds);
        let fake = Fake::start();
        let created = create(&fake, project, &kinds, &run_task, &folder);
        assert_eq!(created, read_json(&graph).as_object().unwrap().len(), "{}", folder.display());
        assert_eq!(fake.tasks().len(), created, "{}", folder.display());
        assert_eq!(fake.violations(), [""; 0], "{}", folder.display());
        all += created;
    }
    assert!(all > 0);
    println!("{}: {all} tasks created", tree.display());
}

#[test]
fn every_task_of_the_tree_of_2024_is_taken() {
    hold("ftt-2024-12");
}

#[test]
fn every_task_of_the_tree_of_2026_is_taken() {
    hold("translations-2026-07");
}
