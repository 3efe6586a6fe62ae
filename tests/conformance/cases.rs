//! The main yardstick: real trees, real parameters, and the graphs that the reference makes of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::support::{checkout, differences, read_json, shared, written};
use serde::Deserialize;
use serde_json::Value;
use taskgraph::diagnostics::{Problem, Severity};
use taskgraph::generator::{Full, OptimizeRequest, Project};
use taskgraph::graph::TaskGraph;
use taskgraph::known_urls::Urls;
use taskgraph::optimize::index::LookupAnswers;
use taskgraph::parameters::{Params, read_file};
use taskgraph::schema::fields::Fields as _;
use taskgraph::settings::{RunTask, Settings};
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph::tree::Tree;
use taskgraph_compat::source::Source;
use taskgraph_rs::registry;

/// Content of case.json.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Case {
    refuse: Option<Refuse>,
    #[serde(default)]
    target_kinds: Vec<String>,
    /// Paths of keys that must be reported to have no effect.
    #[serde(default)]
    ineffective: BTreeSet<String>,
    /// Urls that are there; all others are not.
    #[serde(default)]
    urls: BTreeSet<String>,
}

/// The task that the reference says decides, in the expected graphs.
const DECISION_TASK_ID: &str = "DECISION-TASK";

#[derive(Deserialize)]
struct Refuse {
    path: Option<String>,
}

/// A tree, and how the program is called on it.
struct Fixture {
    tree: PathBuf,
    settings: Settings,
}

impl Fixture {
    fn load(&self, target_kinds: &[String]) -> Project {
        let tree = Tree::open(&self.tree.join("taskcluster"), &self.tree).unwrap();
        let targets: BTreeSet<String> = target_kinds.iter().cloned().collect();
        Project::load(tree, &registry(), &targets).unwrap()
    }

    /// The parameters, and what the program warns of.
    fn params(
        &self,
        project: &Project,
        file: &Path,
        target_kinds: &[String],
    ) -> Result<(Params, Vec<Problem>), Vec<Problem>> {
        let given = read_file(file).unwrap();
        let mut params = Params::new(given.values, vec![given.layer]);
        params.values_mut().put(
            "target-kinds",
            target_kinds.iter().map(String::as_str).collect::<taskgraph_compat::value::Value>(),
        );
        let problems = project.complete(&mut params, SystemTime::now()).unwrap();
        match problems.iter().any(|problem| problem.severity == Severity::Error) {
            false => Ok((params, problems)),
            true => Err(problems),
        }
    }

    /// Returns the differences from `expected/` of a case, in words.
    fn compare(
        &self,
        project: &Project,
        params: &Params,
        settings: &Settings,
        full: &Full,
        case: &Path,
    ) -> Vec<String> {
        let expected = case.join("expected");
        let target = project.target(full, params).unwrap();
        let mut reported = graph_differences(&full.graph, &read_json(&expected.join("full-task-graph.json")));
        for (graph, file) in [(&target.set, "target-tasks.json"), (&target.graph, "target-task-graph.json")] {
            let ours: BTreeSet<&str> = graph.tasks.keys().map(|label| label.as_str()).collect();
            let theirs = read_json(&expected.join(file));
            let theirs: BTreeSet<&str> =
                theirs.as_array().unwrap().iter().filter_map(Value::as_str).collect();
            reported.extend(ours.symmetric_difference(&theirs).map(|label| format!("{file}: {label}")));
        }
        let answers = std::fs::read_to_string(case.join("case.json")).unwrap();
        let found = LookupAnswers::read(Source::new("case.json", answers)).unwrap();
        let mut ids = Ids::default();
        let request = OptimizeRequest {
            settings,
            decision_task_id: DECISION_TASK_ID,
            found: &found,
            now: SystemTime::now(),
        };
        let optimized = project.optimize(&target, params, &request, &mut |label| ids.next(label)).unwrap();
        let morphed = project.morph(optimized, params, &mut |label| ids.next(label)).unwrap();
        let labels: BTreeSet<&Label> = target.graph.tasks.keys().collect();
        assert!(labels.iter().copied().eq(morphed.outcomes.keys()), "a task has no fate");
        let mut graph = ids.labelled(written(|out| morphed.graph.write_json(out)));
        let mut theirs = read_json(&expected.join("task-graph.json"));
        for graph in [&mut graph, &mut theirs] {
            sort_kind_folders(graph);
        }
        reported.extend(differences(&graph, &theirs, 12));
        let ours = ids.labelled(serde_json::to_value(&morphed.label_to_taskid).unwrap());
        reported.extend(differences(&ours, &read_json(&expected.join("label-to-taskid.json")), 12));
        reported
    }
}

/// New taskIds that count up; in the expected graphs they are written as `{label}`.
#[derive(Default)]
struct Ids(Vec<String>);

/// Prefix of new task IDs.
const NEW: &str = "new-task-";

impl Ids {
    fn next(&mut self, label: &Label) -> TaskId {
        self.0.push(format!("{{{label}}}"));
        TaskId::parse(&format!("{NEW}{:0>13}", self.0.len() - 1)).unwrap()
    }

    /// A value in which new taskIds are written as in the expected graphs, and lists of dependencies are sorted.
    fn labelled(&self, mut value: Value) -> Value {
        self.label(&mut value);
        for task in value.as_object_mut().unwrap().values_mut() {
            if let Some(Value::Array(dependencies)) = task.pointer_mut("/task/dependencies") {
                dependencies.sort_by_key(|id| id.as_str().map(str::to_owned));
            }
        }
        value
    }

    fn label(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.label_text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.label(item)),
            Value::Object(map) => {
                let entries = std::mem::take(map).into_iter();
                map.extend(entries.map(|(key, mut value)| {
                    self.label(&mut value);
                    (self.label_text(&key), value)
                }));
            }
            _ => {}
        }
    }

    fn label_text(&self, text: &str) -> String {
        let mut parts = text.split(NEW);
        let mut out = parts.next().unwrap().to_owned();
        for part in parts {
            let (number, rest) = part.split_at(22 - NEW.len());
            out.push_str(&self.0[number.parse::<usize>().unwrap()]);
            out.push_str(rest);
        }
        out
    }
}

fn graph_differences(graph: &TaskGraph, expected: &Value) -> Vec<String> {
    let mut ours = written(|out| graph.write_json(out));
    let mut expected = expected.clone();
    for graph in [&mut ours, &mut expected] {
        sort_kind_folders(graph);
    }
    differences(&ours, &expected, 12)
}

/// One list of the reference comes straight from the file system, in whatever order that has.
fn sort_kind_folders(graph: &mut Value) {
    for task in graph.as_object_mut().unwrap().values_mut() {
        if let Some(Value::Array(patterns)) = task["optimization"].get_mut("skip-unless-changed") {
            patterns.sort_by_key(|pattern| pattern.as_str().map(str::to_owned));
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
    let fixture = Fixture {
        tree: copy.path().to_owned(),
        settings: Settings { run_task: Some(RunTask::in_directory(&run_task)), ..Settings::default() },
    };
    let all_kinds = fixture.load(&[]);
    let (mut equal, mut refused, mut wrong) = (0, 0, 0);
    let mut cases: Vec<PathBuf> =
        tree.join("cases").read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    for folder in &cases {
        let case: Case = serde_json::from_value(read_json(&folder.join("case.json"))).unwrap();
        let some_kinds = (!case.target_kinds.is_empty()).then(|| fixture.load(&case.target_kinds));
        let project = some_kinds.as_ref().unwrap_or(&all_kinds);
        let settings = Settings { urls: Urls::Known(case.urls.clone()), ..fixture.settings.clone() };
        let params = fixture.params(project, &folder.join("parameters.yml"), &case.target_kinds);
        let made = params.and_then(|(params, warnings)| match project.full(&params, &settings) {
            Ok(full) => Ok((params, full, warnings)),
            Err(error) => Err(error.into_problems().unwrap()),
        });
        let reported = match (made, &case.refuse) {
            (Ok((params, full, warnings)), None) => {
                let mut reported = fixture.compare(project, &params, &settings, &full, folder);
                let found: BTreeSet<String> = without_effect(&warnings).collect();
                let wrong = found.symmetric_difference(&case.ineffective);
                reported.extend(
                    wrong.map(|path| format!("wrongly reported, or not reported, to have no effect: {path}")),
                );
                reported
            }
            (Ok(_), Some(_)) => vec!["accepted, but has to be refused".to_owned()],
            (Err(problems), None) => problems.iter().map(|problem| format!("refused: {problem}")).collect(),
            (Err(problems), Some(refuse)) => not_reported(&problems, refuse),
        };
        match (reported.is_empty(), case.refuse.is_some()) {
            (true, false) => equal += 1,
            (true, true) => refused += 1,
            (false, _) => {
                wrong += 1;
                eprintln!("{}:", folder.file_name().unwrap().display());
                reported.iter().for_each(|line| eprintln!("  {line}"));
            }
        }
    }
    println!("{}: {equal} cases equal, {refused} refused as they have to be, {wrong} wrong", tree.display());
    assert!(equal > 0 && wrong == 0);
}

fn without_effect(warnings: &[Problem]) -> impl Iterator<Item = String> {
    warnings.iter().filter(|warning| warning.code == "no-effect").map(|warning| warning.path.to_string())
}

/// A refusal has to name the path, and the place in the file.
fn not_reported(problems: &[Problem], refuse: &Refuse) -> Vec<String> {
    let Some(path) = &refuse.path else { return Vec::new() };
    let reported =
        problems.iter().any(|problem| problem.path.to_string() == *path && problem.place.is_some());
    let found: Vec<_> = problems.iter().map(ToString::to_string).collect();
    if reported { Vec::new() } else { vec![format!("`{path}` is not reported; found: {}", found.join("; "))] }
}

#[test]
fn the_graphs_of_the_tree_of_2024_equal_the_references() {
    hold("ftt-2024-12");
}

#[test]
fn the_graphs_of_the_tree_of_2026_equal_the_references() {
    hold("translations-2026-07");
}
