//! Transforms and the functions that build them.
//!
//! Invariant: a function that handles one task never sees another one. What it needs to know about the other tasks of
//! the kind, a `prepare` function has worked out before, from all of them.

use std::sync::Arc;

use anyhow::{Result, anyhow};

use crate::diagnostics::origin::Origin;
use crate::diagnostics::{Problem, Problems};
use crate::error::Error;
use crate::transform::{Context, MOST_TASKS, TaskDescription, TransformError};

type ChangeTask = dyn Fn(&Context<'_>, &mut TaskDescription) -> Result<()> + Send + Sync;
type MakeTasks = dyn Fn(&Context<'_>, TaskDescription, &mut Vec<TaskDescription>) -> Result<()> + Send + Sync;
type ChangeKind = dyn Fn(&Context<'_>, Vec<TaskDescription>) -> Result<Vec<TaskDescription>> + Send + Sync;
type FromContext = dyn Fn(&Context<'_>) -> Result<Apply> + Send + Sync;
type FromTasks = dyn Fn(&Context<'_>, &mut [TaskDescription]) -> Result<Apply> + Send + Sync;
type StateFromContext<T> = dyn Fn(&Context<'_>) -> Result<T> + Send + Sync;
type StateFromTasks<T> = dyn Fn(&Context<'_>, &mut [TaskDescription]) -> Result<T> + Send + Sync;

/// A transform: a function from the task descriptions of a kind to task descriptions.
#[derive(Clone)]
pub enum Transform {
    /// Handles each task alone. The generator runs it on batches of tasks in parallel.
    EachTask(Prepare),
    /// Handles all tasks of the kind together.
    WholeKind(Arc<ChangeKind>),
}

/// The work that a transform does once for a kind, before it handles the tasks one by one.
#[derive(Clone)]
pub enum Prepare {
    /// None.
    Nothing(Apply),
    /// Work that needs no task. Batches need not wait for each other.
    FromContext(Arc<FromContext>),
    /// Work that needs all tasks of the kind, and may change their order. Tasks wait here until all of them have come.
    FromTasks(Arc<FromTasks>),
}

/// A function that handles one task.
#[derive(Clone)]
pub enum Apply {
    /// Changes the task.
    Change(Arc<ChangeTask>),
    /// Makes any number of tasks from it.
    Make(Arc<MakeTasks>),
}

/// Builds a transform that changes each task.
pub fn each(
    apply: impl Fn(&Context<'_>, &mut TaskDescription) -> Result<()> + Send + Sync + 'static,
) -> Transform {
    Transform::EachTask(Prepare::Nothing(Apply::Change(Arc::new(apply))))
}

/// Builds a transform that makes any number of tasks from each: it pushes them to the list.
pub fn fan_out(
    apply: impl Fn(&Context<'_>, TaskDescription, &mut Vec<TaskDescription>) -> Result<()> + Send + Sync + 'static,
) -> Transform {
    Transform::EachTask(Prepare::Nothing(Apply::Make(Arc::new(apply))))
}

/// Builds a transform that handles all tasks of a kind together.
pub fn whole_kind(
    change: impl Fn(&Context<'_>, Vec<TaskDescription>) -> Result<Vec<TaskDescription>> + Send + Sync + 'static,
) -> Transform {
    Transform::WholeKind(Arc::new(change))
}

/// Begins a transform with state that is made once for a kind, from the context alone.
pub fn with_state<T>(make: impl Fn(&Context<'_>) -> Result<T> + Send + Sync + 'static) -> WithState<T> {
    WithState(StateSource::Context(Box::new(make)))
}

/// Begins a transform with state that is made once for a kind, from all of its tasks. `prepare` may put the tasks in
/// another order.
pub fn prepare<T>(
    prepare: impl Fn(&Context<'_>, &mut [TaskDescription]) -> Result<T> + Send + Sync + 'static,
) -> WithState<T> {
    WithState(StateSource::Tasks(Box::new(prepare)))
}

/// A transform whose state is known, and whose function for one task is not yet: see [`with_state`] and [`prepare()`].
pub struct WithState<T>(StateSource<T>);

enum StateSource<T> {
    Context(Box<StateFromContext<T>>),
    Tasks(Box<StateFromTasks<T>>),
}

impl<T: Send + Sync + 'static> WithState<T> {
    /// Changes each task, with the state at hand.
    pub fn each(
        self,
        apply: impl Fn(&Context<'_>, &T, &mut TaskDescription) -> Result<()> + Send + Sync + 'static,
    ) -> Transform {
        let apply = Arc::new(apply);
        self.build(move |state| {
            let apply = apply.clone();
            Apply::Change(Arc::new(move |ctx, description| apply(ctx, &state, description)))
        })
    }

    /// Makes any number of tasks from each, with the state at hand.
    pub fn fan_out(
        self,
        apply: impl Fn(&Context<'_>, &T, TaskDescription, &mut Vec<TaskDescription>) -> Result<()>
        + Send
        + Sync
        + 'static,
    ) -> Transform {
        let apply = Arc::new(apply);
        self.build(move |state| {
            let apply = apply.clone();
            Apply::Make(Arc::new(move |ctx, description, out| apply(ctx, &state, description, out)))
        })
    }

    fn build(self, apply: impl Fn(T) -> Apply + Send + Sync + 'static) -> Transform {
        Transform::EachTask(match self.0 {
            StateSource::Context(make) => Prepare::FromContext(Arc::new(move |ctx| make(ctx).map(&apply))),
            StateSource::Tasks(prepare) => {
                Prepare::FromTasks(Arc::new(move |ctx, tasks| prepare(ctx, tasks).map(&apply)))
            }
        })
    }
}

impl Transform {
    /// Runs the transform on all tasks of a kind at once.
    pub fn run(
        &self,
        ctx: &Context<'_>,
        mut tasks: Vec<TaskDescription>,
    ) -> Result<Vec<TaskDescription>, TransformError> {
        match self {
            Transform::WholeKind(change) => Ok(change(ctx, tasks)?),
            Transform::EachTask(Prepare::Nothing(apply)) => apply.run(ctx, tasks),
            Transform::EachTask(Prepare::FromContext(make)) => make(ctx)?.run(ctx, tasks),
            Transform::EachTask(Prepare::FromTasks(prepare)) => prepare(ctx, &mut tasks)?.run(ctx, tasks),
        }
    }
}

impl Apply {
    /// Handles tasks one after the other. Gathers what is wrong with all of them before it fails.
    pub fn run(
        &self,
        ctx: &Context<'_>,
        mut tasks: Vec<TaskDescription>,
    ) -> Result<Vec<TaskDescription>, TransformError> {
        let mut problems = Vec::new();
        match self {
            Apply::Change(change) => {
                for task in &mut tasks {
                    if let Err(error) = change(ctx, task) {
                        problems.extend(located(&task.origin, error)?);
                    }
                }
            }
            Apply::Make(make) => {
                let mut out = Vec::with_capacity(tasks.len());
                for task in tasks {
                    let origin = task.origin.clone();
                    if let Err(error) = make(ctx, task, &mut out) {
                        problems.extend(located(&origin, error)?);
                    }
                    if out.len() > MOST_TASKS {
                        let error = anyhow!("a kind can have at most {MOST_TASKS} tasks, and here are more");
                        return Err(origin.locate(error).into());
                    }
                }
                tasks = out;
            }
        }
        if problems.is_empty() { Ok(tasks) } else { Err(Error::from(Problems(problems)).into()) }
    }
}

/// Returns the problems of a task, or the error that ends the transform.
fn located(origin: &Origin, error: anyhow::Error) -> Result<Vec<Problem>, TransformError> {
    TransformError::of_task(origin, error).into_problems()
}

/// Transforms that one name in kind.yml stands for, in order. Python: `TransformSequence`.
#[derive(Clone, Default)]
pub struct TransformSequence(Arc<[Transform]>);

impl TransformSequence {
    /// The transforms.
    pub fn transforms(&self) -> &[Transform] {
        &self.0
    }

    /// Runs them on all tasks of a kind at once.
    pub fn run(
        &self,
        ctx: &Context<'_>,
        tasks: Vec<TaskDescription>,
    ) -> Result<Vec<TaskDescription>, TransformError> {
        self.0.iter().try_fold(tasks, |tasks, transform| transform.run(ctx, tasks))
    }
}

impl From<Transform> for TransformSequence {
    fn from(transform: Transform) -> Self {
        TransformSequence([transform].into())
    }
}

impl<const N: usize> From<[Transform; N]> for TransformSequence {
    fn from(transforms: [Transform; N]) -> Self {
        TransformSequence(transforms.into())
    }
}
