//! The corpora that a run can go on with: what each makes superfluous.

/// A corpus, and the tasks that nobody needs if it is given.
pub(crate) struct Corpus {
    /// Its key in a training config.
    pub key: &'static str,
    /// The task that downloads it.
    pub task: &'static str,
    /// The tasks that make it: those that need one of them need `task` instead.
    pub made_by: &'static [&'static str],
    /// Stages that are left out.
    pub left_out: &'static [&'static str],
    /// The task that aligns it, of which the same holds if alignments are given.
    pub aligned_by: &'static str,
    /// Stages that are left out if alignments are given.
    pub left_out_if_aligned: &'static [&'static str],
}

/// All corpora, in the order in which they are looked at.
///
/// Tasks that upload have the stage of the task whose files they upload and do not depend on each other: it takes
/// more than the tasks that make the corpus to leave out all that is superfluous.
pub(crate) const CORPORA: [Corpus; 3] = [
    Corpus {
        key: "parallel",
        task: "continuation-corpus-parallel",
        made_by: &["corpus-merge-parallel"],
        left_out: &["corpus-merge-parallel", "corpus-clean-parallel-fetch-bicleaner-model"],
        aligned_by: "corpus-align-parallel",
        left_out_if_aligned: &[
            "corpus-align-parallel",
            "backtranslations-mono-trg-chunk",
            "backtranslations-mono-trg-dechunk-translations",
            "backtranslations-mono-trg-translate",
        ],
    },
    Corpus {
        key: "backtranslations",
        task: "continuation-corpus-backtranslations",
        made_by: &["corpus-merge-mono-trg", "corpus-merge-mono-src"],
        left_out: &["corpus-merge-mono", "evaluate-backwards"],
        aligned_by: "corpus-align-backtranslations",
        left_out_if_aligned: &[
            "corpus-align-backtranslations",
            "backtranslations-mono-trg-chunk",
            "backtranslations-mono-trg-dechunk-translations",
            "backtranslations-mono-trg-translate",
        ],
    },
    Corpus {
        key: "distillation",
        task: "continuation-corpus-distillation",
        made_by: &["distillation-corpus-final-filtering"],
        left_out: &[
            "backtranslations-mono-trg-chunk",
            "backtranslations-mono-trg-dechunk-translations",
            "backtranslations-mono-trg-translate",
            "backtranslations-train-backwards-model",
            "corpus-align-backtranslations",
            "corpus-align-parallel",
            "corpus-clean-mono",
            "corpus-clean-parallel",
            "corpus-clean-parallel-bicleaner-ai",
            "corpus-clean-parallel-fetch-bicleaner-model",
            "corpus-merge-distillation",
            "corpus-merge-mono",
            "corpus-merge-parallel",
            "distillation-corpus-final-filtering",
            "distillation-mono-src-chunk",
            "distillation-mono-src-dechunk-translations",
            "distillation-mono-src-translate",
            "distillation-parallel-src-chunk",
            "distillation-parallel-src-dechunk-translations",
            "distillation-parallel-src-extract-best",
            "distillation-parallel-src-translate",
            "distillation-parallel-src-translations-score",
            "distillation-src-translations-score",
            "evaluate-backwards",
            "evaluate-teacher",
            "evaluate-teacher-ensemble",
            "train-teacher-model",
        ],
        aligned_by: "corpus-align-distillation",
        left_out_if_aligned: &["corpus-align-distillation"],
    },
];

/// The task that downloads the vocabulary, and the stage that makes it.
pub(crate) const VOCABULARY: (&str, &str) = ("continuation-vocab", "build-vocab");

/// The task that downloads the backwards model, and the task that trains it.
pub(crate) const BACKWARDS: (&str, &str) =
    ("continuation-model-backwards", "backtranslations-train-backwards-model");

/// Stages that are left out if the backwards model is given.
pub(crate) const LEFT_OUT_WITH_BACKWARDS: [&str; 2] =
    ["backtranslations-train-backwards-model", "evaluate-backwards"];
