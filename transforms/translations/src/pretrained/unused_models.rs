//! A model that no task takes, and the way out.

use crate::pretrained::layout::{Effect, Layout, ModelKey};
use taskgraph::diagnostics::Problem;
use taskgraph::parameters::Params;
use taskgraph_compat::value::Value;

/// The warning about a model, if nothing becomes of it.
pub(super) fn without_effect(
    params: &Params,
    layout: &Layout,
    (key, model): (&ModelKey, &Value),
) -> Option<Problem> {
    let path = layout.path(key);
    let mode = model.get("mode").and_then(Value::as_str).map(|mode| format!(" ({mode})")).unwrap_or_default();
    let message = format!("the pretrained model `{}`{mode} is used by no task", key.name);
    let (label, help, kind) = match key.effect {
        Effect::Mounted => return None,
        Effect::Republished { .. } if key.has_effect(model) => return None,
        Effect::Nothing { kind } => (NO_TEACHER, WITHOUT_TEACHER, kind),
        Effect::Republished { kind } => (AS_IT_IS, USE_AS_IT_IS, kind),
    };
    let label = format!("{label}: {kind} would train as if none were given");
    let problem = Problem::warning("no-effect", message)
        .at(params.path_in_file(&path), label)
        .in_place(params.place_of_key(&path));
    Some(problem.help(help))
}

/// Reason in trees whose training kinds can mount no model.
pub const NO_TEACHER: &str = "no teacher of this tree starts from a model";

/// The way out of that.
pub const WITHOUT_TEACHER: &str =
    "leave it out to train from scratch, or stay with the tree that the config was written for";

/// Reason in trees where only a task that publishes a model takes one.
pub const AS_IT_IS: &str = "this tree takes a backwards model only as it is";

/// The way out of that.
pub const USE_AS_IT_IS: &str = "write `mode: use` and `type: default`, or leave the model out to train one";

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;
    use taskgraph::transform::kind::Kind;
    use taskgraph_compat::value::Str;

    use crate::pipeline_version::PipelineVersion;
    use crate::pretrained::check;
    use transforms_testing::{params, tree};

    /// The kind as the tree has it, which looks for the mode under one key, and for the model under another.
    fn kinds() -> IndexMap<Str, Kind> {
        let mode = "training_config.continuation.models.train-teacher.mode";
        tree("train-teacher-model", &format!("{{task-context: {{from-parameters: {{mode: {mode}}}}}}}")).1
    }

    /// Returns the problems of `continuation.models` in July 2026.
    fn messages_2026(models: &str) -> Vec<String> {
        let config = format!("{{experiment: {{teacher-ensemble: 1}}, continuation: {{models: {models}}}}}");
        let problems =
            check(&params(&format!("training_config: {config}")), &kinds(), PipelineVersion::July2026, &[]);
        problems.iter().map(|problem| format!("{} {}", problem.code, problem)).collect()
    }

    #[test]
    fn models_that_nothing_reads_are_reported() {
        let backwards = |mode: &str, sort: &str| {
            messages_2026(&format!("{{backwards: {{url: https://a, mode: {mode}, type: {sort}}}}}"))
        };
        assert_eq!(backwards("use", "default"), [""; 0]);
        for (mode, sort) in [("continue", "default"), ("init", "default"), ("use", "opusmt")] {
            let messages = backwards(mode, sort);
            assert_eq!(messages.len(), 1);
            assert!(messages[0].starts_with("no-effect "), "{messages:?}");
            assert!(messages[0].ends_with(&format!(
                "the pretrained model `backwards` ({mode}) is used by no task \
                 (at training_config.continuation.models.backwards): this tree takes a backwards model only as it is: \
                 backtranslations-train-backwards-model would train as if none were given"
            )), "{messages:?}");
        }
        let messages = messages_2026("{teacher: {urls: [https://a], mode: use, type: default}}");
        assert!(
            messages[0].ends_with(
                "the pretrained model `teacher` (use) is used by no task \
             (at training_config.continuation.models.teacher): no teacher of this tree starts from a model: \
             train-teacher-model would train as if none were given"
            ),
            "{messages:?}"
        );
    }

    #[test]
    fn the_later_dialect_has_one_url_for_the_backwards_model() {
        let messages = messages_2026("{backwards: {urls: [https://a], mode: use, type: default}}");
        assert!(
            messages[0].contains("unknown key `urls`") && messages[0].ends_with("did you mean `url`?"),
            "{messages:?}"
        );
        assert!(messages[1].contains("missing key `url`"));
        let messages = messages_2026("{backwards: {url: gs://b/p, mode: use, type: default}, techer: {}}");
        assert!(messages[0].contains(
            "`gs://b/p` is not an http(s) url (at training_config.continuation.models.backwards.url)"
        ));
        assert!(
            messages[1].ends_with("the keys are teacher and backwards; did you mean `teacher`?"),
            "{messages:?}"
        );
        let messages = messages_2026("{train-teacher: {urls: [https://a], mode: use, type: default}}");
        assert!(messages[0].ends_with("no teacher of this tree starts from a model"), "{messages:?}");
    }
}
