//! `train`: a training config becomes a training. This is how pretrained models reach Firefox CI.

mod action;
mod check;
mod from_stage;
mod from_task_groups;
mod input;
mod input_schema;
mod json_numbers;

pub(super) use action::{TRAIN_2024, TRAIN_2026};
