//! Data that a training config provides for a continuation. It has been checked.

use std::sync::Arc;

use crate::continuation::corpus::{CORPORA, Corpus};
use crate::pipeline_version::PipelineVersion;
use taskgraph::parameters::Params;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Str, Value};
use taskgraph_training::model::{Model, Variant};
use taskgraph_training::pipeline;

const CONTINUATION: &str = "training_config.continuation";

/// The keys that have urls: of a corpus all, of a vocabulary the first two.
const FILES: [&str; 5] = ["src", "trg", "tok-src", "tok-trg", "alignments"];

/// Provided data.
pub(crate) struct ProvidedData {
    /// The corpora, each with whether its alignments are given, too.
    pub corpora: Vec<(&'static Corpus, bool)>,
    /// The vocabulary.
    pub vocabulary: bool,
    /// The backwards model, if it is to be used as it is.
    pub backwards: Option<Arc<Model>>,
}

impl ProvidedData {
    /// Reads it.
    pub(crate) fn read(params: &Params) -> Self {
        let at = |path: &str| params.deep_get(&format!("{CONTINUATION}.{path}"));
        let corpora = CORPORA.iter().filter_map(|corpus| {
            let files = Some(at(&format!("corpora.{}", corpus.key))).filter(|files| files.truthy())?;
            Some((corpus, files.get("alignments").is_some_and(Value::truthy)))
        });
        ProvidedData {
            corpora: corpora.collect(),
            vocabulary: at("vocab").truthy(),
            backwards: backwards(params),
        }
    }

    /// Whether a corpus is given.
    pub(crate) fn has_corpus(&self, key: &str) -> bool {
        self.corpora.iter().any(|(corpus, _)| corpus.key == key)
    }

    /// Whether alignments have to be made anew: then there is nothing to begin them with. If so, because of which
    /// corpus.
    pub(crate) fn needs_alignments(&self) -> Option<&'static Corpus> {
        let mut anew =
            self.corpora.iter().filter(|(corpus, is_aligned)| corpus.key != "parallel" && !is_aligned);
        anew.next().map(|(corpus, _)| *corpus)
    }
}

fn backwards(params: &Params) -> Option<Arc<Model>> {
    let layout = PipelineVersion::July2026.layout();
    let key = layout.key("backwards")?;
    let model = layout.given(params, key).filter(|model| key.is_download_only(model))?;
    let text = |name: &str| model.get(name).and_then(Value::as_str).unwrap_or_default();
    Some(Arc::new(Model {
        variant: Variant::DownloadOnly,
        model_type: text("type").into(),
        urls: vec![text("url").into()],
        files: Vec::new(),
        directory: None,
        dropped: Vec::new(),
    }))
}

/// The path of the key of a corpus.
pub(crate) fn corpus_path(corpus: &Corpus) -> KeyPath {
    path(&format!("corpora.{}", corpus.key))
}

/// The path of the key of the vocabulary.
pub(crate) fn vocabulary_path() -> KeyPath {
    path("vocab")
}

/// The path of the key of the backwards model.
pub(crate) fn backwards_path() -> KeyPath {
    path("models.backwards")
}

fn path(inside: &str) -> KeyPath {
    KeyPath::dotted(&format!("{CONTINUATION}.{inside}"))
}

/// The vocabulary and the corpora, as the engine's preview needs to know them.
pub(crate) fn all_given(params: &Params) -> Vec<pipeline::ProvidedInput> {
    let corpora = CORPORA.iter().map(|corpus| (corpus_path(corpus), "corpus"));
    let all = [(vocabulary_path(), "vocabulary")].into_iter().chain(corpora);
    all.filter_map(|(path, what)| {
        let files = params.find(&path).filter(|files| files.truthy())?;
        let url = |key: &&str| Some((KeyPath::dotted(key), Str::from(files.get(key)?.as_str()?)));
        Some(pipeline::ProvidedInput { urls: FILES.iter().filter_map(url).collect(), path, what })
    })
    .collect()
}
