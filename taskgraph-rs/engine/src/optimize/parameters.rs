//! Parameters of optimization.

use indexmap::{IndexMap, IndexSet};

use crate::diagnostics::{Problem, Problems};
use crate::error::Result;
use crate::graph::TaskGraph;
use crate::optimize::strategies::Strategies;
use crate::parameters::Params;
use crate::settings::Settings;
use crate::task::id::TaskId;
use crate::task::{Label, Task};
use taskgraph_compat::suggest;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

/// The tasks that are neither removed nor replaced: `do_not_optimize`, and without `optimize_target_tasks` all that
/// the target method picked. If nothing is to be optimized, these are all tasks that a worker can run.
pub fn do_not_optimize(
    params: &Params,
    targets: &TaskGraph,
    graph: &TaskGraph,
    settings: &Settings,
) -> IndexSet<Label> {
    if !settings.optimize {
        let tasks = graph.tasks.iter().filter(|(_, task)| can_run(task));
        return tasks.map(|(label, _)| label.clone()).collect();
    }
    let named = params.get("do_not_optimize").and_then(Value::as_list).unwrap_or_default();
    let labels = named.iter().filter_map(|label| match label {
        Value::Str(text) => Label::parse(text).ok(),
        _ => None,
    });
    let mut labels: IndexSet<Label> = labels.collect();
    if !params.get("optimize_target_tasks").is_none_or(Value::truthy) {
        labels.extend(targets.tasks.keys().cloned());
    }
    labels
}

/// Whether there can be a worker that runs a task.
pub(super) fn can_run(task: &Task) -> bool {
    task.definition.get("workerType").and_then(Value::as_str) != Some("always-optimized")
}

/// The tasks that stand in for those of the graph, by label: `existing_tasks`.
pub fn existing_tasks(params: &Params) -> Result<IndexMap<Label, TaskId>> {
    let mut existing = IndexMap::new();
    let mut problems = Vec::new();
    let entries = params.get("existing_tasks").and_then(Value::as_map).into_iter().flatten();
    for (label, id) in entries {
        let path = KeyPath::dotted("existing_tasks").join(label);
        match (Label::parse(label), TaskId::parse(id.as_str().unwrap_or_default())) {
            (Ok(label), Ok(id)) => drop(existing.insert(label, id)),
            // Python: an empty id is none.
            (Ok(_), Err(_)) if !id.truthy() => {}
            (Err(error), _) | (_, Err(error)) => problems.push(
                Problem::error("wrong-value", error.to_string())
                    .in_place(params.place_of_value(&path))
                    .at(params.path_in_file(&path), format!("stands in for `{label}`")),
            ),
        }
    }
    Problems(problems).check()?;
    Ok(existing)
}

/// The strategies, with those in their place that the environment or the parameter `optimize_strategies` names.
pub fn strategies(known: &Strategies, params: &Params, settings: &Settings) -> Result<Strategies> {
    let parameter = params.get("optimize_strategies").and_then(Value::as_str);
    let Some(name) = settings.optimize_strategies.as_deref().or(parameter).filter(|name| !name.is_empty())
    else {
        return Ok(known.clone());
    };
    if let Some(strategies) = known.with_set(name) {
        return Ok(strategies);
    }
    let message = format!("unknown strategies `{name}`");
    let label = match suggest::nearest(name, known.sets()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "the program has nothing under this name".into(),
    };
    let mut problem = Problem::error("unknown-strategies", message);
    match settings.optimize_strategies {
        Some(_) => problem.help = Some("TASKGRAPH_OPTIMIZE_STRATEGIES names them".into()),
        None => {
            let path = KeyPath::dotted("optimize_strategies");
            problem = problem.at(params.path_in_file(&path), label).in_place(params.place_of_value(&path));
        }
    }
    Err(Problems::from(problem).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimize::{ALWAYS, Strategy};
    use taskgraph_compat::map;

    fn graph(tasks: &[(&str, &str)]) -> TaskGraph {
        let tasks = tasks.iter().map(|(label, worker)| {
            format!(
                r#""{label}": {{"kind": "k", "label": "{label}", "attributes": {{}}, "optimization": null,
                "dependencies": {{}}, "task": {{"workerType": "{worker}"}}}}"#
            )
        });
        TaskGraph::from_json(&format!("{{{}}}", tasks.collect::<Vec<_>>().join(","))).unwrap()
    }

    #[test]
    fn targets_are_pinned_if_they_are_not_to_be_optimized() {
        let (all, targets) =
            (graph(&[("a", "w"), ("b", "w"), ("c", "always-optimized")]), graph(&[("b", "w")]));
        let pinned = |params, optimize| {
            let settings = Settings { optimize, ..Settings::default() };
            let labels = do_not_optimize(&Params::new(params, Vec::new()), &targets, &all, &settings);
            labels.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        let named = ["a", "elsewhere"].into_iter().collect::<Value>();
        assert_eq!(pinned(map! { "do_not_optimize" => named.clone() }, true), "a elsewhere");
        assert_eq!(
            pinned(map! { "do_not_optimize" => named, "optimize_target_tasks" => false }, true),
            "a elsewhere b"
        );
        assert_eq!(pinned(map! { "optimize_target_tasks" => true }, true), "");
        assert_eq!(pinned(map! {}, false), "a b");
    }

    #[test]
    fn a_set_takes_the_place_of_strategies_of_the_same_names() {
        let mut known = Strategies::default();
        known.insert_set("mine:all", vec![("index-search", Strategy::Simple(ALWAYS))]);
        let description = |params: &str, environment: Option<&str>| {
            let params = Params::new(map! { "optimize_strategies" => params }, Vec::new());
            let optimize_strategies = environment.map(str::to_owned);
            let settings = Settings { optimize_strategies, ..Settings::default() };
            strategies(&known, &params, &settings)
                .map(|strategies| strategies.get("index-search").unwrap().description())
                .map_err(|error| error.to_string())
        };
        assert_eq!(description("", None).unwrap(), "index-search");
        assert_eq!(description("mine:all", None).unwrap(), "always");
        assert_eq!(description("", Some("mine:all")).unwrap(), "always");
        assert_eq!(
            description("mine:al", None).unwrap_err(),
            "unknown strategies `mine:al` (at optimize_strategies): did you mean `mine:all`?"
        );
        assert!(description("mine:all", Some("x")).is_err());
    }
}
