//! Descriptions of the problem codes, a sentence each. Readers of a scanner's report have no other text.

/// The sentence for a code. A code that nobody has described yet is described by its words.
pub(super) fn description(code: &str) -> String {
    let known = RULES.iter().find(|(known, _)| *known == code).map(|(_, text)| (*text).to_owned());
    known.unwrap_or_else(|| {
        let words = code.replace('-', " ");
        let first = words.chars().next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
        format!("{first}{}.", words.get(first.len()..).unwrap_or_default())
    })
}

/// All that `config check` can find in a config, or in the tree that it is held against.
pub(super) const RULES: &[(&str, &str)] = &[
    ("cycle", "Kinds or tasks depend on each other in a cycle."),
    ("duplicate-label", "Two tasks have one label."),
    ("empty-stage", "The target stage selects no task."),
    ("equal-keys", "A key stands twice in one map; the last one wins."),
    ("equal-keys-in-tree", "A key stands twice in a file of the tree; the last one wins."),
    ("expired", "A file that the run would fetch has been deleted."),
    ("expires", "A file that the run would fetch is deleted before the run has to be done."),
    ("missing-dependency", "A task depends on one that there is not."),
    ("missing-key", "A key that a run needs is not there."),
    ("no-effect", "Nothing reads a key, so that it changes nothing."),
    ("no-file", "There is no file of this name."),
    ("no-mounts", "Tasks cannot take a pretrained model, because their worker has no mounts."),
    ("no-provider", "No kind downloads datasets of this provider."),
    ("no-python", "The Python of the tree is needed and cannot be run."),
    (
        "no-python-in-tree",
        "The tree has no Python of its own, so that it is unknown whether native parts equal it.",
    ),
    ("no-such-file", "A file that the run would fetch is not there, or not for everybody."),
    ("no-training", "The tree has no training config."),
    ("no-vocabulary", "A model has no vocabulary beside it."),
    ("other-layout", "The config is written for another layout of the pipeline."),
    ("other-vocabulary", "Models that decode together have different vocabularies."),
    ("printed-quotes", "A text is in printed quotes, which are a part of it."),
    ("probe", "It is unknown whether a file that the run would fetch exists."),
    ("python", "The Python of the tree has raised an exception."),
    ("run-task", "The files of run-task were not found, so that digests are not those of a real run."),
    ("syntax", "The text is not valid YAML or JSON."),
    ("unasked-url", "The graph depends on whether a url is there, and nobody asked."),
    ("unknown-key", "There is no key of this name."),
    ("unknown-kind", "There is no kind of this name."),
    ("unknown-label", "There is no task of this label."),
    ("unknown-stage", "There is no stage of this name."),
    ("unused", "What is handed in from an earlier run is not used."),
    ("would-fail", "The graph can be made, and a task of it would fail."),
    ("wrong-content", "A file that the run would fetch is not what its name says."),
    (
        "wrong-count",
        "There are too few or too many of something, such as urls for the members of an ensemble.",
    ),
    ("wrong-place", "A key stands where it is not read."),
    ("wrong-url", "A url is not one that files can be fetched from."),
    ("wrong-value", "A value is of the wrong sort, or none of those that are allowed."),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_code_is_described_once_and_in_order() {
        let codes: Vec<&str> = RULES.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes, Vec::from_iter(codes.iter().copied().collect::<BTreeSet<_>>()));
        assert!(RULES.iter().all(|(_, text)| text.ends_with('.')));
        assert_eq!(description("wrong-flag"), "Wrong flag.");
    }
}
