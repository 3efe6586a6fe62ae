//! The commands and their flags: the names that people know from Taskgraph.

use crate::args::{GraphOptions, PythonOptions};
use crate::commands::action_callback::{ActionCallbackOptions, TestActionCallbackOptions};
use crate::commands::actions::ActionsOptions;
use crate::commands::build_image::BuildImageOptions;
use crate::commands::config::check::CheckOptions;
use crate::commands::config::continue_run::ContinueOptions;
use crate::commands::config::init::InitOptions;
use crate::commands::config::schema::SchemaOptions;
use crate::commands::config::upgrade::UpgradeOptions;
use crate::commands::decision::DecisionOptions;
use crate::commands::doctor::DoctorOptions;
use crate::commands::graph::diff_options::DiffOptions;
use crate::commands::graph::explain::ExplainOptions;
use crate::commands::graph::path::PathOptions;
use crate::commands::image_digest::ImageDigestOptions;
use crate::commands::init::InitTreeOptions;
use crate::commands::kind_graph::KindGraphOptions;
use crate::commands::load_image::LoadImageOptions;
use crate::commands::load_task::LoadTaskOptions;
use crate::commands::manual::{CompletionsOptions, ManOptions};
use crate::commands::preview::PreviewOptions;
use crate::commands::show::OptimizedOptions;
use crate::commands::transforms::TransformsOptions;
use clap::{Parser, Subcommand};

/// The end of `--help`. Measured by `benches/compare.py`: docs/performance.md.
const SPEED: &str = "\
The graphs are those of Python Taskgraph. On trees of core kinds they take 23 to 32 times less time than with \
Taskgraph 15.1.3, and 18 to 31 times less than with 24.5.1.";

/// Task graphs for Taskcluster: generates, explains and previews what a training config would run.
#[derive(Parser)]
#[command(name = "taskgraph-rs", version, max_term_width = 100, after_long_help = SPEED)]
pub(crate) struct Args {
    /// Command to run.
    #[command(subcommand)]
    pub command: Command,

    /// Python support.
    #[command(flatten)]
    pub python: PythonOptions,
}

/// Commands.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Show all tasks of all kinds, without edges between them
    Tasks(GraphOptions),
    /// Show the full task graph: all tasks, with their dependencies
    Full(GraphOptions),
    /// Show the tasks that the parameters ask for, without edges between them
    Target(GraphOptions),
    /// Show the tasks that the parameters ask for, and all they need
    TargetGraph(GraphOptions),
    /// Show what of the target graph has to run: tasks that ran before are replaced, and what nothing needs is gone
    Optimized(OptimizedOptions),
    /// Show the optimized graph in the form that Taskcluster takes
    Morphed(OptimizedOptions),
    /// Print the digest of a docker image, as the content of the tree makes it
    ImageDigest(ImageDigestOptions),
    /// Build a docker image of the tree on this machine
    BuildImage(BuildImageOptions),
    /// Create a tree: .taskcluster.yml and the folder taskcluster, in a git repository that has none
    Init(InitTreeOptions),
    /// Load a docker image that a task has built: the one for what the tree has, or that of a task
    LoadImage(LoadImageOptions),
    /// Run a task in a container on this machine
    LoadTask(Box<LoadTaskOptions>),
    /// Show the kinds and what they depend on
    KindGraph(KindGraphOptions),
    /// Show actions.json: the actions that a decision offers for its task group
    Actions(ActionsOptions),
    /// Decide what runs for a push, a pull request or a schedule: write the artifacts and create the tasks
    Decision(Box<DecisionOptions>),
    /// Run an action callback. Reads the action from the environment
    ActionCallback(ActionCallbackOptions),
    /// Show what an action would do: nothing is created, cancelled or rerun
    TestActionCallback(TestActionCallbackOptions),
    /// Show what of a tree is made natively and what by its Python, why, what is missing to make it, and what newer
    /// versions of Taskgraph refuse of it
    Doctor(DoctorOptions),
    /// List the transforms that kinds can name, with the sections they take
    Transforms(TransformsOptions),
    /// Inspect a graph before it runs
    #[command(subcommand)]
    Graph(GraphCommand),
    /// Check, upgrade and create training configs
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print completions for a shell
    Completions(CompletionsOptions),
    /// Print the man page, or write the pages of all commands
    Man(ManOptions),
}

/// Commands that inspect a graph before it runs.
#[derive(Subcommand)]
pub(crate) enum GraphCommand {
    /// Show what a training config would run: which models, which tasks, on what, and what is wrong with it
    Preview(PreviewOptions),
    /// Show the differences between two graphs: of two configs, of two revisions of the tree, or from files
    Diff(DiffOptions),
    /// Explain why a task is in the graph and where its definition comes from
    Explain(ExplainOptions),
    /// Show the paths on which one task depends on another
    Path(PathOptions),
}

/// Commands for training configs.
#[derive(Subcommand)]
pub(crate) enum ConfigCommand {
    /// Check training configs, many files at once
    Check(CheckOptions),
    /// Rewrite out-of-date configs so that the tree reads them
    Upgrade(UpgradeOptions),
    /// Write the section that continues from the products of an earlier run: models, corpora, vocabularies
    Continue(ContinueOptions),
    /// Print the JSON Schema of training configs, for editors
    Schema(SchemaOptions),
    /// Create a training config for a pair of languages
    Init(InitOptions),
}
