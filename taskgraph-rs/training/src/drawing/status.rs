//! What becomes of each task, in one word.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::TrainingExtensions as _;
use crate::model::Variant;
use crate::{Fared, Plan, Run};
use taskgraph::task::{Label, Task};

/// What becomes of a task. The first of these that holds for a task is the one that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
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
    /// What this run is compared with does not have it.
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

impl Fate {
    /// All of them, in their order.
    pub const ALL: [Fate; 15] = [
        Fate::Cached,
        Fate::NotNeeded,
        Fate::DownloadOnly,
        Fate::Continue,
        Fate::Init,
        Fate::FromScratch,
        Fate::Gone,
        Fate::New,
        Fate::Rewritten,
        Fate::Dependencies,
        Fate::Downstream,
        Fate::Unchanged,
        Fate::Runs,
        Fate::AskedFor,
        Fate::Idle,
    ];

    /// In words: `download only`. There is no word for a task of which nothing is known but that it is asked for.
    pub fn words(self) -> &'static str {
        match self {
            Fate::Cached => "used again",
            Fate::NotNeeded => "not needed",
            Fate::DownloadOnly => "download only",
            Fate::Continue => "continue",
            Fate::Init => "init",
            Fate::FromScratch => "from scratch",
            Fate::Gone => "gone",
            Fate::New => "new",
            Fate::Rewritten => "rewritten",
            Fate::Dependencies => "other dependencies",
            Fate::Downstream => "only downstream",
            Fate::Unchanged => "unchanged",
            Fate::Runs => "would run",
            Fate::AskedFor => "",
            Fate::Idle => "not asked for",
        }
    }

    /// A sign, for where words are too long and colour alone would not do.
    pub fn sign(self) -> &'static str {
        match self {
            Fate::Cached => "✓",
            Fate::NotNeeded => "∅",
            Fate::DownloadOnly => "⇩",
            Fate::Continue => "▸",
            Fate::Init => "◐",
            Fate::FromScratch => "○",
            Fate::Gone => "−",
            Fate::New => "+",
            Fate::Rewritten => "~",
            Fate::Dependencies => "≁",
            Fate::Downstream => "↺",
            Fate::Unchanged => "=",
            Fate::Runs => "•",
            Fate::AskedFor => "",
            Fate::Idle => "·",
        }
    }
}

/// What becomes of each task, by label.
pub type Fates<'r> = BTreeMap<&'r Label, Fate>;

/// What becomes of the tasks of a run, and of those that only `before` would run.
pub fn fates<'r>(now: &'r Run, before: Option<&'r Run>, plan: Option<&'r Plan>) -> Fates<'r> {
    let Some(plan) = plan else { return Fates::new() };
    let mut fates = before_fates(now, plan);
    let mut change = |label: &'r Label, fate: Fate| {
        let known = fates.entry(label).or_insert(fate);
        // How training begins says more than that it is another task.
        *known = (*known).min(fate);
    };
    if let Some(comparison) = &plan.comparison {
        comparison.new.iter().for_each(|label| change(label, Fate::New));
        comparison.rewritten.iter().for_each(|changed| change(&changed.label, Fate::Rewritten));
        comparison.dependencies.iter().for_each(|edges| change(&edges.label, Fate::Dependencies));
        comparison.downstream.iter().for_each(|label| change(label, Fate::Downstream));
        comparison.unchanged.iter().for_each(|label| change(label, Fate::Unchanged));
    }
    for (label, looked) in plan.look_up.iter().flat_map(|look_up| &look_up.tasks) {
        match looked.outcome {
            Fared::WouldRun => change(label, Fate::Runs),
            Fared::UsedAgain => change(label, Fate::Cached),
            Fared::NotNeeded => change(label, Fate::NotNeeded),
        }
    }
    // A task that is gone from what runs may still be there, and only nothing needs it.
    let gone = plan.comparison.iter().filter(|_| before.is_some()).flat_map(|comparison| &comparison.gone);
    fates.extend(gone.map(|gone| (&gone.label, Fate::Gone)));
    fates
}

/// What becomes of the tasks of a run that is compared with nothing and not looked up.
pub fn before_fates<'r>(run: &'r Run, plan: &Plan) -> Fates<'r> {
    let is_training = |task: &Task| plan.models.iter().any(|training| training.kind == task.kind);
    let fate =
        |task: &Task| match (task.extensions.model(), run.targets.graph.tasks.contains_key(&task.label)) {
            (_, false) => Fate::Idle,
            (Some(model), true) => match model.variant {
                Variant::DownloadOnly => Fate::DownloadOnly,
                Variant::Continue => Fate::Continue,
                Variant::Init => Fate::Init,
            },
            (None, true) if is_training(task) => Fate::FromScratch,
            (None, true) => Fate::AskedFor,
        };
    run.full.graph.tasks.iter().map(|(label, task)| (label, fate(task))).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::Model;
    use crate::testing::{plan, run, task};
    use crate::{Changed, Comparison, Gone, KindModels};

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
            rewritten: vec![Changed { label: label("trained"), by_model: true }],
            downstream: vec![label("all")],
            unchanged: vec![label("scratch")],
            gone: vec![Gone { label: label("judge"), why: "not again".into() }],
            ..Comparison::default()
        };
        let mut plan = plan();
        plan.comparison = Some(comparison);
        let told = |plan: &Plan| -> Vec<String> {
            let fates = fates(&now, Some(&before), Some(plan));
            fates.iter().map(|(label, fate)| format!("{label} {}", fate.words())).collect()
        };
        assert_eq!(
            told(&plan),
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
        assert!(told(&plan).contains(&"scratch from scratch".into()));
    }

    #[test]
    fn no_two_fates_have_the_same_sign() {
        let signs: std::collections::BTreeSet<&str> = Fate::ALL.iter().map(|fate| fate.sign()).collect();
        assert_eq!(signs.len(), Fate::ALL.len());
        assert!(Fate::ALL.is_sorted());
    }
}
