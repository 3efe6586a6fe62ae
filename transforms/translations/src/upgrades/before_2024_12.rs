//! Changes of the config until December 2024, which hold for both trees.

use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_training::upgrade::{Draft, Upgrade};

/// Placeholder for a model to come.
const NOT_YET: &str = "NOT-YET-SUPPORTED";

/// Keys that went, the last of them in December 2023, and why nobody misses them.
const GONE: &[(&str, &str)] =
    &[("experiment.split-length", "data is split into a fixed number of parts: taskcluster.split-chunks")];

/// Arguments of Marian that have another name since November 2023.
const ARGUMENTS: &[(&str, &str)] = &[("training-teacher-base", "training-teacher")];

pub(super) fn rewrite(draft: &mut Draft, upgrade: &mut Upgrade) {
    for side in ["mono-max-sentences-src", "mono-max-sentences-trg"] {
        let path = KeyPath::dotted("experiment").join(side);
        // The one number held for each dataset and for all of them together.
        if let Some(Value::Int(_)) = draft.get(&path) {
            let number = draft.spelled(&path).unwrap_or_default().to_owned();
            if draft.replace(&path, &format!("{{total: {number}, per-dataset: {number}}}")) {
                upgrade.done(
                    &path,
                    "the number was the limit of each dataset and of all together: now there are two",
                );
            }
        }
    }
    for (path, why) in GONE {
        let path = KeyPath::dotted(path);
        if draft.get(&path).is_some() && draft.remove(&path) {
            upgrade.done(&path, format!("taken out: {why}"));
        }
    }
    for key in ["backward-model", "vocab"] {
        let path = KeyPath::dotted("experiment").join(key);
        let Some(named) = draft.get(&path).and_then(Value::as_str) else { continue };
        if [NOT_YET, ""].contains(&named) && draft.remove(&path) {
            upgrade.done(&path, "taken out: it named nothing");
            continue;
        }
        upgrade.decide(
            &path,
            format!("`{key}` is no longer read"),
            "name the folder of the model under the pretrained models, with a mode",
        );
    }
    let arguments = KeyPath::dotted("marian-args");
    for (old, new) in ARGUMENTS {
        if draft.rename(&arguments.join(*old), new) {
            upgrade.done(&arguments.join(*old), format!("is `{new}` now"));
        }
    }
    let finetuned = arguments.join("training-teacher-finetuned");
    if draft.get(&finetuned).is_some() {
        upgrade.decide(
            &finetuned,
            "a teacher is not fine-tuned in a task of its own any more",
            "take it out; the stages of the one training follow from teacher-mode",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upgrades::rewritten;

    #[test]
    fn one_limit_becomes_two() {
        let text = "experiment:\n  # most\n  mono-max-sentences-src: 500_000_000 # each\n  split-length: 5\n";
        assert_eq!(
            rewritten(text, rewrite).0,
            "experiment:\n  # most\n  mono-max-sentences-src: {total: 500_000_000, per-dataset: 500_000_000} # each\n"
        );
    }

    #[test]
    fn placeholders_go_and_models_are_for_a_person() {
        let text = "experiment: {vocab: NOT-YET-SUPPORTED, backward-model: 'https://h', name: x}\n\
                    marian-args:\n  training-teacher-base: {a: b}\n  training-teacher-finetuned: {c: d}\n";
        let (text, decide) = rewritten(text, rewrite);
        assert!(text.starts_with("experiment: {backward-model: 'https://h', name: x}\n"), "{text}");
        assert!(text.contains("  training-teacher: {a: b}\n"), "{text}");
        assert_eq!(
            decide,
            [
                "experiment.backward-model: `backward-model` is no longer read",
                "marian-args.training-teacher-finetuned: \
                 a teacher is not fine-tuned in a task of its own any more",
            ]
        );
    }
}
