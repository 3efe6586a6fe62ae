//! Leads the tasks of a kind through its transforms.
//!
//! Most transforms look at one task at a time. Where a kind has many tasks, a row of them goes through all such
//! transforms before they are done with the next one: what a transform has just made is still in the cache for the one
//! behind it, and memory that is no longer needed is used again by the next row.
//!
//! Invariant: what comes out, and what is told if nothing does, is the same as if every transform got all tasks at once.
//! So rows have a fixed length, whatever the number of cores; and of what is wrong, that counts which the first
//! transform finds that finds anything.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Result, anyhow};
use rayon::prelude::*;

use crate::diagnostics::Problems;
use crate::generator::dedup::share;
use crate::generator::into_task::finish;
use crate::graph::json::numbers::is_unwritable;
use crate::task::Task;
use crate::transform::notes::Record;
use crate::transform::trace::TraceSteps;
use crate::transform::{Context, MOST_TASKS, TaskDescription, Together};

/// How many tasks are in a row. Some ten kilobytes each, they fit into the cache of a core.
const ROW: usize = 32;

/// A row that becomes so many tasks waits until all that its kind becomes is counted. Stubs are cheap, tasks are not.
const MANY: usize = 128 * ROW;

/// The tasks of the kind of `context`.
pub fn tasks(context: &Context<'_>) -> Result<Vec<Arc<Task>>> {
    // What is kept for explanations is kept in order.
    let row = if context.settings.trace { usize::MAX } else { ROW };
    match Line::new(row).tasks(context) {
        Err(error) if error.is::<Together>() => Line::new(usize::MAX).tasks(context),
        result => result,
    }
}

/// Where no further task of a row came through.
struct Stop {
    /// The number of the transform.
    step: usize,
    error: anyhow::Error,
}

/// The way through the transforms of a kind.
struct Line {
    row: usize,
    /// How many tasks were made.
    made: AtomicUsize,
}

/// How far a row of tasks came.
enum Lead<T> {
    Done(Vec<T>),
    /// It became so many before this step that it waits for the others: together they may be too many.
    Waits(usize, Vec<TaskDescription>),
}

/// What becomes of a row of tasks at its end.
type End<'e, T> = &'e (dyn Fn(&Context<'_>, Vec<TaskDescription>) -> Result<Vec<T>, Stop> + Sync);

impl Line {
    fn new(row: usize) -> Self {
        Line { row, made: AtomicUsize::new(0) }
    }

    fn tasks(&self, context: &Context<'_>) -> Result<Vec<Arc<Task>>> {
        let record = Record::default();
        let tasks = self.all(&Context { record: &record, ..*context });
        let tasks = tasks.map_err(|stop| stop.error)?;
        context.record.add(record);
        Ok(tasks)
    }

    /// Leads all tasks of the kind through all of its transforms.
    fn all(&self, context: &Context<'_>) -> Result<Vec<Arc<Task>>, Stop> {
        let mut descriptions = context.kind.descriptions.clone();
        if context.settings.trace {
            descriptions
                .iter_mut()
                .for_each(|description| TraceSteps::extend(description, &context.kind.name));
        }
        let steps = &context.kind.transforms;
        let mut begin = 0;
        loop {
            let apart = steps[begin..].iter().take_while(|(_, step)| step.is_apart).count();
            let end = begin + apart;
            if end == steps.len() {
                return self.through(context, begin..end, descriptions, &finished);
            }
            descriptions =
                self.through(context, begin..end, descriptions, &|_, descriptions| Ok(descriptions))?;
            descriptions = self.step(context, end, descriptions)?;
            begin = end + 1;
        }
    }

    /// Leads tasks through transforms that take them apart, in rows as soon as there are too many for one.
    fn through<T: Send>(
        &self,
        context: &Context<'_>,
        steps: Range<usize>,
        descriptions: Vec<TaskDescription>,
        end: End<'_, T>,
    ) -> Result<Vec<T>, Stop> {
        if descriptions.len() <= self.row {
            let led = self.lead(context, steps.clone(), descriptions, end)?;
            return self.lead_on(context, steps.end, led, end);
        }
        let mut rows = Vec::with_capacity(descriptions.len().div_ceil(self.row));
        let mut descriptions = descriptions.into_iter();
        while descriptions.len() > 0 {
            rows.push(descriptions.by_ref().take(self.row).collect::<Vec<_>>());
        }
        let lead = |row| {
            let record = Record::default();
            let context = Context { record: &record, is_part: true, ..*context };
            (self.lead(&context, steps.clone(), row, end), record)
        };
        let (led, records): (Vec<_>, Vec<_>) = rows.into_par_iter().map(lead).unzip();
        records.into_iter().for_each(|record| context.record.add(record));
        joined(led.into_iter().map(|led| self.lead_on(context, steps.end, led?, end)).collect())
    }

    /// Leads on what waited for the others.
    fn lead_on<T: Send>(
        &self,
        context: &Context<'_>,
        last: usize,
        led: Lead<T>,
        end: End<'_, T>,
    ) -> Result<Vec<T>, Stop> {
        match led {
            Lead::Done(ends) => Ok(ends),
            Lead::Waits(step, descriptions) => self.through(context, step..last, descriptions, end),
        }
    }

    /// Leads a row of tasks through transforms, and what becomes of it in rows again.
    fn lead<T: Send>(
        &self,
        context: &Context<'_>,
        steps: Range<usize>,
        mut descriptions: Vec<TaskDescription>,
        end: End<'_, T>,
    ) -> Result<Lead<T>, Stop> {
        for step in steps.clone() {
            descriptions = self.step(context, step, descriptions)?;
            if descriptions.len() > MANY && self.row < usize::MAX {
                return Ok(Lead::Waits(step + 1, descriptions));
            }
            if descriptions.len() > self.row {
                return self.through(context, step + 1..steps.end, descriptions, end).map(Lead::Done);
            }
        }
        end(context, descriptions).map(Lead::Done)
    }

    fn step(
        &self,
        context: &Context<'_>,
        step: usize,
        descriptions: Vec<TaskDescription>,
    ) -> Result<Vec<TaskDescription>, Stop> {
        let (name, known) = &context.kind.transforms[step];
        let before = descriptions.len();
        let mut made = self.made.load(Ordering::Relaxed);
        let mut descriptions = match made > MOST_TASKS {
            true => Vec::new(),
            false => (known.transform)(context, descriptions).map_err(|error| Stop { step, error })?,
        };
        let more = descriptions.len().saturating_sub(before);
        if more > 0 {
            made = self.made.fetch_add(more, Ordering::Relaxed) + more;
        }
        if made > MOST_TASKS {
            return Err(Stop { step: 0, error: too_many(context) });
        }
        if context.settings.trace {
            descriptions.iter_mut().for_each(|description| TraceSteps::extend(description, name));
        }
        Ok(descriptions)
    }
}

fn too_many(context: &Context<'_>) -> anyhow::Error {
    let error = anyhow!("a kind can have at most {MOST_TASKS} tasks, and here are more");
    match context.kind.descriptions.first() {
        Some(description) => description.origin.locate(error),
        None => error,
    }
}

/// What came out of all rows; or all that the first transform found that found anything.
fn joined<T>(rows: Vec<Result<Vec<T>, Stop>>) -> Result<Vec<T>, Stop> {
    let Some(step) = rows.iter().filter_map(|row| Some(row.as_ref().err()?.step)).min() else {
        return Ok(rows.into_iter().flatten().flatten().collect());
    };
    let mut problems = Vec::new();
    for stop in rows.into_iter().filter_map(Result::err).filter(|stop| stop.step == step) {
        match stop.error.downcast::<Problems>() {
            Ok(found) => problems.extend(found.0),
            Err(error) => return Err(Stop { step, error }),
        }
    }
    Err(Stop { step, error: Problems(problems).into() })
}

fn finished(context: &Context<'_>, descriptions: Vec<TaskDescription>) -> Result<Vec<Arc<Task>>, Stop> {
    let step = context.kind.transforms.len();
    let mut tasks: Vec<Arc<Task>> = Vec::with_capacity(descriptions.len());
    let mut problems = Vec::new();
    for description in descriptions {
        let (origin, trail) = (description.origin.clone(), description.trail.clone());
        match finish(context, description).map_err(|error| origin.locate(error).downcast::<Problems>()) {
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
            Err(Ok(found)) => problems.extend(found.0),
            Err(Err(error)) => return Err(Stop { step, error }),
        }
    }
    match Problems(problems).check() {
        Ok(()) => Ok(tasks),
        Err(problems) => Err(Stop { step, error: problems.into() }),
    }
}
