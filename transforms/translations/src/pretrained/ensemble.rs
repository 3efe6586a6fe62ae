//! The urls of an ensemble: as many as there are teachers, and each of another model.

use crate::parameter::refused;
use crate::pretrained::layout::{ModelKey, UrlKey};
use crate::pretrained::problem::at_key;
use taskgraph::diagnostics::{Problem, Severity};
use taskgraph::parameters::Params;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

const ENSEMBLE: &str = "training_config.experiment.teacher-ensemble";

/// Checks the number of urls.
pub(super) fn check_count(params: &Params, key: &ModelKey, count: usize, path: &KeyPath) -> Option<Problem> {
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
    if key.urls == UrlKey::ListOfOne {
        let message = format!("{urls} for {}, which is never an ensemble", key.name);
        return (count > 1)
            .then(|| at_key(params, "wrong-count", path, message, "exactly one url has to be here"));
    }
    let ensemble = params.find(&KeyPath::dotted(ENSEMBLE)).and_then(Value::as_int);
    let ensemble = ensemble.filter(|ensemble| i64::try_from(count) != Ok(*ensemble))?;
    let teachers = if ensemble == 1 { "1 teacher".into() } else { format!("{ensemble} teachers") };
    let asked = if ensemble == 1 { "one teacher is" } else { &format!("{teachers} are") };
    Some(
        at_key(
            params,
            "wrong-count",
            path,
            format!("{urls} for an ensemble of {teachers}"),
            format!("give one url for each, or set teacher-ensemble to {count}"),
        )
        .with(params.place_of_value(&KeyPath::dotted(ENSEMBLE)), format!("{asked} asked for here")),
    )
}

/// A member of an ensemble that is a model of another member.
pub(super) fn same_model(params: &Params, before: &[Value], url: &Value, path: &KeyPath) -> Option<Problem> {
    let folder = |url: &Value| url.as_str().map(|url| url.trim_end_matches('/').to_owned());
    let own = folder(url)?;
    let first = before.iter().position(|other| folder(other).as_deref() == Some(&*own))?;
    let at = path.join(before.len());
    let message = format!("members {} and {} of the ensemble are one model", first + 1, before.len() + 1);
    let label = "equal models translate as one of them does";
    let problem = refused(params, "same-model", &at, message, label);
    let problem = Problem { severity: Severity::Warning, ..problem };
    Some(problem.with(params.place_of_value(&path.join(first)), "it stands here first"))
}
