//! From the layout of December 2024 to that of July 2026: names of kinds and stages, cleaning, earlier runs.

use crate::config::datasets::{Dataset, sanitize};
use crate::pipeline_version::PipelineVersion;
use crate::upgrades::kind_names::today;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_training::upgrade::{Draft, Upgrade};

/// Tasks of earlier runs, under the names that they had then.
const EARLIER: [&str; 3] = ["start-stage", "previous_group_ids", "existing_tasks"];

pub(super) fn rewrite(draft: &mut Draft, upgrade: &mut Upgrade) {
    stage(draft, upgrade);
    worker_classes(draft, upgrade);
    opuscleaner(draft, upgrade);
    thresholds(draft, upgrade);
    documents(draft, upgrade);
    earlier_runs(draft, upgrade);
}

fn stage(draft: &mut Draft, upgrade: &mut Upgrade) {
    let path = KeyPath::dotted("target-stage");
    let Some(stage) = draft.get(&path).and_then(Value::as_str).map(str::to_owned) else { return };
    match today(&stage) {
        Some(Some(name)) if draft.replace(&path, name) => {
            upgrade.done(&path, format!("`{stage}` is `{name}` now"))
        }
        Some(_) => upgrade.decide(
            &path,
            format!("the stage `{stage}` is not one stage any more"),
            "`config.yml` of the tree lists those that there are, under `valid-stages`",
        ),
        None => {}
    }
}

fn worker_classes(draft: &mut Draft, upgrade: &mut Upgrade) {
    let path = KeyPath::dotted("taskcluster.worker-classes");
    for kind in keys(draft, &path) {
        if let Some(Some(name)) = today(&kind)
            && draft.rename(&path.join(&*kind), name)
        {
            upgrade.done(&path.join(&*kind), format!("the kind is called `{name}` now"));
        }
    }
}

/// Since June 2025 everything is cleaned with OpusCleaner.
fn opuscleaner(draft: &mut Draft, upgrade: &mut Upgrade) {
    let path = KeyPath::dotted("experiment.use-opuscleaner");
    let Some(value) = draft.get(&path) else { return };
    let is_on = matches!(value, Value::Bool(true)) || value.as_str() == Some("true");
    match is_on {
        true if draft.remove(&path) => upgrade.done(&path, "taken out: OpusCleaner is always used"),
        _ => upgrade.decide(
            &path,
            "this tree cannot do without OpusCleaner",
            "take it out, and say in opuscleaner-mode which filters it uses",
        ),
    }
}

/// Datasets are named as labels have them.
fn thresholds(draft: &mut Draft, upgrade: &mut Upgrade) {
    let path = KeyPath::dotted("experiment.bicleaner.dataset-thresholds");
    for name in keys(draft, &path) {
        let Some(dataset) = Dataset::parse(&name) else { continue };
        let Ok(short) = sanitize(PipelineVersion::July2026, dataset.name) else { continue };
        let label = format!("{}_{short}", dataset.provider);
        if label != *name && draft.rename(&path.join(&*name), &label) {
            upgrade.done(&path.join(&*name), format!("datasets are named as in labels: `{label}`"));
        }
    }
}

/// HPLT had a fluency of sentences until January 2025, and has a score of documents since.
fn documents(draft: &mut Draft, upgrade: &mut Upgrade) {
    let path = KeyPath::dotted("experiment.min-fluency-threshold");
    if draft.get(&path).is_none() {
        return;
    }
    if draft.remove(&path) {
        upgrade.done(&path, "taken out: HPLT has a score of documents instead, see hplt-min-doc-score");
    }
}

/// Their tasks have other names and other contents in this tree: nobody can take them over unseen.
fn earlier_runs(draft: &mut Draft, upgrade: &mut Upgrade) {
    for key in EARLIER {
        let path = KeyPath::dotted(key);
        let is_old = match draft.get(&path) {
            Some(Value::Map(tasks)) => tasks.keys().any(|label| is_old_label(label)),
            Some(_) => key != "existing_tasks",
            None => false,
        };
        if is_old {
            upgrade.decide(
                &path,
                format!("`{key}` speaks of tasks of the older layout"),
                "this tree names and makes them otherwise; start anew without it, or with tasks of this tree",
            );
        }
    }
}

/// `train-teacher-en-ru-1` begins with a kind that is called otherwise now.
fn is_old_label(label: &str) -> bool {
    let ends = label.match_indices('-').map(|(at, _)| at);
    ends.filter_map(|end| today(&label[..end])).any(|name| name.is_none_or(|name| !label.starts_with(name)))
}

fn keys(draft: &Draft, path: &KeyPath) -> Vec<String> {
    let map = draft.get(path).and_then(Value::as_map);
    map.into_iter().flatten().map(|(key, _)| key.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upgrades::rewritten;

    #[test]
    fn names_of_stages_kinds_and_datasets_are_those_of_today() {
        let text = "experiment:\n  # on\n  use-opuscleaner: 'true'\n  min-fluency-threshold:\n    mono-src: 0.8\n  \
                    bicleaner:\n    dataset-thresholds:\n      opus_A/v1: 0.5 # why\n      opus_B_v1: 0.0\ntarget-stage: all # of it\n\
                    taskcluster:\n  worker-classes:\n    default: gcp-spot\n    train-teacher: gcp-standard\n";
        let (text, decide) = rewritten(text, rewrite);
        assert_eq!(decide, [""; 0]);
        assert_eq!(
            text,
            "experiment:\n  # on\n  \
             bicleaner:\n    dataset-thresholds:\n      opus_A_v1: 0.5 # why\n      opus_B_v1: 0.0\ntarget-stage: all-pipeline # of it\n\
             taskcluster:\n  worker-classes:\n    default: gcp-spot\n    train-teacher-model: gcp-standard\n"
        );
    }

    #[test]
    fn what_has_no_one_answer_is_for_a_person() {
        let text = "experiment: {use-opuscleaner: 'false', x: 1}\ntarget-stage: split-mono\nstart-stage: train-teacher\n\
                    existing_tasks: {train-teacher-ru-en-1: BAvLUilqQ3SYqy6Ck55CUQ}\n";
        let (after, decide) = rewritten(text, rewrite);
        assert_eq!(after, text);
        assert_eq!(
            decide,
            [
                "target-stage: the stage `split-mono` is not one stage any more",
                "experiment.use-opuscleaner: this tree cannot do without OpusCleaner",
                "start-stage: `start-stage` speaks of tasks of the older layout",
                "existing_tasks: `existing_tasks` speaks of tasks of the older layout",
            ]
        );
        assert!(!is_old_label("train-teacher-model-ru-en-1") && !is_old_label("fetch-marian"));
    }
}
