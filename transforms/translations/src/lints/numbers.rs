//! Thresholds and counts: what is out of the range of a score, and what leaves nothing to do.

use crate::lints::{warning, would_fail};
use crate::pipeline_version::PipelineVersion;
use taskgraph::diagnostics::Problem;
use taskgraph::parameters::Params;
use taskgraph::schema::suggestion::surprise;
use taskgraph::schema::{Field, Schema};
use taskgraph_compat::source::Place;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

/// Sections of thresholds, and the highest score there is. The lowest is 0.
const SCORES: &[(&str, f64)] = &[
    ("experiment.bicleaner", 1.0),
    ("experiment.monocleaner.mono-src", 1.0),
    ("experiment.monocleaner.mono-trg", 1.0),
    ("experiment.min-fluency-threshold", 1.0),
    ("experiment.hplt-min-doc-score", 10.0),
];

/// Numbers of which there has to be one at least.
const COUNTS: &[&str] = &[
    "experiment.teacher-ensemble",
    "experiment.corpus-max-sentences",
    "experiment.dev-max-sentences",
    "experiment.mono-max-sentences-src.total",
    "experiment.mono-max-sentences-src.per-dataset",
    "experiment.mono-max-sentences-trg.total",
    "experiment.mono-max-sentences-trg.per-dataset",
    "experiment.spm-sample-size",
    "experiment.spm-vocab-size",
    "taskcluster.split-chunks",
];

pub(super) fn check(params: &Params, pipeline_version: PipelineVersion) -> Vec<Problem> {
    let root = KeyPath::dotted("training_config");
    let mut problems = Vec::new();
    integers(params, pipeline_version.parameters(), &KeyPath::default(), &mut problems);
    for (section, highest) in SCORES {
        let path = root.concat(&KeyPath::dotted(section));
        if let Some(section) = params.find(&path) {
            scores(params, section, *highest, &path, &mut problems);
        }
    }
    for count in COUNTS {
        let path = root.concat(&KeyPath::dotted(count));
        if let Some(number) = params.find(&path).and_then(Value::as_int).filter(|number| *number < 1) {
            let key = path.last_key().unwrap_or_default();
            problems.push(would_fail(params, &path, format!("`{key}` is {number}"), "1 is the least"));
        }
    }
    problems
}

/// Integers that were written as something else. A boolean is one for Python until a script reads it as a number.
fn integers(params: &Params, fields: &[Field], path: &KeyPath, problems: &mut Vec<Problem>) {
    for field in fields {
        let path = path.join(field.name);
        match (&field.schema, params.find(&path)) {
            (Schema::Map(inner) | Schema::Open(inner, _), Some(_)) => {
                integers(params, inner, &path, problems)
            }
            (Schema::Int, Some(value)) => problems.extend(integer(params, &path, value)),
            _ => {}
        }
    }
}

fn integer(params: &Params, path: &KeyPath, value: &Value) -> Option<Problem> {
    let key = path.last_key().unwrap_or_default();
    let place = params.place_of_value(path);
    let surprise = place.as_ref().and_then(Place::text).and_then(|spelled| surprise(spelled, value));
    match value {
        Value::Bool(flag) => {
            let label = surprise.unwrap_or_else(|| format!("found the boolean {flag}"));
            Some(would_fail(params, path, format!("`{key}` must be an integer"), label))
        }
        Value::Int(number) => {
            let message = format!("`{key}` is {number}");
            Some(warning(params, "odd-number", path, message, surprise?))
        }
        // Anything else is refused by the schema of the config.
        _ => None,
    }
}

fn scores(params: &Params, value: &Value, highest: f64, path: &KeyPath, problems: &mut Vec<Problem>) {
    match value {
        Value::Map(map) => {
            map.iter().for_each(|(key, value)| scores(params, value, highest, &path.join(key), problems));
        }
        Value::Float(score) => problems.extend(score_of(params, *score, highest, path)),
        // An integer is not a threshold: the schema of the config says so.
        _ => {}
    }
}

fn score_of(params: &Params, score: f64, highest: f64, path: &KeyPath) -> Option<Problem> {
    let key = path.last_key().unwrap_or_default();
    let message = format!("the threshold `{key}` is {score:?}");
    let range = format!("scores are between 0.0 and {highest:?}");
    if score > highest {
        return Some(would_fail(params, path, message, format!("nothing is that good: {range}")));
    }
    (score < 0.0)
        .then(|| warning(params, "odd-threshold", path, message, format!("nothing is that bad: {range}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lints::messages;

    #[test]
    fn thresholds_have_the_range_of_their_scores() {
        let config = "{experiment: {bicleaner: {default-threshold: 5.0, dataset-thresholds: {a: 1.0, b: -0.5}}, \
                      hplt-min-doc-score: {mono-src: 9.0, mono-trg: 10.5}}}";
        assert_eq!(
            messages(config, PipelineVersion::July2026, check),
            [
                "would-fail experiment.bicleaner.default-threshold: the threshold `default-threshold` is 5.0: \
                 nothing is that good: scores are between 0.0 and 1.0",
                "odd-threshold experiment.bicleaner.dataset-thresholds.b: the threshold `b` is -0.5: \
                 nothing is that bad: scores are between 0.0 and 1.0",
                "would-fail experiment.hplt-min-doc-score.mono-trg: the threshold `mono-trg` is 10.5: \
                 nothing is that good: scores are between 0.0 and 10.0",
            ]
        );
    }

    #[test]
    fn integers_are_written_as_integers() {
        assert_eq!(
            messages(
                "{experiment: {teacher-ensemble: yes, spm-vocab-size: true, spm-sample-size: 20:00}, \
                 taskcluster: {split-chunks: 010}}",
                PipelineVersion::December2024,
                check
            ),
            [
                "would-fail experiment.teacher-ensemble: `teacher-ensemble` must be an integer: \
                 YAML 1.1 reads `yes` as the boolean true",
                "odd-number experiment.spm-sample-size: `spm-sample-size` is 1200: \
                 YAML 1.1 reads `20:00` in base 60, as the integer 1200",
                "would-fail experiment.spm-vocab-size: `spm-vocab-size` must be an integer: \
                 found the boolean true",
                "odd-number taskcluster.split-chunks: `split-chunks` is 8: \
                 YAML 1.1 reads `010` in base 8, as the integer 8",
            ]
        );
    }

    #[test]
    fn there_has_to_be_something_to_do() {
        assert_eq!(
            messages(
                "{experiment: {teacher-ensemble: 0}, taskcluster: {split-chunks: 1}}",
                PipelineVersion::July2026,
                check
            ),
            ["would-fail experiment.teacher-ensemble: `teacher-ensemble` is 0: 1 is the least"]
        );
    }
}
