//! `train`: a training config becomes a training. This is how pretrained models reach Firefox CI.

mod action;
mod check;
mod form;
mod groups;
mod numbers;
mod stage;
mod wish;

pub use action::{TRAIN_2024, TRAIN_2026};
