//! Tasks for the tests of this package.

use std::sync::Arc;

use crate::report::run::Run;
use crate::report::{Facts, Plan};
use taskgraph::diagnostics::document::load;
use taskgraph::diagnostics::origin::Origin;
use taskgraph::generator::Full;
use taskgraph::generator::target_tasks::Targets;
use taskgraph::graph::TaskGraph;
use taskgraph::task::{Label, Task};
use taskgraph::transform::notes::DroppedTask;
use taskgraph::type_map::TypeMap;
use taskgraph_compat::source::Source;
use taskgraph_compat::value::{Map, Value};

/// A task of the kind `train` whose attributes and definition are written as YAML.
pub(crate) fn task(name: &str, needs: &[&str], attributes: &str, definition: &str) -> Task {
    let map = |text: &str| -> Map {
        let (_, value) = load(Source::new("task.yml", text)).unwrap();
        value.as_map().cloned().unwrap_or_default()
    };
    let label = |text: &str| Label::parse(&text.into()).unwrap();
    Task {
        kind: "train".into(),
        label: label(name),
        description: "".into(),
        attributes: map(attributes),
        definition: map(definition),
        optimization: Value::Null,
        dependencies: needs.iter().map(|need| ((*need).into(), label(need))).collect(),
        soft_dependencies: Vec::new().into(),
        if_dependencies: Vec::new().into(),
        extensions: TypeMap::default(),
        is_unwritable: false,
        origin: Arc::new(Origin { kind: "train".into(), name: "x".into(), locations: Vec::new() }),
    }
}

/// A graph of these tasks, of which `wanted` is asked for.
pub(crate) fn run(tasks: Vec<Task>, wanted: &str, dropped: Vec<DroppedTask>) -> Run {
    let tasks = tasks.into_iter().map(|task| (task.label.clone(), Arc::new(task))).collect();
    let graph = TaskGraph::linked(tasks).unwrap();
    let wanted = Label::parse(&wanted.into()).unwrap();
    let targets = Targets {
        set: graph.excerpt(|task| task.label == wanted),
        requested: [wanted.clone()].into_iter().collect(),
        graph: graph.closure([&wanted]),
        session: None,
    };
    let (warnings, contexts, traces, in_python) = Default::default();
    let full = Full { graph, dropped, warnings, contexts, traces, in_python, session: None };
    Run { full, targets }
}

/// A plan that says nothing.
pub(crate) fn plan() -> Plan {
    let facts = Facts {
        src: String::new(),
        trg: String::new(),
        experiment: String::new(),
        target_stage: String::new(),
        target_method: String::new(),
        tasks_for: String::new(),
        tasks: 0,
        targets: 0,
        needed: 0,
        summary: "0 tasks, nothing looked up yet".into(),
    };
    let (models, reused, comparison, work) = Default::default();
    Plan { facts, models, reused, comparison, look_up: None, earlier: None, work }
}
