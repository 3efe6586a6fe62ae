//! Decisions on real trees and real parameters.

mod artifacts;
mod killed;
mod look_up;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde_json::Value;
use taskgraph::generator::Project;
use taskgraph::known_urls::Urls;
use taskgraph::parameters::{Params, read_file};
use taskgraph::schema::fields::Fields as _;
use taskgraph::settings::{RunTask, Settings};
use taskgraph::task::id::TaskId;
use taskgraph::tree::Tree;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_decision::DecisionError;
use taskgraph_decision::decision::{Decision, DecisionResult, RenderedPreview};
use taskgraph_rs::registry;
use taskgraph_taskcluster::{Patience, Taskcluster};

use crate::fake_taskcluster::{Fake, Fault, WITHOUT_PAUSES};
use crate::support::{checkout, read_json, shared};

/// The taskId of the decision task.
const DECISION: &str = "fN1SbArXTPSVFUUvaOlinQ";

/// A real tree in a checkout of its own.
struct Fixture {
    tree: PathBuf,
    copy: tempfile::TempDir,
    project: Project,
    run_task: RunTask,
}

impl Fixture {
    /// Nothing without the folder that has the trees.
    fn new(name: &str) -> Option<Self> {
        let tree = shared(&format!("conformance/{name}"))?;
        let run_task = RunTask::in_directory(&shared("conformance/run-task")?);
        let copy = checkout(&tree.join("tree"));
        let opened = Tree::open(&copy.path().join("taskcluster"), copy.path()).unwrap();
        let project = Project::load(opened, &registry(), &BTreeSet::new()).unwrap();
        Some(Fixture { tree, copy, project, run_task })
    }

    fn case(&self, case: &str, file: &str) -> Value {
        read_json(&self.tree.join("cases").join(case).join(file))
    }

    fn artifact(&self, name: &str) -> Value {
        read_json(&self.copy.path().join("artifacts").join(name))
    }

    /// Decides on a case against a fake.
    fn decide(
        &self,
        case: &str,
        fake: &Fake,
        change: impl Fn(&mut Params),
    ) -> Result<DecisionResult, DecisionError> {
        let given = read_file(&self.tree.join("cases").join(case).join("parameters.yml"))?;
        let mut params = Params::new(given.values, vec![given.layer]);
        // A decision refuses keys that nobody knows, and so does that of the reference: these were made by actions.
        for unknown in taskgraph::parameters::unknown(&params, self.project.extension.parameters) {
            let (key, above) = unknown.path.0.split_last().unwrap();
            let map = params.find_mut(&KeyPath(above.to_vec())).and_then(|map| map.as_map_mut()).unwrap();
            map.take(&KeyPath(vec![key.clone()]).to_string());
        }
        change(&mut params);
        let answers = self.case(case, "case.json");
        fake.case(&answers);
        fake.decision_task(DECISION);
        let known = answers["urls"].as_array().into_iter().flatten();
        let settings = Settings {
            run_task: Some(self.run_task.clone()),
            urls: Urls::Known(known.map(|url| url.as_str().unwrap().to_owned()).collect()),
            ..Settings::default()
        };
        let taskcluster = Taskcluster::new(fake.proxied())
            .with_patience(Patience { timeout: Duration::from_secs(60), ..WITHOUT_PAUSES });
        taskgraph_decision::decision::run(
            &self.project,
            params,
            &Decision {
                task_id: TaskId::parse(DECISION)?,
                settings: &settings,
                found_tasks: &Default::default(),
                is_checked: false,
                probe: &|_| panic!("all urls are known"),
                find: &|paths| Ok(taskcluster.find(paths)?),
                queue: Some(&taskcluster),
                new_id: &|_| TaskId::random(),
                artifacts: &self.copy.path().join("artifacts"),
                contexts: &self.copy.path().join("docker-contexts"),
                render: &|report| {
                    Ok(RenderedPreview { json: serde_json::to_string(report)?, text: String::new() })
                },
                notify: &|_| {},
                now: SystemTime::now(),
            },
        )
    }
}

fn names(fake: &Fake) -> BTreeSet<String> {
    fake.tasks().values().map(|task| task["metadata"]["name"].as_str().unwrap().to_owned()).collect()
}

/// The labels of a `task-graph.json`.
fn labels(graph: &Value) -> BTreeSet<String> {
    graph.as_object().unwrap().values().map(|task| task["label"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_task_of_a_large_graph_is_created_once_while_one_answer_in_five_fails() {
    for (tree, optimize, least) in
        [("translations-2026-07", false, 800), ("translations-2026-07", true, 5), ("ftt-2024-12", true, 400)]
    {
        let Some(fixture) = Fixture::new(tree) else { return };
        let fake = Fake::start();
        fake.fail_one_in(5, 7);
        let decided = fixture
            .decide("large-baseline", &fake, |params| {
                params.values_mut().put("optimize_target_tasks", optimize)
            })
            .unwrap_or_else(|error| panic!("{error:?}"));
        let created = decided.creation.unwrap().created.0.len();
        assert_eq!((created, fake.tasks().len()), (decided.summary.tasks, decided.summary.tasks), "{tree}");
        assert_eq!(names(&fake).len(), created, "{tree}: no task was created twice");
        assert_eq!(names(&fake), labels(&fixture.artifact("task-graph.json")), "{tree}");
        assert_eq!(fake.violations(), [""; 0], "{tree}");
        assert!(created > least, "{tree}: {created}");
    }
}

#[test]
fn one_task_that_is_refused_for_good_leaves_nothing_that_depends_on_it() {
    let Some(fixture) = Fixture::new("translations-2026-07") else { return };
    let fake = Fake::start();
    let name = "corpus-merge-devset-lt-en";
    fake.refuse(name, 400, "no");
    fake.fail_one_in(5, 11);
    let decided = fixture.decide("large-baseline", &fake, |params| {
        params.values_mut().put("optimize_target_tasks", false);
    });
    let Err(DecisionError::Creation(failure)) = decided else { panic!("it was refused") };
    assert_eq!(failure.refused.iter().map(|task| task.task.label.as_str()).collect::<Vec<_>>(), [name]);
    let exists: BTreeSet<String> = failure.created.iter().map(|task| task.task_id.to_string()).collect();
    assert_eq!(exists, fake.tasks().keys().cloned().collect(), "what is said to exist exists");
    let graph = fixture.artifact("task-graph.json");
    let graph = graph.as_object().unwrap();
    for (id, task) in graph.iter().filter(|(id, _)| exists.contains(*id)) {
        let mut needs = task["dependencies"].as_object().unwrap().values();
        let is_there = needs.all(|on| exists.contains(on.as_str().unwrap()));
        assert!(is_there, "{id} depends on what does not exist");
    }
    assert_eq!(exists.len() + failure.untried.len() + 1, graph.len());
}

#[test]
fn what_the_index_has_is_not_created_and_the_preview_says_so() {
    let Some(fixture) = Fixture::new("translations-2026-07") else { return };
    let fake = Fake::start();
    fake.fail("findTasksAtIndex", [Some(Fault::Status(503)), Some(Fault::Garble)]);
    let case = "index-hits-train-teacher-model";
    let decided = fixture.decide(case, &fake, |_| {}).unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(names(&fake), labels(&fixture.case(case, "expected/task-graph.json")));
    assert_eq!(fake.violations(), [""; 0]);
    let report = fixture.artifact("preview.json");
    let found = &report["plan"]["look_up"];
    assert_eq!(found["counts"]["would_run"], report["plan"]["work"]["totals"]["tasks"]);
    let mut cached = 0;
    for (label, outcome) in &decided.outcomes {
        let reported = &found["tasks"][label.as_str()];
        let expected = reported["outcome"].as_str().unwrap();
        let is_reported = match outcome.word() {
            "kept" => expected == "would-run",
            "removed" => expected == "not-needed",
            _ => expected == "used-again",
        };
        assert!(is_reported, "{label}: {reported} {outcome}");
        if let (Some(expires), Some(needed)) =
            (reported["expires"].as_str(), reported["needed_until"].as_str())
        {
            assert!(expires >= needed, "{label}: {reported}");
            cached += 1;
        }
    }
    assert!(cached > 5, "{cached}");
}

#[test]
fn every_task_of_every_case_is_one_that_the_queue_and_its_worker_take() {
    let mut created = 0;
    for tree in ["ftt-2024-12", "translations-2026-07"] {
        let Some(fixture) = Fixture::new(tree) else { return };
        let entries = fixture.tree.join("cases").read_dir().unwrap();
        let mut cases: Vec<String> =
            entries.map(|case| case.unwrap().file_name().into_string().unwrap()).collect();
        cases.sort();
        for case in cases {
            let answers = fixture.case(&case, "case.json");
            // Some kinds alone are no decision.
            if answers.get("target-kinds").is_some() {
                continue;
            }
            // What has no effect on a model is refused, and so is a stage that selects nothing.
            let is_refused = ["refuse", "ineffective"].iter().any(|key| answers.get(key).is_some())
                || answers["tasks"]["target"] == 0;
            let fake = Fake::start();
            match fixture.decide(&case, &fake, |_| {}) {
                Ok(decided) => {
                    assert!(!is_refused, "{tree} {case}");
                    created += decided.creation.unwrap().created.0.len();
                }
                Err(error) => {
                    assert!(is_refused, "{tree} {case}: {error:?}");
                    assert_eq!(fake.tasks().len(), 0, "{tree} {case}");
                }
            }
            assert_eq!(fake.violations(), [""; 0], "{tree} {case}");
        }
    }
    assert!(created > 3_000, "{created}");
}

#[test]
fn a_key_of_a_training_config_that_nobody_knows_is_refused_before_anything_is_created() {
    for (tree, case) in [("translations-2026-07", "large-baseline"), ("ftt-2024-12", "baseline")] {
        let Some(fixture) = Fixture::new(tree) else { return };
        let fake = Fake::start();
        let decided = fixture.decide(case, &fake, |params| {
            for (section, key) in
                [("training_config", "marian-argz"), ("training_config.experiment", "best-modle")]
            {
                let map =
                    params.find_mut(&KeyPath::dotted(section)).and_then(|map| map.as_map_mut()).unwrap();
                map.put(key, "x");
            }
        });
        let Err(DecisionError::Error(error)) = decided else { panic!("{tree}: it was not refused") };
        let reported = error.to_string();
        for (key, near) in [("marian-argz", "marian-args"), ("best-modle", "best-model")] {
            assert!(reported.contains(&format!("unknown key `{key}`")), "{tree}: {reported}");
            assert!(reported.contains(&format!("did you mean `{near}`?")), "{tree}: {reported}");
            assert_eq!(reported.matches(&format!("{key}`")).count(), 1, "{tree}: {reported}");
        }
        assert_eq!(fake.count("createTask"), 0, "{tree}");
    }
}
