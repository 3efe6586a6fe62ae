//! Checks the section of one model.

use crate::parameter::refused;
use crate::pretrained::ensemble::{check_count, same_model};
use crate::pretrained::layout::{ModelKey, UrlKey};
use crate::pretrained::mode::Mode;
use crate::pretrained::mode_and_type::{check_type, check_word};
use crate::pretrained::problem::{at_key, found_here};
use crate::pretrained::url::findings;
use taskgraph::diagnostics::{Problem, Severity};
use taskgraph::parameters::Params;
use taskgraph_compat::suggest;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};

/// Adds the problems of a model: its keys, their values, and those that are missing.
pub(super) fn check_model(
    params: &Params,
    key: &ModelKey,
    model: &Map,
    path: &KeyPath,
    problems: &mut Vec<Problem>,
) {
    let keys = keys(key);
    for (name, value) in model {
        let path = path.join(name);
        match &**name {
            "urls" if key.urls != UrlKey::One => check_urls(params, key, value, &path, problems),
            "url" if key.urls == UrlKey::One => check_url(params, key.name, value, &path, "`url`", problems),
            "mode" => problems.extend(check_word(params, "mode", value, Mode::WORDS, &path)),
            "type" => problems.extend(check_type(params, key, value, &path)),
            unknown => {
                let label = match suggest::nearest(unknown, keys) {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => format!("a model has {}", list_keys(key)),
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
    let missing = keys.iter().filter(|key| !model.contains_key(**key));
    problems.extend(missing.map(|missing| {
        let needed = match *missing {
            "mode" => suggest::list(Mode::WORDS.iter().copied()),
            "type" => suggest::list(key.types.iter().copied()),
            "url" => "the url of the folder with the model".into(),
            _ if key.urls == UrlKey::ListOfOne && key.has_to_be_asked_for => "a list of one url".into(),
            _ => "a list of urls, one for each member of the ensemble".into(),
        };
        let label = format!("`{missing}` has to be here: {needed}");
        at_key(params, "missing-key", &path.join(*missing), format!("missing key `{missing}`"), label)
    }));
}

fn check_urls(params: &Params, key: &ModelKey, urls: &Value, path: &KeyPath, problems: &mut Vec<Problem>) {
    let Some(urls) = urls.as_list() else {
        let message = "`urls` must be a list of strings";
        problems.push(refused(params, "wrong-value", path, message, found_here(urls)));
        return;
    };
    problems.extend(check_count(params, key, urls.len(), path));
    for (index, url) in urls.iter().enumerate() {
        check_url(params, key.name, url, &path.join(index), "each of `urls`", problems);
        problems.extend(same_model(params, &urls[..index], url, path));
    }
}

fn check_url(
    params: &Params,
    key: &str,
    url: &Value,
    path: &KeyPath,
    what: &str,
    problems: &mut Vec<Problem>,
) {
    let Some(url) = url.as_str() else {
        let message = format!("{what} must be a string");
        problems.push(refused(params, "wrong-value", path, message, found_here(url)));
        return;
    };
    // What a person calls it: `train-teacher.urls[0]`.
    let name = match path.0.iter().rposition(|step| *step == key.into()) {
        Some(at) => KeyPath(path.0[at..].to_vec()),
        None => path.clone(),
    };
    problems.extend(findings(url, &name.to_string()).into_iter().map(|finding| {
        let mut problem = refused(params, finding.code, path, finding.message, finding.label);
        problem.severity = if finding.is_warning { Severity::Warning } else { Severity::Error };
        problem.help = finding.help;
        problem
    }));
}

fn keys(key: &ModelKey) -> [&'static str; 3] {
    [key.urls.name(), "mode", "type"]
}

/// The keys of a model in words: `urls, mode and type`.
pub(super) fn list_keys(key: &ModelKey) -> String {
    suggest::list(keys(key)).replace(" or ", " and ")
}
