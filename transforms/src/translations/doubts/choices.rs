//! Keys whose words the scripts of the pipeline know by heart.

use taskgraph::keypath::KeyPath;
use taskgraph::params::Params;
use taskgraph::problem::Problem;
use taskgraph::value::Value;
use taskgraph::words;

use super::would_fail;
use crate::translations::dialect::Dialect;

const CLASSES: &[&str] = &["gcp-spot", "gcp-standard"];

/// The words that may stand at a key. Source: the `train` action's schema and `pipeline/train/train.py`.
const CHOICES: &[(&str, &[&str])] = &[
    ("experiment.teacher-mode", &["one-stage", "two-stage"]),
    ("experiment.best-model", &["chrf", "ce-mean-words", "bleu-detok"]),
    ("experiment.opuscleaner-mode", &["custom", "defaults"]),
];

const CHOICES_2024: &[(&str, &[&str])] =
    &[("experiment.student-model", &["tiny", "base"]), ("experiment.use-opuscleaner", &["true", "false"])];

const CHOICES_2026: &[(&str, &[&str])] = &[
    ("experiment.student-model", &["tiny", "base", "base-memory"]),
    ("experiment.teacher-decoder", &["marian", "ctranslate2"]),
    ("experiment.spm-norm-rule", &["nfkc", "nmt_nfkc", "nfc", "nfd", "nfkc_translit_hbs"]),
    ("taskcluster.upload-bucket", &["production", "development"]),
];

pub fn check(params: &Params, dialect: Dialect) -> Vec<Problem> {
    let own = match dialect {
        Dialect::December2024 => CHOICES_2024,
        Dialect::July2026 => CHOICES_2026,
    };
    let root = KeyPath::dotted("training_config");
    let mut problems: Vec<Problem> = CHOICES
        .iter()
        .chain(own)
        .filter_map(|(path, allowed)| word(params, &root.concat(&KeyPath::dotted(path)), allowed))
        .collect();
    let classes = root.concat(&KeyPath::dotted("taskcluster.worker-classes"));
    for (kind, _) in params.find(&classes).and_then(Value::as_map).into_iter().flatten() {
        problems.extend(word(params, &classes.join(kind), CLASSES));
    }
    problems
}

/// What is no text is refused by the shape of the config.
fn word(params: &Params, path: &KeyPath, allowed: &[&str]) -> Option<Problem> {
    let found = params.find(path)?.as_str().filter(|word| !allowed.contains(word))?;
    let list = words::list(allowed);
    let label = match words::nearest(found, allowed.iter().copied()) {
        Some(nearest) => format!("{list}; did you mean `{nearest}`?"),
        None => list,
    };
    let key = path.last_key().unwrap_or_default();
    Some(would_fail(params, path, format!("`{key}` cannot be `{found}`"), label))
}

#[cfg(test)]
mod tests {
    use super::super::told;
    use super::*;

    #[test]
    fn words_that_no_script_knows_are_told() {
        let config = "{experiment: {teacher-mode: twostage, student-model: base-memory, best-model: bleu}, \
                      taskcluster: {worker-classes: {default: gcp-sopt}}}";
        assert_eq!(
            told(config, Dialect::December2024, check),
            [
                "would-fail experiment.teacher-mode: `teacher-mode` cannot be `twostage`: \
                 one-stage or two-stage; did you mean `two-stage`?",
                "would-fail experiment.best-model: `best-model` cannot be `bleu`: \
                 chrf, ce-mean-words or bleu-detok; did you mean `bleu-detok`?",
                "would-fail experiment.student-model: `student-model` cannot be `base-memory`: \
                 tiny or base; did you mean `base`?",
                "would-fail taskcluster.worker-classes.default: `default` cannot be `gcp-sopt`: \
                 gcp-spot or gcp-standard; did you mean `gcp-spot`?",
            ]
        );
        assert_eq!(told(config, Dialect::July2026, check).len(), 3);
    }
}
