//! The phases beside a Python that is none: it answers what the test says.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use tempfile::TempDir;

use crate::error::Result;
use crate::generator::Project;
use crate::parameters;
use crate::parameters::Params;
use crate::python_worker::{Channel, Interpreter, NativeParts, Python, Refusal, Reply, Request};
use crate::registry::Registry;
use crate::settings::Settings;
use crate::tree::Tree;

const CONFIG: &str = "trust-domain: t
task-priority: low
workers: {aliases: {}}
taskgraph: {register: 'own:register', repositories: {t: {name: t}}}
";

/// A transform that makes a task of a task that is one already.
const NATIVE: &str = "loader: taskgraph.loader.transform:loader
kind-dependencies: [first]
transforms: []
tasks: {a: {label: second-a, description: '', attributes: {}, task: {deadline: now}, dependencies: {up: first-a}}}
";

const FOREIGN: &str = "loader: taskgraph.loader.transform:loader
transforms: [own.transforms.first]
tasks: {a: {}}
";

/// Answers every request with what the test gave for its method, and remembers what was asked.
struct Script {
    answers: Vec<(&'static str, String)>,
    asked: Mutex<Vec<String>>,
    can_run: bool,
}

impl Script {
    fn kinds_made(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        let kinds = asked.iter().filter_map(|asked| asked.strip_prefix("kind "));
        kinds.map(str::to_owned).collect()
    }
}

struct ScriptedChannel(Arc<Script>);

impl Channel for ScriptedChannel {
    fn call(&self, request: Request<'_>) -> Result<Reply> {
        let arguments: serde_json::Value = serde_json::from_str(&request.arguments)?;
        let name = arguments["name"].as_str().unwrap_or_default();
        self.0.asked.lock().unwrap().push(format!("{} {name}", request.method));
        let key = format!("{} {name}", request.method);
        let known = |key: &str| self.0.answers.iter().find(|(known, _)| *known == key);
        let answer = known(&key).or_else(|| known(request.method)).map(|(_, answer)| answer.clone());
        Ok(match (answer, request.method) {
            (Some(error), _) if error.contains("\"type\"") => Reply::Raised(error),
            (Some(answer), _) => Reply::Done(answer),
            (None, "session") => Reply::Done(r#"{"session": 1}"#.into()),
            (None, _) => Reply::Done("{}".into()),
        })
    }
}

struct FakePython(Arc<Script>);

impl Python for FakePython {
    fn native_parts(&self) -> NativeParts {
        NativeParts::Known
    }

    fn start(&self, _: Option<&Path>) -> Result<Arc<dyn Channel>> {
        Ok(Arc::new(ScriptedChannel(self.0.clone())))
    }

    fn site_packages(&self) -> &[PathBuf] {
        &[]
    }

    fn memory(&self) -> Option<u64> {
        None
    }

    fn interpreter(&self) -> Option<Interpreter<'_>> {
        None
    }

    fn refusal(&self) -> Option<Refusal> {
        (!self.0.can_run).then_some(Refusal::Forbidden)
    }
}

fn task(kind: &str, label: &str, extra: &str) -> String {
    format!(
        r#"{{"kind": "{kind}", "label": "{label}", "description": "", "attributes": {{{extra}}}, "dependencies": {{}},
            "optimization": null, "task": {{}}}}"#
    )
}

fn project(script: &Arc<Script>) -> Result<(TempDir, Project)> {
    loaded_with(script, &[("kinds/first/kind.yml", FOREIGN), ("kinds/second/kind.yml", NATIVE)])
}

fn loaded_with(script: &Arc<Script>, kinds: &[(&str, &str)]) -> Result<(TempDir, Project)> {
    let folder = tempfile::tempdir()?;
    let root = folder.path().join("taskcluster");
    for (path, text) in [("config.yml", CONFIG), ("own/__init__.py", "")].iter().chain(kinds) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap())?;
        std::fs::write(path, text)?;
    }
    let tree = Tree::open(&root, folder.path())?;
    let registry = Registry::default().with_python(Arc::new(FakePython(script.clone())));
    let project = Project::load(tree, &registry, &BTreeSet::new())?;
    Ok((folder, project))
}

fn script(answers: Vec<(&'static str, String)>) -> Arc<Script> {
    Arc::new(Script { answers, asked: Mutex::default(), can_run: true })
}

/// The labels of the graph, or what is wrong.
fn made(script: &Arc<Script>) -> Result<String, String> {
    let (_folder, project) = project(script).map_err(|error| error.to_string())?;
    let mut params = Params::default();
    parameters::fill_base(&mut params, &project.tree, SystemTime::UNIX_EPOCH)
        .map_err(|error| error.to_string())?;
    let full = project.full(&params, &Settings { verify: false, ..Settings::default() });
    let full = full.map_err(|error| error.to_string())?;
    let python = full.python(&project).map(|python| python.to_string()).unwrap_or_default();
    Ok(format!("{:?} {python}", full.graph.labels().iter().map(|label| label.as_str()).collect::<Vec<_>>()))
}

fn first() -> (&'static str, String) {
    ("kind first", format!(r#"{{"tasks": [{}]}}"#, task("first", "first-a", "")))
}

#[test]
fn a_kind_without_a_native_equal_is_made_by_python_and_feeds_native_ones() {
    let script = script(vec![("open", r#"{"taskgraph": "15.1.3"}"#.into()), first()]);
    assert_eq!(
        made(&script).unwrap(),
        r#"["first-a", "second-a"] 1 of 2 kinds (`first`) made by Python with Taskgraph 15.1.3: `own.transforms.first` has no native equal"#
    );
    assert_eq!(script.kinds_made(), ["first"]);
}

#[test]
fn kinds_beside_the_config_are_found_and_left_to_python() {
    let script = script(vec![]);
    let (_folder, beside) =
        loaded_with(&script, &[("first/kind.yml", FOREIGN), ("second/kind.yml", NATIVE)]).unwrap();
    let made_by = |name: &str| beside.kinds[name].made_by.because().unwrap().to_string();
    assert_eq!(made_by("first"), "`a kind beside config.yml` has no native equal");
    assert_eq!(made_by("second"), "`a kind beside config.yml` has no native equal");
    assert_eq!(&*beside.kinds["second"].path, "taskcluster/second");
}

#[test]
fn a_tree_without_kinds_is_refused() {
    let script = script(vec![]);
    let refused = loaded_with(&script, &[]).err().unwrap().to_string();
    assert!(refused.contains("has no folder `kinds`"), "{refused}");
}

#[test]
fn a_native_kind_is_made_once_more_if_what_it_depends_on_is_changed_later() {
    let changed = task("first", "first-a", r#""new": 1"#);
    let second = format!(r#"{{"tasks": [{}]}}"#, task("second", "second-b", ""));
    let script = script(vec![
        first(),
        ("kind second", second),
        ("finish_kinds", format!(r#"{{"changed": [{changed}]}}"#)),
    ]);
    let made = made(&script).unwrap();
    assert!(made.starts_with(r#"["first-a", "second-b"] 2 of 2 kinds"#), "{made}");
    assert_eq!(script.kinds_made(), ["first", "first", "second"]);
}

#[test]
fn a_tree_that_replaces_a_part_of_taskgraph_is_made_by_python_as_a_whole() {
    let second = format!(r#"{{"tasks": [{}]}}"#, task("second", "second-b", ""));
    let open = r#"{"taskgraph": "15.1.3", "patched": ["taskgraph.transforms.task.get_default_deadline"]}"#;
    let script = script(vec![("open", open.into()), first(), ("kind second", second)]);
    assert!(made(&script).unwrap().starts_with(r#"["first-a", "second-b"]"#));
    assert_eq!(script.kinds_made(), ["first", "second"]);
}

#[test]
fn what_python_raises_stops_the_graph_with_the_kind() {
    let error = r#"{"type": "ValueError", "message": "too large\nby far", "frames": []}"#;
    let script = script(vec![("kind first", error.into())]);
    let reported = made(&script).unwrap_err();
    assert!(reported.contains("kinds/first/kind.yml:2:"), "{reported}");
    assert!(reported.contains("kind `first`: ValueError: too large"), "{reported}");
}

#[test]
fn what_is_no_task_is_refused() {
    let script = script(vec![("kind first", r#"{"tasks": [{"label": 3}]}"#.into())]);
    let reported = made(&script).unwrap_err();
    assert!(reported.contains("kind `first`: the tree's Python returned what is not a task"), "{reported}");
}

#[test]
fn without_python_every_part_that_needs_it_is_reported_with_its_place() {
    let script = Arc::new(Script { answers: Vec::new(), asked: Mutex::default(), can_run: false });
    let error = project(&script).err().unwrap();
    let problems = error.into_problems().unwrap();
    let reported: Vec<String> = problems.iter().map(|problem| problem.message.clone()).collect();
    assert_eq!(reported, ["`own:register` has no native equal", "unknown transform `own.transforms.first`"]);
    assert!(problems.iter().all(|problem| problem.place.is_some()));
    let help = Refusal::Forbidden.message();
    assert!(
        problems
            .iter()
            .all(|problem| problem.help.as_deref().is_some_and(|reported| reported.contains(help)))
    );
}
