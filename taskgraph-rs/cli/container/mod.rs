//! Containers on this machine: the only module that calls docker or podman.

mod call;
mod engine;
mod run;

pub(crate) use engine::Engine;
pub(crate) use run::{Container, Spec, volume};
