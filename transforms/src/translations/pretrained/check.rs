//! The one validator of `pretrained-models`: everything that is wrong, all at once, each with its place.

use taskgraph::keypath::KeyPath;
use taskgraph::params::Params;
use taskgraph::problem::{Problem, Severity};
use taskgraph::secret::{hide, redact};
use taskgraph::shape::found;
use taskgraph::source::Place;
use taskgraph::value::{Map, Value};
use taskgraph::words;

use super::model::{KINDS, MODELS, Mode, TYPES};
use super::url::findings;

const KEYS: &[&str] = &["urls", "mode", "type"];

/// The kind whose model is never an ensemble.
const SINGLE: &str = "train-backwards";

/// All that is wrong with the pretrained models of a training config, and what looks wrong as warnings.
pub fn check(params: &Params) -> Vec<Problem> {
    let mut problems = Vec::new();
    let config = params.get("training_config");
    let experiment = config.and_then(|config| config.get("experiment"));
    let models = experiment.and_then(|experiment| experiment.get("pretrained-models"));
    if config.is_some_and(|config| config.get("pretrained-models").is_some()) {
        problems.push(misplaced(params, models.is_some()));
    }
    let path = KeyPath::dotted(MODELS);
    match models {
        None | Some(Value::Null) => {}
        Some(Value::Map(models)) => {
            for (kind, model) in models.iter() {
                let path = path.join(kind);
                if !KINDS.contains(&&**kind) {
                    problems.push(unknown_kind(params, &path, kind));
                    continue;
                }
                match model {
                    Value::Map(map) => {
                        let ensemble = experiment.and_then(|experiment| experiment.get("teacher-ensemble"));
                        check_model(
                            params,
                            kind,
                            map,
                            ensemble.and_then(Value::as_int),
                            &path,
                            &mut problems,
                        );
                    }
                    other => {
                        let message = format!("`{kind}` must be a map with {}", list_keys());
                        problems.push(at_value(params, "wrong-value", &path, message, found_here(other)));
                    }
                }
            }
        }
        Some(other) => {
            let message = "`pretrained-models` must be a map from kinds to models";
            problems.push(at_value(params, "wrong-value", &path, message, found_here(other)));
        }
    }
    problems
}

fn misplaced(params: &Params, is_double: bool) -> Problem {
    let path = KeyPath::dotted("training_config.pretrained-models");
    let problem = match is_double {
        true => Problem::error("wrong-place", "`pretrained-models` stands in two places")
            .at(params.path_in_file(&path), "leave this one out")
            .with(place_of_key(params, &KeyPath::dotted(MODELS)), "and here, where it belongs"),
        false => Problem::error("wrong-place", "`pretrained-models` has to stand under `experiment`")
            .at(params.path_in_file(&path), "nothing reads it here"),
    };
    problem.in_place(place_of_key(params, &path))
}

fn unknown_kind(params: &Params, path: &KeyPath, kind: &str) -> Problem {
    let can = format!("only {} can", words::list(KINDS.iter().copied()).replace(" or ", " and "));
    let label = match words::nearest(kind, KINDS.iter().copied()) {
        Some(nearest) => format!("{can}; did you mean `{nearest}`?"),
        None => can,
    };
    at_key(params, "unknown-kind", path, format!("`{kind}` cannot start from a pretrained model"), label)
}

fn check_model(
    params: &Params,
    kind: &str,
    model: &Map,
    ensemble: Option<i64>,
    path: &KeyPath,
    problems: &mut Vec<Problem>,
) {
    for (key, value) in model {
        let path = path.join(key);
        match &**key {
            "urls" => check_urls(params, kind, value, ensemble, &path, problems),
            "mode" => problems.extend(check_word(params, "mode", value, Mode::WORDS, &path)),
            "type" => problems.extend(check_word(params, "type", value, TYPES, &path)),
            unknown => {
                let label = match words::nearest(unknown, KEYS.iter().copied()) {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => format!("a model has {}", list_keys()),
                };
                problems.push(at_key(
                    params,
                    "unknown-key",
                    &path,
                    format!("unknown key `{unknown}`"),
                    label,
                ));
            }
        }
    }
    let missing = KEYS.iter().filter(|key| !model.contains_key(**key));
    problems.extend(missing.map(|key| {
        let needed = match *key {
            "mode" => words::list(Mode::WORDS.iter().copied()),
            "type" => words::list(TYPES.iter().copied()),
            _ => "a list of urls, one for each member of the ensemble".into(),
        };
        let label = format!("`{key}` has to be here: {needed}");
        at_key(params, "missing-key", &path.join(*key), format!("missing key `{key}`"), label)
    }));
}

fn check_word(params: &Params, key: &str, value: &Value, words: &[&str], path: &KeyPath) -> Option<Problem> {
    let allowed = words::list(words.iter().copied());
    match value.as_str() {
        Some(word) if words.contains(&word) => None,
        Some(word) => {
            let label = match words::nearest(word, words.iter().copied()) {
                Some(nearest) => format!("{allowed}; did you mean `{nearest}`?"),
                None => allowed,
            };
            Some(at_value(params, "wrong-value", path, format!("unknown {key} `{word}`"), label))
        }
        None => Some(at_value(
            params,
            "wrong-value",
            path,
            format!("`{key}` must be {allowed}"),
            found_here(value),
        )),
    }
}

fn check_urls(
    params: &Params,
    kind: &str,
    urls: &Value,
    ensemble: Option<i64>,
    path: &KeyPath,
    problems: &mut Vec<Problem>,
) {
    let Some(urls) = urls.as_list() else {
        let message = "`urls` must be a list of strings";
        problems.push(at_value(params, "wrong-value", path, message, found_here(urls)));
        return;
    };
    problems.extend(check_count(params, kind, urls.len(), ensemble, path));
    for (index, url) in urls.iter().enumerate() {
        let path = path.join(index);
        let Some(url) = url.as_str() else {
            problems.push(at_value(
                params,
                "wrong-value",
                &path,
                "each of `urls` must be a string",
                found_here(url),
            ));
            continue;
        };
        problems.extend(findings(url, &format!("{kind}.urls[{index}]")).into_iter().map(|finding| {
            let mut problem = at_value(params, finding.code, &path, finding.message, finding.label);
            problem.severity = if finding.is_warning { Severity::Warning } else { Severity::Error };
            problem.help = finding.help;
            problem
        }));
    }
}

fn check_count(
    params: &Params,
    kind: &str,
    count: usize,
    ensemble: Option<i64>,
    path: &KeyPath,
) -> Option<Problem> {
    let urls = if count == 1 { "1 url".into() } else { format!("{count} urls") };
    if count == 0 {
        return Some(at_key(
            params,
            "wrong-count",
            path,
            "`urls` is empty",
            "at least one url has to be here",
        ));
    }
    if kind == SINGLE {
        let message = format!("{urls} for {kind}, which is never an ensemble");
        return (count > 1)
            .then(|| at_key(params, "wrong-count", path, message, "exactly one url has to be here"));
    }
    let ensemble = ensemble.filter(|ensemble| i64::try_from(count) != Ok(*ensemble))?;
    let teachers = if ensemble == 1 { "1 teacher".into() } else { format!("{ensemble} teachers") };
    let asked = if ensemble == 1 { "one teacher is" } else { &format!("{teachers} are") };
    let size = KeyPath::dotted("training_config.experiment.teacher-ensemble");
    Some(
        at_key(
            params,
            "wrong-count",
            path,
            format!("{urls} for an ensemble of {teachers}"),
            format!("give one url for each, or set teacher-ensemble to {count}"),
        )
        .with(params.place_of_value(&size).map(hide), format!("{asked} asked for here")),
    )
}

fn list_keys() -> String {
    words::list(KEYS.iter().copied()).replace(" or ", " and ")
}

fn found_here(value: &Value) -> String {
    format!("found {}", redact(&found(value)))
}

fn place_of_key(params: &Params, path: &KeyPath) -> Option<Place> {
    params.place_of_key(path).map(hide)
}

fn at_key(
    params: &Params,
    code: &'static str,
    path: &KeyPath,
    message: impl Into<String>,
    label: impl Into<String>,
) -> Problem {
    Problem::error(code, message).at(params.path_in_file(path), label).in_place(place_of_key(params, path))
}

fn at_value(
    params: &Params,
    code: &'static str,
    path: &KeyPath,
    message: impl Into<String>,
    label: impl Into<String>,
) -> Problem {
    let place = params.place_of_value(path).map(hide);
    Problem::error(code, message).at(params.path_in_file(path), label).in_place(place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translations::testing::params;

    /// What is told about a training config, one line a problem.
    fn told(experiment: &str) -> Vec<String> {
        let indented = experiment.replace('\n', "\n    ");
        let params = params(&format!("training_config:\n  experiment:\n    {indented}"));
        check(&params)
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
        assert_eq!(told(models), [""; 0]);
        assert_eq!(told("pretrained-models:"), [""; 0]);
        assert_eq!(told("pretrained-models: {}"), [""; 0]);
    }

    #[test]
    fn a_kind_that_cannot_start_from_a_model_is_named() {
        assert_eq!(
            told("pretrained-models:\n  train-student: {urls: []}"),
            ["error: 4:7: `train-student` cannot start from a pretrained model (at ….train-student): \
              only train-teacher and train-backwards can"]
        );
        assert!(told("pretrained-models: {train-teachr: {}}")[0].ends_with("did you mean `train-teacher`?"));
    }

    #[test]
    fn everything_is_told_at_once() {
        let models = "teacher-ensemble: 2\npretrained-models:\n  train-teacher:\n    url: https://a\n    mode: contiune";
        assert_eq!(
            told(models),
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
            told(&format!(
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
    fn the_backwards_model_is_never_an_ensemble() {
        let models = "teacher-ensemble: 2\npretrained-models:\n  train-backwards:\n    \
                      urls: [https://a, https://b]\n    mode: use\n    type: default";
        assert_eq!(
            told(models),
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
            told(models),
            [
                "error: 7:11: `gs://b/p` is no http(s) url (at ….train-teacher.urls[0]): workers download over https",
                "warning: 8:11: `train-teacher.urls[1]` has the placeholder `task-id`: it is no taskId \
                 (at ….train-teacher.urls[1]): a taskId has 22 characters: letters, digits, `_` and `-`",
            ]
        );
    }

    #[test]
    fn what_is_no_map_is_told() {
        assert!(told("pretrained-models: [x]")[0].contains("must be a map from kinds to models"));
        assert!(
            told("pretrained-models: {train-teacher: }")[0]
                .contains("must be a map with urls, mode and type")
        );
    }

    #[test]
    fn two_places_are_one_too_many() {
        let both = params("training_config:\n  pretrained-models: {}\n  experiment: {pretrained-models: {}}");
        let told = check(&both);
        assert_eq!(told[0].message, "`pretrained-models` stands in two places");
        assert_eq!(told[0].related[0].place.span.line, 3);
        let alone = check(&params("training_config:\n  pretrained-models: {}\n  experiment: {}"));
        assert_eq!(alone[0].message, "`pretrained-models` has to stand under `experiment`");
    }

    #[test]
    fn a_drawn_line_shows_no_password() {
        let params = params(
            "training_config: {experiment: {teacher-ensemble: 2, pretrained-models: {train-teacher: \
             {urls: [\"https://me:s3cret@h\"], mode: us, type: default, x: 1}}}}",
        );
        let problems = check(&params);
        assert_eq!(problems.len(), 4);
        for problem in problems {
            let places = problem.related.iter().map(|at| &at.place).chain(&problem.place);
            assert!(places.into_iter().all(|place| !place.source.text.contains("s3cret")));
            assert!(!problem.to_string().contains("s3cret"));
        }
    }
}
