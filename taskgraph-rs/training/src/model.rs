//! Pretrained models of tasks, and what tasks have to do with earlier runs. Tasks carry both among their extensions, as the
//! engine knows neither.

use std::sync::Arc;

use serde::Serialize;
use taskgraph::type_map::TypeMap;
use taskgraph_compat::value::Str;
use taskgraph_compat::value::path::KeyPath;

/// What becomes of a task that starts from a pretrained model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variant {
    /// `use`: the model is downloaded and published as it is; nothing is trained.
    DownloadOnly,
    /// `continue`: training goes on from the checkpoint.
    Continue,
    /// `init`: the weights are initialised through Marian's `--pretrained-model`.
    Init,
}

impl Variant {
    /// In words: `download only`, `continue`, `init`.
    pub fn words(self) -> &'static str {
        match self {
            Variant::DownloadOnly => "download only",
            Variant::Continue => "continue",
            Variant::Init => "init",
        }
    }
}

/// The pretrained model that a task starts from.
#[derive(Clone, Debug, Serialize)]
pub struct Model {
    /// What becomes of the task.
    pub variant: Variant,
    /// The `type` of the config, handed to the training script as it is.
    #[serde(rename = "type")]
    pub model_type: Str,
    /// One url for each member of the ensemble, in order.
    pub urls: Vec<Str>,
    /// The files that are mounted; none if the task fetches the model itself.
    pub files: Vec<Str>,
    /// Where they are mounted: `./artifacts`.
    pub directory: Option<Str>,
    /// Names of dependencies that the task has no longer.
    pub dropped: Vec<Str>,
}

/// What a task has to do with what earlier runs have made. A path is that of a key among the parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reuse {
    /// What it brings into the graph.
    pub brings: Option<KeyPath>,
    /// Dependencies that it has in the place of others.
    pub moved: Vec<Moved>,
    /// Why Python Taskgraph makes no such task, if that is one of the differences on purpose.
    pub only_here: Option<OnlyHere>,
}

/// Why Python Taskgraph does not make a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnlyHere {
    /// What it does instead.
    pub why: Str,
    /// The key because of which it does.
    pub by: KeyPath,
}

/// A dependency that stands in the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The name of the one that is gone.
    pub from: Str,
    /// The name of the one in its place; nothing if nothing took its place.
    pub to: Option<Str>,
    /// The key because of which it moved.
    pub by: KeyPath,
}

/// Reads and writes the model and the reuse among the extensions of a task or of a task description.
pub trait TrainingExtensions {
    /// The pretrained model that the task starts from, if it does.
    fn model(&self) -> Option<&Model>;
    /// Sets the pretrained model that the task starts from.
    fn set_model(&mut self, model: Arc<Model>);
    /// What the task has to do with what earlier runs have made.
    fn reuse(&self) -> Option<&Reuse>;
    /// What the task has to do with what earlier runs have made, to note more.
    fn reuse_mut(&mut self) -> &mut Reuse;
}

impl TrainingExtensions for TypeMap {
    fn model(&self) -> Option<&Model> {
        self.get()
    }

    fn set_model(&mut self, model: Arc<Model>) {
        self.insert_shared(model);
    }

    fn reuse(&self) -> Option<&Reuse> {
        self.get()
    }

    fn reuse_mut(&mut self) -> &mut Reuse {
        self.get_mut_or_default()
    }
}
