//! What a tree adds to the engine by its register string: parameters, their checks, target methods.

use anyhow::Result;
use indexmap::IndexMap;

use crate::actions::Action;
use crate::config::GraphConfig;
use crate::continuing::Made;
use crate::decision::Variant;
use crate::graph::TaskGraph;
use crate::keypath::KeyPath;
use crate::kind::Kind;
use crate::params::Params;
use crate::problem::Problem;
use crate::shape::{Field, Misfit};
use crate::task::Label;
use crate::tree::Tree;
use crate::upgrade::{Draft, Upgrade};
use crate::urls::Question;
use crate::value::Str;

/// Picks labels of the full graph. Never invents one.
pub type TargetMethod = fn(&TaskGraph, &Params, &GraphConfig) -> Result<Vec<Label>>;

/// Adds to the parameters of a decision what only the tree knows.
pub type DecisionParameters = fn(&mut Params, &Tree) -> Result<()>;

/// Checks parameters beyond their shapes, knowing the kinds of the tree. Says where keys stand that are wrong, or have no
/// effect.
pub type Check = fn(&Params, &IndexMap<Str, Kind>) -> Vec<Problem>;

/// The files of datasets that the parameters name by url: the key of each, and the url.
pub type DatasetFiles = fn(&Params) -> Vec<(KeyPath, String)>;

/// What a register string stands for.
#[derive(Default)]
pub struct Extension {
    /// Parameters that the tree needs besides the base ones.
    pub parameters: &'static [Field],
    /// Checks what the tree adds to config.yml.
    pub config: Option<fn(&GraphConfig) -> Vec<Misfit>>,
    /// Checks the parameters beyond their shapes. Positions are found through the parameters themselves.
    pub check: Option<Check>,
    /// Finds what does not hold for a full graph of this tree, besides what has to hold for every graph.
    pub verify: Option<fn(&TaskGraph) -> Vec<Problem>>,
    /// The urls that have to be asked before a graph is made.
    pub questions: Option<fn(&Params) -> Vec<Question>>,
    /// Whether the run reads a file of a model that becomes this. All of them are mounted.
    pub reads: Option<fn(Variant, &str) -> bool>,
    /// What the tree's training configs looked like before: rewrites older ones.
    pub history: Option<fn(&mut Draft, &mut Upgrade)>,
    /// What the parameters hand in that earlier runs have made. They have been checked.
    pub given: Option<fn(&Params) -> Vec<Given>>,
    /// What the tasks of a run make that the config of a later one can hand in.
    pub made: Option<fn() -> Vec<Made>>,
    /// The files of datasets that are named by their urls.
    pub dataset_files: Option<DatasetFiles>,
    /// Target methods by name.
    pub target_methods: &'static [(&'static str, TargetMethod)],
    /// What `taskgraph.decision-parameters` in config.yml may name.
    pub decision_parameters: &'static [(&'static str, DecisionParameters)],
    /// The actions of the tree, besides those that every tree has.
    pub actions: &'static [Action],
    /// The training config, if the tree trains something.
    pub training: Option<&'static Training>,
    /// Defaults: the name of a parameter, and the file of the tree (relative to its root) that has its value.
    pub defaults: Vec<(&'static str, String)>,
}

/// Something that an earlier run has made, and a training config hands in, so that it is not made again.
#[derive(Clone, Debug)]
pub struct Given {
    /// The path of its key among the parameters. Tasks and stubs name it in their [`Reuse`](crate::decision::Reuse).
    pub path: KeyPath,
    /// What it is: `model`, `corpus`, `vocabulary`.
    pub what: &'static str,
    /// Where it comes from: the key of each url below `path`, and the url.
    pub urls: Vec<(KeyPath, Str)>,
}

/// Where things stand in the parameters of a tree that trains models. All paths are dotted, from the parameters.
#[derive(Debug)]
pub struct Training {
    /// The parameter that is the training config: `training_config`.
    pub parameter: &'static str,
    /// The name of the experiment.
    pub name: &'static str,
    /// The language that is translated from.
    pub src: &'static str,
    /// The language that is translated to.
    pub trg: &'static str,
    /// The stage whose tasks are asked for. Tasks have it as their attribute `stage`.
    pub stage: &'static str,
    /// The target method that asks for the tasks of a stage.
    pub target_method: &'static str,
    /// The datasets, `provider_name` each, by category. A kind says in `dataset-config.provider` whose it takes.
    pub datasets: &'static str,
    /// The number of parts that the data is split into: more of them are more of the same tasks.
    pub chunks: &'static str,
    /// The pretrained models, by kind.
    pub models: &'static str,
    /// Where the models may stand, too. They are moved before anything reads them.
    pub models_elsewhere: &'static str,
    /// The sections that hand in what earlier runs have made. Without them, all is made anew.
    pub reuse: &'static [&'static str],
    /// What people call those sections, in the plural or without a number: `pretrained models`.
    pub reuse_name: &'static str,
    /// The kinds that can start from a model.
    pub kinds: &'static [&'static str],
    /// Keys that only the `train` action reads.
    pub action_keys: &'static [&'static str],
    /// The layout of the tree's training configs.
    pub layout: Layout,
    /// The layouts of other trees.
    pub other_layouts: &'static [Layout],
    /// Keys that mean something in trees of another layout, and what to write in this one.
    pub other_keys: &'static [(&'static str, &'static str)],
}

/// What tells the training configs of some trees from those of others.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// The name: the month of the tree that it was taken from.
    pub name: &'static str,
    /// Where trees of this layout can be had.
    pub repository: &'static str,
    /// Paths of keys that only this layout has.
    pub keys: &'static [&'static str],
    /// What can be done with a config of this layout but to take another tree; it follows the name of that tree.
    pub otherwise: &'static str,
}

/// What the tests of several rooms begin with: the parameter `t`, and nothing in it has a place.
#[cfg(test)]
pub(crate) const NOTHING: Training = Training {
    parameter: "t",
    name: "",
    src: "",
    trg: "",
    stage: "",
    target_method: "",
    datasets: "",
    chunks: "",
    models: "",
    models_elsewhere: "",
    reuse: &[],
    reuse_name: "",
    kinds: &[],
    action_keys: &[],
    layout: Layout { name: "", repository: "", keys: &[], otherwise: "" },
    other_layouts: &[],
    other_keys: &[],
};
