//! Keys that had to be there from some day on, with what was the case before they came.

use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_training::upgrade::{Draft, Upgrade};

/// Behavior of every run before each key existed.
const BEFORE: &[(&str, &str, &str)] = &[
    ("experiment.teacher-mode", "two-stage", "until May 2024 every teacher had two stages"),
    ("experiment.student-model", "tiny", "until October 2024 every student was tiny"),
];

const BEFORE_2024: &[(&str, &str, &str)] =
    &[("experiment.use-opuscleaner", "\"true\"", "OpusCleaner is what the pipeline uses")];

const BEFORE_2026: &[(&str, &str, &str)] = &[
    ("experiment.teacher-decoder", "marian", "until December 2024 every teacher was decoded with Marian"),
    ("experiment.spm-vocab-split", "false", "until April 2025 every vocabulary was for both languages"),
    ("experiment.archive-corpora", "false", "until July 2025 no corpus was archived"),
];

/// No filter: what was there before Monocleaner.
const UNFILTERED: &str = "mono-src:\n  default-threshold: 0.0\nmono-trg:\n  default-threshold: 0.0\n";

/// Value in the pipeline's production config.
const DOCUMENTS: &str = "{mono-src: 7.0, mono-trg: 7.0}";
const FLUENCY: &str = "{mono-src: 0.8, mono-trg: 0.9}";

pub(super) fn december_2024(draft: &mut Draft, upgrade: &mut Upgrade) {
    before(draft, upgrade, BEFORE);
    before(draft, upgrade, BEFORE_2024);
    hplt(draft, upgrade, "min-fluency-threshold", FLUENCY);
}

pub(super) fn july_2026(draft: &mut Draft, upgrade: &mut Upgrade) {
    before(draft, upgrade, BEFORE);
    before(draft, upgrade, BEFORE_2026);
    add(
        draft,
        upgrade,
        "experiment.monocleaner",
        UNFILTERED,
        "until January 2025 nothing of it was filtered",
    );
    hplt(draft, upgrade, "hplt-min-doc-score", DOCUMENTS);
}

fn before(draft: &mut Draft, upgrade: &mut Upgrade, keys: &[(&str, &str, &str)]) {
    keys.iter().for_each(|(path, value, why)| add(draft, upgrade, path, value, why));
}

/// A threshold for a source that only some configs have.
fn hplt(draft: &mut Draft, upgrade: &mut Upgrade, key: &str, value: &str) {
    let path = format!("experiment.{key}");
    if draft.get(&KeyPath::dotted(&path)).is_some() {
        return;
    }
    let lists = draft.get(&KeyPath::dotted("datasets")).and_then(Value::as_map);
    let mut datasets = lists.into_iter().flatten().flat_map(|(_, list)| list.as_list().unwrap_or_default());
    let uses = datasets.any(|dataset| dataset.as_str().is_some_and(|name| name.starts_with("hplt_")));
    add(draft, upgrade, &path, value, "what the pipeline's production config has");
    if uses {
        upgrade.decide(
            &KeyPath::dotted(&path),
            format!("how good documents of HPLT have to be is new: `{key}`"),
            "look at the scores of the language; the value is that of the production config",
        );
    }
}

fn add(draft: &mut Draft, upgrade: &mut Upgrade, path: &str, value: &str, why: &str) {
    let path = KeyPath::dotted(path);
    let Some(key) = path.last_key() else { return };
    // A config without the section is not a whole config: what it leaves out it means to leave out.
    if draft.get(&path.parent()).is_none_or(|section| !section.truthy()) || !is_whole(draft) {
        return;
    }
    if draft.get(&path).is_none() && draft.add(&path.parent(), key, value) {
        upgrade.done(&path, format!("added: {why}"));
    }
}

/// Whether a config says what it trains on: an excerpt is laid over the tree's default config.
fn is_whole(draft: &Draft) -> bool {
    draft.get(&KeyPath::dotted("datasets")).is_some_and(Value::truthy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upgrades::rewritten;

    #[test]
    fn what_was_the_case_is_said_where_it_has_to_be_said() {
        let text = "experiment:\n  teacher-mode: one-stage\n\n# data\ndatasets: {train: [opus_a]}\n";
        let (after, decide) = rewritten(text, july_2026);
        assert_eq!(decide, [""; 0]);
        assert_eq!(
            after,
            "experiment:\n  teacher-mode: one-stage\n  student-model: tiny\n  teacher-decoder: marian\n  \
             spm-vocab-split: false\n  archive-corpora: false\n  monocleaner:\n    mono-src:\n      \
             default-threshold: 0.0\n    mono-trg:\n      default-threshold: 0.0\n  \
             hplt-min-doc-score: {mono-src: 7.0, mono-trg: 7.0}\n\n# data\ndatasets: {train: [opus_a]}\n"
        );
    }

    #[test]
    fn scores_of_documents_that_are_used_are_for_a_person() {
        let text = "experiment: {name: x}\ndatasets: {mono-src: [hplt_mono/v1.2]}\n";
        let (after, decide) = rewritten(text, december_2024);
        assert!(after.contains("min-fluency-threshold: {mono-src: 0.8, mono-trg: 0.9}"), "{after}");
        assert_eq!(decide.len(), 1);
    }

    #[test]
    fn an_excerpt_stays_an_excerpt() {
        let text = "experiment: {teacher-ensemble: 2}\n";
        assert_eq!(rewritten(text, july_2026).0, text);
    }
}
