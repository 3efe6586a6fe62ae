//! Traces of tasks: the fields after each transform, and the parts of the digest.
//!
//! Kept only where the settings ask for it. Invariant: keeping it never changes a task.

use std::sync::Arc;

use crate::transform::TaskDescription;
use taskgraph_compat::value::{Map, Str};

/// State of a task after a transform, and the states before. A copy of a task has the trail, too.
#[derive(Clone, Debug)]
pub struct TraceSteps {
    before: Option<Arc<TraceSteps>>,
    station: TraceStep,
}

/// The fields of a task at one point of its way. Fields are shared between stations that do not change them.
#[derive(Clone, Debug)]
pub struct TraceStep {
    /// The transform behind which this is; the kind for what stands in its file.
    pub transform: Str,
    /// The fields.
    pub fields: Map,
}

/// Trace of a task through the transforms.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// Its fields: as they are written first, then after each transform.
    pub steps: Vec<TraceStep>,
    /// The parts of its digest, in order; empty if it has none.
    pub digest: Vec<Str>,
}

impl TraceSteps {
    /// Adds the present fields of a task to its trail.
    pub fn extend(description: &mut TaskDescription, transform: &Str) {
        let station = TraceStep { transform: transform.clone(), fields: description.fields.clone() };
        description.trail = Some(Arc::new(TraceSteps { before: description.trail.take(), station }));
    }

    /// All stations, the first one first.
    pub fn steps(&self) -> Vec<TraceStep> {
        let mut steps: Vec<TraceStep> = std::iter::successors(Some(self), |trail| trail.before.as_deref())
            .map(|trail| trail.station.clone())
            .collect();
        steps.reverse();
        steps
    }
}
