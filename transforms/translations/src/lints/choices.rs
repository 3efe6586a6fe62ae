//! Keys whose words the scripts of the pipeline know by heart. The words stand with the schema of the config; their source
//! is the schema of the `train` action, and `pipeline/train/train.py`.

use crate::config::schema::CLASSES;
use crate::lints::would_fail;
use crate::pipeline_version::PipelineVersion;
use taskgraph::diagnostics::Problem;
use taskgraph::parameters::Params;
use taskgraph::schema::{Field, Schema};
use taskgraph_compat::suggest;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

pub(super) fn check(params: &Params, pipeline_version: PipelineVersion) -> Vec<Problem> {
    let mut problems = Vec::new();
    walk(params, pipeline_version.parameters(), &KeyPath::default(), &mut problems);
    let classes = KeyPath::dotted("training_config.taskcluster.worker-classes");
    let kinds = params.find(&classes).and_then(Value::as_map).into_iter().flatten();
    for (kind, _) in kinds.filter(|(kind, _)| &***kind != "default") {
        problems.extend(word(params, &classes.join(kind), CLASSES));
    }
    problems
}

fn walk(params: &Params, fields: &[Field], path: &KeyPath, problems: &mut Vec<Problem>) {
    for field in fields {
        let path = path.join(field.name);
        match &field.schema {
            Schema::Map(inner) | Schema::Open(inner, _) => walk(params, inner, &path, problems),
            _ if field.words.is_empty() => {}
            _ => problems.extend(word(params, &path, field.words)),
        }
    }
}

/// Checks a word. The schema of the config refuses values that are not texts.
fn word(params: &Params, path: &KeyPath, allowed: &[&str]) -> Option<Problem> {
    let found = params.find(path)?.as_str().filter(|word| !allowed.contains(word))?;
    let list = suggest::list(allowed);
    let label = match suggest::nearest(found, allowed.iter().copied()) {
        Some(nearest) => format!("{list}; did you mean `{nearest}`?"),
        None => list,
    };
    let key = path.last_key().unwrap_or_default();
    Some(would_fail(params, path, format!("`{key}` cannot be `{found}`"), label))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lints::messages;

    #[test]
    fn words_that_no_script_knows_are_reported() {
        let config = "{experiment: {teacher-mode: twostage, student-model: base-memory, best-model: bleu}, \
                      taskcluster: {worker-classes: {default: gcp-sopt}}}";
        assert_eq!(
            messages(config, PipelineVersion::December2024, check),
            [
                "would-fail experiment.teacher-mode: `teacher-mode` cannot be `twostage`: \
                 one-stage or two-stage; did you mean `two-stage`?",
                "would-fail experiment.student-model: `student-model` cannot be `base-memory`: \
                 tiny or base; did you mean `base`?",
                "would-fail experiment.best-model: `best-model` cannot be `bleu`: \
                 chrf, ce-mean-words or bleu-detok; did you mean `bleu-detok`?",
                "would-fail taskcluster.worker-classes.default: `default` cannot be `gcp-sopt`: \
                 gcp-spot or gcp-standard; did you mean `gcp-spot`?",
            ]
        );
        assert_eq!(messages(config, PipelineVersion::July2026, check).len(), 3);
    }
}
