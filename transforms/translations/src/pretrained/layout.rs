//! Layout of models in a training config: their place, their keys and their use, one table a pipeline version.

use crate::pipeline_version::PipelineVersion;
use crate::pretrained::mode::{Mode, TYPES};
use taskgraph::parameters::Params;
use taskgraph::tree::Tree;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_training::pipeline::ProvidedInput;

/// Layout of pretrained models in a pipeline version.
pub struct Layout {
    /// Path of the models in the parameters: key to model.
    pub models: &'static str,
    /// The keys there.
    pub keys: &'static [ModelKey],
    /// Of these, the ones that are documented.
    pub documented: &'static [&'static str],
    /// The kind that makes the vocabulary. A task with a model does not need it: it comes with the model.
    pub vocabulary_kind: &'static str,
    /// The vocabulary beside a model.
    pub vocabulary: Vocabulary,
}

/// A key for a model.
pub struct ModelKey {
    /// The key.
    pub name: &'static str,
    /// Spelling of its urls.
    pub urls: UrlKey,
    /// Common part of the stages of its evaluations.
    pub word: &'static str,
    /// Tasks that read it.
    pub effect: Effect,
    /// The types that it may have.
    pub types: &'static [&'static str],
    /// Whether only a tree knows the key whose kind of this name asks for it. Those of the reference need not.
    pub has_to_be_asked_for: bool,
}

/// Spelling of the urls of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlKey {
    /// `urls`, a list with one for each member of the ensemble.
    Members,
    /// `urls`, a list of one.
    ListOfOne,
    /// `url`.
    One,
}

impl UrlKey {
    /// The key.
    pub fn name(self) -> &'static str {
        if self == UrlKey::One { "url" } else { "urls" }
    }
}

/// Tasks that read a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The tasks of the kind of this name mount it.
    Mounted,
    /// A task of its own publishes it, and others fetch it from there, if it is a default one to be used as it is.
    Republished {
        /// The kind that is trained otherwise.
        kind: &'static str,
    },
    /// Nothing: the tasks of this kind look for it under another name, and could not mount it either.
    Nothing {
        /// The kind.
        kind: &'static str,
    },
}

/// The vocabulary beside a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vocabulary {
    /// One for both languages.
    Joint,
    /// One for both languages or one for each, whichever is there.
    Either,
}

/// The key of the student's model, and the kind that asks for it.
pub const STUDENT: &str = "train-student";

const LAYOUT_2024: Layout = Layout {
    models: "training_config.experiment.pretrained-models",
    keys: &[
        ModelKey {
            name: "train-teacher",
            urls: UrlKey::Members,
            word: "teacher",
            effect: Effect::Mounted,
            types: TYPES,
            has_to_be_asked_for: false,
        },
        ModelKey {
            name: "train-backwards",
            urls: UrlKey::ListOfOne,
            word: "backward",
            effect: Effect::Mounted,
            types: TYPES,
            has_to_be_asked_for: false,
        },
        ModelKey {
            name: STUDENT,
            urls: UrlKey::ListOfOne,
            // A student that is fine-tuned is another model.
            word: "evaluate-student",
            effect: Effect::Mounted,
            // Students are made here; nobody else publishes any.
            types: &["default"],
            has_to_be_asked_for: true,
        },
    ],
    documented: &["train-teacher", "train-backwards"],
    vocabulary_kind: "train-vocab",
    vocabulary: Vocabulary::Joint,
};

/// The documentation of this tree has `teacher` and `backwards`; its training kinds look for their own names.
const LAYOUT_2026: Layout = Layout {
    models: "training_config.continuation.models",
    keys: &[
        ModelKey {
            name: "teacher",
            urls: UrlKey::Members,
            word: "teacher",
            effect: Effect::Nothing { kind: "train-teacher-model" },
            types: TYPES,
            has_to_be_asked_for: false,
        },
        ModelKey {
            name: "backwards",
            urls: UrlKey::One,
            word: "backward",
            effect: Effect::Republished { kind: "backtranslations-train-backwards-model" },
            types: TYPES,
            has_to_be_asked_for: false,
        },
        ModelKey {
            name: "train-teacher-model",
            urls: UrlKey::Members,
            word: "teacher",
            effect: Effect::Mounted,
            types: TYPES,
            has_to_be_asked_for: false,
        },
        ModelKey {
            name: "backtranslations-train-backwards-model",
            urls: UrlKey::One,
            word: "backward",
            effect: Effect::Mounted,
            types: TYPES,
            has_to_be_asked_for: false,
        },
    ],
    documented: &["teacher", "backwards"],
    vocabulary_kind: "build-vocab",
    vocabulary: Vocabulary::Either,
};

impl PipelineVersion {
    /// Returns the layout of pretrained models of this pipeline version.
    pub fn layout(self) -> &'static Layout {
        match self {
            PipelineVersion::December2024 => &LAYOUT_2024,
            PipelineVersion::July2026 => &LAYOUT_2026,
        }
    }
}

impl Layout {
    /// The key of this name.
    pub fn key(&self, name: &str) -> Option<&ModelKey> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// Whether the kind that a key is the name of asks for its model: whether `kind.yml` names the path of the model.
    pub fn is_asked_for(&self, tree: &Tree, key: &str) -> bool {
        let path = format!("{}.{key}", self.models);
        tree.read(&format!("{}/kind.yml", tree.folder_of_kind(key)))
            .is_ok_and(|kind| kind.text.contains(&path))
    }

    /// The path of a key among the parameters.
    pub fn path(&self, key: &ModelKey) -> KeyPath {
        KeyPath::dotted(self.models).join(key.name)
    }

    /// The models that are given, as the engine's preview needs to know them.
    pub fn all_given(&self, params: &Params) -> Vec<ProvidedInput> {
        let models = self.keys.iter().filter_map(|key| Some((key, self.given(params, key)?)));
        models
            .map(|(key, model)| {
                let urls = KeyPath::dotted(key.urls.name());
                let urls = match model.get(key.urls.name()) {
                    Some(Value::Str(url)) => vec![(urls, url.clone())],
                    Some(Value::List(all)) => all
                        .iter()
                        .enumerate()
                        .filter_map(|(index, url)| Some((urls.join(index), url.as_str()?.into())))
                        .collect(),
                    _ => Vec::new(),
                };
                ProvidedInput { path: self.path(key), what: "model", urls }
            })
            .collect()
    }

    /// Returns the value at a key of the parameters, if there is one.
    pub fn given<'p>(&self, params: &'p Params, key: &ModelKey) -> Option<&'p Value> {
        Some(params.deep_get(&format!("{}.{}", self.models, key.name))).filter(|model| **model != Value::Null)
    }
}

impl ModelKey {
    /// Whether anything becomes of the model.
    pub fn has_effect(&self, model: &Value) -> bool {
        match self.effect {
            Effect::Mounted => true,
            Effect::Republished { .. } => {
                let text = |key: &str| model.get(key).and_then(Value::as_str);
                text("mode") == Some(Mode::Use.word()) && text("type") == Some("default")
            }
            Effect::Nothing { .. } => false,
        }
    }

    /// Whether the model is downloaded and published as it is, so that nothing is trained.
    pub fn is_download_only(&self, model: &Value) -> bool {
        self.has_effect(model) && model.get("mode").and_then(Value::as_str) == Some(Mode::Use.word())
    }
}
