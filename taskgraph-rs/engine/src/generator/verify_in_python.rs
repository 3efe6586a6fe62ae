//! Verifications of the tree's own Python, in each phase that has some.

use crate::error::Result;
use crate::generator::Project;
use crate::generator::target_tasks::Targets;
use crate::graph::TaskGraph;
use crate::optimize::OptimizedGraph;
use crate::parameters::Params;
use crate::python_worker::{Registrations, Session};
use crate::settings::Settings;
use taskgraph_compat::value::Value;

pub(super) fn verify_early(
    project: &Project,
    session: &Session,
    registered: &Registrations,
    params: &Params,
    settings: &Settings,
) -> Result<()> {
    let all = project.parts.core.is_python();
    let is_wanted = |phase: &&str| {
        all || project.parts.verifications.is_python() && registered.verifications.contains_key(*phase)
    };
    if !settings.verify {
        return Ok(());
    }
    let targets = params.get("target-kinds").cloned().unwrap_or_else(Value::list);
    for phase in ["initial", "graph_config", "parameters", "kinds"].into_iter().filter(is_wanted) {
        session.verify_early(&project.tree, phase, targets.clone(), all)?;
    }
    Ok(())
}

/// Whether Python verifies a phase, and whether it verifies what Taskgraph does, too.
pub(super) fn verifies(project: &Project, phase: &str) -> Result<Option<bool>> {
    if project.parts.core.is_python() {
        return Ok(Some(true));
    }
    let is_python = project.parts.verifications.is_python();
    let has_some = is_python && project.worker()?.opened.registered.verifications.contains_key(phase);
    Ok(has_some.then_some(false))
}

/// Lets the tree verify a graph, if it does.
fn verify(
    project: &Project,
    session: &Session,
    phases: &[&str],
    name: &str,
    graph: &TaskGraph,
) -> Result<()> {
    let mut is_there = false;
    for phase in phases {
        if let Some(all) = verifies(project, phase)? {
            if !is_there {
                session.graph(&project.tree, name, graph)?;
                is_there = true;
            }
            session.verify(&project.tree, phase, all)?;
        }
    }
    Ok(())
}

/// Lets the tree verify the full graph.
pub(super) fn verify_full(project: &Project, session: Option<&Session>, graph: &TaskGraph) -> Result<()> {
    match session {
        None => Ok(()),
        Some(session) => verify(project, session, &["full_task_set", "full_task_graph"], "full", graph),
    }
}

/// Lets the tree verify the targets.
pub(super) fn verify_targets(project: &Project, targets: &Targets) -> Result<()> {
    let Some(session) = &targets.session else { return Ok(()) };
    verify(project, session, &["target_task_set"], "target_set", &targets.set)?;
    verify(project, session, &["target_task_graph"], "target", &targets.graph)
}

/// Lets the tree verify the optimized graph.
pub(super) fn verify_optimized(
    project: &Project,
    optimized: &OptimizedGraph,
    settings: &Settings,
) -> Result<()> {
    let Some(session) = optimized.session.as_deref().filter(|_| settings.verify) else { return Ok(()) };
    if let Some(all) = verifies(project, "optimized_task_graph")? {
        let OptimizedGraph { graph, label_to_taskid, .. } = optimized;
        session.ready_graph(&project.tree, "optimized", graph, label_to_taskid)?;
        session.verify(&project.tree, "optimized_task_graph", all)?;
    }
    Ok(())
}
