//! Input that means harm, or is only odd: a clear error or the right result, and never a panic, a hang, a file that
//! nobody asked for, a secret that is shown, or a character that acts on a terminal.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]
#![allow(clippy::disallowed_methods, reason = "a test starts programs")]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test says what it counted and what it left out"
)]

#[path = "../support/mod.rs"]
mod support;

mod configs;
mod folder;
mod kinds;
mod network;
mod optimize;
mod output;
mod server;
mod url_checks;
mod yaml;
