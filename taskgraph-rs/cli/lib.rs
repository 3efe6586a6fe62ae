//! The command line of taskgraph-rs. The library returns, this prints.
//!
//! A program with transforms of its own is a `main` that calls [`run`] with a longer table:
//!
//! ```no_run
//! # use taskgraph::transform::{Context, Stub};
//! # fn shout(_: &Context<'_>, stubs: Vec<Stub>) -> anyhow::Result<Vec<Stub>> { Ok(stubs) }
//! fn main() -> std::process::ExitCode {
//!     taskgraph_rs::run(&taskgraph_rs::registry().transform("my.transforms.shout", shout))
//! }
//! ```

mod actions;
mod answers;
mod args;
mod bar;
mod base;
mod build_image;
mod callback;
mod config;
mod container;
mod creation;
mod decision;
mod doctor;
mod embedded;
mod ending;
mod environment;
mod graph;
mod image_digest;
mod images;
mod init;
mod interruption;
mod kind_graph;
mod known_urls;
mod load_image;
mod load_task;
mod manual;
mod medium;
mod output;
mod parameters;
mod phase;
mod plumbing;
mod preview;
mod progress;
mod python;
mod report;
mod shown;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser as _;
use taskgraph::error::Machine;
use taskgraph::problem::Problems;
use taskgraph::submit::CreateFailure;
use taskgraph::transform::Registry;
use taskgraph_python::interruption::Interrupted;

/// The table of what ships: what the strings in kind.yml stand for.
pub use taskgraph_transforms::registry;

use args::{Args, Command, ConfigCommand, GraphCommand};
use interruption::{INTERRUPTED, Interruption};
use phase::Phase;
use report::Reporter;

/// How a call ends. Documented in docs/exit-status.md.
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
                Err(error) => Err(Machine(error.to_string()).into()),
            };
            let status = status.unwrap_or_else(|error| tell(error, &reporter));
            python.end();
            if let (Status::Interrupted, Ok(interruption)) = (status, &interruption) {
                interruption.end();
            }
            status
        }
        Err(error) => {
            // If this cannot be printed, there is nobody to tell.
            let _ = error.print();
            match error.use_stderr() {
                false => Status::Fine,
                true if environment::has_argument("--exit-code") => Status::RefusedDiff,
                true => Status::Refused,
            }
        }
    };
    ExitCode::from(status.code())
}

fn call(command: Command, registry: &Registry, reporter: &Reporter) -> Result<Status> {
    match command {
        Command::ActionCallback(options) => callback::run(&options, registry, reporter),
        Command::TestActionCallback(options) => callback::test(&options, registry, reporter),
        Command::Actions(options) => actions::show(&options, registry, reporter),
        Command::Tasks(options) => plumbing::show(&options, Phase::Tasks, registry, reporter),
        Command::Full(options) => plumbing::show(&options, Phase::Full, registry, reporter),
        Command::Target(options) => plumbing::show(&options, Phase::Target, registry, reporter),
        Command::TargetGraph(options) => plumbing::show(&options, Phase::TargetGraph, registry, reporter),
        Command::Optimized(options) => {
            plumbing::show_optimized(&options, Phase::Optimized, registry, reporter)
        }
        Command::Morphed(options) => plumbing::show_optimized(&options, Phase::Morphed, registry, reporter),
        Command::ImageDigest(options) => image_digest::run(&options, registry, reporter),
        Command::BuildImage(options) => build_image::run(&options, registry, reporter),
        Command::Init(options) => init::run(&options),
        Command::LoadImage(options) => load_image::run(&options, registry, reporter),
        Command::LoadTask(options) => load_task::run(&options, registry, reporter),
        Command::KindGraph(options) => kind_graph::run(&options),
        Command::Decision(options) => decision::run(*options, registry, reporter),
        Command::Doctor(options) => doctor::run(&options, registry, reporter),
        Command::Graph(GraphCommand::Preview(options)) => preview::run(&options, registry, reporter),
        Command::Graph(GraphCommand::Diff(options)) => graph::diff(&options, registry, reporter),
        Command::Graph(GraphCommand::Explain(options)) => graph::explain(&options, registry, reporter),
        Command::Graph(GraphCommand::Path(options)) => graph::path(&options, registry, reporter),
        Command::Config(ConfigCommand::Check(options)) => config::check(&options, registry, reporter),
        Command::Config(ConfigCommand::Upgrade(options)) => config::upgrade(&options, registry, reporter),
        Command::Config(ConfigCommand::Continue(options)) => config::go_on(&options, registry, reporter),
        Command::Config(ConfigCommand::Schema(options)) => config::schema(&options, registry),
        Command::Config(ConfigCommand::Init(options)) => config::init(&options, registry),
        Command::Completions(options) => manual::completions(&options),
        Command::Man(options) => manual::man(&options),
    }
}

/// Tells an error, and says whose fault it is.
fn tell(error: anyhow::Error, reporter: &Reporter) -> Status {
    match Problems::from_error(error) {
        Ok(problems) => {
            reporter.problems(&problems);
            reporter.refused(&problems);
            Status::Refused
        }
        Err(error) => {
            if error.chain().any(|cause| cause.is::<Interrupted>()) {
                anstream::eprintln!("interrupted; nothing was generated");
                return Status::Interrupted;
            }
            match error.downcast_ref::<CreateFailure>() {
                // Why is told with the tasks that it is about.
                Some(failure) if !failure.refused.is_empty() => {
                    creation::tell(failure);
                    reporter.machine(&anyhow::Error::msg(failure.to_string()));
                }
                Some(failure) => {
                    creation::tell(failure);
                    reporter.machine(&error);
                }
                None => reporter.machine(&error),
            }
            Status::Machine
        }
    }
}
