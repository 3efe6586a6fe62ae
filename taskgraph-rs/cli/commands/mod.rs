//! The commands, one file or folder each.

pub(crate) mod action_callback;
pub(crate) mod actions;
pub(crate) mod build_image;
pub(crate) mod config;
pub(crate) mod decision;
pub(crate) mod doctor;
pub(crate) mod graph;
pub(crate) mod image_digest;
pub(crate) mod init;
pub(crate) mod kind_graph;
pub(crate) mod load_image;
pub(crate) mod load_task;
pub(crate) mod manual;
pub(crate) mod preview;
pub(crate) mod show;
pub(crate) mod transforms;
