//! Containers on this machine: the only module that calls docker or podman.

mod call;
mod engine;
mod run;

pub use engine::Engine;
pub use run::{Container, Spec, volume};
