//! The docker images of a tree: the tasks that make them, built on this machine or loaded from what a task has left.

mod build;
mod graph;
mod load;

pub(crate) use build::{ImageSources, build, check, own_tag, pack};
pub(crate) use graph::{Images, image_name};
pub(crate) use load::{ARTIFACT, load, load_file};
