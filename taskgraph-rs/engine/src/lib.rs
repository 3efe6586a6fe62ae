//! Taskgraph: from a tree of kinds and a set of parameters to a task graph.
//!
//! - [`Tree`] is the folder with `config.yml` and the kinds, on disk or embedded in a program.
//! - [`Registry`] maps the strings of a tree to what they stand for: transforms, worker implementations, optimization
//!   strategies, extensions. There is no global one.
//! - [`Project`] is a tree that is read: its [`GraphConfig`] and its [`Kind`]s, in the order in which they are
//!   generated. It serves any number of graphs.
//! - [`Params`] are the parameters of one graph. The graph depends on them, the project and the [`Settings`] alone.
//! - A kind has task descriptions ([`TaskDescription`]), and names [`Transform`]s, which convert descriptions and see a
//!   [`Context`] and nothing else: [`each`] alone, or the [`whole_kind`]. What the last one returns are [`Task`]s.
//! - [`Project::full`] returns all tasks of all kinds with their edges ([`Full`]), [`Project::target`] those that are
//!   wanted with what they need ([`Targets`]), [`Project::optimize`] what is left of these once tasks are removed or
//!   replaced ([`OptimizedGraph`]), [`Project::morph`] the graph as it is created ([`MorphedGraph`]). Each holds a
//!   [`TaskGraph`], and beside it what was decided for each label, and why.
//! - Mistakes of the input are [`Problem`]s with file, line and path. An [`Error`] carries all that were found, or says
//!   that the input is not to blame.
//!
//! # Example
//!
//! A tree of one kind, whose transform converts a command into a task:
//!
//! ```
//! use std::collections::BTreeSet;
//! use std::time::SystemTime;
//!
//! use taskgraph::{
//!     Context, Fields as _, Map, Params, Project, Registry, Settings, TaskDescription, TransformInfo, Tree, each,
//! };
//!
//! const CONFIG: &str = "
//! trust-domain: example
//! task-priority: low
//! workers: {aliases: {}}
//! taskgraph: {repositories: {example: {name: example}}}
//! ";
//!
//! const KIND: &str = "
//! loader: taskgraph.loader.transform:loader
//! transforms: [example.transforms.command]
//! tasks:
//!     hello: {description: Greets, command: [echo, hello]}
//!     bye: {description: Leaves, command: [echo, bye]}
//! ";
//!
//! fn command(ctx: &Context<'_>, description: &mut TaskDescription) -> anyhow::Result<()> {
//!     let label = format!("{}-{}", ctx.kind.name, description.text("name")?);
//!     description.put("label", label);
//!     description.put("attributes", Map::default());
//!     if let Some(command) = description.take("command") {
//!         description.map_at("task")?.map_at("payload")?.put("command", command);
//!     }
//!     Ok(())
//! }
//!
//! # fn main() -> taskgraph::Result<()> {
//! let tree = Tree::embedded(&[("config.yml", CONFIG), ("kinds/greeting/kind.yml", KIND)]);
//! let info = TransformInfo::new("example.transforms.command", "Converts a command into a task.");
//! let registry = Registry::default().transform(info, each(command));
//! let project = Project::load(tree, &registry, &BTreeSet::new())?;
//!
//! let mut params = Params::default();
//! project.complete(&mut params, SystemTime::now())?;
//! let full = project.full(&params, &Settings::default())?;
//!
//! let labels: Vec<&str> = full.graph.labels().into_iter().map(|label| label.as_str()).collect();
//! assert_eq!(labels, ["greeting-bye", "greeting-hello"]);
//! # Ok(())
//! # }
//! ```
//!
//! # Invariants
//!
//! This package opens no connection, reads no environment and prints nothing. It starts no process but git, in
//! [`tree`]. What comes from outside is an argument: index look-ups, checks of urls, the time, the worker that runs the
//! Python of a tree. It knows nothing of training configs.

pub mod diagnostics;
pub mod extension;
pub mod generator;
pub mod graph;
pub mod graph_config;
pub mod keyed_by;
pub mod kind_schema;
pub mod known_python;
pub mod known_urls;
pub mod loader;
pub mod morph;
pub mod mozilla_taskgraph_version;
pub mod newer_taskgraph;
pub mod optimize;
pub mod parameters;
pub(crate) mod parts;
pub mod python_worker;
pub mod registry;
pub mod schema;
pub mod settings;
pub mod task;
pub mod task_source;
pub mod taskgraph_version;
pub mod transform;
pub mod tree;
pub mod type_map;

pub use diagnostics::error;
pub use diagnostics::{Problem, Problems};
pub use error::{Error, Result};
pub use extension::Extension;
pub use generator::target_tasks::Targets;
pub use generator::{Full, OptimizeRequest, Project};
pub use graph::TaskGraph;
pub use graph_config::GraphConfig;
pub use morph::MorphedGraph;
pub use optimize::OptimizedGraph;
pub use parameters::Params;
pub use registry::Registry;
pub use schema::Schema;
pub use schema::fields::Fields;
pub use settings::Settings;
pub use task::{Label, Task};
pub use transform::kind::Kind;
pub use transform::{Context, TaskDescription, Transform, TransformInfo, each, fan_out, prepare, whole_kind};
pub use tree::Tree;

pub use taskgraph_compat::value::{Map, Str, Value};
