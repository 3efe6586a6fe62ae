//! Differences between two graphs: added, removed and changed tasks, down to the field.
//!
//! Compares values and knows nothing of how they were made: a graph may come from a config, another revision of the
//! tree or a file.

mod field;
mod graph;
mod text;

pub use field::{FieldChange, changes};
pub use graph::{GraphDiff, TaskChange, Tasks, diff, read_tasks, tasks_of};
pub use text::unified;
