//! The training config of the pipeline: its schema, its keys and its datasets.

pub(crate) mod datasets;
pub(crate) mod keys;
pub(crate) mod schema;
