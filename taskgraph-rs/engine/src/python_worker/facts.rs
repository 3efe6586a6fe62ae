//! The facts that a worker reports about itself and its tree.

use std::collections::{BTreeMap, BTreeSet};

use taskgraph_compat::value::{Str, Value};

/// The objects that the tree's Python has registered beyond Taskgraph's own, or has replaced.
#[derive(Clone, Debug, Default)]
pub struct Registrations {
    /// Target methods.
    pub target_methods: BTreeSet<String>,
    /// Filters.
    pub filters: BTreeSet<String>,
    /// Optimization strategies that are none of Taskgraph's own.
    pub strategies: BTreeSet<String>,
    /// Worker implementations with a payload of their own.
    pub payloads: BTreeSet<String>,
    /// Values of `run.using`.
    pub run_using: BTreeSet<String>,
    /// Names of functions for `from-deps`: of `group-by` and `set-name`.
    pub from_deps: BTreeSet<String>,
    /// Types of index routes.
    pub index_types: BTreeSet<String>,
    /// The number of verifications, by phase.
    pub verifications: BTreeMap<String, i64>,
    /// Whether there are morphs.
    pub morphs: bool,
    /// Whether parameters were added, or have defaults of the tree.
    pub parameters: bool,
    /// Schemas of Taskgraph that were extended: what does not fit here may fit there.
    pub schemas: Vec<Str>,
}

/// The facts that a worker reports about itself and its tree.
#[derive(Debug, Default)]
pub struct WorkerFacts {
    /// The version of Python.
    pub python: String,
    /// The path of the interpreter.
    pub executable: String,
    /// The version of Taskgraph.
    pub taskgraph: String,
    /// The version of mozilla-taskgraph, if it is installed.
    pub mozilla_taskgraph: Option<String>,
    /// Whether this version of Taskgraph makes each kind in a process of its own, so that nothing is carried over.
    pub forks: bool,
    /// Whether the JSON of a graph has all dependencies of its tasks, and not only its edges.
    pub writes_all_dependencies: bool,
    /// The registered objects.
    pub registered: Registrations,
    /// Parts of Taskgraph that were replaced: `taskgraph.transforms.task.get_default_deadline`.
    pub replaced: Vec<Str>,
}

impl WorkerFacts {
    pub(super) fn read(answer: &Value) -> Self {
        let text = |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let flag = |key: &str| answer.get(key).is_some_and(Value::truthy);
        let strategies = answer.get("strategies").and_then(Value::as_map).into_iter().flatten();
        let strategies =
            strategies.filter(|(_, strategy)| !strategy.get("native").is_some_and(Value::truthy));
        let verifications = answer.get("verifications").and_then(Value::as_map).into_iter().flatten();
        let mut from_deps = names(answer, "group_by");
        from_deps.extend(names(answer, "set_name"));
        WorkerFacts {
            python: text("python"),
            executable: text("executable"),
            taskgraph: text("taskgraph"),
            mozilla_taskgraph: answer.get("mozilla_taskgraph").and_then(Value::as_str).map(str::to_owned),
            forks: flag("forks"),
            writes_all_dependencies: flag("writes_dependencies_of_tasks"),
            registered: Registrations {
                target_methods: names(answer, "target_methods"),
                filters: names(answer, "filters"),
                strategies: strategies.map(|(name, _)| name.to_string()).collect(),
                payloads: names(answer, "payload_builders"),
                run_using: names(answer, "run_using"),
                from_deps,
                index_types: names(answer, "index_builders"),
                verifications: verifications
                    .filter_map(|(phase, count)| Some((phase.to_string(), count.as_int()?)))
                    .filter(|(_, count)| *count > 0)
                    .collect(),
                morphs: flag("morphs"),
                parameters: flag("parameters"),
                schemas: texts(answer, "schemas"),
            },
            replaced: texts(answer, "patched"),
        }
    }
}

/// A list of names, or of pairs of which the last one is the name.
fn names(answer: &Value, key: &str) -> BTreeSet<String> {
    let items = answer.get(key).and_then(Value::as_list).unwrap_or_default();
    let name = |item: &Value| match item {
        Value::List(pair) => pair.last().and_then(Value::as_str).map(str::to_owned),
        other => other.as_str().map(str::to_owned),
    };
    items.iter().filter_map(name).collect()
}

/// A list of texts.
pub(crate) fn texts(answer: &Value, key: &str) -> Vec<Str> {
    let items = answer.get(key).and_then(Value::as_list).unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(Str::from).collect()
}
