//! Parameters of decisions, and parameters by reference to decisions that were made.

use serde_json::{Value, json};

use super::repository::{DECISION, Repository};
use crate::fake_taskcluster::Fake;
use crate::support::program::{Outcome, program, run};

fn parameters(repository: &Repository, more: &[&str]) -> Value {
    let outcome = repository.dry(more);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    repository.parameters()
}

#[test]
fn flags_become_parameters() {
    let repository = Repository::new();
    repository.write("version.txt", "1.2.3 \nrest\n");
    let head = repository.commit("x");
    let found = parameters(&repository, &["--owner=bot", "--pushdate=1700603004", "--pushlog-id=17"]);
    assert_eq!(
        found,
        json!({
            "base_ref": "main", "base_repository": "https://github.com/o/p", "base_rev": head,
            "build_date": 1_700_603_004, "build_number": 1, "do_not_optimize": [], "enable_always_target": true,
            "existing_tasks": {}, "files_changed": [], "filters": ["target_tasks_method"], "head_ref": "main",
            "head_repository": "https://github.com/o/p", "head_rev": head, "head_tag": "", "level": "1",
            "moz_build_date": "20231121214324", "next_version": null, "optimize_strategies": null,
            "optimize_target_tasks": true, "owner": "bot@noreply.mozilla.org", "project": "p",
            "pushdate": 1_700_603_004, "pushlog_id": "17", "repository_type": "git",
            "target_tasks_method": "default", "tasks_for": "github-push", "version": "1.2.3",
        })
    );
}

#[test]
fn a_commit_message_can_ask_for_nothing() {
    let repository = Repository::new();
    repository.commit("only words DONTBUILD");
    let method = |more: &[&str]| parameters(&repository, more)["target_tasks_method"].clone();
    assert_eq!(method(&[]), "nothing");
    assert_eq!(method(&["--target-tasks-method=all"]), "nothing");
    assert_eq!(method(&["--tasks-for=github-pull-request"]), "default");
    assert_eq!(method(&["--tasks-for=cron", "--target-tasks-method=all"]), "all");
}

#[test]
fn pull_requests_bring_parameters_along() {
    let repository = Repository::new();
    let config = json!({"version": 2, "parameters": {"target_tasks_method": "all", "build_number": 7}});
    repository.write("try_task_config.json", &config.to_string());
    repository.write("other.json", &json!({"version": 2, "parameters": {"level": "2"}}).to_string());
    repository.commit("x");
    let found = |more: &[&str]| {
        let found = parameters(&repository, more);
        json!([found["target_tasks_method"], found["build_number"], found["level"]])
    };
    assert_eq!(found(&[]), json!(["default", 1, "1"]));
    assert_eq!(found(&["--tasks-for=github-pull-request"]), json!(["all", 7, "1"]));
    assert_eq!(found(&["--tasks-for=hg-push", "--project=try"]), json!(["all", 7, "1"]));
    let other = "--try-task-config-file=other.json";
    assert_eq!(found(&["--tasks-for=github-pull-request", other]), json!(["default", 1, "2"]));
    let outcome = repository.dry(&[other]);
    assert!(
        outcome.err.contains("`other.json` is not read: only try pushes and pull requests"),
        "{}",
        outcome.err
    );
}

#[test]
fn what_a_pull_request_brings_is_checked() {
    let repository = Repository::new();
    for (config, reported) in [
        ("{\"version\": 3}", "unknown version of try_task_config.json"),
        ("{\"parameters\": {}}", "missing key `version`"),
        ("{\"version\": 2, \"tasks\": []}", "unknown key `tasks`"),
        ("{\"version\": 2,", "is not JSON"),
        ("{\"version\": 2, \"parameters\": {\"levle\": \"3\"}}", "did you mean `level`?"),
        ("{\"version\": 2, \"parameters\": {\"build_number\": \"x\"}}", "`build_number` must be an integer"),
    ] {
        repository.write("try_task_config.json", config);
        repository.commit("x");
        let outcome = repository.dry(&["--tasks-for=github-pull-request"]);
        assert_eq!(outcome.status, 2, "{config}: {}", outcome.err);
        assert!(outcome.err.contains(reported), "{config}: {}", outcome.err);
        assert_eq!(repository.artifacts(), [""; 0], "{config}");
    }
    let outcome = repository.dry(&["--try-task-config-file=nowhere.json"]);
    assert!(
        outcome.err.contains("`--try-task-config-file` names no file: `nowhere.json`"),
        "{}",
        outcome.err
    );
    assert_eq!(outcome.status, 2);
}

#[test]
fn wrong_flags_are_refused_all_at_once() {
    let repository = Repository::new();
    let outcome = repository.dry(&["--level=three", "--repository-type=svn", "--owner=", "--pushdate=-1"]);
    assert_eq!(outcome.status, 2);
    for flag in
        ["`--owner` must not be empty", "`--level`", "`--repository-type`", "`--pushdate`", "4 errors"]
    {
        assert!(outcome.err.contains(flag), "{flag}: {}", outcome.err);
    }
}

#[test]
fn a_decision_knows_its_task_and_who_creates() {
    let repository = Repository::new();
    let fake = Fake::start();
    for (task, proxy, reported) in [
        (None, true, "TASK_ID is not set"),
        (Some("short"), true, "`short` is not a taskId"),
        (Some(DECISION), false, "tasks cannot be created"),
    ] {
        let mut command = repository.command(&[]);
        match proxy {
            true => command.envs(fake.environment()),
            false => command.env("TASKCLUSTER_ROOT_URL", fake.root_url()),
        };
        command.envs(task.map(|task| ("TASK_ID", task)));
        let outcome = run(command);
        assert_eq!(outcome.status, 2, "{}", outcome.err);
        assert!(outcome.err.contains(reported), "{reported}: {}", outcome.err);
        assert_eq!(repository.artifacts(), [""; 0]);
    }
    assert_eq!(fake.requests().len(), 0);
}

#[test]
fn a_decision_is_made_in_a_git_repository() {
    let repository = Repository::new();
    let head = repository.head();
    std::fs::create_dir(repository.file(".hg")).unwrap();
    let flag = format!("--head-rev={head}");
    let outcome = repository.dry(&[&flag]);
    assert_eq!(outcome.status, 3);
    assert!(outcome.err.contains("is a Mercurial repository"), "{}", outcome.err);
}

/// The labels of a graph whose parameters are named by `spec`.
fn labels(repository: &Repository, fake: &Fake, specs: &[&str]) -> Outcome {
    let mut command = program(repository.path());
    command.arg("target").envs(fake.environment());
    command.args(specs.iter().flat_map(|spec| ["-p", spec]));
    run(command)
}

#[test]
fn parameters_are_read_from_taskcluster() {
    let repository = Repository::new();
    repository.dry(&["--target-tasks-method=all"]);
    let text = std::fs::read_to_string(repository.file("artifacts/parameters.yml")).unwrap();
    let fake = Fake::start();
    fake.task(DECISION);
    fake.artifact(DECISION, "public/parameters.yml", text.as_str());
    fake.index("t.v2.p.latest.taskgraph.decision", DECISION);
    let url = fake.file("/files/p.yml", text.as_str());
    let none = text.replace("target_tasks_method: all", "target_tasks_method: nothing");
    assert_ne!(none, text);
    std::fs::write(repository.file("none.yml"), none).unwrap();
    let all = "job-a\njob-b\njob-c\njob-d\n";
    for spec in [
        "artifacts/parameters.yml",
        &format!("task-id={DECISION}"),
        "project=p",
        "index=t.v2.p.latest.taskgraph.decision",
        &url,
    ] {
        let outcome = labels(&repository, &fake, &[spec]);
        assert_eq!((outcome.status, outcome.out.as_str()), (0, all), "{spec}: {}", outcome.err);
    }
    let outcome = labels(&repository, &fake, &["project=p", "none.yml"]);
    assert_eq!((outcome.status, outcome.out.as_str()), (0, all), "{}", outcome.err);
    assert!(outcome.err.contains("parameters: project=p\nparameters: none\n"), "{}", outcome.err);
    for (spec, reported) in [
        ("task-id=AAAAAAAAAAAAAAAAAAAAAA", "has no artifact `public/parameters.yml`"),
        ("project=q", "there is no task at the index path `t.v2.q.latest.taskgraph.decision`"),
        (&url.replace("p.yml", "q.yml"), "there is nothing at"),
    ] {
        let outcome = labels(&repository, &fake, &[spec]);
        assert_eq!(outcome.status, 2, "{spec}: {}", outcome.err);
        assert!(outcome.err.contains(reported), "{spec}: {}", outcome.err);
    }
}
