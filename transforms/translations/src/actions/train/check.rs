//! Checks of the input of the `train` action. The validator of training configs checks the config; this module checks
//! the rest.

use std::collections::BTreeSet;

use crate::actions::train::input_schema;
use crate::actions::train::json_numbers::with_floats;
use crate::pipeline_version::PipelineVersion;
use taskgraph::diagnostics::Problem;
use taskgraph::error::Result;
use taskgraph::parameters::{Params, violation_problem};
use taskgraph::schema::{Violation, What, found};
use taskgraph_compat::suggest;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_decision::actions::Call;
use taskgraph_decision::decision;
use taskgraph_decision::decision::check_values;
use taskgraph_training::Purpose;

/// A longer list of words is named by its key in config.yml.
const MOST_WORDS: usize = 8;

/// Words that the form does not know. Whether keys are there is left to the validator of training configs, which
/// knows what can be left out.
pub(super) fn words(
    call: &Call<'_>,
    params: &Params,
    pipeline_version: PipelineVersion,
) -> Result<Vec<Problem>> {
    let mut violations = Vec::new();
    let config = params.get("training_config").unwrap_or(&Value::Null);
    collect(
        &input_schema::schema(call.project, pipeline_version)?,
        config,
        &KeyPath::dotted("training_config"),
        &mut violations,
    );
    // Models have a check of their own, which says more.
    let models = KeyPath::dotted(pipeline_version.layout().models);
    violations.retain(|violation| !violation.path.0.starts_with(&models.0));
    Ok(violations.iter().map(|violation| violation_problem(params, violation)).collect())
}

fn collect(schema: &Value, value: &Value, path: &KeyPath, violations: &mut Vec<Violation>) {
    if let Some(words) = schema.get("enum").and_then(Value::as_list)
        && !words.contains(value)
    {
        let words: Vec<&str> =
            words.iter().filter_map(Value::as_str).filter(|word| !word.is_empty()).collect();
        let allowed = match words.len() > MOST_WORDS {
            true => "one of the `valid-stages` in config.yml".into(),
            false => suggest::list(&words),
        };
        let nearest = value.as_str().and_then(|word| suggest::nearest(word, words)).map(str::to_owned);
        let what = What::Wrong { found: found(value), allowed, nearest, instead: None };
        violations.push(Violation { path: path.clone(), what });
    }
    let properties = schema.get("properties").and_then(Value::as_map);
    for (key, value) in value.as_map().into_iter().flatten() {
        let named = properties.and_then(|properties| properties.get(key));
        if let Some(schema) = named.or_else(|| schema.get("additionalProperties")) {
            collect(schema, value, &path.join(key), violations);
        }
    }
    if let (Some(schema), Some(items)) = (schema.get("items"), value.as_list()) {
        for (index, item) in items.iter().enumerate() {
            collect(schema, item, &path.join(index), violations);
        }
    }
}

/// All that is wrong with the training config, and what is odd.
pub(super) fn config(call: &Call<'_>, params: &Params, pipeline_version: PipelineVersion) -> Vec<Problem> {
    let params = &with_floats(params, call.project.extension.parameters);
    let mut problems = check_values(call.project, params, call.settings, Purpose::Training);
    let unknown =
        taskgraph::parameters::unknown_in(params, call.project.extension.parameters, "training_config");
    // A warning about the same key says less, and whoever knows the key of another layout says what to write instead.
    let errors = problems.iter().filter(|problem| problem.is_error());
    let known: BTreeSet<KeyPath> = errors.map(|problem| problem.path.clone()).collect();
    let unknown: Vec<Problem> = unknown.into_iter().filter(|one| !known.contains(&one.path)).collect();
    let paths: BTreeSet<&KeyPath> = unknown.iter().map(|one| &one.path).collect();
    problems.retain(|known| !paths.contains(&known.path));
    problems.extend(unknown);
    if pipeline_version == PipelineVersion::July2026 {
        problems.extend(distillation(params));
    }
    problems
}

/// Returns further problems of a training config that is refused because of the `known` ones.
pub(super) fn others(call: &Call<'_>, params: &Params, known: &[Problem]) -> Result<Vec<Problem>> {
    let params = with_floats(params, call.project.extension.parameters);
    decision::others(call.project, &params, call.settings, known)
}

/// A corpus to distil from takes the place of what would be made of datasets, and its vocabulary has to come with it.
/// Python: `validate_continuation`.
fn distillation(params: &Params) -> Vec<Problem> {
    const CORPUS: &str = "training_config.continuation.corpora.distillation";
    let find = |path: &str| params.find(&KeyPath::dotted(path));
    if !find(CORPUS).is_some_and(Value::truthy) {
        return Vec::new();
    }
    let mut problems = Vec::new();
    for category in ["train", "mono-src", "mono-trg"] {
        let path = KeyPath::dotted("training_config.datasets").join(category);
        if params.find(&path).is_some() {
            let message = format!("there is a corpus to distil from, and `{category}` has datasets besides");
            let problem = Problem::error("wrong-value", message)
                .at(params.path_in_file(&path), "leave these out")
                .in_place(params.place_of_key(&path));
            problems.push(problem);
        }
    }
    if find("training_config.continuation.vocab").is_none() {
        let path = KeyPath::dotted(CORPUS);
        let message = "a corpus to distil from needs the vocabulary that it was made with";
        let problem = Problem::error("missing-key", message)
            .at(params.path_in_file(&path), "`continuation.vocab` has to be there, too")
            .in_place(params.place_of_key(&path));
        problems.push(problem);
    }
    problems
}
