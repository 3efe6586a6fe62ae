//! Flags of `completions` and `man`.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use clap_complete::Shell;

/// Flags of `completions`.
#[derive(ClapArgs)]
pub struct CompletionsOptions {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Flags of `man`.
#[derive(ClapArgs)]
pub struct ManOptions {
    /// Write a page for each command into this folder [default: print the page of the program]
    #[arg(value_name = "DIR")]
    pub directory: Option<PathBuf>,
}
