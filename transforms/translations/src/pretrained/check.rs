//! The one validator of pretrained models: everything that is wrong, all at once, each with its place.

use crate::parameter::refused;
use crate::pipeline_version::PipelineVersion;
use crate::pretrained::layout::{Effect, Layout, ModelKey};
use crate::pretrained::model_section::{check_model, list_keys};
use crate::pretrained::problem::{at_key, found_here};
use crate::pretrained::unused_models::{AS_IT_IS, NO_TEACHER, USE_AS_IT_IS, WITHOUT_TEACHER, without_effect};
use indexmap::IndexMap;
use std::cell::LazyCell;
use std::collections::BTreeSet;
use taskgraph::diagnostics::Problem;
use taskgraph::parameters::Params;
use taskgraph::transform::kind::Kind;
use taskgraph_compat::suggest;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Str, Value};

/// All that is wrong with the pretrained models of a training config, and what looks wrong as warnings. `asked_for` are
/// the keys that the tree asks for although the reference knows no such.
pub fn check(
    params: &Params,
    kinds: &IndexMap<Str, Kind>,
    pipeline_version: PipelineVersion,
    asked_for: &[&str],
) -> Vec<Problem> {
    let layout = pipeline_version.layout();
    let mut problems: Vec<Problem> = misplaced(params, pipeline_version).into_iter().collect();
    let path = KeyPath::dotted(layout.models);
    let readers =
        Readers::new(|| kinds.values().map(|kind| (&*kind.name, kind.keys_below(layout.models))).collect());
    match params.find(&path) {
        None | Some(Value::Null) => {}
        Some(Value::Map(models)) => {
            for (name, model) in models.iter() {
                let path = path.join(name);
                let known = |key: &&ModelKey| !key.has_to_be_asked_for || asked_for.contains(&key.name);
                let Some(key) = layout.key(name).filter(known) else {
                    let (problem, meant) = unknown_key(params, &readers, layout, (&path, name), asked_for);
                    problems.push(problem);
                    if let (Some(meant), Value::Map(map)) = (meant, model) {
                        check_model(params, meant, map, &path, &mut problems);
                    }
                    continue;
                };
                match model {
                    Value::Map(map) => {
                        check_model(params, key, map, &path, &mut problems);
                        problems.extend(without_effect(params, layout, (key, model)));
                    }
                    other => problems.push(no_map(params, key, &path, other)),
                }
            }
        }
        Some(other) => {
            let name = path.last_key().unwrap_or_default();
            let message = format!("`{name}` must be a map from kinds to models");
            problems.push(refused(params, "wrong-value", &path, message, found_here(other)));
        }
    }
    problems
}

fn no_map(params: &Params, key: &ModelKey, path: &KeyPath, value: &Value) -> Problem {
    let message = format!("`{}` must be a map with {}", key.name, list_keys(key));
    refused(params, "wrong-value", path, message, found_here(value))
}

/// Models that still stand at the top level: they were moved unless they stand below as well. What stands where only
/// another pipeline version looks is reported from `Training::other_keys`.
fn misplaced(params: &Params, pipeline_version: PipelineVersion) -> Option<Problem> {
    let training = pipeline_version.training();
    let top = KeyPath::dotted(training.models_elsewhere);
    params.find(&top)?;
    Some(in_wrong_place(params, &top, params.find(&KeyPath::dotted(training.models)).is_some()))
}

fn in_wrong_place(params: &Params, path: &KeyPath, is_double: bool) -> Problem {
    let right = KeyPath::dotted(PipelineVersion::December2024.layout().models);
    let problem = match is_double {
        true => Problem::error("wrong-place", "`pretrained-models` stands in two places")
            .at(params.path_in_file(path), "leave this one out")
            .with(params.place_of_key(&right), "and here, where it belongs"),
        false => Problem::error("wrong-place", "`pretrained-models` has to stand under `experiment`")
            .at(params.path_in_file(path), "nothing reads it here"),
    };
    problem.in_place(params.place_of_key(path))
}

/// The kinds, with the names that their tasks look for among the models. Gathered once, if a name is unknown.
type Readers<'k, F> = LazyCell<Vec<(&'k str, BTreeSet<&'k str>)>, F>;

/// Returns the problem of a key that is none, and the key that is meant, if one is misspelled.
fn unknown_key<'k, 'l>(
    params: &Params,
    readers: &Readers<'k, impl FnOnce() -> Vec<(&'k str, BTreeSet<&'k str>)>>,
    layout: &'l Layout,
    (path, name): (&KeyPath, &str),
    asked_for: &[&str],
) -> (Problem, Option<&'l ModelKey>) {
    let documented = || layout.documented.iter().chain(asked_for).copied();
    let listed = suggest::list(documented()).replace(" or ", " and ");
    let known = match layout.keys.iter().all(|key| key.effect == Effect::Mounted) {
        true => format!("only {listed} can"),
        false => format!("the keys are {listed}"),
    };
    // Its tasks look at the model, and can mount none: other names for it would lead nowhere.
    let reader = readers.iter().find(|(_, names)| names.contains(name));
    let word = reader.and_then(|(kind, _)| layout.key(kind)).map(|key| key.word);
    let nearest = suggest::nearest(name, documented()).filter(|_| word.is_none());
    let (label, help) = match (word, nearest) {
        (Some("teacher"), _) => (NO_TEACHER.to_owned(), Some(WITHOUT_TEACHER.to_owned())),
        (Some(_), _) => (format!("{AS_IT_IS}, under `backwards`"), Some(USE_AS_IT_IS.to_owned())),
        (None, Some(nearest)) => (format!("{known}; did you mean `{nearest}`?"), None),
        (None, None) => (known, None),
    };
    let help = help.or_else(|| {
        let key = layout.key(name).filter(|key| key.has_to_be_asked_for)?;
        let models = layout.models;
        Some(format!("the kind `{}` of this tree does not ask for `{models}.{}`", key.name, key.name))
    });
    let message = format!("`{name}` cannot start from a pretrained model");
    let problem = Problem { help, ..at_key(params, "unknown-kind", path, message, label) };
    (problem, nearest.and_then(|nearest| layout.key(nearest)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pretrained::mode::Mode;
    use transforms_testing::params;

    /// Returns the problems of a training config, one line each.
    fn messages(experiment: &str) -> Vec<String> {
        messages_in(&[], experiment)
    }

    /// The same in a tree that asks for these keys besides.
    fn messages_in(asked_for: &[&str], experiment: &str) -> Vec<String> {
        let indented = experiment.replace('\n', "\n    ");
        let params = params(&format!("training_config:\n  experiment:\n    {indented}"));
        check(&params, &IndexMap::new(), PipelineVersion::December2024, asked_for)
            .iter()
            .map(|problem| {
                let related =
                    problem.related.iter().map(|at| format!(" [{}: {}]", at.place.span.line, at.label));
                format!("{}: {problem}{}", problem.severity.word(), related.collect::<String>())
                    .replace("params.yml:", "")
                    .replace("training_config.experiment.pretrained-models", "…")
            })
            .collect()
    }

    #[test]
    fn nothing_is_wrong_with_good_models() {
        let models = "teacher-ensemble: 2\npretrained-models:\n  train-teacher: {urls: [https://a/x, https://b/x/], \
                      mode: init, type: opusmt}\n  train-backwards: {urls: [http://c], mode: use, type: default}";
        assert_eq!(messages(models), [""; 0]);
        assert_eq!(messages("pretrained-models:"), [""; 0]);
        assert_eq!(messages("pretrained-models: {}"), [""; 0]);
    }

    #[test]
    fn a_kind_that_cannot_start_from_a_model_is_named() {
        assert_eq!(
            messages("pretrained-models:\n  train-student: {urls: []}"),
            ["error: 4:7: `train-student` cannot start from a pretrained model (at ….train-student): \
              only train-teacher and train-backwards can"]
        );
        assert_eq!(
            messages_in(&["train-student"], "pretrained-models:\n  finetune-student: {urls: []}"),
            ["error: 4:7: `finetune-student` cannot start from a pretrained model (at ….finetune-student): \
              only train-teacher, train-backwards and train-student can"]
        );
        assert!(
            messages("pretrained-models: {train-teachr: {}}")[0].ends_with("did you mean `train-teacher`?")
        );
    }

    #[test]
    fn a_misspelled_kind_is_checked_as_the_one_that_is_meant() {
        let models = "pretrained-models:\n  train-backward:\n    urls: [https://a, gs://b]\n    mode: usee\n    type: default";
        assert_eq!(
            messages(models),
            [
                "error: 4:7: `train-backward` cannot start from a pretrained model (at ….train-backward): \
                 only train-teacher and train-backwards can; did you mean `train-backwards`?",
                "error: 5:9: 2 urls for train-backwards, which is never an ensemble (at ….train-backward.urls): \
                 exactly one url has to be here",
                "error: 5:27: `gs://b` is not an http(s) url (at ….train-backward.urls[1]): workers download over https",
                "error: 6:15: unknown mode `usee` (at ….train-backward.mode): \
                 use, continue or init; did you mean `use`?",
            ]
        );
        assert_eq!(messages("pretrained-models: {train-teachr: []}").len(), 1);
    }

    #[test]
    fn a_student_is_taken_where_the_tree_asks_for_it() {
        let student = |model: &str| {
            messages_in(&["train-student"], &format!("pretrained-models:\n  train-student: {{{model}}}"))
        };
        for mode in Mode::WORDS {
            assert_eq!(student(&format!("urls: [https://a], mode: {mode}, type: default")), [""; 0]);
        }
        assert_eq!(
            student("urls: [https://a, https://b], mode: use, type: opusmt"),
            [
                "error: 4:23: 2 urls for train-student, which is never an ensemble (at ….train-student.urls): \
                 exactly one url has to be here",
                "error: 4:70: `train-student` takes no model of type `opusmt` (at ….train-student.type): \
                 only default: a student has an architecture of its own",
            ]
        );
        assert_eq!(
            student("mode: us"),
            [
                "error: 4:29: unknown mode `us` (at ….train-student.mode): use, continue or init; did you mean `use`?",
                "error: 4:7: missing key `urls` (at ….train-student.urls): `urls` has to be here: a list of one url",
                "error: 4:7: missing key `type` (at ….train-student.type): `type` has to be here: default",
            ]
        );
    }

    #[test]
    fn everything_is_reported_at_once() {
        let models = "teacher-ensemble: 2\npretrained-models:\n  train-teacher:\n    url: https://a\n    mode: contiune";
        assert_eq!(
            messages(models),
            [
                "error: 6:9: unknown key `url` (at ….train-teacher.url): did you mean `urls`?",
                "error: 7:15: unknown mode `contiune` (at ….train-teacher.mode): \
                 use, continue or init; did you mean `continue`?",
                "error: 5:7: missing key `urls` (at ….train-teacher.urls): \
                 `urls` has to be here: a list of urls, one for each member of the ensemble",
                "error: 5:7: missing key `type` (at ….train-teacher.type): \
                 `type` has to be here: default or opusmt",
            ]
        );
    }

    #[test]
    fn urls_are_counted_against_the_ensemble() {
        let model = |ensemble: u8, urls: &str| {
            messages(&format!(
                "teacher-ensemble: {ensemble}\npretrained-models:\n  train-teacher:\n    \
                 urls: {urls}\n    mode: use\n    type: default"
            ))
        };
        assert_eq!(
            model(2, "[https://a]"),
            ["error: 6:9: 1 url for an ensemble of 2 teachers (at ….train-teacher.urls): \
              give one url for each, or set teacher-ensemble to 1 [3: 2 teachers are asked for here]"]
        );
        assert!(model(1, "[https://a, https://b]")[0].contains("2 urls for an ensemble of 1 teacher "));
        assert_eq!(model(4, "[https://a, https://b, https://c, https://d]"), [""; 0]);
        assert_eq!(
            model(2, "[]"),
            ["error: 6:9: `urls` is empty (at ….train-teacher.urls): at least one url has to be here"]
        );
        assert_eq!(
            model(1, "https://me:s3cret@a"),
            [
                "error: 6:15: `urls` must be a list of strings (at ….train-teacher.urls): found `https://***@a`"
            ]
        );
        assert_eq!(
            model(1, "[7]"),
            [
                "error: 6:16: each of `urls` must be a string (at ….train-teacher.urls[0]): found the integer 7"
            ]
        );
    }

    #[test]
    fn an_ensemble_of_one_model_is_reported() {
        let models = "teacher-ensemble: 2\npretrained-models:\n  train-teacher:\n    urls: [https://h/a, https://h/a/]\n    \
                      mode: init\n    type: default";
        assert_eq!(
            messages(models),
            ["warning: 6:29: members 1 and 2 of the ensemble are one model (at ….train-teacher.urls[1]): \
              equal models translate as one of them does [6: it stands here first]"]
        );
    }

    #[test]
    fn the_backwards_model_is_never_an_ensemble() {
        let models = "teacher-ensemble: 2\npretrained-models:\n  train-backwards:\n    \
                      urls: [https://a, https://b]\n    mode: use\n    type: default";
        assert_eq!(
            messages(models),
            [
                "error: 6:9: 2 urls for train-backwards, which is never an ensemble (at ….train-backwards.urls): \
              exactly one url has to be here"
            ]
        );
    }

    #[test]
    fn a_url_has_its_exact_place() {
        let models = "teacher-ensemble: 2\npretrained-models:\n  train-teacher:\n    urls:\n    - gs://b/p\n    \
                      - https://h/task/task-id/x\n    mode: use\n    type: default";
        assert_eq!(
            messages(models),
            [
                "error: 7:11: `gs://b/p` is not an http(s) url (at ….train-teacher.urls[0]): workers download over https",
                "warning: 8:11: `train-teacher.urls[1]` has the placeholder `task-id`: it is not a taskId \
                 (at ….train-teacher.urls[1]): a taskId has 22 characters: letters, digits, `_` and `-`",
            ]
        );
    }

    #[test]
    fn what_is_no_map_is_reported() {
        assert!(messages("pretrained-models: [x]")[0].contains("must be a map from kinds to models"));
        assert!(
            messages("pretrained-models: {train-teacher: }")[0]
                .contains("must be a map with urls, mode and type")
        );
    }

    #[test]
    fn two_places_are_one_too_many() {
        let both = params("training_config:\n  pretrained-models: {}\n  experiment: {pretrained-models: {}}");
        let messages = check(&both, &IndexMap::new(), PipelineVersion::December2024, &[]);
        assert_eq!(messages[0].message, "`pretrained-models` stands in two places");
        assert_eq!(messages[0].related[0].place.span.line, 3);
        let alone = check(
            &params("training_config:\n  pretrained-models: {}\n  experiment: {}"),
            &IndexMap::new(),
            PipelineVersion::December2024,
            &[],
        );
        assert_eq!(alone[0].message, "`pretrained-models` has to stand under `experiment`");
    }

    #[test]
    fn a_message_shows_no_password() {
        let params = params(
            "training_config: {experiment: {teacher-ensemble: 2, pretrained-models: {train-teacher: \
             {urls: [\"https://me:s3cret@h\"], mode: us, type: default, x: 1}}}}",
        );
        let problems = check(&params, &IndexMap::new(), PipelineVersion::December2024, &[]);
        assert_eq!(problems.len(), 4);
        assert!(problems.iter().all(|problem| !problem.to_string().contains("s3cret")));
    }
}
