//! Runs the transforms of a kind over its tasks, in batches.
//!
//! Most transforms look at one task at a time. Where a kind has many tasks, a batch of them goes through all such
//! transforms before the next batch does: what a transform has just made is still in the cache for the next transform,
//! and memory that is no longer needed is used again by the next batch. Cores take batches in parallel.
//!
//! A transform for the whole kind is a barrier: it gets all tasks at once. So is the `prepare` function of a transform
//! that needs to see all tasks, and behind it the tasks go on in batches.
//!
//! Invariant: the tasks, or the problems reported in their place, are the same as if every transform got all tasks at
//! once. So batches have a fixed size, whatever the number of cores; and of all problems, those of the first transform
//! that found any are reported.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use anyhow::anyhow;
use rayon::prelude::*;

use crate::diagnostics::Problems;
use crate::error::{Error, Result};
use crate::generator::dedup::share;
use crate::generator::into_task::into_task;
use crate::graph::json::numbers::is_unwritable;
use crate::task::Task;
use crate::transform::kind::Kind;
use crate::transform::notes::Record;
use crate::transform::trace::TraceSteps;
use crate::transform::{Apply, Context, MOST_TASKS, Prepare, TaskDescription, Transform, TransformError};
use taskgraph_compat::value::Str;

/// The number of tasks in a batch. At some five kilobytes each, they fit into the cache of a core.
const BATCH_SIZE: usize = 64;

/// A batch that grows beyond this number of descriptions waits until all descriptions of its kind are counted:
/// descriptions are cheap, tasks are not.
const MANY: usize = 64 * BATCH_SIZE;

/// Makes the tasks of the kind of `context`.
pub(crate) fn tasks(context: &Context<'_>) -> Result<Vec<Arc<Task>>, TransformError> {
    // Traces are kept in order, so that there is a single batch.
    let size = if context.settings.trace { usize::MAX } else { BATCH_SIZE };
    Batches::new(context.kind, size).tasks(context)
}

/// The failure of a batch.
struct Failure {
    /// The index of the step that failed.
    step: usize,
    error: TransformError,
}

/// A transform of the kind, and its function for one task as soon as that is prepared.
struct Step<'k> {
    transform: &'k Transform,
    apply: OnceLock<Apply>,
    /// The name in kind.yml, at the last step of those that the name stands for.
    ends: Option<&'k Str>,
}

impl Step<'_> {
    /// Whether it needs all tasks of the kind.
    fn is_barrier(&self) -> bool {
        match self.transform {
            Transform::WholeKind(_) => true,
            Transform::EachTask(Prepare::FromTasks(_)) => self.apply.get().is_none(),
            Transform::EachTask(_) => false,
        }
    }

    /// Runs it: on a batch, or on all tasks of the kind if it is a barrier.
    fn run(
        &self,
        context: &Context<'_>,
        mut batch: Vec<TaskDescription>,
    ) -> Result<Vec<TaskDescription>, TransformError> {
        let apply = match (self.apply.get(), self.transform) {
            (Some(apply), _) | (None, Transform::EachTask(Prepare::Nothing(apply))) => apply,
            (None, Transform::WholeKind(change)) => return Ok(change(context, batch)?),
            (None, Transform::EachTask(Prepare::FromContext(make))) => {
                let apply = make(context)?;
                self.apply.get_or_init(|| apply)
            }
            (None, Transform::EachTask(Prepare::FromTasks(prepare))) => {
                let apply = prepare(context, &mut batch)?;
                self.apply.get_or_init(|| apply)
            }
        };
        apply.run(context, batch)
    }
}

/// A kind on its way through its transforms.
struct Batches<'k> {
    size: usize,
    steps: Vec<Step<'k>>,
    /// The number of descriptions that transforms have added.
    added: AtomicUsize,
}

/// The state of a batch that has gone through some steps.
enum Batch<T> {
    Done(Vec<T>),
    /// It grew so large before this step that it waits for the others: together they may be too many.
    Waits(usize, Vec<TaskDescription>),
}

/// The function that converts a batch behind its last step.
type Finish<'f, T> = &'f (dyn Fn(&Context<'_>, Vec<TaskDescription>) -> Result<Vec<T>, Failure> + Sync);

impl<'k> Batches<'k> {
    fn new(kind: &'k Kind, size: usize) -> Self {
        let steps = kind.transforms.iter().flat_map(|(name, sequence)| {
            let last = sequence.transforms().len().wrapping_sub(1);
            sequence.transforms().iter().enumerate().map(move |(index, transform)| Step {
                transform,
                apply: OnceLock::new(),
                ends: (index == last).then_some(name),
            })
        });
        Batches { size, steps: steps.collect(), added: AtomicUsize::new(0) }
    }

    fn tasks(&self, context: &Context<'_>) -> Result<Vec<Arc<Task>>, TransformError> {
        let mut descriptions = context.kind.descriptions.clone();
        if context.settings.trace {
            descriptions
                .iter_mut()
                .for_each(|description| TraceSteps::extend(description, &context.kind.name));
        }
        self.run(context, descriptions).map_err(|failure| failure.error)
    }

    /// Runs all steps over all descriptions of the kind.
    fn run(
        &self,
        context: &Context<'_>,
        mut descriptions: Vec<TaskDescription>,
    ) -> Result<Vec<Arc<Task>>, Failure> {
        let mut begin = 0;
        loop {
            let free = self.steps[begin..].iter().take_while(|step| !step.is_barrier()).count();
            let end = begin + free;
            if end == self.steps.len() {
                return self.through(context, begin..end, descriptions, &|context, descriptions| {
                    self.finish(context, descriptions)
                });
            }
            if begin < end {
                descriptions =
                    self.through(context, begin..end, descriptions, &|_, descriptions| Ok(descriptions))?;
            }
            begin = match self.steps[end].transform {
                Transform::EachTask(Prepare::FromTasks(prepare)) if descriptions.len() > self.size => {
                    let apply = prepare(context, &mut descriptions);
                    let apply = apply.map_err(|error| Failure { step: end, error: error.into() })?;
                    self.steps[end].apply.get_or_init(|| apply);
                    end
                }
                _ => {
                    descriptions = self.step(context, end, descriptions)?;
                    end + 1
                }
            };
        }
    }

    /// Runs steps that are not barriers, on batches as soon as there are too many descriptions for one.
    fn through<T: Send>(
        &self,
        context: &Context<'_>,
        steps: Range<usize>,
        descriptions: Vec<TaskDescription>,
        finish: Finish<'_, T>,
    ) -> Result<Vec<T>, Failure> {
        if descriptions.len() <= self.size {
            let batch = self.run_batch(context, steps.clone(), descriptions, finish)?;
            return self.resume(context, steps.end, batch, finish);
        }
        let mut batches = Vec::with_capacity(descriptions.len().div_ceil(self.size));
        let mut descriptions = descriptions.into_iter();
        while descriptions.len() > 0 {
            batches.push(descriptions.by_ref().take(self.size).collect::<Vec<_>>());
        }
        let run = |batch| {
            let record = Record::default();
            let context = Context { record: &record, ..*context };
            (self.run_batch(&context, steps.clone(), batch, finish), record)
        };
        // One batch may become as many tasks as a hundred others, so none is tied to the next.
        let (batches, records): (Vec<_>, Vec<_>) = batches.into_par_iter().with_max_len(1).map(run).unzip();
        records.into_iter().for_each(|record| context.record.add(record));
        let resumed = batches.into_iter().map(|batch| self.resume(context, steps.end, batch?, finish));
        joined(resumed.collect())
    }

    /// Goes on with a batch that waited for the others.
    fn resume<T: Send>(
        &self,
        context: &Context<'_>,
        last: usize,
        batch: Batch<T>,
        finish: Finish<'_, T>,
    ) -> Result<Vec<T>, Failure> {
        match batch {
            Batch::Done(done) => Ok(done),
            Batch::Waits(step, descriptions) => self.through(context, step..last, descriptions, finish),
        }
    }

    /// Runs steps on a batch, and on batches of what it becomes if that is too large for one.
    fn run_batch<T: Send>(
        &self,
        context: &Context<'_>,
        steps: Range<usize>,
        mut descriptions: Vec<TaskDescription>,
        finish: Finish<'_, T>,
    ) -> Result<Batch<T>, Failure> {
        for step in steps.clone() {
            descriptions = self.step(context, step, descriptions)?;
            if descriptions.len() > MANY && self.size < usize::MAX {
                return Ok(Batch::Waits(step + 1, descriptions));
            }
            if descriptions.len() > self.size {
                return self.through(context, step + 1..steps.end, descriptions, finish).map(Batch::Done);
            }
        }
        finish(context, descriptions).map(Batch::Done)
    }

    fn step(
        &self,
        context: &Context<'_>,
        index: usize,
        descriptions: Vec<TaskDescription>,
    ) -> Result<Vec<TaskDescription>, Failure> {
        let step = &self.steps[index];
        let before = descriptions.len();
        let mut added = self.added.load(Ordering::Relaxed);
        let mut descriptions = match added > MOST_TASKS {
            true => Vec::new(),
            false => step.run(context, descriptions).map_err(|error| Failure { step: index, error })?,
        };
        let more = descriptions.len().saturating_sub(before);
        if more > 0 {
            added = self.added.fetch_add(more, Ordering::Relaxed) + more;
        }
        if added > MOST_TASKS {
            return Err(Failure { step: 0, error: too_many(context) });
        }
        if let Some(name) = step.ends.filter(|_| context.settings.trace) {
            descriptions.iter_mut().for_each(|description| TraceSteps::extend(description, name));
        }
        Ok(descriptions)
    }

    /// Turns the descriptions of a batch into tasks.
    fn finish(
        &self,
        context: &Context<'_>,
        descriptions: Vec<TaskDescription>,
    ) -> Result<Vec<Arc<Task>>, Failure> {
        let step = self.steps.len();
        let mut tasks: Vec<Arc<Task>> = Vec::with_capacity(descriptions.len());
        let mut problems = Vec::new();
        for description in descriptions {
            let (origin, trail) = (description.origin.clone(), description.trail.clone());
            match into_task(context, description) {
                Ok(mut task) => {
                    task.is_unwritable = match tasks.last() {
                        Some(before) => share(&mut task, before),
                        None => is_unwritable(&task),
                    };
                    if let Some(trail) = trail {
                        context.record.trail_of(task.label.as_str(), &trail);
                    }
                    tasks.push(Arc::new(task));
                }
                Err(error) => match TransformError::of_task(&origin, error).into_problems() {
                    Ok(found) => problems.extend(found),
                    Err(error) => return Err(Failure { step, error }),
                },
            }
        }
        match Problems(problems).check() {
            Ok(()) => Ok(tasks),
            Err(problems) => Err(Failure { step, error: Error::from(problems).into() }),
        }
    }
}

fn too_many(context: &Context<'_>) -> TransformError {
    let error = anyhow!("a kind can have at most {MOST_TASKS} tasks, and here are more");
    match context.kind.descriptions.first() {
        Some(description) => description.origin.locate(error).into(),
        None => error.into(),
    }
}

/// Returns the results of all batches in order, or all problems of the first step that found any.
fn joined<T>(batches: Vec<Result<Vec<T>, Failure>>) -> Result<Vec<T>, Failure> {
    let Some(step) = batches.iter().filter_map(|batch| Some(batch.as_ref().err()?.step)).min() else {
        let mut all = Vec::with_capacity(batches.iter().flatten().map(Vec::len).sum());
        batches.into_iter().flatten().for_each(|batch| all.extend(batch));
        return Ok(all);
    };
    let mut problems = Vec::new();
    for failure in batches.into_iter().filter_map(Result::err).filter(|failure| failure.step == step) {
        match failure.error.into_problems() {
            Ok(found) => problems.extend(found),
            Err(error) => return Err(Failure { step, error }),
        }
    }
    Err(Failure { step, error: Error::from(Problems(problems)).into() })
}
