//! Pretrained models of tasks, and the relation of tasks to earlier runs. Tasks carry both among their extensions, as
//! the engine has no training.

use std::sync::Arc;

use serde::Serialize;
use taskgraph::type_map::TypeMap;
use taskgraph_compat::value::Str;
use taskgraph_compat::value::path::KeyPath;

/// Start of a training from a pretrained model.
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
    /// Start of the task's training.
    pub variant: Variant,
    /// The `type` of the config, handed to the training script as it is.
    #[serde(rename = "type")]
    pub model_type: Str,
    /// One url for each member of the ensemble, in order.
    pub urls: Vec<Str>,
    /// The files that are mounted; none if the task fetches the model itself.
    pub files: Vec<Str>,
    /// Their mount point: `./artifacts`.
    pub directory: Option<Str>,
    /// Names of dependencies that the task has no longer.
    pub dropped: Vec<Str>,
}

/// Relation of a task to the products of earlier runs. A path is that of a key among the parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reuse {
    /// Key whose data it fetches.
    pub brings: Option<KeyPath>,
    /// Dependencies that it has in the place of others.
    pub moved: Vec<MovedDependency>,
    /// Reason for which Python Taskgraph makes no such task, if that is a deliberate difference.
    pub only_here: Option<OnlyHere>,
}

/// Deliberate difference: a task that Python Taskgraph does not make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnlyHere {
    /// Behavior of Python Taskgraph.
    pub why: Str,
    /// The key because of which it does.
    pub by: KeyPath,
}

/// A dependency that stands in the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedDependency {
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
    /// Returns the task's relation to earlier runs.
    fn reuse(&self) -> Option<&Reuse>;
    /// Returns the task's relation to earlier runs, to extend it.
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
