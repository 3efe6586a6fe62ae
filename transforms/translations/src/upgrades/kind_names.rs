//! The names of kinds and stages, in December 2024 and since April 2025.

/// Successor of each name; `None` if there is none or more than one.
const NAMES: &[(&str, Option<&str>)] = &[
    ("all", Some("all-pipeline")),
    ("alignments-backtranslated", Some("corpus-align-backtranslations")),
    ("alignments-original", Some("corpus-align-parallel")),
    ("alignments-student", Some("corpus-align-distillation")),
    ("alignments-teacher", None),
    ("analyze-corpus", Some("corpus-analyze-parallel")),
    ("analyze-mono", Some("corpus-analyze-mono")),
    ("bicleaner", Some("corpus-clean-parallel-bicleaner-ai")),
    ("bicleaner-model", Some("corpus-clean-parallel-fetch-bicleaner-model")),
    ("cefilter", Some("distillation-corpus-final-filtering")),
    ("clean-corpus", Some("corpus-clean-parallel")),
    ("clean-mono", Some("corpus-clean-mono")),
    ("collect-corpus", Some("distillation-parallel-src-dechunk-translations")),
    ("collect-mono-src", Some("distillation-mono-src-dechunk-translations")),
    ("collect-mono-trg", Some("backtranslations-mono-trg-dechunk-translations")),
    ("evaluate-finetuned-teacher", None),
    ("extract-best", Some("distillation-parallel-src-extract-best")),
    ("finetune-student", Some("distillation-student-model-finetune")),
    ("merge-corpus", Some("corpus-merge-parallel")),
    ("merge-devset", Some("corpus-merge-devset")),
    ("merge-mono", Some("corpus-merge-mono")),
    ("merge-translated", Some("corpus-merge-distillation")),
    ("quantize", Some("distillation-student-model-quantize")),
    ("score", Some("distillation-parallel-src-translations-score")),
    ("shortlist", Some("distillation-corpus-build-shortlist")),
    ("split-corpus", Some("distillation-parallel-src-chunk")),
    ("split-mono", None),
    ("train-backwards", Some("backtranslations-train-backwards-model")),
    ("train-student", Some("distillation-student-model-train")),
    ("train-teacher", Some("train-teacher-model")),
    ("train-vocab", Some("build-vocab")),
    ("translate-corpus", Some("distillation-parallel-src-translate")),
    ("translate-mono-src", Some("distillation-mono-src-translate")),
    ("translate-mono-trg", Some("backtranslations-mono-trg-translate")),
];

/// Returns the current name of a kind of December 2024: `None` if it is not such a name, or `Some(None)` if it became
/// several kinds or none.
pub(super) fn today(name: &str) -> Option<Option<&'static str>> {
    NAMES.iter().find(|(old, _)| *old == name).map(|(_, new)| *new)
}
