//! Status of each task, in one word.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::TrainingExtensions as _;
use crate::model::Variant;
use crate::{LookUpOutcome, Plan, Run};
use taskgraph::task::{Label, Task};

/// Status of a task. The first one that holds for a task is the one that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaskStatus {
    /// An earlier task stands in for it.
    Cached,
    /// It need not run, and nothing stands in for it.
    NotNeeded,
    /// Its model is downloaded and published as it is.
    DownloadOnly,
    /// It goes on from the checkpoint of a model.
    Continue,
    /// It begins with the weights of a model.
    Init,
    /// It trains without a model.
    FromScratch,
    /// Only what this run is compared with has it.
    Gone,
    /// The run that this one is compared with does not have it.
    New,
    /// It does something else than in what the run is compared with.
    Rewritten,
    /// It depends on other tasks.
    Dependencies,
    /// It does the same, but something that it is made from has changed.
    Downstream,
    /// It is the same.
    Unchanged,
    /// The index was looked up and has nothing that stands in for it, and there is nothing to compare it with.
    Runs,
    /// It is asked for; nobody has looked it up, and there is nothing to compare it with.
    AskedFor,
    /// Nothing that is asked for needs it.
    Idle,
}

impl TaskStatus {
    /// All of them, in their order.
    pub const ALL: [TaskStatus; 15] = [
        TaskStatus::Cached,
        TaskStatus::NotNeeded,
        TaskStatus::DownloadOnly,
        TaskStatus::Continue,
        TaskStatus::Init,
        TaskStatus::FromScratch,
        TaskStatus::Gone,
        TaskStatus::New,
        TaskStatus::Rewritten,
        TaskStatus::Dependencies,
        TaskStatus::Downstream,
        TaskStatus::Unchanged,
        TaskStatus::Runs,
        TaskStatus::AskedFor,
        TaskStatus::Idle,
    ];

    /// In words: `download only`. There is no word for a task of which nothing is known but that it is asked for.
    pub fn words(self) -> &'static str {
        match self {
            TaskStatus::Cached => "used again",
            TaskStatus::NotNeeded => "not needed",
            TaskStatus::DownloadOnly => "download only",
            TaskStatus::Continue => "continue",
            TaskStatus::Init => "init",
            TaskStatus::FromScratch => "from scratch",
            TaskStatus::Gone => "gone",
            TaskStatus::New => "new",
            TaskStatus::Rewritten => "rewritten",
            TaskStatus::Dependencies => "other dependencies",
            TaskStatus::Downstream => "only downstream",
            TaskStatus::Unchanged => "unchanged",
            TaskStatus::Runs => "would run",
            TaskStatus::AskedFor => "",
            TaskStatus::Idle => "not asked for",
        }
    }

    /// A sign, for where words are too long and colour alone would not do.
    pub fn sign(self) -> &'static str {
        match self {
            TaskStatus::Cached => "✓",
            TaskStatus::NotNeeded => "∅",
            TaskStatus::DownloadOnly => "⇩",
            TaskStatus::Continue => "▸",
            TaskStatus::Init => "◐",
            TaskStatus::FromScratch => "○",
            TaskStatus::Gone => "−",
            TaskStatus::New => "+",
            TaskStatus::Rewritten => "~",
            TaskStatus::Dependencies => "≁",
            TaskStatus::Downstream => "↺",
            TaskStatus::Unchanged => "=",
            TaskStatus::Runs => "•",
            TaskStatus::AskedFor => "",
            TaskStatus::Idle => "·",
        }
    }
}

/// Status of each task, by label.
pub type Statuses<'r> = BTreeMap<&'r Label, TaskStatus>;

/// Returns the status of the tasks of a run, and of those that only `before` would run.
pub fn statuses<'r>(now: &'r Run, before: Option<&'r Run>, plan: Option<&'r Plan>) -> Statuses<'r> {
    let Some(plan) = plan else { return Statuses::new() };
    let mut statuses = statuses_before(now, plan);
    let mut change = |label: &'r Label, status: TaskStatus| {
        let known = statuses.entry(label).or_insert(status);
        // How training begins says more than that it is another task.
        *known = (*known).min(status);
    };
    if let Some(comparison) = &plan.comparison {
        comparison.new.iter().for_each(|label| change(label, TaskStatus::New));
        comparison.rewritten.iter().for_each(|changed| change(&changed.label, TaskStatus::Rewritten));
        comparison.dependencies.iter().for_each(|edges| change(&edges.label, TaskStatus::Dependencies));
        comparison.downstream.iter().for_each(|label| change(label, TaskStatus::Downstream));
        comparison.unchanged.iter().for_each(|label| change(label, TaskStatus::Unchanged));
    }
    for (label, looked) in plan.look_up.iter().flat_map(|look_up| &look_up.tasks) {
        match looked.outcome {
            LookUpOutcome::WouldRun => change(label, TaskStatus::Runs),
            LookUpOutcome::UsedAgain => change(label, TaskStatus::Cached),
            LookUpOutcome::NotNeeded => change(label, TaskStatus::NotNeeded),
        }
    }
    // A task that is gone from what runs may still be there, and only nothing needs it.
    let gone = plan.comparison.iter().filter(|_| before.is_some()).flat_map(|comparison| &comparison.gone);
    statuses.extend(gone.map(|gone| (&gone.label, TaskStatus::Gone)));
    statuses
}

/// Returns the status of the tasks of a run that is neither compared nor looked up.
pub fn statuses_before<'r>(run: &'r Run, plan: &Plan) -> Statuses<'r> {
    let is_training = |task: &Task| plan.models.iter().any(|training| training.kind == task.kind);
    let status =
        |task: &Task| match (task.extensions.model(), run.targets.graph.tasks.contains_key(&task.label)) {
            (_, false) => TaskStatus::Idle,
            (Some(model), true) => match model.variant {
                Variant::DownloadOnly => TaskStatus::DownloadOnly,
                Variant::Continue => TaskStatus::Continue,
                Variant::Init => TaskStatus::Init,
            },
            (None, true) if is_training(task) => TaskStatus::FromScratch,
            (None, true) => TaskStatus::AskedFor,
        };
    run.full.graph.tasks.iter().map(|(label, task)| (label, status(task))).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::Model;
    use crate::testing::{plan, run, task};
    use crate::{Comparison, KindModels, RemovedTask, RewrittenTask};

    fn model(variant: Variant) -> Arc<Model> {
        Arc::new(Model {
            variant,
            model_type: "default".into(),
            urls: Vec::new(),
            files: Vec::new(),
            directory: Some("./artifacts".into()),
            dropped: Vec::new(),
        })
    }

    #[test]
    fn how_training_begins_says_more_than_what_changed() {
        let mut trained = task("trained", &["scratch"], "{}", "{}");
        trained.extensions.set_model(model(Variant::Continue));
        let tasks = vec![
            task("scratch", &[], "{}", "{}"),
            trained,
            task("idle", &[], "{}", "{}"),
            task("all", &["trained"], "{}", "{}"),
        ];
        let now = run(tasks, "all", Vec::new());
        let before = run(vec![task("judge", &[], "{}", "{}")], "judge", Vec::new());
        let label = |text: &str| Label::parse(&text.into()).unwrap();
        let comparison = Comparison {
            rewritten: vec![RewrittenTask { label: label("trained"), by_model: true }],
            downstream: vec![label("all")],
            unchanged: vec![label("scratch")],
            gone: vec![RemovedTask { label: label("judge"), why: "not again".into() }],
            ..Comparison::default()
        };
        let mut plan = plan();
        plan.comparison = Some(comparison);
        let shown = |plan: &Plan| -> Vec<String> {
            let statuses = statuses(&now, Some(&before), Some(plan));
            statuses.iter().map(|(label, status)| format!("{label} {}", status.words())).collect()
        };
        assert_eq!(
            shown(&plan),
            [
                "all only downstream",
                "idle not asked for",
                "judge gone",
                "scratch unchanged",
                "trained continue"
            ]
        );
        // All tasks of the tests are of the kind `train`.
        plan.models.push(KindModels {
            kind: "train".into(),
            variant: crate::Variant::FromScratch,
            model_type: None,
            members: Vec::new(),
        });
        assert!(shown(&plan).contains(&"scratch from scratch".into()));
    }

    #[test]
    fn no_two_fates_have_the_same_sign() {
        let signs: std::collections::BTreeSet<&str> =
            TaskStatus::ALL.iter().map(|status| status.sign()).collect();
        assert_eq!(signs.len(), TaskStatus::ALL.len());
        assert!(TaskStatus::ALL.is_sorted());
    }
}
