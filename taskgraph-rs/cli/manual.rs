//! Completions for shells, and man pages: both out of the command line's own definition.

use std::fs;

use anyhow::{Context as _, Result};
use clap::CommandFactory as _;
use taskgraph::problem::Machine;

use crate::Status;
use crate::args::{Args, CompletionsOptions, ManOptions};
use crate::output::write;

/// Prints the completions for a shell.
pub fn completions(options: &CompletionsOptions) -> Result<Status> {
    let mut command = Args::command();
    let name = command.get_name().to_owned();
    write(None, |out| {
        clap_complete::generate(options.shell, &mut command, name, &mut &mut *out);
        Ok(())
    })?;
    Ok(Status::Fine)
}

/// Prints the man page of the program, or writes one for each command into a folder.
pub fn man(options: &ManOptions) -> Result<Status> {
    let mut command = Args::command();
    command.build();
    let Some(folder) = &options.directory else {
        write(None, |out| Ok(clap_mangen::Man::new(command).render(&mut &mut *out)?))?;
        return Ok(Status::Fine);
    };
    fs::create_dir_all(folder).with_context(|| Machine(format!("`{}` cannot be made", folder.display())))?;
    clap_mangen::generate_to(command, folder)
        .with_context(|| Machine(format!("`{}` cannot be written to", folder.display())))?;
    Ok(Status::Fine)
}
