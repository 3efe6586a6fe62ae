//! The report on a graph that a decision has generated already.

use indexmap::IndexMap;

use crate::checks::run_task::of_run_task;
use crate::config;
use crate::config::Config;
use crate::preview::{plan, python_kinds_note};
use crate::report::comparison::{Comparison, compare};
use crate::report::run::Run;
use crate::report::{Report, TreeFacts};
use taskgraph::diagnostics::Problem;
use taskgraph::error::Result;
use taskgraph::generator::Project;
use taskgraph::optimize::TaskOutcome;
use taskgraph::parameters::Params;
use taskgraph::settings::Settings;
use taskgraph::task::Label;

/// Reports on the graph of a decision; `None` for a tree that does not train. `problems` are the warnings that were
/// reported.
pub fn of_decision(
    project: &Project,
    params: &Params,
    settings: &Settings,
    run: &Run,
    outcomes: &IndexMap<Label, TaskOutcome>,
    problems: Vec<Problem>,
) -> Result<Option<Report>> {
    let Some(training) = crate::pipeline::of(&project.extension) else { return Ok(None) };
    let mut notes = Vec::new();
    let scratch = match config::from_scratch(params, training) {
        None => None,
        Some(params) => {
            let settings = Settings { keep_contexts: false, ..settings.clone() };
            let mut refused = Vec::new();
            let scratch = config::problems_of(Run::make(project, &params, &settings), &mut refused)?;
            notes.extend(config::no_scratch(training, &refused));
            scratch
        }
    };
    let without = Some(training.reuse_name);
    let comparison = scratch.as_ref().map(|scratch| Comparison { without, ..compare(run, scratch, None) });
    let plan = plan(project, training, params, run, scratch.as_ref(), comparison, Some(outcomes));
    let (missing, problems) = of_run_task(problems);
    let config = Config { file: "parameters.yml".into(), is_parameters: true };
    let python = run.full.python(project);
    notes.extend(python.as_ref().and_then(|python| python_kinds_note(training, &python.kinds)));
    let tree = TreeFacts { python, ..TreeFacts::of(project) };
    let mut report = Report::new(config, Some(tree), problems, Some(plan));
    report.notes = notes;
    report.notes.extend(missing.map(|warning| warning.message));
    Ok(Some(report))
}
