//! Mode of a pretrained model: its use, and the files that the use needs.

use taskgraph_training::model::Variant;

/// The types that the training script knows.
pub const TYPES: &[&str] = &["default", "opusmt"];

/// Files that a training run publishes besides the vocabulary: a checkpoint and its best models.
const FILES: &[&str] = &[
    "devset.out",
    "model.npz",
    "model.npz.best-bleu-detok.npz",
    "model.npz.best-bleu-detok.npz.decoder.yml",
    "model.npz.best-ce-mean-words.npz",
    "model.npz.best-ce-mean-words.npz.decoder.yml",
    "final.model.npz.best-chrf.npz",
    "model.npz.best-chrf.npz",
    "final.model.npz.best-chrf.npz.decoder.yml",
    "model.npz.best-chrf.npz.decoder.yml",
    "model.npz.decoder.yml",
    "model.npz.optimizer.npz",
    "model.npz.progress.yml",
    "model.npz.yml",
    "train.log",
    "valid.log",
];

/// Files that `init` needs.
const INIT_FILES: &[&str] = &[
    "model.npz.best-bleu-detok.npz",
    "model.npz.best-ce-mean-words.npz",
    "final.model.npz.best-chrf.npz",
    "model.npz.best-chrf.npz",
];

/// Use of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It is downloaded and published as it is; nothing is trained.
    Use,
    /// Training goes on from its checkpoint.
    Continue,
    /// Training starts with its weights.
    Init,
}

impl Mode {
    /// The words of the modes, as a config has them.
    pub const WORDS: &[&str] = &["use", "continue", "init"];

    /// The mode that a word means.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "use" => Some(Mode::Use),
            "continue" => Some(Mode::Continue),
            "init" => Some(Mode::Init),
            _ => None,
        }
    }

    /// The word in a config.
    pub fn word(self) -> &'static str {
        match self {
            Mode::Use => "use",
            Mode::Continue => "continue",
            Mode::Init => "init",
        }
    }

    /// Returns the start of the task's training.
    pub fn variant(self) -> Variant {
        match self {
            Mode::Use => Variant::DownloadOnly,
            Mode::Continue => Variant::Continue,
            Mode::Init => Variant::Init,
        }
    }

    /// The files that are mounted, besides the vocabulary. (In the reference, `init` mounts no vocabulary, and the
    /// training script then misses it.)
    pub fn files(self) -> &'static [&'static str] {
        match self {
            Mode::Use | Mode::Continue => FILES,
            Mode::Init => INIT_FILES,
        }
    }
}
