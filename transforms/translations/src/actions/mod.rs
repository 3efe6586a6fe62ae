//! The actions of the pipeline.

mod evaluate;
mod rebuild_images_and_toolchains;
mod train;

use taskgraph_decision::actions::Action;

/// The actions of the tree of December 2024.
pub(crate) const ACTIONS_2024: &[Action] =
    &[train::TRAIN_2024, rebuild_images_and_toolchains::REBUILD_DOCKER_IMAGES_AND_TOOLCHAINS];

/// The actions of the tree of July 2026.
pub(crate) const ACTIONS_2026: &[Action] = &[
    train::TRAIN_2026,
    evaluate::EVALUATE,
    rebuild_images_and_toolchains::REBUILD_DOCKER_IMAGES_AND_TOOLCHAINS,
];
