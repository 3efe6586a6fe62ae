//! The docker images of a tree: the tasks that make them, built on this machine or loaded from what a task has left.

mod build;
mod graph;
mod load;

pub use build::{ImageSources, build, check, own_tag, pack};
pub use graph::{Images, image_name};
pub use load::{ARTIFACT, load, load_file};
