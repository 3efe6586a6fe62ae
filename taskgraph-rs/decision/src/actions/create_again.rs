//! Creates tasks of an earlier graph again, with all their dependencies.

use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};

use crate::actions::call::Call;
use crate::actions::plan::{DecisionTasks, Plan};
use crate::actions::previous_decision::PreviousDecision;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::generator::OptimizeRequest;
use taskgraph::generator::target_tasks::Targets;
use taskgraph::graph::TaskGraph;
use taskgraph::graph::by_task_id::ReadyGraph;
use taskgraph::optimize::index::{LookupAnswers, LookupRequest};
use taskgraph::optimize::{Existing, OptimizedGraph, RejectionReason, Unusable};
use taskgraph::schema::fields::Fields;
use taskgraph::task::id::TaskId;
use taskgraph::task::{Label, Task};
use taskgraph_compat::value::{Map, Str, Value};

/// Tasks to create in one round of an action.
struct CreationRound {
    suffix: String,
    to_run: IndexSet<Label>,
    graph: ReadyGraph,
    label_to_taskid: IndexMap<Label, TaskId>,
}

/// Tasks to create, in rounds: each makes new ones of its labels, whatever another round makes.
pub(super) struct Creation<'a> {
    call: &'a Call<'a>,
    previous: &'a PreviousDecision,
    rounds: Vec<CreationRound>,
    notes: IndexSet<String>,
    /// Last request and its answer, since most rounds ask for the same.
    found: Option<(LookupRequest, LookupAnswers)>,
}

impl<'a> Creation<'a> {
    /// Nothing to create yet.
    pub(super) fn new(call: &'a Call<'a>, previous: &'a PreviousDecision) -> Self {
        Creation { call, previous, rounds: Vec::new(), notes: IndexSet::new(), found: None }
    }

    /// Adds a round: new tasks for these labels. What they need is there already, or is created as well.
    /// Python: `taskgraph.actions.util.create_tasks`.
    pub(super) fn round(
        &mut self,
        suffix: impl Into<String>,
        to_run: impl IntoIterator<Item = Label>,
    ) -> Result<()> {
        let to_run: IndexSet<Label> = to_run.into_iter().collect();
        let PreviousDecision { decision, graph, label_to_taskid } = self.previous;
        let Call { project, settings, now, .. } = *self.call;
        let needed = graph.closure(&to_run);
        let tasks = needed.tasks.into_iter().map(|(label, task)| (label, Arc::new(self.adopted(&task))));
        let graph = TaskGraph::linked(tasks.collect())?;
        let set = graph.excerpt(|task| to_run.contains(&task.label));
        let targets = Targets { set, requested: to_run.clone(), graph, session: None };
        let mut params = self.call.params.clone();
        let values = params.values_mut();
        values.put("do_not_optimize", to_run.iter().map(Label::text).collect::<Value>());
        values.put("optimize_target_tasks", true);
        let existing = label_to_taskid.iter().map(|(label, id)| (Str::clone(label.text()), id.text().into()));
        values.put("existing_tasks", existing.collect::<Map>());
        let wanted = project.lookup_request(&targets, &params, settings)?;
        let found = match self.found.take() {
            Some((asked, found)) if asked == wanted => found,
            _ => self.call.service.find(&wanted)?,
        };
        let request = OptimizeRequest { settings, decision_task_id: decision.as_str(), found: &found, now };
        let new_id = &mut |label: &Label| (self.call.new_id)(label);
        let optimized = project.optimize(&targets, &params, &request, new_id)?;
        self.found = Some((wanted, found));
        let OptimizedGraph { graph, label_to_taskid, existing, .. } = optimized;
        self.look_at(existing)?;
        let round = CreationRound { suffix: suffix.into(), to_run, graph, label_to_taskid };
        self.rounds.push(round);
        Ok(())
    }

    /// Refuses existing tasks that the queue lets nothing wait for. One that has failed may be rerun later, and what
    /// waits for it starts then.
    fn look_at(&mut self, existing: Existing) -> Result<()> {
        let mut problems = Vec::new();
        for Unusable { label, task_id, why, dependent } in existing.unusable {
            let waiting = dependent.as_ref().map(Label::as_str).unwrap_or_default();
            if let RejectionReason::State(..) = why {
                self.notes
                    .insert(format!("{waiting} waits for {label} ({task_id}), and {why}: rerun that, too"));
                continue;
            }
            let message = format!("`{waiting}` cannot wait for `{label}`: task `{task_id}` is not usable");
            let help = format!("create `{label}` anew with it: `add-new-jobs` takes both labels");
            problems.push(Problem::error("existing-task", message).at("".into(), why.to_string()).help(help));
        }
        Ok(Problems(problems).check()?)
    }

    /// A task as the action creates it: it says which action made it, and waits for that.
    fn adopted(&self, task: &Task) -> Task {
        let mut task = task.clone();
        let own = self.call.own.as_ref();
        let parent = own.map(TaskId::as_str).unwrap_or_default();
        if let Ok(extra) = task.definition.map_at("extra") {
            extra.put("parent", parent);
        }
        if let Some(own) = own.filter(|own| **own != self.previous.decision)
            && let Ok(dependencies) = task.definition.list_at("dependencies")
        {
            dependencies.push(own.text().into());
        }
        task
    }

    /// Puts all of it into the plan: the tasks, and the artifacts that later actions and Chain of Trust look at.
    /// Python: `combine_task_graph_files`.
    pub(super) fn finish(self, plan: &mut Plan) -> Result<()> {
        let (mut graph, mut labels) = (ReadyGraph::default(), IndexMap::new());
        let mut to_run = IndexSet::new();
        self.notes.into_iter().for_each(|note| plan.note(note));
        let is_one = self.rounds.len() == 1;
        for round in self.rounds {
            if !is_one {
                write(
                    plan,
                    &format!("-{}", round.suffix),
                    &round.graph,
                    &round.label_to_taskid,
                    &round.to_run,
                )?;
            }
            graph.tasks.extend(round.graph.tasks);
            labels.extend(round.label_to_taskid);
            to_run.extend(round.to_run);
        }
        write(plan, "", &graph, &labels, &to_run)?;
        let decision = self.previous.decision.clone();
        plan.create = Some(DecisionTasks { graph, decision });
        Ok(())
    }
}

fn write(
    plan: &mut Plan,
    suffix: &str,
    graph: &ReadyGraph,
    labels: &IndexMap<Label, TaskId>,
    to_run: &IndexSet<Label>,
) -> Result<()> {
    let mut content = Vec::new();
    graph.write_json(&mut content)?;
    plan.artifacts.push((format!("task-graph{suffix}.json"), content));
    let labels: Map = labels.iter().map(|(label, id)| (Str::clone(label.text()), id.text().into())).collect();
    plan.artifact(format!("label-to-taskid{suffix}.json"), &labels.into())?;
    plan.artifact(format!("to-run{suffix}.json"), &to_run.iter().map(Label::text).collect())
}
