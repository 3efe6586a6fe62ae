//! Makes the tasks of all kinds: each kind's tasks go through its transforms, in the order of the kinds.
//!
//! Invariant: a label is made once. A kind that fails keeps those that need it from being made, and no others.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use indexmap::map::Entry;

use crate::diagnostics::{Problem, Problems};
use crate::error::{Error, Result};
use crate::generator::batches;
use crate::graph_config::GraphConfig;
use crate::optimize::Strategies;
use crate::parameters::Params;
use crate::python_worker::{Because, KindRequest, Registrations, Session};
use crate::settings::Settings;
use crate::task::{Task, TasksByLabel};
use crate::transform::kind::Kind;
use crate::transform::notes::{DockerContext, DroppedTask, Record};
use crate::transform::payload::Payloads;
use crate::transform::trace::Trace;
use crate::transform::{Context, TransformError};
use crate::tree::Tree;
use taskgraph_compat::source::Place;
use taskgraph_compat::value::Str;

/// The tasks of all kinds, and notes of the transforms.
pub struct GeneratedTasks {
    /// All tasks, in the order of their making.
    pub tasks: TasksByLabel,
    /// Stubs that a transform did not let through.
    pub dropped: Vec<DroppedTask>,
    /// Warnings of transforms.
    pub warnings: Vec<Problem>,
    /// The traces of tasks, by label; empty unless the settings ask for them.
    pub traces: IndexMap<Str, Trace>,
    /// The contexts of docker images, if the settings say to keep them.
    pub contexts: Vec<DockerContext>,
}

/// Input of the generation of tasks.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// The files of the tree.
    pub tree: &'a Tree,
    /// The graph config.
    pub config: &'a GraphConfig,
    /// The kinds, in order.
    pub kinds: &'a IndexMap<Str, Kind>,
    /// The worker implementations.
    pub payloads: &'a Payloads,
    /// The optimization strategies.
    pub strategies: &'a Strategies,
    /// The parameters.
    pub params: &'a Params,
    /// The settings of the call.
    pub settings: &'a Settings,
    /// The session that makes kinds in Python, and the objects that its Python has registered.
    pub python: Option<(&'a Session, &'a Registrations)>,
    /// Kinds that Python makes for other reasons than they have themselves.
    pub in_python: &'a IndexMap<Str, Because>,
}

/// Kinds that were to be made natively, and that Python has to make.
#[derive(Debug)]
pub struct LeftToPython(pub IndexMap<Str, Because>);

impl std::fmt::Display for LeftToPython {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} kinds have to be made by Python", self.0.len())
    }
}

/// Makes all tasks of the kinds. Kinds that do not depend on each other are made side by side; what comes out is in the
/// order of the kinds, whatever the number of cores.
pub fn generate(inputs: Inputs<'_>) -> Result<Result<GeneratedTasks, LeftToPython>> {
    let scheduler = Scheduler { slots: slots(&inputs), inputs };
    let ready = (0..scheduler.slots.len()).filter(|index| scheduler.slots[*index].after.is_empty());
    let mut ready: Vec<usize> = ready.collect();
    // What was spawned last is begun first.
    ready.sort_by_key(|index| scheduler.slots[*index].height);
    let scheduler_ref = &scheduler;
    rayon::scope(|scope| {
        ready.iter().for_each(|index| scope.spawn(move |scope| scheduler_ref.make(*index, scope)))
    });
    scheduler.finish()
}

/// The place of a kind in the schedule.
struct KindSlot<'a> {
    kind: &'a Kind,
    /// Whether Python makes it.
    is_in_python: bool,
    /// The slots whose tasks it needs, in order.
    needs: Vec<usize>,
    /// The slots that have to be done before it is begun: those, and what has to come before it in Python.
    after: Vec<usize>,
    /// The slots that wait for it.
    needed_by: Vec<usize>,
    /// Length of the longest row of kinds that wait for it and for each other: the longest row decides
    /// how long everything takes, so it is begun first.
    height: usize,
    /// Number of unfinished slots that it waits for.
    waiting: AtomicUsize,
    done: OnceLock<Outcome>,
}

/// A slot for each kind, in their order.
fn slots<'a>(inputs: &Inputs<'a>) -> Vec<KindSlot<'a>> {
    let kinds = inputs.kinds;
    let mut slots: Vec<KindSlot<'_>> = Vec::with_capacity(kinds.len());
    // Python: up to 15.1 all kinds are made in one process, and each sees what those before it have left behind.
    let is_one_process = inputs.python.is_some_and(|(session, _)| !session.forks);
    let mut last_in_python = None;
    for (index, kind) in kinds.values().enumerate() {
        let mut needs: Vec<usize> =
            kind.dependencies.iter().filter_map(|name| kinds.get_index_of(name)).collect();
        needs.sort_unstable();
        needs.dedup();
        let is_in_python = kind.made_by.is_python() || inputs.in_python.contains_key(&kind.name);
        let mut after = needs.clone();
        if is_in_python && is_one_process {
            match kind.has_own_loader {
                true => after = (0..index).collect(),
                false => after.extend(last_in_python),
            }
            after.sort_unstable();
            after.dedup();
            last_in_python = Some(index);
        }
        after.iter().for_each(|need| slots[*need].needed_by.push(index));
        let waiting = AtomicUsize::new(after.len());
        let (needed_by, done) = (Vec::new(), OnceLock::new());
        slots.push(KindSlot { kind, is_in_python, needs, after, needed_by, height: 0, waiting, done });
    }
    // Kinds come after those they need, so that those that wait for a kind are looked at before it.
    for index in (0..slots.len()).rev() {
        let mut needed_by = std::mem::take(&mut slots[index].needed_by);
        needed_by.sort_by_key(|next| slots[*next].height);
        slots[index].height = needed_by.last().map_or(0, |next| slots[*next].height + 1);
        slots[index].needed_by = needed_by;
    }
    slots
}

enum Outcome {
    Tasks(Vec<Arc<Task>>, Box<Record>),
    Failed(TransformError),
    /// A kind that it needs has failed.
    Skipped,
}

impl Outcome {
    /// The tasks, if there are any.
    fn tasks(&self) -> &[Arc<Task>] {
        match self {
            Outcome::Tasks(tasks, _) => tasks,
            _ => &[],
        }
    }
}

struct Scheduler<'a> {
    inputs: Inputs<'a>,
    slots: Vec<KindSlot<'a>>,
}

impl Scheduler<'_> {
    /// Makes one kind, then those that waited for it alone.
    fn make<'s>(&'s self, index: usize, scope: &rayon::Scope<'s>) {
        let slot = &self.slots[index];
        let done = self.make_kind(slot);
        // A slot is worked at once: nothing else can have set it.
        let _ = slot.done.set(done);
        for next in &slot.needed_by {
            if self.slots[*next].waiting.fetch_sub(1, Ordering::AcqRel) == 1 {
                scope.spawn(move |scope| self.make(*next, scope));
            }
        }
    }

    fn make_kind(&self, slot: &KindSlot<'_>) -> Outcome {
        let is_made = |need: &usize| matches!(self.slots[*need].done.get(), Some(Outcome::Tasks(..)));
        if !slot.needs.iter().all(is_made) {
            return Outcome::Skipped;
        }
        let upstream = self.tasks_of(&slot.needs);
        let record = Record::default();
        let made = match (slot.is_in_python, self.inputs.python) {
            (true, Some((session, _))) => {
                self.in_python(slot, session, &upstream).map_err(TransformError::from)
            }
            (true, None) => {
                let message = format!("kind `{}` has to be made by Python", slot.kind.name);
                Err(Error::refused(message).into())
            }
            (false, _) => {
                let made = batches::tasks(&self.context(slot.kind, &upstream, &record));
                made.map_err(|error| self.left_if_extended(error))
            }
        };
        match made {
            Ok(tasks) => Outcome::Tasks(tasks, Box::new(record)),
            Err(error) => Outcome::Failed(error),
        }
    }

    /// Leaves a kind that is refused to Python if that has extended a schema: the kind may be right there.
    fn left_if_extended(&self, error: TransformError) -> TransformError {
        let extended = self.inputs.python.and_then(|(_, registered)| registered.schemas.first());
        match (extended, &error) {
            (Some(schema), TransformError::Error(Error::Input(_))) => {
                TransformError::NeedsPython(Because::Extended(schema.clone()))
            }
            _ => error,
        }
    }

    fn in_python(
        &self,
        slot: &KindSlot<'_>,
        session: &Session,
        upstream: &TasksByLabel,
    ) -> Result<Vec<Arc<Task>>> {
        let sees_all = slot.kind.has_own_loader && !session.forks;
        let all = sees_all.then(|| self.tasks_of(&slot.after));
        session.kind(&KindRequest {
            tree: self.inputs.tree,
            name: &slot.kind.name,
            document: &slot.kind.document,
            place: slot.kind.place_of_reason(),
            upstream,
            all: all.as_ref(),
            writes_artifacts: self.inputs.settings.python_artifacts.is_some(),
        })
    }

    /// The tasks of these kinds, in order.
    fn tasks_of(&self, slots: &[usize]) -> TasksByLabel {
        let done = || slots.iter().filter_map(|slot| self.slots[*slot].done.get());
        let count = done().map(|done| done.tasks().len()).sum();
        let mut tasks = TasksByLabel::with_capacity_and_hasher(count, Default::default());
        tasks.extend(done().flat_map(Outcome::tasks).map(|task| (task.label.clone(), task.clone())));
        tasks
    }

    fn context<'c>(&'c self, kind: &'c Kind, upstream: &'c TasksByLabel, record: &'c Record) -> Context<'c> {
        let Inputs { tree, config, kinds, payloads, strategies, params, settings, python, .. } = self.inputs;
        Context {
            kind,
            kinds,
            params,
            config,
            tree,
            upstream,
            payloads,
            strategies,
            settings,
            record,
            registered: python.map(|(_, registered)| registered),
        }
    }

    /// Gathers what was made, or all that went wrong.
    fn finish(self) -> Result<Result<GeneratedTasks, LeftToPython>> {
        let count = self.slots.iter().map(|slot| slot.done.get().map_or(0, |done| done.tasks().len())).sum();
        let mut tasks = TasksByLabel::with_capacity_and_hasher(count, Default::default());
        let (mut dropped, mut warnings, mut problems) = (Vec::new(), Vec::<Problem>::new(), Vec::new());
        let mut traces = IndexMap::new();
        let mut contexts = Vec::new();
        let mut left = IndexMap::new();
        for slot in self.slots {
            match slot.done.into_inner() {
                Some(Outcome::Tasks(new, record)) => {
                    for task in new {
                        match tasks.entry(task.label.clone()) {
                            Entry::Occupied(other) => problems.push(twice(&task, other.get())),
                            Entry::Vacant(place) => {
                                place.insert(task);
                            }
                        }
                    }
                    problems.extend(record.take_refused());
                    traces.extend(record.take_traces());
                    contexts.extend(record.take_contexts());
                    let (gone, warned) = record.into_notes();
                    dropped.extend(gone);
                    let known =
                        |new: &Problem| warnings.iter().any(|old: &Problem| old.message == new.message);
                    let warned: Vec<_> = warned.into_iter().filter(|new| !known(new)).collect();
                    warnings.extend(warned);
                }
                Some(Outcome::Failed(TransformError::NeedsPython(because))) => {
                    left.insert(slot.kind.name.clone(), because);
                }
                Some(Outcome::Failed(TransformError::Error(error))) => {
                    let found = error.into_problems();
                    let message = || format!("kind `{}` could not be made", slot.kind.name);
                    problems.extend(found.map_err(|error| error.context(message()))?);
                }
                Some(Outcome::Skipped) | None => {}
            }
        }
        if !left.is_empty() {
            return Ok(Err(LeftToPython(left)));
        }
        Problems(problems).distinct().check()?;
        Ok(Ok(GeneratedTasks { tasks, dropped, warnings, traces, contexts }))
    }
}

fn twice(task: &Task, other: &Task) -> Problem {
    let place = |task: &Task| task.origin.place(&Default::default());
    let problem = Problem::error("duplicate-label", format!("two tasks have the label `{}`", task.label))
        .in_place(place(task));
    // What Python makes has no place of its own in the kind.
    let same = |one: &Place, other: &Place| one.source == other.source && one.span == other.span;
    if place(task).zip(place(other)).is_some_and(|(one, other)| same(&one, &other)) {
        return problem.at(Default::default(), format!("kind `{}` makes both", task.kind));
    }
    problem
        .at(Default::default(), format!("made by kind `{}`", task.kind))
        .with(place(other), format!("made by kind `{}`", other.kind))
}
