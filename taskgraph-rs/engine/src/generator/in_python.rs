//! The order of the phases where the Python of the tree takes part in them.
//!
//! Invariant: what Python does to a graph behind the back of native kinds is noticed, and those kinds are then made by
//! Python, too.

use std::sync::Arc;

use anyhow::Context as _;
use indexmap::{IndexMap, IndexSet};

use crate::diagnostics::{Problem, Problems};
use crate::error::{Error, Result};
use crate::generator::kinds_in_python::{affected, forced_by, foreign};
use crate::generator::python_phases::OptimizeInPython;
use crate::generator::schedule::{GeneratedTasks, Inputs, LeftToPython, generate as generate_once};
use crate::generator::target_tasks::{FILTER, Targets, picked_targets};
use crate::generator::verify_in_python::{verifies, verify_early, verify_optimized};
use crate::generator::{Full, OptimizeRequest, Project};
use crate::morph::MorphedGraph;
use crate::optimize;
use crate::optimize::OptimizedGraph;
use crate::parameters::{Params, mismatch_problems};
use crate::python_worker::{Because, Registrations, Session, SideEffects};
use crate::settings::Settings;
use crate::task::Label;
use crate::task::id::TaskId;
use taskgraph_compat::value::{Map, Str, Value};

/// The tasks of all kinds, and who made them.
pub struct Generation {
    /// The tasks.
    pub generated: GeneratedTasks,
    /// Kinds that Python has made, and why.
    pub in_python: IndexMap<Str, Because>,
    /// The Python session of this graph; `None` if none is needed.
    pub session: Option<Arc<Session>>,
}

/// Fills in what the tree says of parameters, and checks them.
pub fn complete(project: &Project, params: &mut Params, is_strict: bool) -> Result<Vec<Problem>> {
    let worker = project.worker()?;
    match worker.parameters(&project.tree, params.values(), is_strict) {
        Ok(values) => {
            *params.values_mut() = values;
            Ok(Vec::new())
        }
        Err(error) => {
            let problems = error.into_problems()?;
            Ok(problems.into_iter().flat_map(|problem| mismatch_problems(params, problem)).collect())
        }
    }
}

/// Makes all tasks. What has to be made by Python is found out on the way: then all is made once more.
pub fn generate(project: &Project, params: &Params, settings: &Settings) -> Result<Generation> {
    if !project.uses_python() {
        let generated = generate_once(inputs(project, params, settings, None, &IndexMap::new()))?
            .map_err(|left| Error::refused(left.to_string()))?;
        return Ok(Generation { generated, in_python: IndexMap::new(), session: None });
    }
    let worker = project.worker()?;
    let registered = foreign(project, &worker);
    let mut in_python = forced_by(project, &worker, &registered);
    // Each round adds at least one kind.
    loop {
        let session = Arc::new(worker.session(&project.tree)?);
        session.set_parameters(&project.tree, params, settings)?;
        verify_early(project, &session, &registered, params, settings)?;
        let python = Some((&*session, &registered));
        let made = generate_once(inputs(project, params, settings, python, &in_python))?;
        let mut generated = match made {
            Ok(generated) => generated,
            Err(LeftToPython(kinds)) => {
                in_python.extend(kinds);
                continue;
            }
        };
        let effects = session.side_effects(&project.tree)?;
        let more = affected(project, &in_python, &effects);
        if !more.is_empty() {
            in_python.extend(more);
            continue;
        }
        apply(project, &mut generated, effects)?;
        let own = project
            .kinds
            .values()
            .filter_map(|kind| Some((kind.name.clone(), kind.made_by.because()?.clone())));
        let mut all: IndexMap<Str, Because> = own.collect();
        all.extend(in_python);
        all.sort_by(|one, _, other, _| one.cmp(other));
        return Ok(Generation { generated, in_python: all, session: Some(session) });
    }
}

fn inputs<'a>(
    project: &'a Project,
    params: &'a Params,
    settings: &'a Settings,
    python: Option<(&'a Session, &'a Registrations)>,
    in_python: &'a IndexMap<Str, Because>,
) -> Inputs<'a> {
    let Project { tree, config, kinds, payloads, strategies, .. } = project;
    Inputs { tree, config, kinds, payloads, strategies, params, settings, python, in_python }
}

/// Puts tasks that were changed after they were made in the place of what they were.
fn apply(project: &Project, generated: &mut GeneratedTasks, effects: SideEffects) -> Result<()> {
    for value in effects.changed {
        let kind = value.get("kind").and_then(Value::as_str).unwrap_or_default();
        let kind = project.kinds.get(kind).with_context(|| format!("there is no kind `{kind}`"))?;
        let new = crate::python_worker::task_of(value, &kind.name, &kind.document)?;
        if let Some(task) = generated.tasks.get_mut(&new.label) {
            *task = Arc::new(new);
        }
    }
    Ok(())
}

/// Whether the targets are picked by Python.
pub fn picks_targets(project: &Project, params: &Params) -> Result<bool> {
    if project.parts.core.is_python() {
        return Ok(true);
    }
    if !project.parts.target_methods.is_python() {
        return Ok(false);
    }
    let Registrations { target_methods, filters, .. } = &project.worker()?.opened.registered;
    let named = params.get("filters").and_then(Value::as_list).unwrap_or_default();
    let mut named = named.iter().filter_map(Value::as_str);
    let method = params.text("target_tasks_method");
    Ok(target_methods.contains(method) || named.any(|name| name != FILTER && filters.contains(name)))
}

/// Picks the targets in Python.
pub fn target(project: &Project, full: &Full, params: &Params) -> Result<Targets> {
    let session = full.session.as_deref().context("no graph is made in Python")?;
    session.graph(&project.tree, "full", &full.graph)?;
    let filters = params.get("filters").cloned().unwrap_or_else(Value::list);
    let place = params.place_of_value(&"target_tasks_method".into());
    let picked = session.target(&project.tree, filters, place)?;
    let missing = picked.iter().find(|label| !full.graph.tasks.contains_key(*label));
    if let Some(label) = missing {
        let message = format!("a filter of the tree picks `{label}`, which the full graph does not have");
        return Err(Problems::from(Problem::error("python", message)).into());
    }
    Ok(picked_targets(&full.graph, params, picked))
}

/// The set of strategies that the parameters or the environment name.
fn named_strategies<'a>(params: &'a Params, settings: &'a Settings) -> Option<&'a str> {
    let parameter = params.get("optimize_strategies").and_then(Value::as_str);
    settings.optimize_strategies.as_deref().or(parameter).filter(|name| !name.is_empty())
}

/// Whether the target graph is optimized by Python.
pub fn optimizes(project: &Project, targets: &Targets, params: &Params, settings: &Settings) -> Result<bool> {
    if project.parts.core.is_python() {
        return Ok(true);
    }
    if !project.uses_python() {
        return Ok(false);
    }
    let is_named = named_strategies(params, settings)
        .is_some_and(|name| !project.strategies.sets().any(|known| known == name));
    if is_named {
        return Ok(true);
    }
    let worker = project.worker()?;
    if !worker.opened.replaced.is_empty() {
        return Ok(true);
    }
    let strategies = &worker.opened.registered.strategies;
    let names = |name: &Str| strategies.contains(&**name);
    let mut optimizations = targets.graph.tasks.values().filter_map(|task| task.optimization.as_map());
    Ok(optimizations.any(|optimization| optimization.keys().any(names)))
}

/// The session of a graph; a new one for a graph that was read and not made.
fn session_of(
    project: &Project,
    targets: &Targets,
    params: &Params,
    settings: &Settings,
) -> Result<Arc<Session>> {
    if let Some(session) = &targets.session {
        return Ok(session.clone());
    }
    let session = project.worker()?.session(&project.tree)?;
    session.set_parameters(&project.tree, params, settings)?;
    Ok(Arc::new(session))
}

/// The look-ups that Python would do.
pub fn index_paths(
    project: &Project,
    targets: &Targets,
    params: &Params,
    settings: &Settings,
    pinned: &IndexSet<Label>,
) -> Result<Vec<Str>> {
    let session = session_of(project, targets, params, settings)?;
    session.graph(&project.tree, "target", &targets.graph)?;
    let request = OptimizeInPython {
        tree: &project.tree,
        graph: &targets.graph,
        requested: &targets.requested,
        do_not_optimize: pinned,
        existing_tasks: &IndexMap::new(),
        strategies: named_strategies(params, settings),
        decision_task_id: "",
        found: &Default::default(),
    };
    session.index_paths(&request)
}

/// Optimizes in Python.
pub fn optimize(
    project: &Project,
    targets: &Targets,
    params: &Params,
    request: &OptimizeRequest<'_>,
    pinned: &IndexSet<Label>,
    new_id: &mut dyn FnMut(&Label) -> TaskId,
) -> Result<OptimizedGraph> {
    let session = session_of(project, targets, params, request.settings)?;
    session.graph(&project.tree, "target", &targets.graph)?;
    let existing = optimize::existing_tasks(params)?;
    let asked = OptimizeInPython {
        tree: &project.tree,
        graph: &targets.graph,
        requested: &targets.requested,
        do_not_optimize: pinned,
        existing_tasks: &existing,
        strategies: named_strategies(params, request.settings),
        decision_task_id: request.decision_task_id,
        found: request.found,
    };
    let mut optimized = session.optimize(&asked, new_id)?;
    let asked = optimize::Request {
        graph: &targets.graph,
        requested: &targets.requested,
        do_not_optimize: pinned,
        existing_tasks: &existing,
        params,
        strategies: &project.strategies,
        settings: request.settings,
        decision_task_id: request.decision_task_id,
        found: request.found,
        now: request.now,
    };
    optimized.existing = optimize::examine_existing(&asked, &optimized.outcomes)?;
    optimized.session = Some(session);
    verify_optimized(project, &optimized, request.settings)?;
    Ok(optimized)
}

/// Applies the morphs of the tree, if it has some, and lets it verify what comes out.
pub fn morph(
    project: &Project,
    session: Option<&Session>,
    morphed: MorphedGraph,
    new_id: &mut dyn FnMut(&Label) -> TaskId,
) -> Result<MorphedGraph> {
    let Some(session) = session else { return Ok(morphed) };
    let all = project.parts.core.is_python();
    let is_asked = all || project.parts.register.is_python() && project.worker()?.opened.registered.morphs;
    let morphed = match is_asked {
        true => session.morph(&project.tree, morphed, all, new_id)?,
        false => morphed,
    };
    if let Some(all) = verifies(project, "morphed_task_graph")? {
        session.ready_graph(&project.tree, "morphed", &morphed.graph, &morphed.label_to_taskid)?;
        session.verify(&project.tree, "morphed_task_graph", all)?;
    }
    Ok(morphed)
}

/// Lets the tree change the parameters of a decision.
pub fn decision_parameters(project: &Project, name: &str, values: &Map) -> Result<Map> {
    let path = "taskgraph.decision-parameters".into();
    let place = Some(crate::diagnostics::place_of_value(&project.config.document, &path));
    project.worker()?.decision_parameters(&project.tree, name, place, values)
}
