//! What becomes of each task, in one word.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::decision::Variant;
use crate::preview::{Comparison, Run};
use crate::task::{Label, Task};

/// What becomes of a task. The first of these that holds for a task is the one that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
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
    /// It runs, and there is nothing to compare it with.
    Runs,
    /// Nothing that is asked for needs it.
    Idle,
}

impl Fate {
    /// All of them, in their order.
    pub const ALL: [Fate; 12] = [
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
        Fate::Idle,
    ];

    /// In words: `download only`.
    pub fn words(self) -> &'static str {
        match self {
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
            Fate::Runs => "runs",
            Fate::Idle => "not asked for",
        }
    }

    /// A sign, for where words are too long and colour alone would not do.
    pub fn sign(self) -> &'static str {
        match self {
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
            Fate::Idle => "·",
        }
    }
}

/// What becomes of each task, by label.
pub type Fates<'r> = BTreeMap<&'r Label, Fate>;

/// What becomes of the tasks of a run, and of those that only `before` would run.
pub fn fates<'r>(
    now: &'r Run,
    before: Option<&'r Run>,
    comparison: Option<&'r Comparison>,
    training_kinds: &[&str],
) -> Fates<'r> {
    let mut fates = before_fates(now, training_kinds);
    let Some(comparison) = comparison else { return fates };
    let mut change = |label: &'r Label, fate: Fate| {
        let known = fates.entry(label).or_insert(fate);
        // How training begins says more than that it is another task.
        if *known > fate {
            *known = fate;
        }
    };
    let (rewritten, dependencies) = (&comparison.rewritten, &comparison.dependencies);
    comparison.new.iter().for_each(|label| change(label, Fate::New));
    rewritten.iter().for_each(|changed| change(&changed.label, Fate::Rewritten));
    dependencies.iter().for_each(|edges| change(&edges.label, Fate::Dependencies));
    comparison.downstream.iter().for_each(|label| change(label, Fate::Downstream));
    comparison.unchanged.iter().for_each(|label| change(label, Fate::Unchanged));
    // A task that is gone from what runs may still be there, and only nothing needs it.
    for gone in before.map(|_| &comparison.gone).into_iter().flatten() {
        fates.insert(&gone.label, Fate::Gone);
    }
    fates
}

/// What becomes of the tasks of a run that is compared with nothing.
pub fn before_fates<'r>(run: &'r Run, training_kinds: &[&str]) -> Fates<'r> {
    let fate = |task: &Task| match (&task.model, run.targets.graph.tasks.contains_key(&task.label)) {
        (_, false) => Fate::Idle,
        (Some(model), true) => match model.variant {
            Variant::DownloadOnly => Fate::DownloadOnly,
            Variant::Continue => Fate::Continue,
            Variant::Init => Fate::Init,
        },
        (None, true) if training_kinds.contains(&&*task.kind) => Fate::FromScratch,
        (None, true) => Fate::Runs,
    };
    run.full.graph.tasks.iter().map(|(label, task)| (label, fate(task))).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::decision::Model;
    use crate::preview::testing::{run, task};
    use crate::preview::{Changed, Gone};

    fn model(variant: Variant) -> Arc<Model> {
        Arc::new(Model {
            variant,
            model_type: "default".into(),
            urls: Vec::new(),
            files: Vec::new(),
            directory: "./artifacts".into(),
            dropped: Vec::new(),
        })
    }

    #[test]
    fn how_training_begins_says_more_than_what_changed() {
        let mut trained = task("trained", &["scratch"], "{}", "{}");
        trained.model = Some(model(Variant::Continue));
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
        let told = |kinds: &[&str]| -> Vec<String> {
            fates(&now, Some(&before), Some(&comparison), kinds)
                .iter()
                .map(|(label, fate)| format!("{label} {}", fate.words()))
                .collect()
        };
        assert_eq!(
            told(&[]),
            [
                "all only downstream",
                "idle not asked for",
                "judge gone",
                "scratch unchanged",
                "trained continue"
            ]
        );
        // All tasks of the tests are of the kind `train`.
        assert!(told(&["train"]).contains(&"scratch from scratch".into()));
    }

    #[test]
    fn no_two_fates_have_the_same_sign() {
        let signs: std::collections::BTreeSet<&str> = Fate::ALL.iter().map(|fate| fate.sign()).collect();
        assert_eq!(signs.len(), Fate::ALL.len());
        assert!(Fate::ALL.is_sorted());
    }
}
