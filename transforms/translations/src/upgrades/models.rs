//! Pretrained models: under `experiment` or at the top until June 2025, under `continuation.models` since.

use crate::pretrained::{AS_IT_IS, NO_TEACHER, USE_AS_IT_IS, WITHOUT_TEACHER};
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_training::upgrade::{Draft, Upgrade};

/// Former places of models.
const OLD: [&str; 2] = ["experiment.pretrained-models", "pretrained-models"];

/// The keys of models, and what they are called today. Those in the middle are of the months between.
const KEYS: &[(&str, &str)] = &[
    ("train-teacher", "teacher"),
    ("train-backwards", "backwards"),
    ("train-teacher-model", "teacher"),
    ("backtranslations-train-backwards-model", "backwards"),
];

pub(super) fn rewrite(draft: &mut Draft, upgrade: &mut Upgrade) {
    for path in OLD.map(KeyPath::dotted) {
        let Some(models) = draft.get(&path) else { continue };
        if !models.truthy() {
            if draft.remove(&path) {
                upgrade.done(&path, "taken out: it is empty");
            }
            continue;
        }
        let to = KeyPath::dotted("continuation");
        if !draft.move_to(&path, &to, "models") {
            let label = "join the two by hand: `continuation.models` is the place";
            upgrade.decide(&path, "models stand in two places", label);
            continue;
        }
        upgrade.done(&path, "moved to `continuation.models`");
        rename(draft, upgrade, &to.join("models"));
    }
}

fn rename(draft: &mut Draft, upgrade: &mut Upgrade, models: &KeyPath) {
    for (old, new) in KEYS {
        if draft.rename(&models.join(*old), new) {
            upgrade.done(&models.join(*old), format!("is `{new}` now"));
        }
    }
    let backwards = models.join("backwards");
    let urls = backwards.join("urls");
    let count = draft.get(&urls).and_then(Value::as_list).map(<[Value]>::len);
    if count == Some(1) {
        let url = draft.spelled(&urls.join(0)).unwrap_or_default().to_owned();
        if draft.replace(&urls, &url) && draft.rename(&urls, "url") {
            upgrade.done(&urls, "is one `url` now");
        }
    }
    let word =
        |draft: &Draft, key: &str| draft.get(&backwards.join(key)).and_then(Value::as_str).map(str::to_owned);
    let (mode, sort) = (word(draft, "mode"), word(draft, "type"));
    if draft.get(&backwards).is_some()
        && (mode.as_deref() != Some("use") || sort.as_deref() != Some("default"))
    {
        upgrade.decide(&backwards, AS_IT_IS, USE_AS_IT_IS);
    }
    let teacher = models.join("teacher");
    if draft.get(&teacher).is_some() {
        upgrade.decide(&teacher, NO_TEACHER, WITHOUT_TEACHER);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upgrades::rewritten;

    #[test]
    fn a_backwards_model_moves_with_its_comments() {
        let text = "experiment:\n  pretrained-models:\n    # good enough\n    train-backwards:\n      urls:\n        - \"https://h/m\"\n      \
                    mode: use\n      type: default\n  name: x\ntarget-stage: all\n";
        let (after, decide) = rewritten(text, rewrite);
        assert_eq!(decide, [""; 0]);
        assert_eq!(
            after,
            "experiment:\n  name: x\ntarget-stage: all\ncontinuation:\n  models:\n    # good enough\n    backwards:\n      \
             url: \"https://h/m\"\n      mode: use\n      type: default\n"
        );
    }

    #[test]
    fn a_teacher_is_for_a_person_and_nothing_is_nothing() {
        let text = "experiment:\n  pretrained-models: {train-teacher: {urls: [https://h], mode: use, type: default}}\n  x: 1\n";
        let (after, decide) = rewritten(text, rewrite);
        assert!(after.contains("  models: {teacher: {urls: [https://h]"), "{after}");
        assert_eq!(decide, ["continuation.models.teacher: no teacher of this tree starts from a model"]);
        assert_eq!(
            rewritten("experiment: {pretrained-models: {}, x: 1}\n", rewrite).0,
            "experiment: {x: 1}\n"
        );
    }
}
