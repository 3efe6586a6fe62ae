//! The order of a preview: read the config, check it, generate its graphs, report.

pub(crate) mod checker;
pub(crate) mod decision_report;
pub(crate) mod graphs;
pub(crate) mod request;

use indexmap::IndexMap;

use crate::checks::run_task::of_run_task;
use crate::config;
use crate::config::{LoadedConfig, problems_of};
use crate::estimate::estimate;
use crate::estimate::history::History;
use crate::estimate::machines::{pool, work};
use crate::pipeline::{Training, no_training};
use crate::report::comparison::{Comparison, compare, size};
use crate::report::lookup::{LookUp, look_up, really};
use crate::report::models::models;
use crate::report::reused::reused;
use crate::report::run::Run;
use crate::report::{Facts, Plan, Report, TreeFacts};
use graphs::{ConfigGraph, GraphBuilder, notes, of_the_tree};
use request::{Baseline, Request};
use taskgraph::error::Result;
use taskgraph::generator::Project;
use taskgraph::optimize::TaskOutcome;
use taskgraph::parameters::Params;
use taskgraph::task::Label;
use taskgraph_compat::redact::redact;
use taskgraph_compat::value::Value;

/// A preview: what it has to say, and the graphs that it speaks of.
pub struct Preview {
    /// The report.
    pub report: Report,
    /// The graph of the config; nothing if it was refused.
    pub now: Option<Run>,
    /// The graph that it is compared with.
    pub before: Option<Run>,
    /// Run times of earlier tasks, if requested: the given ones, and those that were found.
    pub history: Option<History>,
}

impl From<Report> for Preview {
    fn from(report: Report) -> Self {
        Preview { report, now: None, before: None, history: None }
    }
}

/// Previews a config over a tree. Whatever is wrong with either is in the report; an error is the machine's fault.
pub fn preview(project: &Project, request: &Request<'_>) -> Result<Preview> {
    let mut problems = Vec::new();
    let tree = Some(TreeFacts::of(project));
    let Some(training) = crate::pipeline::of(&project.extension) else {
        problems.push(no_training(project));
        return Ok(Report::new(config::unread(&request.input), tree, problems, None).into());
    };
    let Some(configured) = problems_of(config::read(project, training, &request.input), &mut problems)?
    else {
        return Ok(Report::new(config::unread(&request.input), tree, problems, None).into());
    };
    let LoadedConfig { config, params, own, problems: found } = configured;
    problems.extend(found);
    problems.extend(project.version_conflicts(request.settings));
    problems.extend(project.misspelled_keys());
    let making = GraphBuilder { project, training, request, is_sample: false };
    let (mut going, mut params) = (None, params);
    if let Some(groups) = request.groups {
        let mut whole = params.clone();
        if problems_of(project.complete(&mut whole, request.now), &mut problems)?.is_some() {
            let asked = (&request.input, &whole);
            let how = (request.settings, request.now);
            if let Some((planned, decided)) = groups.plan(project, training, asked, how, &mut problems)? {
                (going, params) = (Some(planned), decided);
            }
        }
    }
    let mut made = making.make(params, Some(&own), &mut problems)?;
    let mut notes = made.as_ref().map(|made| notes(training, &made.params)).unwrap_or_default();
    notes.extend(of_the_tree(project));
    let (mut plan, mut before, mut known) = (None, None, None);
    if let Some(ConfigGraph { params, run }) = &mut made {
        let warnings = std::mem::take(&mut run.full.warnings);
        let (missing, others) = of_run_task(warnings);
        // It changes names and digests, which nothing but a look-up asks for.
        notes.extend(missing.filter(|_| request.find.is_some()).map(|warning| warning.message));
        problems.extend(others);
        let scratch = match config::from_scratch(params, training) {
            Some(params) => making.scratch(params, &mut notes)?,
            None => None,
        };
        let other = making.other(&mut problems)?;
        let against = match &request.against {
            Baseline::Scratch => scratch.as_ref().map(|made| (None, made)),
            _ => other.as_ref().map(|(name, made)| (Some(name.clone()), made)),
        };
        let comparison = against.map(|(name, made)| {
            let without = name.is_none().then_some(training.reuse_name);
            Comparison { without, ..compare(run, &made.run, name) }
        });
        let mut history = request.history.clone();
        let (outcomes, found, earlier) = match &going {
            None => match making.look_up(params, run, &mut problems)? {
                None => (None, None, None),
                Some((outcomes, found)) => (Some(outcomes), Some(found), None),
            },
            Some(going) => {
                notes.extend(going.notes().iter().cloned());
                let how = (request.settings, request.now);
                let (outcomes, earlier, found) = going.look(project, params, run, how, &mut problems)?;
                if let Some(history) = &mut history {
                    going.add_times(history)?;
                }
                (Some(outcomes), Some(found), Some(earlier))
            }
        };
        let from_scratch = scratch.as_ref().map(|made| &made.run);
        let full_plan =
            self::plan(project, training, params, run, from_scratch, comparison, outcomes.as_ref());
        let mut full_plan = Plan { earlier, ..full_plan };
        if let Some(history) = &mut history {
            let graph = &run.targets.graph;
            if let (Some(outcomes), Some(found)) = (&outcomes, &found) {
                history.add_found(graph, outcomes, found);
            }
            let runs = outcomes.as_ref().map(|outcomes| really(graph, outcomes));
            estimate(&mut full_plan.work, runs.as_ref().unwrap_or(graph), history, request.prices.as_ref());
            // By all tasks that the config makes: what is not to run this time is not a mistake.
            let pools = run.full.graph.tasks.values().map(|task| pool(task)).collect();
            problems.extend(request.prices.iter().flat_map(|prices| prices.without_effect(&pools)));
        }
        known = history;
        plan = Some(full_plan);
        before = match &request.against {
            Baseline::Scratch => scratch.map(|made| made.run),
            _ => other.map(|(_, made)| made.run),
        };
    }
    let python = made.as_ref().and_then(|made| made.run.full.python(project));
    notes.extend(python.as_ref().and_then(|python| python_kinds_note(training, &python.kinds)));
    problems.extend(project.without_python());
    let tree = tree.map(|tree| TreeFacts { python, ..tree });
    let mut report = Report::new(config, tree, problems, plan);
    report.notes = notes;
    let now = made.map(|made| made.run).filter(|_| report.plan.is_some());
    let is_there = now.is_some();
    let (before, history) = (before.filter(|_| is_there), known.filter(|_| is_there));
    Ok(Preview { before, history, report, now })
}

/// Builds the plan of the tasks that would run. `outcomes` are the decisions of the optimizer, if the index was looked
/// up.
pub(super) fn plan(
    project: &Project,
    training: &Training,
    params: &Params,
    run: &Run,
    scratch: Option<&Run>,
    comparison: Option<Comparison>,
    outcomes: Option<&IndexMap<Label, TaskOutcome>>,
) -> Plan {
    let graph = &run.targets.graph;
    let level = params.text("level");
    let look_up = outcomes.map(|outcomes| look_up(graph, outcomes));
    Plan {
        facts: facts(training, params, run, look_up.as_ref()),
        models: models(training, &run.full, graph, scratch.map(|scratch| &scratch.full)),
        reused: reused(&project.extension, params, run),
        comparison,
        earlier: None,
        look_up,
        work: match outcomes {
            None => work(graph, &project.config, level),
            Some(outcomes) => work(&really(graph, outcomes), &project.config, level),
        },
    }
}

/// Notes that the start of a training, and keys without effect, are unknown for kinds in Python. Only native transforms
/// record them.
pub(super) fn python_kinds_note(training: &Training, in_python: &[String]) -> Option<String> {
    let kinds = training.kinds.iter().filter(|kind| in_python.iter().any(|name| name == *kind));
    let named: Vec<String> = kinds.map(|kind| format!("`{kind}`")).collect();
    let which = match named.is_empty() {
        true => String::new(),
        false => format!("what {} from, and ", starts(&named)),
    };
    (!in_python.is_empty())
        .then(|| format!("kinds in Python: {which}which keys have no effect, is unknown for this tree"))
}

fn starts(named: &[String]) -> String {
    match named {
        [one] => format!("{one} starts"),
        more => format!("{} start", more.join(" and ")),
    }
}

fn facts(training: &Training, params: &Params, run: &Run, look_up: Option<&LookUp>) -> Facts {
    let needed = size(&run.targets.graph);
    let text = |path: &str| params.find(&path.into()).and_then(Value::as_str).unwrap_or_default().to_owned();
    Facts {
        src: text(training.src),
        trg: text(training.trg),
        experiment: redact(&text(training.name)),
        target_stage: text(training.stage),
        target_method: params.text("target_tasks_method").to_owned(),
        tasks_for: params.text("tasks_for").to_owned(),
        tasks: size(&run.full.graph),
        targets: size(&run.targets.set),
        needed,
        summary: summary(needed, look_up),
    }
}

/// Summarizes the number of needed tasks and the outcome of the look-up.
fn summary(needed: usize, look_up: Option<&LookUp>) -> String {
    let tasks = if needed == 1 { "task" } else { "tasks" };
    match look_up {
        None => format!("{needed} {tasks}, nothing looked up yet"),
        Some(found) => format!("{needed} {tasks}, {}", found.counts.words()),
    }
}
