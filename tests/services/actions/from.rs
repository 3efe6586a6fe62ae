//! `graph preview --from`: what the `train` action would do on top of earlier groups.

use serde_json::{Value, json};

use super::callback::config;
use super::tree::{ACTION, DECISION, Repository, decided};
use crate::fake_taskcluster::Fake;
use crate::support::program::Outcome;

/// A training that has completed.
struct CompletedTraining {
    repository: Repository,
    fake: Fake,
}

impl CompletedTraining {
    fn new() -> Self {
        let (repository, fake) = (Repository::new(), decided());
        fake.grant(&[
            "assume:repo:github.com/mozilla/translations:action:train",
            "queue:*",
            "secrets:*",
            "generic-worker:*",
        ]);
        let outcome = repository.callback(&fake, "train", None, &config(|_| ()));
        assert_eq!(outcome.status, 0, "{}", outcome.err);
        repository.upload(&fake, ACTION);
        fake.resolve(ACTION, "completed", "completed");
        fake.work();
        fake.page(40);
        CompletedTraining { repository, fake }
    }

    /// A preview of a config on top of it.
    fn preview(&self, change: impl FnOnce(&mut Value), more: &[&str]) -> Outcome {
        self.repository.write("next.json", &serde_json::to_string_pretty(&config(change)).unwrap());
        let arguments = ["next.json", "--from", ACTION, "--start", "train-backwards"];
        self.repository.preview(&self.fake, &[&arguments[..], more].concat())
    }

    fn earlier(&self, change: impl FnOnce(&mut Value)) -> Value {
        let outcome = self.preview(change, &["--json"]);
        assert_eq!(outcome.status, 0, "{}{}", outcome.out, outcome.err);
        let report: Value = serde_json::from_str(&outcome.out).unwrap();
        let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/preview.schema.json");
        let schema: Value = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
        let schema = jsonschema::draft202012::new(&schema).unwrap();
        let found: Vec<String> = schema.iter_errors(&report).map(|error| error.to_string()).collect();
        assert_eq!(found, [""; 0]);
        report["plan"]["earlier"].clone()
    }
}

fn of<'v>(earlier: &'v Value, becomes: &str) -> Vec<&'v str> {
    let tasks = earlier["tasks"].as_object().unwrap().iter();
    tasks.filter(|(_, task)| task["becomes"] == becomes).map(|(label, _)| label.as_str()).collect()
}

fn fields(task: &Value) -> Vec<&str> {
    task["changes"].as_array().unwrap().iter().map(|field| field["path"].as_str().unwrap()).collect()
}

#[test]
fn the_same_config_makes_the_same_tasks() {
    let trained = CompletedTraining::new();
    let lists = trained.fake.count("listTaskGroup");
    let earlier = trained.earlier(|_| ());
    assert_eq!(earlier["groups"], json!([ACTION]));
    assert_eq!(
        of(&earlier, "starts-anew"),
        ["docker-image-inference", "docker-image-test", "train-backwards-ru-en"]
    );
    let tasks = earlier["tasks"].as_object().unwrap();
    let used = of(&earlier, "used-again").len();
    assert!(used > 15, "{}", earlier["counts"]);
    for (label, task) in tasks {
        assert_eq!(fields(task), [""; 0], "{label}: {task:#}");
    }
    // The pages of the group, and no question for a task of it.
    let pages = trained.fake.tasks().len().div_ceil(40) + 1;
    assert!(trained.fake.count("listTaskGroup") - lists <= pages);
    assert_eq!(trained.fake.count("task"), 0, "{:?}", trained.fake.requests().last());
    assert_eq!(trained.fake.violations(), [""; 0]);
    // What the action itself would use.
    let input = config(|config| {
        config["start-stage"] = "train-backwards".into();
        config["previous_group_ids"] = json!([ACTION]);
    });
    trained.repository.write("input.json", &input.to_string());
    let parameters = format!("task-id={DECISION}");
    let outcome =
        trained.repository.test(&trained.fake, &["train", "-p", &parameters, "--input", "input.json"]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let existing = trained.repository.artifact("label-to-taskid.json");
    for label in of(&earlier, "used-again") {
        assert_eq!(earlier["tasks"][label]["task_id"], existing[label], "{label}");
    }
    assert_eq!(trained.repository.artifact("task-graph.json").as_object().unwrap().len(), 3);
}

#[test]
fn tasks_of_the_groups_tell_how_long_the_run_takes() {
    let trained = CompletedTraining::new();
    let label = "train-backwards-ru-en";
    let (id, task) =
        trained.fake.tasks().into_iter().find(|(_, task)| task["metadata"]["name"] == label).unwrap();
    let pool =
        format!("{}/{}", task["provisionerId"].as_str().unwrap(), task["workerType"].as_str().unwrap());
    // Interrupted twice.
    trained.fake.took(&id, &pool, &[3600, 7200, 1800]);
    let outcome = trained.preview(|_| (), &["--json"]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let report: Value = serde_json::from_str(&outcome.out).unwrap();
    let work = &report["plan"]["work"];
    let row = work["rows"].as_array().unwrap().iter().find(|row| row["kind"] == "train-backwards").unwrap();
    assert_eq!(row["pool"], *pool);
    assert_eq!(
        (&row["estimate"]["earlier"], &row["estimate"]["median_seconds"]),
        (&json!(1), &json!(12_600))
    );
    let path = work["estimate"]["critical_path"]["tasks"].as_array().unwrap();
    assert!(path.contains(&json!({"label": label, "seconds": 12_600})), "{path:?}");
    // A run that is not over tells nothing.
    trained.fake.put_task(&id, task, "running");
    let outcome = trained.preview(|_| (), &["--json"]);
    let report: Value = serde_json::from_str(&outcome.out).unwrap();
    let rows = report["plan"]["work"]["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["kind"] == "train-backwards").unwrap();
    assert_eq!(row["estimate"]["seconds"], Value::Null, "{row:#}");
}

#[test]
fn a_history_can_name_groups() {
    let trained = CompletedTraining::new();
    let (id, task) =
        trained.fake.tasks().into_iter().find(|(_, task)| task["tags"]["kind"] == "train-vocab").unwrap();
    let pool =
        format!("{}/{}", task["provisionerId"].as_str().unwrap(), task["workerType"].as_str().unwrap());
    trained.fake.took(&id, &pool, &[90]);
    trained.repository.write("next.json", &config(|_| ()).to_string());
    let preview = |group: &str, more: &[&str]| {
        trained.repository.write("h.json", &json!({"version": 1, "groups": [group]}).to_string());
        let arguments = [&["next.json", "--history", "h.json"], more].concat();
        trained.repository.preview(&trained.fake, &arguments)
    };
    let outcome = preview(ACTION, &["--json", "--write-history", "written.jsonl"]);
    assert_eq!(outcome.status, 0, "{}{}", outcome.out, outcome.err);
    let report: Value = serde_json::from_str(&outcome.out).unwrap();
    assert_eq!(report["plan"]["look_up"], Value::Null, "nobody has asked what the index has");
    let rows = report["plan"]["work"]["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["kind"] == "train-vocab").unwrap();
    assert_eq!(row["estimate"]["median_seconds"], 90, "{row:#}");
    // What was written says the same without a network.
    let arguments = ["next.json", "--history", "written.jsonl", "--json", "--offline"];
    let again = trained.repository.preview(&trained.fake, &arguments);
    assert_eq!(again.status, 0, "{}{}", again.out, again.err);
    let again: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!(again["plan"]["work"], report["plan"]["work"]);
    let outcome = preview(DECISION.to_lowercase().as_str(), &[]);
    assert_eq!(outcome.status, 2, "{}", outcome.out);
    let outcome = preview(ACTION, &["--offline"]);
    assert_eq!(outcome.status, 2, "{}", outcome.out);
    assert!(outcome.err.contains("which --offline does not ask for"), "{}", outcome.err);
    let outcome = preview("AAAAAAAAQAAAAAAAAAAAAA", &[]);
    assert_eq!(outcome.status, 2, "{}", outcome.out);
    assert!(outcome.err.contains("there is no such task group"), "{}", outcome.err);
}

#[test]
fn what_differs_is_reported_whether_it_runs_or_is_used_again() {
    let trained = CompletedTraining::new();
    let change = |config: &mut Value| {
        config["marian-args"]["training-backward"]["after"] = "77u".into();
        config["experiment"]["spm-sample-size"] = 777.into();
    };
    let earlier = trained.earlier(change);
    let training = &earlier["tasks"]["train-backwards-ru-en"];
    assert_eq!(training["becomes"], "starts-anew");
    assert!(fields(training).iter().any(|field| field.starts_with("payload.")), "{training:#}");
    assert!(training["changes"].to_string().contains("77u"), "{training:#}");
    let vocabulary = &earlier["tasks"]["train-vocab-ru-en"];
    assert_eq!(vocabulary["becomes"], "used-again");
    assert!(vocabulary["changes"].to_string().contains("777"), "{vocabulary:#}");
    let messages = |outcome: Outcome| {
        assert_eq!(outcome.status, 0, "{}", outcome.err);
        let tasks = trained.fake.tasks().into_keys();
        tasks.fold(outcome.out.replace(ACTION, "GROUP"), |text, id| text.replace(&id, "TASK"))
    };
    let text = messages(trained.preview(change, &[]));
    let from = text.find("Going on from").unwrap();
    let end = text.find("Worker pools of").unwrap();
    insta::assert_snapshot!(&text[from..end], @"
    Going on from GROUP
        27 used again
         3 run: at or after the start

    Used again, although this config would make them otherwise
      train-vocab-ru-en
          digest, payload.command[4]

    Run, and differ from the earlier ones
      train-backwards-ru-en
          digest, payload.command[1][4]

    Why tasks run
      at or after the start (3 tasks)
          docker-image-inference, docker-image-test, train-backwards-ru-en

    Looked up: 3 would run, 27 used again
      would run  used again  kind
              -           4  dataset
              2           3  docker-image
              -           6  fetch
              -           6  toolchain
              -           1  bicleaner-model
              -           2  clean-corpus
              -           2  bicleaner
              -           1  merge-corpus
              -           1  train-vocab
              -           1  merge-devset
              1           -  train-backwards
    ");
    let markdown = messages(trained.preview(change, &["--format", "markdown"]));
    let from = markdown.find("Going on from").unwrap();
    let end = markdown.find("What they run on").unwrap();
    insta::assert_snapshot!(&markdown[from..end], @r"
    Going on from <code>GROUP</code>:

    | | tasks |
    | --- | ---: |
    | used again | 27 |
    | run: at or after the start | 3 |

    <details><summary>1 used again, although they differ</summary>

    - <code>train-vocab-ru-en</code>: digest, payload.command\[4\]

    </details>

    <details><summary>1 run, and differ</summary>

    - <code>train-backwards-ru-en</code>: digest, payload.command\[1\]\[4\]

    </details>

    <details><summary>
    ");
}

#[test]
fn an_earlier_task_that_cannot_be_used_is_reported_and_runs() {
    let trained = CompletedTraining::new();
    let vocabulary =
        trained.fake.tasks().into_iter().find(|(_, task)| task["metadata"]["name"] == "train-vocab-ru-en");
    let (id, mut definition) = vocabulary.unwrap();
    definition["expires"] = "2026-12-30T00:00:00.000Z".into();
    let soon = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let soon = taskgraph_compat::time::json_date(i64::try_from(soon.as_millis()).unwrap() + 3_600_000);
    definition["expires"] = soon.into();
    trained.fake.put_task(&id, definition, "completed");
    let earlier = trained.earlier(|_| ());
    let task = &earlier["tasks"]["train-vocab-ru-en"];
    assert_eq!(task["becomes"], "unusable", "{task:#}");
    assert_eq!(task["task_id"], *id);
    // Named in the config it is refused.
    let outcome = trained.preview(|config| config["existing_tasks"] = json!({"train-vocab-ru-en": id}), &[]);
    assert_eq!(outcome.status, 2, "{}", outcome.out);
    let reported = format!("`train-vocab-ru-en` cannot be used again: task `{id}` is not usable");
    assert!(outcome.err.contains(&reported), "{}", outcome.err);
}

#[test]
fn groups_that_cannot_be_used_are_refused_as_the_action_refuses_them() {
    let trained = CompletedTraining::new();
    trained.repository.write("next.json", &config(|_| ()).to_string());
    for (more, reported) in [
        (&["--from"][..], "there is no group to go on from"),
        (&["--from", "short", "--start", "train-backwards"], "`previous_group_ids` must be a taskId"),
        (&["--from", ACTION], "`previous_group_ids` needs `start-stage`"),
        (&["--from", ACTION, "--start", "train-backward"], "did you mean `train-backwards`?"),
        (&["--from", ACTION, "--start", "train-student"], "no group has created a task of the stage"),
    ] {
        let outcome = trained.repository.preview(&trained.fake, &[&["next.json"], more].concat());
        assert_eq!(outcome.status, 2, "{more:?}: {}", outcome.out);
        assert!(outcome.err.contains(reported), "{more:?}: {}", outcome.err);
    }
}
