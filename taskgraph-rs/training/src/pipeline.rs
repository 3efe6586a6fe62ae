//! The training pipeline of a tree: the paths of its training config, and what previews, checks and upgrades need
//! to know of it. Part of the extension of the tree.

use crate::model::Variant;
use crate::product::Product;
use crate::upgrade::{Draft, Upgrade};
use taskgraph::diagnostics::Problem;
use taskgraph::extension::Extension;
use taskgraph::generator::Project;
use taskgraph::known_python::Role;
use taskgraph::parameters::Params;
use taskgraph_compat::value::Str;
use taskgraph_compat::value::path::KeyPath;

/// The files of datasets that the parameters name by url: the key of each, and the url.
pub type DatasetFiles = fn(&Params) -> Vec<(KeyPath, String)>;

/// Training pipeline of a tree. Extensions carry it among their [`additions`](Extension::additions).
pub struct TrainingPipeline {
    /// Keys of the training config in the parameters.
    pub training: &'static Training,
    /// Whether the run reads a file of a model that becomes this. All of them are mounted.
    pub reads: fn(Variant, &str) -> bool,
    /// Rewrites training configs of earlier versions of the tree.
    pub history: fn(&mut Draft, &mut Upgrade),
    /// Returns the inputs in the parameters that earlier runs have made. They have been checked.
    pub given: fn(&Params) -> Vec<ProvidedInput>,
    /// Returns the products of the tasks of a run that the config of a later one can take.
    pub products: fn() -> Vec<Product>,
    /// The files of datasets that are named by their urls.
    pub dataset_files: DatasetFiles,
}

impl TrainingPipeline {
    /// The training pipeline of a tree, if it trains something.
    pub fn of(extension: &Extension) -> Option<&TrainingPipeline> {
        extension.additions.get()
    }
}

/// Returns the keys of the training config of a tree, if it trains something.
pub fn of(extension: &Extension) -> Option<&'static Training> {
    TrainingPipeline::of(extension).map(|pipeline| pipeline.training)
}

/// Builds the problem of a tree without a training config.
pub fn no_training(project: &Project) -> Problem {
    let message = format!("`{}` trains nothing: it has no training config", project.tree.name());
    let help =
        "a tree of the translations pipeline has `register: translations_taskgraph:register` in config.yml";
    Problem::error("no-training", message).help(help)
}

/// Returns the inputs in the parameters that earlier runs have made; nothing if only the tree's Python knows its
/// parameters.
pub fn given(extension: &Extension, params: &Params) -> Vec<ProvidedInput> {
    if extension.left_to_python.contains(&Role::Parameters) {
        return Vec::new();
    }
    TrainingPipeline::of(extension).map(|pipeline| (pipeline.given)(params)).unwrap_or_default()
}

/// Something that an earlier run has made, and a training config hands in, so that it is not made again.
#[derive(Clone, Debug)]
pub struct ProvidedInput {
    /// The path of its key among the parameters. Tasks and tasks name it in their [`Reuse`](crate::model::Reuse).
    pub path: KeyPath,
    /// Sort of the input: `model`, `corpus`, `vocabulary`.
    pub what: &'static str,
    /// Source: the key of each url below `path`, and the url.
    pub urls: Vec<(KeyPath, Str)>,
}

/// Keys of the training config of a tree that trains models. All paths are dotted, from the parameters.
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
    /// Alternative place of the models. They are moved before anything reads them.
    pub models_elsewhere: &'static str,
    /// The sections that hand in what earlier runs have made. Without them, all is made anew.
    pub reuse: &'static [&'static str],
    /// Name of those sections for users, in the plural or uncountable: `pretrained models`.
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

impl Training {
    /// Moves models from the other place where they may stand to the one where kinds read them. If they stand in both,
    /// nothing is moved: the tree's own check refuses that.
    pub fn move_models(&self, params: &mut Params) {
        params.relocate(&KeyPath::dotted(self.models_elsewhere), &KeyPath::dotted(self.models));
    }
}

/// Layout of training configs: distinguishes those of some trees from those of others.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// The name: the month of the tree that it was taken from.
    pub name: &'static str,
    /// Repository with trees of this layout.
    pub repository: &'static str,
    /// Paths of keys that only this layout has.
    pub keys: &'static [&'static str],
    /// Alternative to taking another tree for a config of this layout; it follows the name of that tree.
    pub otherwise: &'static str,
}

/// Pipeline for tests: the parameter `t`, without any keys.
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
