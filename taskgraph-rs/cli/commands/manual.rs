//! Completions for shells, and man pages: both out of the command line's own definition.

use crate::Status;
use crate::output::write;
use clap::Args as ClapArgs;
use clap::Command;
use clap_complete::Shell;
use std::fs;
use std::path::PathBuf;
use taskgraph::error::{OrMachine as _, Result};

/// Flags of `completions`.
#[derive(ClapArgs)]
pub(crate) struct CompletionsOptions {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Flags of `man`.
#[derive(ClapArgs)]
pub(crate) struct ManOptions {
    /// Write a page for each command into this folder [default: print the page of the program]
    #[arg(value_name = "DIR")]
    pub directory: Option<PathBuf>,
}

/// Prints the completions for a shell.
pub(crate) fn completions(options: &CompletionsOptions, mut command: Command) -> Result<Status> {
    let name = command.get_name().to_owned();
    // Into memory first: who generates it takes a pipe that is closed for a reason to panic.
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut command, name.clone(), &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    if options.shell == Shell::Bash {
        script = with_one_name(&script, &name);
    }
    write(None, |out| Ok(out.write_all(script.as_bytes())?))?;
    Ok(Status::Fine)
}

/// The generator of clap (4.6) has two names for a program with a dash in its name: one where it looks for the command,
/// and another where it lists what a command takes, so that nothing is found below the first level.
fn with_one_name(script: &str, program: &str) -> String {
    script.replace(
        &format!("{}__subcmd__", program.replace('-', "__subcmd__")),
        &format!("{}__subcmd__", program.replace('-', "__")),
    )
}

/// The commands without `help`, which says of each command what its own page says.
fn without_help(command: Command) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
    let command = command.disable_help_subcommand(true);
    names.into_iter().fold(command, |command, name| command.mut_subcommand(name, without_help))
}

/// Prints the man page of the program, or writes one for each command into a folder.
pub(crate) fn man(options: &ManOptions, command: Command) -> Result<Status> {
    let mut command = without_help(command);
    command.build();
    let Some(folder) = &options.directory else {
        write(None, |out| Ok(clap_mangen::Man::new(command).render(&mut &mut *out)?))?;
        return Ok(Status::Fine);
    };
    fs::create_dir_all(folder).or_machine(|| format!("`{}` cannot be made", folder.display()))?;
    clap_mangen::generate_to(command, folder)
        .or_machine(|| format!("`{}` cannot be written to", folder.display()))?;
    Ok(Status::Fine)
}
