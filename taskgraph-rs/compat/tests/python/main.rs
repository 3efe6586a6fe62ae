//! Values, text and YAML, compared with what Python and PyYAML made of the same input.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]
#![allow(clippy::disallowed_methods, reason = "a test starts programs")]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test says what it counted and what it left out"
)]

mod tables;
mod text;
mod typed_nodes;
mod typed_values;
mod yaml_differential;
mod yaml_table;
