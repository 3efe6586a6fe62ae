//! `graph preview`: its report, its formats, and the configs that it refuses.

mod continuation;
mod estimates;
mod formats;
mod json;
mod keys;
mod pretrained_student;
mod report;
