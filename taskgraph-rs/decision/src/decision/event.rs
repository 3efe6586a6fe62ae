//! Input of a decision: the flags of the command `decision`.

use std::path::PathBuf;

use taskgraph::diagnostics::Problem;
use taskgraph_compat::suggest;

/// The last second of the year 9999: later dates have no 14 digits.
const LATEST: i64 = 253_402_300_799;

/// The types of repositories that parameters know.
const REPOSITORY_TYPES: [&str; 2] = ["git", "hg"];

/// Event that causes a decision. Unknown texts are empty.
#[derive(Clone, Debug, Default)]
pub struct DecisionEvent {
    /// The project.
    pub project: String,
    /// The id of the push in a pushlog, in digits.
    pub pushlog_id: String,
    /// Time of the push, in seconds since 1970; 0 for now.
    pub pushdate: i64,
    /// Owner of the graph.
    pub owner: String,
    /// The SCM level, in digits.
    pub level: String,
    /// The method that picks targets, if it is not the default one.
    pub target_tasks_method: Option<String>,
    /// `git` or `hg`.
    pub repository_type: String,
    /// The repository that changes go to.
    pub base_repository: String,
    /// The branch that changes go to.
    pub base_ref: String,
    /// The commit that the event says the changes start from.
    pub base_rev: String,
    /// The repository that changes come from.
    pub head_repository: String,
    /// The branch that changes come from.
    pub head_ref: String,
    /// The commit that is built.
    pub head_rev: String,
    /// The tag of that commit.
    pub head_tag: String,
    /// Cause of the graph: `github-push`, `cron`, …
    pub tasks_for: String,
    /// The file with parameters for a try push or a pull request, if it is another than `try_task_config.json`.
    pub try_task_config: Option<PathBuf>,
    /// Whether parameters that somebody brings along are read, where that has to be said.
    pub allow_parameter_override: bool,
}

impl DecisionEvent {
    /// All flags whose value cannot be.
    pub fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut refuse = |flag: &str, what: &str, label: String| {
            problems.push(Problem::error("wrong-flag", format!("`--{flag}` {what}")).at("".into(), label));
        };
        for (flag, value) in [
            ("project", &self.project),
            ("owner", &self.owner),
            ("head-repository", &self.head_repository),
            ("head-ref", &self.head_ref),
            ("head-rev", &self.head_rev),
            ("tasks-for", &self.tasks_for),
        ] {
            if value.trim().is_empty() {
                refuse(flag, "must not be empty", String::new());
            }
        }
        // Git would take them for flags of its own.
        for (flag, value) in
            [("base-ref", &self.base_ref), ("base-rev", &self.base_rev), ("head-rev", &self.head_rev)]
        {
            if value.starts_with('-') {
                refuse(flag, "must not begin with a dash", format!("found `{value}`"));
            }
        }
        if !REPOSITORY_TYPES.contains(&self.repository_type.as_str()) {
            let mut label =
                format!("found `{}`, allowed: {}", self.repository_type, suggest::list(REPOSITORY_TYPES));
            if let Some(near) = suggest::nearest(&self.repository_type, REPOSITORY_TYPES) {
                label.push_str(&format!("; did you mean `{near}`?"));
            }
            refuse("repository-type", "has an unknown value", label);
        }
        if self.level.trim().parse::<i64>().is_err() {
            refuse("level", "must be a number", format!("found `{}`", self.level));
        }
        if !(0..=LATEST).contains(&self.pushdate) {
            let what = "must be a number of seconds since 1970";
            refuse("pushdate", what, format!("found {}", self.pushdate));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_flag_is_reported_at_once() {
        let event = DecisionEvent {
            project: "p".into(),
            owner: "o".into(),
            level: "three".into(),
            pushdate: -1,
            repository_type: "gti".into(),
            head_rev: "--output=x".into(),
            ..DecisionEvent::default()
        };
        let messages: Vec<_> = event.check().iter().map(ToString::to_string).collect();
        assert_eq!(
            messages,
            [
                "`--head-repository` must not be empty",
                "`--head-ref` must not be empty",
                "`--tasks-for` must not be empty",
                "`--head-rev` must not begin with a dash: found `--output=x`",
                "`--repository-type` has an unknown value: found `gti`, allowed: git or hg; did you mean `git`?",
                "`--level` must be a number: found `three`",
                "`--pushdate` must be a number of seconds since 1970: found -1",
            ]
        );
    }
}
