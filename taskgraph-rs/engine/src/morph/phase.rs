//! The morph phase as a whole.

use crate::error::Result;
use crate::graph_config::GraphConfig;
use crate::morph::code_review::add_code_review;
use crate::morph::index_tasks::add_index_tasks;
use crate::morph::morphed::{MorphedGraph, unchanged};
use crate::optimize::OptimizedGraph;
use crate::parameters::Params;
use crate::task::Label;
use crate::task::id::TaskId;

/// Adds what an optimized graph needs: index tasks first, then the code review.
pub fn morph(
    optimized: OptimizedGraph,
    params: &Params,
    config: &GraphConfig,
    new_id: &mut dyn FnMut(&Label) -> TaskId,
) -> Result<MorphedGraph> {
    let mut morphed = unchanged(optimized);
    add_index_tasks(&mut morphed, params, config, new_id)?;
    add_code_review(&mut morphed, params, new_id)?;
    Ok(morphed)
}
