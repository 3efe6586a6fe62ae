//! The directory in a bucket that the files of a task go to. It follows from the task's label.

use anyhow::{Context as _, Result, bail};

/// Tasks of which each has a directory called by the whole label: there is one for each dataset.
const BY_LABEL: [&str; 5] = [
    "corpus-analyze-mono",
    "corpus-analyze-parallel",
    "corpus-clean-mono",
    "corpus-clean-parallel-bicleaner-ai",
    "corpus-clean-parallel",
];

/// Tasks whose directory is called by this start of the label.
const BY_PREFIX: [&str; 17] = [
    "backtranslations-mono-trg-chunk",
    "backtranslations-mono-trg-dechunk-translations",
    "corpus-align-backtranslations",
    "corpus-align-distillation",
    "corpus-align-parallel",
    "corpus-clean-parallel-fetch-bicleaner-model",
    "corpus-merge-devset",
    "corpus-merge-distillation",
    "corpus-merge-mono-src",
    "corpus-merge-mono-trg",
    "corpus-merge-parallel",
    "distillation-corpus-final-filtering",
    "distillation-mono-src-chunk",
    "distillation-mono-src-dechunk-translations",
    "distillation-parallel-src-chunk",
    "distillation-parallel-src-dechunk-translations",
    "distillation-parallel-src-translations-score",
];

/// Tasks of which there is one for each chunk: `…/3` of `…-3/10`.
const BY_CHUNK: [&str; 4] = [
    "backtranslations-mono-trg-translate",
    "distillation-mono-src-translate",
    "distillation-parallel-src-extract-best",
    "distillation-parallel-src-translate",
];

/// The other ones. A directory may end in the number of the teacher (`#`) and in what follows in the label (`*`).
const OTHERS: [(&str, &str); 13] = [
    ("backtranslations-train-backwards-model", "backward"),
    ("build-vocab", "vocab"),
    ("distillation-student-model-finetune", "student-finetuned"),
    ("distillation-student-model-quantize", "quantized"),
    ("distillation-student-model-train", "student"),
    ("distillation-corpus-build-shortlist", "shortlist"),
    ("evaluate-backward", "evaluation/backward-*"),
    ("evaluate-finetuned-student", "evaluation/student-finetuned-*"),
    ("evaluate-quantized", "evaluation/quantized-*"),
    ("evaluate-student", "evaluation/student-*"),
    ("evaluate-teacher-ensemble", "evaluation/teacher-ensemble-*"),
    ("evaluate-teacher", "evaluation/teacher#-*"),
    ("export", "exported"),
];

/// The directory for the files of the task with this label.
pub(super) fn step_dir(label: &str) -> Result<String> {
    // The bicleaner model's task begins like those of datasets, so whole prefixes come first.
    if let Some(prefix) = BY_PREFIX.into_iter().find(|prefix| label.starts_with(prefix)) {
        return Ok(prefix.into());
    }
    if BY_LABEL.iter().any(|prefix| label.starts_with(prefix)) {
        return Ok(label.into());
    }
    if let Some(prefix) = BY_CHUNK.into_iter().find(|prefix| label.starts_with(prefix)) {
        return Ok(format!("{prefix}{}", chunk(label)?));
    }
    // There are less than ten teachers.
    let teacher = label.chars().next_back().unwrap_or_default();
    if label.starts_with("train-teacher-model") {
        return Ok(format!("teacher{teacher}"));
    }
    let Some((prefix, directory)) = OTHERS.into_iter().find(|(prefix, _)| label.starts_with(prefix)) else {
        bail!("nobody knows to which directory the files of `{label}` are to be uploaded");
    };
    Ok(directory.replace('#', &teacher.to_string()).replace('*', rest(label, prefix)))
}

/// The text after `prefix-`. Python: `split(f"{prefix}-", 2)[-1]`, so the whole label if it has no such part, and what
/// follows the second one if there are two.
fn rest<'l>(label: &'l str, prefix: &str) -> &'l str {
    let separator = format!("{prefix}-");
    label.splitn(3, &*separator).last().unwrap_or(label)
}

/// The number of the chunk in a label that ends with `3/10`. No digit may stand anywhere before.
fn chunk(label: &str) -> Result<&str> {
    let start = label.find(|c: char| c.is_ascii_digit());
    let parts = start.and_then(|start| label[start..].split_once('/'));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // Python: `$` matches before a line feed at the end, too.
    let is_last = |text: &str| is_number(text.strip_suffix('\n').unwrap_or(text));
    let found = parts.filter(|(this, all)| is_number(this) && is_last(all)).map(|(this, _)| this);
    found.with_context(|| format!("`{label}` is not a chunk of a task: it has to end like `-3/10`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_has_its_directory() {
        for (label, directory) in [
            (
                "corpus-clean-parallel-fetch-bicleaner-model-ru-en",
                "corpus-clean-parallel-fetch-bicleaner-model",
            ),
            ("corpus-clean-parallel-opus-x-ru-en", "corpus-clean-parallel-opus-x-ru-en"),
            ("distillation-parallel-src-translate-ru-en-3/10", "distillation-parallel-src-translate3"),
            ("train-teacher-model-ru-en-2", "teacher2"),
            ("backtranslations-train-backwards-model-ru-en", "backward"),
            ("evaluate-backward-flores-dev-ru-en", "evaluation/backward-flores-dev-ru-en"),
            ("evaluate-backwards-x", "evaluation/backward-evaluate-backwards-x"),
            (
                "evaluate-teacher-ensemble-sacrebleu-wmt19-ru-en",
                "evaluation/teacher-ensemble-sacrebleu-wmt19-ru-en",
            ),
            ("evaluate-teacher-flores-dev-ru-en-2", "evaluation/teacher2-flores-dev-ru-en-2"),
            ("export-ru-en", "exported"),
        ] {
            assert_eq!(step_dir(label).unwrap(), directory);
        }
    }

    #[test]
    fn a_label_that_nobody_knows_is_reported() {
        assert!(step_dir("fetch-x").unwrap_err().to_string().contains("`fetch-x`"));
        assert!(step_dir("distillation-mono-src-translate-a1-3/10").is_err());
        assert!(step_dir("distillation-mono-src-translate-a").is_err());
    }
}
