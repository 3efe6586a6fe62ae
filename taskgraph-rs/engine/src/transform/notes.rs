//! Notes that transforms record while a graph is generated: dropped tasks, warnings, traces. The preview reads them.

use std::sync::{Mutex, PoisonError};

use indexmap::IndexMap;
use serde::Serialize;

use crate::diagnostics::Problem;
use crate::transform::trace::{Trace, TraceSteps};
use taskgraph_compat::value::Str;
use taskgraph_compat::value::path::KeyPath;

/// A task that a transform did not let through.
#[derive(Clone, Debug, Serialize)]
pub struct DroppedTask {
    /// The kind it belonged to.
    pub kind: Str,
    /// Its stage, if it had one.
    pub stage: Option<Str>,
    /// Why it is gone.
    pub why: String,
    /// The key of what is reused in its place, if that is why.
    #[serde(skip)]
    pub by: Option<KeyPath>,
}

/// The build context of a docker image, for the task that builds the image.
#[derive(Debug)]
pub struct DockerContext {
    /// The name of the image.
    pub name: Str,
    /// The context as a tar stream.
    pub tar: Vec<u8>,
}

/// The notes that transforms write into while a graph is generated.
#[derive(Debug, Default)]
pub struct Record {
    dropped: Mutex<Vec<DroppedTask>>,
    refused: Mutex<Vec<Problem>>,
    warnings: Mutex<Vec<Problem>>,
    traces: Mutex<IndexMap<Str, Trace>>,
    contexts: Mutex<Vec<DockerContext>>,
}

impl Record {
    /// Notes that a task is gone.
    pub fn drop_task(&self, dropped: DroppedTask) {
        self.dropped.lock().unwrap_or_else(PoisonError::into_inner).push(dropped);
    }

    /// Notes why the graph will be refused, by a transform that goes on as if what is wrong were not there: so the kinds
    /// behind are made, and what is wrong with them is reported as well.
    pub fn refuse(&self, problem: Problem) {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).push(problem);
    }

    /// Why the graph is refused, which is then no longer noted.
    pub fn take_refused(&self) -> Vec<Problem> {
        std::mem::take(&mut self.refused.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes a warning. The same headline is noted once.
    pub fn warn(&self, warning: Problem) {
        let mut warnings = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        if !warnings.iter().any(|known| known.message == warning.message) {
            warnings.push(warning);
        }
    }

    /// Notes what a digest is made of. Only a graph that is to be explained keeps it.
    pub fn digest_of(&self, label: &str, data: &[impl AsRef<str>]) {
        let data = data.iter().map(|one| one.as_ref().into()).collect();
        let mut traces = self.traces.lock().unwrap_or_else(PoisonError::into_inner);
        traces.entry(label.into()).or_default().digest = data;
    }

    /// Notes the way of a task that became the task `label`.
    pub fn trail_of(&self, label: &str, trail: &TraceSteps) {
        let mut traces = self.traces.lock().unwrap_or_else(PoisonError::into_inner);
        traces.entry(label.into()).or_default().steps = trail.steps();
    }

    /// All that was kept of how tasks came about, by label.
    pub fn take_traces(&self) -> IndexMap<Str, Trace> {
        std::mem::take(&mut self.traces.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps the context of an image.
    pub fn keep_context(&self, context: DockerContext) {
        self.contexts.lock().unwrap_or_else(PoisonError::into_inner).push(context);
    }

    /// The contexts that were kept, which are then no longer here.
    pub fn take_contexts(&self) -> Vec<DockerContext> {
        std::mem::take(&mut self.contexts.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds what another notes holds.
    pub fn add(&self, other: Record) {
        fn add<T>(own: &Mutex<Vec<T>>, other: Mutex<Vec<T>>) {
            let other = other.into_inner().unwrap_or_else(PoisonError::into_inner);
            if !other.is_empty() {
                own.lock().unwrap_or_else(PoisonError::into_inner).extend(other);
            }
        }
        add(&self.dropped, other.dropped);
        add(&self.refused, other.refused);
        add(&self.contexts, other.contexts);
        let warnings = other.warnings.into_inner().unwrap_or_else(PoisonError::into_inner);
        warnings.into_iter().for_each(|warning| self.warn(warning));
        let traces = other.traces.into_inner().unwrap_or_else(PoisonError::into_inner);
        if !traces.is_empty() {
            self.traces.lock().unwrap_or_else(PoisonError::into_inner).extend(traces);
        }
    }

    /// All tasks that are gone, and all warnings.
    pub fn into_notes(self) -> (Vec<DroppedTask>, Vec<Problem>) {
        let dropped = self.dropped.into_inner().unwrap_or_else(PoisonError::into_inner);
        (dropped, self.warnings.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}
