//! A run that has trained models, and the program that goes on from it.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::fake_taskcluster::Fake;
use crate::support::program::{Outcome, program};
use crate::support::whole;

pub(super) const GROUP: &str = "LzIsbop3RkwVUBcr9TxlKg";
pub(super) const VOCABULARY: &str = "c_49FKASQ4irdiy9G97VaA";
pub(super) const FIRST: &str = "K6XCM0LhQGWHvFNvOc7f8Q";
pub(super) const SECOND: &str = "MH3_5l1jS3-eJ4lSxydNQQ";
pub(super) const BACKWARDS: &str = "BAvLUilqQ3SYqy6Ck55CUQ";
pub(super) const OTHER: &str = "f0gbptvMTDaKODjqL9hlOw";

/// Files that a training publishes.
pub(super) const FILES: [&str; 17] = [
    "devset.out",
    "model.npz",
    "model.npz.best-bleu-detok.npz",
    "model.npz.best-bleu-detok.npz.decoder.yml",
    "model.npz.best-ce-mean-words.npz",
    "model.npz.best-ce-mean-words.npz.decoder.yml",
    "final.model.npz.best-chrf.npz",
    "model.npz.best-chrf.npz",
    "final.model.npz.best-chrf.npz.decoder.yml",
    "model.npz.best-chrf.npz.decoder.yml",
    "model.npz.decoder.yml",
    "model.npz.optimizer.npz",
    "model.npz.progress.yml",
    "model.npz.yml",
    "train.log",
    "valid.log",
    "vocab.spm",
];

/// A config for an ensemble of two, with comments.
pub(super) const CONFIG: &str = "\
# The pair that we train.
experiment:
  name: again   # a second run
  src: ru
  trg: en
  # Two of them.
  teacher-ensemble: 2
target-stage: all
";

pub(super) struct EarlierRun {
    pub fake: Fake,
    pub folder: TempDir,
}

/// A point in time, so many days from now.
pub(super) fn in_days(days: i64) -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    taskgraph_compat::time::json_date(i64::try_from(since.as_millis()).unwrap() + days * 86_400_000)
}

impl EarlierRun {
    /// A decision, a vocabulary, two teachers and a backwards model, all of them completed.
    pub(super) fn new() -> Self {
        let trained = EarlierRun::empty();
        trained.task(GROUP, "Decision Task", "decision-task", "completed", None);
        trained.task(VOCABULARY, "train-vocab-ru-en", "train-vocab", "completed", None);
        for (id, name, kind) in [
            (SECOND, "train-teacher-ru-en-2", "train-teacher"),
            (FIRST, "train-teacher-ru-en-1", "train-teacher"),
            (BACKWARDS, "train-backwards-ru-en", "train-backwards"),
        ] {
            trained.model(id, name, kind, "completed");
        }
        trained.task(OTHER, "evaluate-teacher-flores-ru-en-1", "evaluate", "running", None);
        trained
    }

    pub(super) fn empty() -> Self {
        EarlierRun { fake: Fake::start(), folder: tempfile::tempdir().unwrap() }
    }

    pub(super) fn task(&self, id: &str, name: &str, kind: &str, state: &str, vocabulary: Option<&str>) {
        let fetches =
            vocabulary.map(|task| json!([{"artifact": "public/build/vocab.spm", "task": task}]).to_string());
        let env = fetches.map_or(json!({}), |fetches| json!({"MOZ_FETCHES": fetches}));
        self.fake.put_task(id, json!({
            "taskGroupId": GROUP, "schedulerId": "translations-level-1", "tags": {"kind": kind, "label": name},
            "metadata": {"name": name, "description": "x", "owner": "a@example.org", "source": "https://example.org"},
            "payload": {"env": env},
        }), state);
    }

    pub(super) fn model(&self, id: &str, name: &str, kind: &str, state: &str) {
        self.task(id, name, kind, state, Some(VOCABULARY));
        for file in FILES {
            self.fake.artifact(id, &format!("public/build/{file}"), "");
        }
        self.fake.artifact(id, "public/logs/live.log", "");
    }

    /// Changes the definition of a task.
    pub(super) fn change(&self, id: &str, state: &str, change: Value) {
        let mut definition = json!({"taskGroupId": GROUP, "schedulerId": "translations-level-1"});
        let known = self.fake.definition(id);
        definition.as_object_mut().unwrap().extend(known.as_object().unwrap().clone());
        definition.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        self.fake.put_task(id, definition, state);
    }

    pub(super) fn config(&self, text: &str) {
        std::fs::write(self.folder.path().join("config.yml"), whole(text)).unwrap();
    }

    pub(super) fn written(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("config.yml")).unwrap()
    }

    /// `config continue` as somebody without credentials calls it.
    pub(super) fn run(&self, arguments: &[&str]) -> Outcome {
        let mut command = program(self.folder.path());
        command
            .env("TASKCLUSTER_ROOT_URL", self.fake.root_url())
            .args(["config", "continue"])
            .args(arguments);
        let mut outcome = Outcome::from(command.output().unwrap());
        // The instance has another port each time.
        for text in [&mut outcome.out, &mut outcome.err] {
            *text = text.replace(&self.fake.root_url(), "https://tc");
        }
        outcome
    }
}

/// So many tasks of the group that make no model.
pub(super) fn put_others(trained: &EarlierRun, many: usize) {
    for number in 0..many {
        let id = format!("T{number:021}");
        let name = format!("translate-corpus-ru-en-{number}");
        trained.fake.put_task(&id, json!({
            "taskGroupId": GROUP, "schedulerId": "translations-level-1", "tags": {"kind": "translate-corpus"},
            "metadata": {"name": name, "description": "x", "owner": "a@example.org", "source": "https://example.org"},
        }), "completed");
    }
}
