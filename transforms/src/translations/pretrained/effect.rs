//! A model that no task takes, and what the kinds of the tree look for instead.

use indexmap::IndexMap;
use taskgraph::keypath::KeyPath;
use taskgraph::kind::Kind;
use taskgraph::params::Params;
use taskgraph::problem::Problem;
use taskgraph::value::{Str, Value};
use taskgraph::words;

use super::layout::{Effect, Layout, ModelKey};

/// The warning about a model, if nothing becomes of it.
pub fn without_effect(
    params: &Params,
    kinds: &IndexMap<Str, Kind>,
    layout: &Layout,
    (key, model): (&ModelKey, &Value),
) -> Option<Problem> {
    let path = layout.path(key);
    let mode = model.get("mode").and_then(Value::as_str).map(|mode| format!(" ({mode})")).unwrap_or_default();
    let message = format!("the pretrained model `{}`{mode} is used by no task", key.name);
    let (label, kind) = match key.effect {
        Effect::Mounted => return None,
        Effect::Republished { .. } if key.has_effect(model) => return None,
        Effect::Nothing { kind } => {
            (format!("no kind of this tree takes a model under `{}`", key.name), kind)
        }
        Effect::Republished { kind } => ("it is taken with mode `use` and type `default` only".into(), kind),
    };
    let problem = Problem::warning("no-effect", message)
        .at(params.path_in_file(&path), label + &looks(params, kinds, layout, kind))
        .in_place(params.place_of_key(&path));
    Some(problem.help(format!("as it is, {kind} trains as if no model were given")))
}

/// What the kind that could take the model looks for.
fn looks(params: &Params, kinds: &IndexMap<Str, Kind>, layout: &Layout, kind: &str) -> String {
    let path = |key: &str| format!("`{}`", params.path_in_file(&KeyPath::dotted(layout.models).join(key)));
    let keys = kinds.get(kind).map(|kind| kind.keys_below(layout.models)).unwrap_or_default();
    let keys: Vec<String> = keys.into_iter().map(path).collect();
    let mounts = format!("mounts what stands under {}", path(kind));
    match keys.is_empty() {
        true => format!("; {kind} {mounts}"),
        false => format!(
            "; {kind} reads {}, and {mounts}",
            words::list(keys.iter().map(String::as_str)).replace(" or ", " and ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;
    use crate::translations::dialect::Dialect;
    use crate::translations::testing::{params, tree};

    /// The kind as the tree has it, which looks for the mode under one key, and for the model under another.
    fn kinds() -> IndexMap<Str, Kind> {
        let mode = "training_config.continuation.models.train-teacher.mode";
        tree("train-teacher-model", &format!("{{task-context: {{from-parameters: {{mode: {mode}}}}}}}")).1
    }

    /// What is told about `continuation.models` in July 2026.
    fn told_2026(models: &str) -> Vec<String> {
        let config = format!("{{experiment: {{teacher-ensemble: 1}}, continuation: {{models: {models}}}}}");
        let problems = check(&params(&format!("training_config: {config}")), &kinds(), Dialect::July2026);
        problems.iter().map(|problem| format!("{} {}", problem.code, problem)).collect()
    }

    #[test]
    fn models_that_nothing_reads_are_told() {
        let backwards = |mode: &str, sort: &str| {
            told_2026(&format!("{{backwards: {{url: https://a, mode: {mode}, type: {sort}}}}}"))
        };
        assert_eq!(backwards("use", "default"), [""; 0]);
        for (mode, sort) in [("continue", "default"), ("init", "default"), ("use", "opusmt")] {
            let told = backwards(mode, sort);
            assert_eq!(told.len(), 1);
            assert!(told[0].starts_with("no-effect "), "{told:?}");
            assert!(told[0].ends_with(&format!(
                "the pretrained model `backwards` ({mode}) is used by no task \
                 (at training_config.continuation.models.backwards): it is taken with mode `use` and type `default` \
                 only; backtranslations-train-backwards-model mounts what stands under \
                 `training_config.continuation.models.backtranslations-train-backwards-model`"
            )), "{told:?}");
        }
        let told = told_2026("{teacher: {urls: [https://a], mode: use, type: default}}");
        assert!(told[0].ends_with(
            "the pretrained model `teacher` (use) is used by no task \
             (at training_config.continuation.models.teacher): no kind of this tree takes a model under `teacher`; \
             train-teacher-model reads `training_config.continuation.models.train-teacher`, and mounts what stands under \
             `training_config.continuation.models.train-teacher-model`"
        ), "{told:?}");
    }

    #[test]
    fn the_later_dialect_has_one_url_for_the_backwards_model() {
        let told = told_2026("{backwards: {urls: [https://a], mode: use, type: default}}");
        assert!(
            told[0].contains("unknown key `urls`") && told[0].ends_with("did you mean `url`?"),
            "{told:?}"
        );
        assert!(told[1].contains("missing key `url`"));
        let told = told_2026("{backwards: {url: gs://b/p, mode: use, type: default}, techer: {}}");
        assert!(
            told[0].contains(
                "`gs://b/p` is no http(s) url (at training_config.continuation.models.backwards.url)"
            )
        );
        assert!(told[1].ends_with("the keys are teacher and backwards; did you mean `teacher`?"), "{told:?}");
        let told = told_2026("{train-teacher: {urls: [https://a], mode: use, type: default}}");
        assert!(told[0].ends_with("train-teacher-model reads its mode and type, but mounts only what stands under `train-teacher-model`"), "{told:?}");
    }
}
