//! Products of the tasks of a run that the config of a later one can take.

use taskgraph_compat::value::path::KeyPath;

/// Something that tasks make and a training config can hand in.
#[derive(Clone, Debug)]
pub struct Product {
    /// Name for users, which `--take` selects: `train-teacher`, `corpora.parallel`.
    pub name: &'static str,
    /// The path of its key in a training config.
    pub path: KeyPath,
    /// Another place where it may stand.
    pub elsewhere: Option<KeyPath>,
    /// Whether it is taken if nobody says what to take.
    pub by_default: bool,
    /// Paths of a config that have to be empty if this is handed in: it takes the place of what would be made of them, and
    /// the tree makes no graph of both.
    pub in_place_of: &'static [&'static str],
    /// Spelling in a config.
    pub form: ProductValue,
}

/// Spelling of a product in a config.
#[derive(Clone, Debug)]
pub enum ProductValue {
    /// The folder of a model, with `mode` and `type`.
    Model {
        /// The kind whose tasks train it. Their labels are `KIND-SRC-TRG`, with the number of the member behind it in an
        /// ensemble.
        kind: &'static str,
        /// The path of the key that says how many members there are, if it is an ensemble.
        members: Option<&'static str>,
        /// Whether the key is `urls`, with a list, and not `url`.
        is_list: bool,
        /// The modes that have an effect; the first one is taken if nobody asks for another.
        modes: &'static [&'static str],
        /// The files that have to be there for a mode, besides the vocabulary.
        files: fn(&str) -> Vec<&'static str>,
    },
    /// Urls of files, each under a key of its own.
    Files(&'static [ProductFile]),
}

/// A file under a key of its own.
#[derive(Clone, Copy, Debug)]
pub struct ProductFile {
    /// The key: `src`.
    pub key: &'static str,
    /// The start of the label of the task that makes it; the languages follow.
    pub task: &'static str,
    /// The name of the file, with `{src}` and `{trg}` for the languages.
    pub file: &'static str,
    /// Whether the config is complete without it, and all others that are optional.
    pub is_optional: bool,
}

impl Product {
    /// The starts of the labels of the tasks that make it.
    pub fn tasks(&self) -> Vec<&'static str> {
        let mut tasks: Vec<&'static str> = match &self.form {
            ProductValue::Model { kind, .. } => vec![kind],
            ProductValue::Files(files) => files.iter().map(|file| file.task).collect(),
        };
        tasks.dedup();
        tasks
    }
}
