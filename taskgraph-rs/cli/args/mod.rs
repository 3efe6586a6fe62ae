//! The commands and their flags: the names that people know from Taskgraph.

mod config;
mod diff;
mod explain;
mod kind_graph;
mod manual;
mod path;
mod preview;
mod show;

use clap::{Parser, Subcommand};

pub use config::{CheckFormat, CheckOptions, InitOptions, ModelMode, SchemaOptions, UpgradeOptions};
pub use diff::DiffOptions;
pub use explain::ExplainOptions;
pub use kind_graph::{KindGraphFormat, KindGraphOptions};
pub use manual::{CompletionsOptions, ManOptions};
pub use path::ConfigOptions;
pub use path::PathOptions;
pub use preview::PreviewOptions;
pub use show::{GraphOptions, TreeOptions};

/// Task graphs for Taskcluster: generates, explains and previews what a training config would run.
#[derive(Parser)]
#[command(name = "taskgraph-rs", version, max_term_width = 100)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Subcommand)]
pub enum Command {
    /// Show all tasks of all kinds, without edges between them
    Tasks(GraphOptions),
    /// Show the full task graph: all tasks, with their dependencies
    Full(GraphOptions),
    /// Show the tasks that the parameters ask for, without edges between them
    Target(GraphOptions),
    /// Show the tasks that the parameters ask for, and all they need
    TargetGraph(GraphOptions),
    /// Show the kinds and what they depend on
    KindGraph(KindGraphOptions),
    /// Look at a graph before it runs
    #[command(subcommand)]
    Graph(GraphCommand),
    /// Look after training configs
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print completions for a shell
    Completions(CompletionsOptions),
    /// Print the man page, or write the pages of all commands
    Man(ManOptions),
}

/// What can be done with a graph that does not run yet.
#[derive(Subcommand)]
pub enum GraphCommand {
    /// Show what a training config would run: which models, which tasks, on what, and what is wrong with it
    Preview(PreviewOptions),
    /// Show what differs between two graphs: of two configs, of two revisions of the tree, or out of files
    Diff(DiffOptions),
    /// Show why a task is there and looks as it does
    Explain(ExplainOptions),
    /// Show how one task comes to depend on another
    Path(PathOptions),
}

/// What can be done with training configs.
#[derive(Subcommand)]
pub enum ConfigCommand {
    /// Tell all that is wrong with training configs, many files at once
    Check(CheckOptions),
    /// Rewrite out-of-date configs so that the tree reads them
    Upgrade(UpgradeOptions),
    /// Print what a training config looks like, as JSON Schema for editors
    Schema(SchemaOptions),
    /// Begin a training config for a pair of languages
    Init(InitOptions),
}
