//! `graph explain`: why a task is in the graph, and how it was generated.

mod digest;
mod explanation;

pub use digest::DigestPart;
pub use explanation::{Explanation, IfDependent, Place, Step, explain};
