//! How a task came about: what its fields were after each transform, and what its digest is made of.
//!
//! Kept only where the settings ask for it. Invariant: keeping it never changes a task.

use std::sync::Arc;

use crate::transform::Stub;
use taskgraph_compat::value::{Map, Str};

/// What a stub was after a transform, and the way there. A stub that is copied takes its trail along.
#[derive(Clone, Debug)]
pub struct Trail {
    before: Option<Arc<Trail>>,
    station: Station,
}

/// The fields of a stub at one point of its way. Fields are shared between stations that do not change them.
#[derive(Clone, Debug)]
pub struct Station {
    /// The transform behind which this is; the kind for what stands in its file.
    pub transform: Str,
    /// The fields.
    pub fields: Map,
}

/// How a task came about.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// Its fields: as they are written first, then after each transform.
    pub stations: Vec<Station>,
    /// What its digest is made of, in order; empty if it has none.
    pub digest: Vec<Str>,
}

impl Trail {
    /// Adds the present fields of a stub to its trail.
    pub fn extend(stub: &mut Stub, transform: &Str) {
        let station = Station { transform: transform.clone(), fields: stub.fields.clone() };
        stub.trail = Some(Arc::new(Trail { before: stub.trail.take(), station }));
    }

    /// All stations, the first one first.
    pub fn stations(&self) -> Vec<Station> {
        let mut stations: Vec<Station> = std::iter::successors(Some(self), |trail| trail.before.as_deref())
            .map(|trail| trail.station.clone())
            .collect();
        stations.reverse();
        stations
    }
}
