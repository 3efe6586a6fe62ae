//! A decision that is killed while it creates the tasks of a large graph, and the run that the queue begins after it.
//!
//! A few times with all other tests, and as often as is wished by a command of its own:
//!
//!     TASKGRAPH_KILLS=100 cargo test --release --test conformance killed -- --nocapture

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::fake_taskcluster::Fake;
use crate::repository::DECISION;
use crate::support::program::program;
use crate::support::{checkout, shared};

/// Number of tasks.
const TASKS: usize = 884;

/// A clone of a real tree, and parameters that make a large graph of it.
struct Clone {
    folder: tempfile::TempDir,
    run_task: PathBuf,
    head: String,
}

impl Clone {
    /// Nothing without the folder that has the trees.
    fn new() -> Option<Self> {
        let tree = shared("conformance/translations-2026-07")?;
        let run_task = shared("conformance/run-task")?;
        let folder = checkout(&tree.join("tree"));
        let given = std::fs::read_to_string(tree.join("cases/large-baseline/parameters.yml")).unwrap();
        let mut given: Value = serde_yaml::from_str(&given).unwrap();
        // A decision refuses what nobody knows; these parameters were made by an action.
        let experiment = given["training_config"]["experiment"].as_object_mut().unwrap();
        experiment.retain(|key, _| !["backward-model", "split-length", "vocab"].contains(&key.as_str()));
        let config = json!({"version": 2, "parameters": {
            "training_config": given["training_config"], "target_tasks_method": "train-target-tasks",
            "tasks_for": "action", "optimize_target_tasks": false,
        }});
        std::fs::write(folder.path().join("try_task_config.json"), config.to_string()).unwrap();
        std::fs::write(folder.path().join("urls.json"), "[]").unwrap();
        let head =
            Command::new("git").args(["rev-parse", "HEAD"]).current_dir(folder.path()).output().unwrap();
        let head = String::from_utf8(head.stdout).unwrap().trim().to_owned();
        Some(Clone { folder, run_task, head })
    }

    /// The decision, in a certain run of its task.
    fn decide(&self, fake: &Fake, run: usize) -> Command {
        let url = "https://github.com/mozilla/translations";
        let mut command = program(self.folder.path());
        command.args(["decision", "--native=always"]).arg("--run-task-dir").arg(&self.run_task);
        command.args(["--project=translations", "--level=1", "--owner=a@example.org", "--pushlog-id=0"]);
        command.args(["--tasks-for=github-pull-request", "--repository-type=git", "--pushdate=0"]);
        command.args(["--base-ref=main", "--head-ref=main", "--known-urls=urls.json"]);
        for side in ["base", "head"] {
            command.arg(format!("--{side}-repository={url}")).arg(format!("--{side}-rev={}", self.head));
        }
        command.envs(fake.environment()).env("TASK_ID", DECISION).env("RUN_ID", run.to_string());
        command.stderr(Stdio::piped()).stdout(Stdio::null());
        command
    }
}

/// A step of splitmix64.
fn chance(state: &mut u64) -> usize {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from((mixed ^ (mixed >> 31)) >> 1).unwrap()
}

/// Kills a decision once so many requests for tasks came in.
fn kill(clone: &Clone, fake: &Fake, run: usize, after: usize) {
    let before = fake.count("createTask");
    let mut child = clone.decide(fake, run).stderr(Stdio::null()).spawn().unwrap();
    let latest = Instant::now() + Duration::from_secs(120);
    while fake.count("createTask") - before < after {
        // After the last task it may have ended by itself.
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "run {run} has failed");
            return;
        }
        assert!(Instant::now() < latest, "run {run} does not come to {after} tasks");
        thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test has no command line that could say how often")]
fn a_killed_decision_is_continued_and_each_task_is_there_once_and_starts() {
    let Some(clone) = Clone::new() else { return };
    let times = std::env::var("TASKGRAPH_KILLS").map_or(2, |times| times.parse().unwrap());
    let (mut state, mut kills, mut adopted) = (42, 0, 0);
    for round in 0..times {
        let fake = Fake::start();
        fake.decision_task(DECISION);
        // One round in three is killed again.
        let runs = if chance(&mut state).is_multiple_of(3) { 2 } else { 1 };
        for run in 0..runs {
            kill(&clone, &fake, run, chance(&mut state) % (TASKS + 1));
            kills += 1;
            fake.resolve(DECISION, "exception", "worker-shutdown");
            fake.decision_task(DECISION);
        }
        let before = fake.tasks().len();
        let output = clone.decide(&fake, runs).output().unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "round {round}: {log}");
        assert_eq!(fake.violations(), [""; 0], "round {round}");
        adopted += before;

        let mut labels: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (id, task) in fake.tasks() {
            labels.entry(task["metadata"]["name"].as_str().unwrap().to_owned()).or_default().push(id);
        }
        assert_eq!((labels.len(), fake.tasks().len()), (TASKS, TASKS), "round {round}: {log}");
        let unscheduled = |id: &String| fake.state(id).as_deref() == Some("unscheduled");
        assert!(
            labels.values().flatten().all(unscheduled),
            "round {round}: nothing starts before the decision ends"
        );
        fake.resolve(DECISION, "completed", "completed");
        fake.work();
        let completed = |id: &String| fake.state(id).as_deref() == Some("completed");
        assert!(labels.values().flatten().all(completed), "round {round}: all start");
    }
    println!(
        "{times} decisions on {TASKS} tasks: killed {kills} times, {adopted} tasks used again, none created twice"
    );
}
