//! Explanation of a task: the reason for which it is in the graph, and the origin of its definition.

mod digest;
mod explanation;

pub use digest::DigestPart;
pub use explanation::{Explanation, IfDependent, Place, Step, explain};
