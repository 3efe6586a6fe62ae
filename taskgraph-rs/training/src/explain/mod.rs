//! Why a task is there, and why it looks as it does.

mod digest;
mod explanation;

pub use digest::DigestPart;
pub use explanation::{Explanation, IfDependent, Place, Step, explain};
