//! `graph preview`: its report, its formats, and the configs that it refuses.

mod estimates;
mod formats;
mod json;
mod pretrained_student;
mod report;
