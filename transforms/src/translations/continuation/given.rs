//! What a training config gives to go on with. It has been checked.

use taskgraph::params::Params;
use taskgraph::value::Value;

use super::corpus::{CORPORA, Corpus};
use crate::translations::dialect::Dialect;

const CONTINUATION: &str = "training_config.continuation";

/// What is there already.
pub struct Given {
    /// The corpora, each with whether its alignments are given, too.
    pub corpora: Vec<(&'static Corpus, bool)>,
    /// The vocabulary.
    pub vocabulary: bool,
    /// The backwards model, to be used as it is.
    pub backwards: bool,
}

impl Given {
    /// Reads it.
    pub fn read(params: &Params) -> Self {
        let at = |path: &str| params.deep_get(&format!("{CONTINUATION}.{path}"));
        let corpora = CORPORA.iter().filter_map(|corpus| {
            let files = Some(at(&format!("corpora.{}", corpus.key))).filter(|files| files.truthy())?;
            Some((corpus, files.get("alignments").is_some_and(Value::truthy)))
        });
        let layout = Dialect::July2026.layout();
        let backwards = layout
            .key("backwards")
            .is_some_and(|key| layout.given(params, key).is_some_and(|model| key.is_download_only(model)));
        Given { corpora: corpora.collect(), vocabulary: at("vocab").truthy(), backwards }
    }

    /// Whether a corpus is given.
    pub fn has_corpus(&self, key: &str) -> bool {
        self.corpora.iter().any(|(corpus, _)| corpus.key == key)
    }

    /// Whether alignments have to be made anew: then there is nothing to begin them with.
    pub fn needs_alignments(&self) -> bool {
        self.corpora.iter().any(|(corpus, is_aligned)| corpus.key != "parallel" && !is_aligned)
    }
}
