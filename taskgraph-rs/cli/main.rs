//! The command line of taskgraph-rs. The library returns, this prints.

mod actions;
mod answers;
mod args;
mod bar;
mod base;
mod callback;
mod config;
mod creation;
mod decision;
mod embedded;
mod environment;
mod graph;
mod image_digest;
mod kind_graph;
mod known_urls;
mod manual;
mod output;
mod parameters;
mod phase;
mod plumbing;
mod preview;
mod progress;
mod report;
mod shown;

use anyhow::Result;
use clap::Parser as _;
use taskgraph::problem::Problems;

use args::{Args, Command, ConfigCommand, GraphCommand};
use phase::Phase;
use report::Reporter;

/// How a call ends. Documented in docs/exit-status.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// All went well.
    Fine,
    /// There are warnings, and the call is strict.
    Warnings,
    /// The input was refused; nothing was generated.
    Refused,
    /// The machine is at fault: a file, git.
    Machine,
    /// With `--exit-code`: something differs.
    Differs,
    /// With `--exit-code`: the input was refused.
    RefusedDiff,
}

impl Status {
    /// The number that the shell sees.
    fn code(self) -> i32 {
        match self {
            Status::Fine => 0,
            Status::Warnings | Status::RefusedDiff => 1,
            Status::Refused | Status::Differs => 2,
            Status::Machine => 3,
        }
    }
}

/// A graph is a great many small allocations: this allocator makes a whole call a quarter faster than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let args = Args::try_parse().unwrap_or_else(|error| {
        // If this cannot be printed, there is nobody to tell.
        let _ = error.print();
        let status = match error.use_stderr() {
            false => Status::Fine,
            true if environment::has_argument("--exit-code") => Status::RefusedDiff,
            true => Status::Refused,
        };
        std::process::exit(status.code())
    });
    let reporter = Reporter::new();
    let status = run(args.command, &reporter).unwrap_or_else(|error| tell(error, &reporter));
    std::process::exit(status.code());
}

fn run(command: Command, reporter: &Reporter) -> Result<Status> {
    match command {
        Command::ActionCallback(options) => callback::run(&options, reporter),
        Command::TestActionCallback(options) => callback::test(&options, reporter),
        Command::Actions(options) => actions::show(&options, reporter),
        Command::Tasks(options) => plumbing::show(&options, Phase::Tasks, reporter),
        Command::Full(options) => plumbing::show(&options, Phase::Full, reporter),
        Command::Target(options) => plumbing::show(&options, Phase::Target, reporter),
        Command::TargetGraph(options) => plumbing::show(&options, Phase::TargetGraph, reporter),
        Command::Optimized(options) => plumbing::show_optimized(&options, Phase::Optimized, reporter),
        Command::Morphed(options) => plumbing::show_optimized(&options, Phase::Morphed, reporter),
        Command::ImageDigest(options) => image_digest::run(&options, reporter),
        Command::KindGraph(options) => kind_graph::run(&options),
        Command::Decision(options) => decision::run(*options, reporter),
        Command::Graph(GraphCommand::Preview(options)) => preview::run(&options, reporter),
        Command::Graph(GraphCommand::Diff(options)) => graph::diff(&options, reporter),
        Command::Graph(GraphCommand::Explain(options)) => graph::explain(&options, reporter),
        Command::Graph(GraphCommand::Path(options)) => graph::path(&options, reporter),
        Command::Config(ConfigCommand::Check(options)) => config::check(&options, reporter),
        Command::Config(ConfigCommand::Upgrade(options)) => config::upgrade(&options, reporter),
        Command::Config(ConfigCommand::Schema(options)) => config::schema(&options),
        Command::Config(ConfigCommand::Init(options)) => config::init(&options),
        Command::Completions(options) => manual::completions(&options),
        Command::Man(options) => manual::man(&options),
    }
}

/// Tells an error, and says whose fault it is.
pub fn tell(error: anyhow::Error, reporter: &Reporter) -> Status {
    match Problems::from_error(error) {
        Ok(problems) => {
            reporter.problems(&problems);
            reporter.refused(&problems);
            Status::Refused
        }
        Err(error) => {
            if let Some(failure) = error.downcast_ref() {
                creation::tell(failure);
            }
            reporter.machine(&error);
            Status::Machine
        }
    }
}
