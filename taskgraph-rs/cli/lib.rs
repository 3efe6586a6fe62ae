//! The command line of taskgraph-rs.
//!
//! [`run`] reads flags and the environment, calls the libraries and prints what they return: data to stdout, diagnostics
//! to stderr. Invariant: it decides nothing about tasks.
//!
//! A program with transforms of its own is a `main` that calls [`run`] with a longer table:
//!
//! ```no_run
//! use taskgraph::transform::{TransformInfo, each};
//!
//! const SHOUT: TransformInfo = TransformInfo::new("my.transforms.shout", "Adds an exclamation mark.");
//!
//! fn main() -> std::process::ExitCode {
//!     # use taskgraph::schema::fields::Fields;
//!     # use taskgraph_rs::{registry, run};
//!     run(&registry().transform(SHOUT, each(|_, description| {
//!         let text = format!("{}!", description.text("description")?);
//!         description.put("description", text);
//!         Ok(())
//!     })))
//! }
//! ```

mod args;
mod command_line;
pub mod commands;
mod config_file;
mod config_graph;
mod container;
mod embedded_kinds;
mod environment;
mod failed_creation;
mod graph_output;
mod images;
mod index_source;
mod interruption;
mod known_urls;
mod output;
mod output_format;
mod output_medium;
mod parameters;
mod phase;
mod progress;
mod progress_bar;
mod python;
mod registry;
mod report;
mod revision_diff;
mod task_source;
pub mod text_layout;
mod threads;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};
use command_line::{Args, Command, ConfigCommand, GraphCommand};
use interruption::{INTERRUPTED, Interruption};
use phase::Phase;
use report::Reporter;
use taskgraph::error::{Error, Result};
use taskgraph::registry::Registry;

/// The table of what ships: what the strings in kind.yml stand for.
pub use registry::registry;

/// Result of a call. Documented in docs/exit-status.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    /// All went well.
    Fine,
    /// There are warnings, and the call is strict.
    Warnings,
    /// The input was refused; nothing was generated.
    Refused,
    /// The machine is at fault: a file, git.
    Machine,
    /// Ctrl-C or SIGTERM has ended what was going on.
    Interrupted,
    /// With `--exit-code`: something differs.
    Differs,
    /// With `--exit-code`: the input was refused.
    RefusedDiff,
    /// `load-task`: what the task ended with.
    Task(u8),
}

impl Status {
    /// The number that the shell sees.
    fn code(self) -> u8 {
        match self {
            Status::Fine => 0,
            Status::Warnings | Status::RefusedDiff => 1,
            Status::Refused | Status::Differs => 2,
            Status::Machine => 3,
            Status::Interrupted => INTERRUPTED,
            Status::Task(code) => code,
        }
    }
}

/// Does what the arguments of the process say, with the transforms, strategies and extensions of a table. Prints, and
/// returns the status that the process is to end with; docs/exit-status.md says what it means.
pub fn run(registry: &Registry) -> ExitCode {
    let status = match Args::try_parse() {
        Ok(args) => {
            let reporter = Reporter::new();
            let python = python::support(&args.python);
            let registry = registry.clone().with_python(python.clone());
            let interruption = Interruption::watch();
            let status = match &interruption {
                Ok(_) => call(args.command, &registry, &reporter),
                Err(error) => Err(Error::machine(error.to_string())),
            };
            let status = status.unwrap_or_else(|error| report_error(error, &reporter));
            python.end();
            if let (Status::Interrupted, Ok(interruption)) = (status, &interruption) {
                interruption.end();
            }
            status
        }
        Err(error) => {
            let printed = error.print();
            match error.use_stderr() {
                false => match output::flush(printed) {
                    Ok(()) => Status::Fine,
                    Err(error) => report_error(error, &Reporter::new()),
                },
                // If this cannot be printed, there is nobody to report it to.
                true if environment::has_argument("--exit-code") => Status::RefusedDiff,
                true => Status::Refused,
            }
        }
    };
    ExitCode::from(status.code())
}

fn call(command: Command, registry: &Registry, reporter: &Reporter) -> Result<Status> {
    match command {
        Command::ActionCallback(options) => commands::action_callback::run(&options, registry, reporter),
        Command::TestActionCallback(options) => commands::action_callback::test(&options, registry, reporter),
        Command::Actions(options) => commands::actions::show(&options, registry, reporter),
        Command::Tasks(options) => commands::show::show(&options, Phase::Tasks, registry, reporter),
        Command::Full(options) => commands::show::show(&options, Phase::Full, registry, reporter),
        Command::Target(options) => commands::show::show(&options, Phase::Target, registry, reporter),
        Command::TargetGraph(options) => {
            commands::show::show(&options, Phase::TargetGraph, registry, reporter)
        }
        Command::Optimized(options) => {
            commands::show::show_optimized(&options, Phase::Optimized, registry, reporter)
        }
        Command::Morphed(options) => {
            commands::show::show_optimized(&options, Phase::Morphed, registry, reporter)
        }
        Command::ImageDigest(options) => commands::image_digest::run(&options, registry, reporter),
        Command::BuildImage(options) => commands::build_image::run(&options, registry, reporter),
        Command::Init(options) => commands::init::run(&options),
        Command::LoadImage(options) => commands::load_image::run(&options, registry, reporter),
        Command::LoadTask(options) => commands::load_task::run(&options, registry, reporter),
        Command::KindGraph(options) => commands::kind_graph::run(&options),
        Command::Decision(options) => commands::decision::run(*options, registry, reporter),
        Command::Doctor(options) => commands::doctor::run(&options, registry, reporter),
        Command::Transforms(options) => commands::transforms::run(&options, registry),
        Command::Graph(GraphCommand::Preview(options)) => {
            commands::preview::run(&options, registry, reporter)
        }
        Command::Graph(GraphCommand::Diff(options)) => commands::graph::diff(&options, registry, reporter),
        Command::Graph(GraphCommand::Explain(options)) => {
            commands::graph::explain(&options, registry, reporter)
        }
        Command::Graph(GraphCommand::Path(options)) => commands::graph::path(&options, registry, reporter),
        Command::Config(ConfigCommand::Check(options)) => {
            commands::config::check(&options, registry, reporter)
        }
        Command::Config(ConfigCommand::Upgrade(options)) => {
            commands::config::upgrade(&options, registry, reporter)
        }
        Command::Config(ConfigCommand::Continue(options)) => {
            commands::config::go_on(&options, registry, reporter)
        }
        Command::Config(ConfigCommand::Schema(options)) => commands::config::schema(&options, registry),
        Command::Config(ConfigCommand::Init(options)) => commands::config::init(&options, registry),
        Command::Completions(options) => commands::manual::completions(&options, Args::command()),
        Command::Man(options) => commands::manual::man(&options, Args::command()),
    }
}

/// Reports an error, and returns the status that stands for it.
fn report_error(error: Error, reporter: &Reporter) -> Status {
    match error {
        Error::Input(problems) => {
            reporter.problems(&problems.0);
            reporter.refused(&problems.0);
            Status::Refused
        }
        Error::Machine(error) => {
            reporter.machine(&error);
            Status::Machine
        }
        Error::Interrupted => {
            anstream::eprintln!("interrupted; nothing was generated");
            Status::Interrupted
        }
    }
}
