//! Products of a run that the config of a later one can provide: one table for each version of the pipeline.

use crate::pipeline_version::PipelineVersion;
use crate::pretrained::{Effect, Mode, UrlKey};
use taskgraph_compat::value::path::KeyPath;
use taskgraph_training::product::{Product, ProductFile, ProductValue};

/// Section that every config of a pipeline version stands under among the parameters.
const CONFIG: &str = "training_config.";

/// The vocabulary of July 2026: always a file for each language.
const VOCABULARY: &[ProductFile] = &[
    ProductFile { key: "src", task: "build-vocab", file: "vocab.{src}.spm", is_optional: false },
    ProductFile { key: "trg", task: "build-vocab", file: "vocab.{trg}.spm", is_optional: false },
];

const fn file(key: &'static str, task: &'static str, file: &'static str) -> ProductFile {
    ProductFile { key, task, file, is_optional: false }
}

const fn aligned(key: &'static str, task: &'static str, file: &'static str) -> ProductFile {
    ProductFile { key, task, file, is_optional: true }
}

const PARALLEL: &[ProductFile] = &[
    file("src", "corpus-merge-parallel", "corpus.{src}.zst"),
    file("trg", "corpus-merge-parallel", "corpus.{trg}.zst"),
    aligned("tok-src", "corpus-align-parallel", "corpus.tok-icu.{src}.zst"),
    aligned("tok-trg", "corpus-align-parallel", "corpus.tok-icu.{trg}.zst"),
    aligned("alignments", "corpus-align-parallel", "corpus.aln.zst"),
];

/// The monolingual corpus of the target language, and what it was translated to.
const BACKTRANSLATIONS: &[ProductFile] = &[
    file("src", "backtranslations-mono-trg-dechunk-translations", "mono.{src}.zst"),
    file("trg", "corpus-merge-mono-trg", "mono.{trg}.zst"),
    aligned("tok-src", "corpus-align-backtranslations", "mono.tok-icu.{src}.zst"),
    aligned("tok-trg", "corpus-align-backtranslations", "mono.tok-icu.{trg}.zst"),
    aligned("alignments", "corpus-align-backtranslations", "mono.aln.zst"),
];

const DISTILLATION: &[ProductFile] = &[
    file("src", "distillation-corpus-final-filtering", "corpus.{src}.zst"),
    file("trg", "distillation-corpus-final-filtering", "corpus.{trg}.zst"),
    aligned("tok-src", "corpus-align-distillation", "corpus.tok-icu.{src}.zst"),
    aligned("tok-trg", "corpus-align-distillation", "corpus.tok-icu.{trg}.zst"),
    aligned("alignments", "corpus-align-distillation", "corpus.aln.zst"),
];

/// Files that a model of a mode needs besides its vocabulary.
fn files(mode: &str) -> Vec<&'static str> {
    Mode::parse(mode).map(|mode| mode.files().to_vec()).unwrap_or_default()
}

/// Files of a model published as it is that a later task fetches. Source: `pipeline/continuation/model.py`.
fn republished(_: &str) -> Vec<&'static str> {
    vec!["final.model.npz.best-chrf.npz", "final.model.npz.best-chrf.npz.decoder.yml"]
}

/// Products from which trees of December 2024 can continue.
pub(crate) fn made_2024() -> Vec<Product> {
    models(PipelineVersion::December2024)
}

/// Products from which trees of July 2026 can continue.
pub(crate) fn made_2026() -> Vec<Product> {
    let at = |path: &str| KeyPath::dotted(&format!("continuation.{path}"));
    let files = |name, files, in_place_of| Product {
        name,
        path: at(name),
        elsewhere: None,
        by_default: true,
        in_place_of,
        form: ProductValue::Files(files),
    };
    // Python: `validate_continuation`.
    let datasets: &'static [&'static str] = &["datasets.train", "datasets.mono-src", "datasets.mono-trg"];
    let mut products = vec![
        files("vocab", VOCABULARY, &[]),
        // Of datasets the tree makes tasks that need a model which it leaves out if the corpus is given.
        files("corpora.parallel", PARALLEL, &["datasets.train"]),
        files("corpora.backtranslations", BACKTRANSLATIONS, &[]),
        Product { by_default: false, ..files("corpora.distillation", DISTILLATION, datasets) },
    ];
    products.extend(models(PipelineVersion::July2026));
    products
}

/// The models: of every key of the layout that something reads.
fn models(pipeline_version: PipelineVersion) -> Vec<Product> {
    let layout = pipeline_version.layout();
    let keys = layout.keys.iter().filter(|key| layout.documented.contains(&key.name));
    keys.filter_map(|key| {
        let (kind, modes, files): (_, _, fn(&str) -> Vec<&'static str>) = match key.effect {
            Effect::Mounted => (key.name, &["continue", "use", "init"][..], files),
            Effect::Republished { kind } => (kind, &["use"][..], republished),
            Effect::Nothing { .. } => return None,
        };
        let path = layout.path(key).to_string();
        let path = KeyPath::dotted(path.strip_prefix(CONFIG).unwrap_or(&path));
        let elsewhere = pipeline_version.training().models_elsewhere.strip_prefix(CONFIG);
        let elsewhere = elsewhere.map(|path| KeyPath::dotted(path).join(key.name));
        let members = (key.urls == UrlKey::Members).then_some("experiment.teacher-ensemble");
        let is_list = key.urls != UrlKey::One;
        let form = ProductValue::Model { kind, members, is_list, modes, files };
        Some(Product { name: key.name, path, elsewhere, by_default: true, in_place_of: &[], form })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_that_a_layout_documents_and_something_reads_can_be_handed_in() {
        let messages = |products: Vec<Product>| {
            let reported = products.iter().map(|product| {
                format!("{} at {} by {}", product.name, product.path, product.tasks().join(" "))
            });
            reported.collect::<Vec<_>>()
        };
        let found = messages(made_2024());
        for line in [
            "train-teacher at experiment.pretrained-models.train-teacher by train-teacher",
            "train-backwards at experiment.pretrained-models.train-backwards by train-backwards",
        ] {
            assert!(found.iter().any(|found| found == line), "{found:?}");
        }
        assert_eq!(
            messages(made_2026()),
            [
                "vocab at continuation.vocab by build-vocab",
                "corpora.parallel at continuation.corpora.parallel by corpus-merge-parallel corpus-align-parallel",
                "corpora.backtranslations at continuation.corpora.backtranslations by \
                 backtranslations-mono-trg-dechunk-translations corpus-merge-mono-trg corpus-align-backtranslations",
                "corpora.distillation at continuation.corpora.distillation by distillation-corpus-final-filtering \
                 corpus-align-distillation",
                "backwards at continuation.models.backwards by backtranslations-train-backwards-model",
            ]
        );
    }
}
