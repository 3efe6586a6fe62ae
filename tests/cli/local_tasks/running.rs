//! Runs of tasks, and their artifacts.

use std::io::Write as _;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use super::fixture::Fixture;

#[test]
fn a_task_runs_in_its_image_and_leaves_its_artifacts_in_the_folder_of_its_label() {
    let fixture = Fixture::new(&["docker"]);
    fixture.fake("container/builds/worker/artifacts/corpus.gz", "corpus");
    fixture.fake("container/builds/worker/artifacts/deep/more", "more");
    fixture.fake("start", "echo it makes; echo it warns >&2");
    let artifacts = fixture.artifacts();
    let artifacts = artifacts.to_str().unwrap();
    // What an earlier run has left is gone.
    Fixture::write(&fixture.artifacts().join("make-corpus/public/build/old"), "old");
    let outcome = fixture.call(&["load-task", "make-corpus", "--offline", "--artifacts", artifacts]);
    assert_eq!((outcome.status, &*outcome.out), (Some(0), "it makes\n"), "{}", outcome.err);
    assert_eq!(
        fixture.listed("artifacts"),
        ["make-corpus/public/build/corpus.gz", "make-corpus/public/build/deep/more"]
    );
    insta::assert_snapshot!(fixture.log().join("\n"), @"
    docker [ps] [--quiet]
    docker [image] [inspect] [--format] [{{.Id}}] [base:e394065ab112b5df]
    docker [image] [inspect] [--format] [{{.Id}}] [base:e394065ab112b5df]
    docker [build] [--tag] [base:e394065ab112b5df] [--file] [TEMPORARY/Dockerfile] [TEMPORARY]
    docker [create] [--name] [taskgraph-rs-make-corpus-CHANCE] [--env] [RUN_ID=0] [--env] [TASK_GROUP_ID=] [--env] [TASK_ID=PYcq5R5JRmupEaKE5tySBw] [--env] [TASKCLUSTER_ROOT_URL=http://127.0.0.1:1] [--env] [MOZ_SCM_LEVEL=3] [--env] [SCCACHE_DISABLE=1] [--env] [TASKCLUSTER_VOLUMES=/builds/worker/checkouts] [--env] [MOZ_AUTOMATION=1] [--volume] [TEMPORARY:/taskgraph-local:ro] [base:e394065ab112b5df] [/usr/local/bin/run-task] [--] [bash] [-cx] [make corpus]
    docker [start] [--attach] [taskgraph-rs-make-corpus-CHANCE]
    docker [container] [inspect] [--format] [{{.State.Status}} {{.State.ExitCode}}] [taskgraph-rs-make-corpus-CHANCE]
    docker [cp] [taskgraph-rs-make-corpus-CHANCE:/builds/worker/artifacts/.] [DESK/artifacts/TEMPORARY/public/build]
    docker [rm] [--force] [--volumes] [taskgraph-rs-make-corpus-CHANCE]
    ");
    insta::assert_snapshot!(outcome.err, @"
    building the image base as base:e394065ab112b5df
    running make-corpus in base:e394065ab112b5df (docker, container taskgraph-rs-make-corpus-CHANCE)
    it warns
    artifacts: DESK/artifacts/make-corpus
    ");
    // The image is there now: it is not built again.
    let again = fixture.call(&["load-task", "make-corpus", "--offline"]);
    assert_eq!((again.status, fixture.calls("build").len()), (Some(0), 1));
    assert!(again.err.contains("--artifacts DIR keeps them"), "{}", again.err);
}

#[test]
fn what_another_task_has_left_here_is_mounted_and_handed_out_inside() {
    let fixture = Fixture::new(&["docker"]);
    Fixture::write(&fixture.artifacts().join("make-corpus/public/build/corpus.gz"), "corpus");
    fixture.fake("container/builds/worker/merged", "merged");
    let artifacts = fixture.artifacts();
    let artifacts = artifacts.to_str().unwrap();
    let mounted = format!("{}:/mounted:ro", fixture.path("run-task").display());
    let outcome = fixture.run(
        fixture
            .program(&["load-task", "use-merge/1", "--offline", "--artifacts", artifacts, "-v", &mounted])
            .args(["-e", "A=b=c", "--env", "GIVEN", "--caches"])
            .env("GIVEN", "from here"),
    );
    assert_eq!(outcome.status, Some(0), "{}", outcome.err);
    insta::assert_snapshot!("fetching", fixture.calls("create").join("\n").replace(" [", "\n["));
    insta::assert_snapshot!(outcome.err, @"
    warning: use-merge/1 asks for what there is not here: features.taskclusterProxy
    warning: its command or environment names the task make-corpus, for which PYcq5R5JRmupEaKE5tySBw stands; --upstream or --decision gives the real one
    building the image base as base:e394065ab112b5df
    building the image child as child:ed87613f91546955
    running use-merge/1 in child:ed87613f91546955 (docker, container taskgraph-rs-use-merge-1-CHANCE)
    artifacts: DESK/artifacts/use-merge%2F1
    ");
    assert_eq!(
        fixture.listed("artifacts"),
        ["make-corpus/public/build/corpus.gz", "use-merge%2F1/public/out"]
    );
}

#[test]
fn a_task_that_fails_ends_the_call_with_its_status_and_spoils_nothing() {
    let fixture = Fixture::new(&["docker"]);
    fixture.fake("state", "exited 7\n");
    fixture.fake("container/builds/worker/artifacts/half", "half");
    Fixture::write(&fixture.artifacts().join("make-corpus/public/build/corpus.gz"), "whole");
    let artifacts = fixture.artifacts();
    let call = ["load-task", "make-corpus", "--offline", "--artifacts", artifacts.to_str().unwrap()];
    let outcome = fixture.call(&call);
    assert_eq!(outcome.status, Some(7), "{}", outcome.err);
    assert!(outcome.err.ends_with("make-corpus ended with status 7\n"), "{}", outcome.err);
    assert_eq!(
        fixture.listed("artifacts"),
        ["make-corpus.failed/public/build/half", "make-corpus/public/build/corpus.gz"]
    );
    assert_eq!(fixture.calls("rm").len(), 1);
}

#[test]
fn what_is_not_there_is_reported_and_a_container_is_kept_if_somebody_wants_it() {
    let fixture = Fixture::new(&["docker"]);
    let artifacts = fixture.artifacts();
    let call =
        ["load-task", "make-corpus", "--offline", "--keep", "--artifacts", artifacts.to_str().unwrap()];
    let outcome = fixture.call(&call);
    assert_eq!(outcome.status, Some(0), "{}", outcome.err);
    assert!(outcome.err.contains("public/build is not there: the container has no /builds/worker/artifacts"));
    assert!(
        outcome.err.ends_with("kept: docker start -ai taskgraph-rs-make-corpus-CHANCE\n"),
        "{}",
        outcome.err
    );
    assert_eq!((fixture.calls("rm").len(), fixture.calls("kill").len()), (0, 0));
}

#[test]
fn an_interrupted_task_leaves_nothing() {
    for signal in ["-INT", "-TERM"] {
        let fixture = Fixture::new(&["docker"]);
        fixture.fake("start", "echo $$ >\"$FAKE/pid\"; : >\"$FAKE/begun\"; exec sleep 30");
        fixture.fake("container/builds/worker/artifacts/half", "half");
        let artifacts = fixture.artifacts();
        let call = ["load-task", "make-corpus", "--offline", "--artifacts", artifacts.to_str().unwrap()];
        let temporary = fixture.path("temporary");
        std::fs::create_dir(&temporary).unwrap();
        let mut program = fixture.program(&call);
        program.env("TMPDIR", &temporary);
        let child = program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let started = Instant::now();
        while !fixture.path("fake/begun").exists() && started.elapsed() < Duration::from_secs(60) {
            thread::sleep(Duration::from_millis(20));
        }
        let id = child.id().to_string();
        assert!(std::process::Command::new("kill").args([signal, &id]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        // The container is stopped at once, and not waited for.
        assert!(started.elapsed() < Duration::from_secs(9), "{signal}");
        assert_eq!(temporary.read_dir().unwrap().count(), 0, "{signal}");
        // The shell that called it hears of the signal.
        assert_eq!(output.status.code(), None, "{signal}");
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(err.ends_with("interrupted; nothing was generated\n"), "{err}");
        let log = fixture.log();
        let last: Vec<&str> = log.iter().rev().take(2).map(String::as_str).collect();
        let name = "[taskgraph-rs-make-corpus-CHANCE]";
        assert_eq!(
            last,
            [format!("docker [rm] [--force] [--volumes] {name}"), format!("docker [kill] {name}")]
        );
        assert_eq!(fixture.listed("artifacts"), [""; 0]);
    }
}

#[test]
fn a_definition_on_stdin_runs_as_it_is() {
    let fixture = Fixture::new(&["podman"]);
    let definition = serde_json::json!({
        "metadata": {"name": "by hand"},
        "taskGroupId": "GROUP",
        "payload": {
            "image": {"type": "docker-image", "name": "debian:12"},
            "command": ["echo", "a b"],
            "env": {"MOZ_FETCHES": "[]", "N": 1},
            "features": {"taskclusterProxy": true, "chainOfTrust": true},
        },
    });
    let mut child = fixture
        .program(&["load-task", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(definition.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{err}");
    assert!(err.contains("by hand asks for what there is not here: features.taskclusterProxy\n"), "{err}");
    assert_eq!(fixture.calls("pull"), ["podman [pull] [debian:12]"]);
    insta::assert_snapshot!(fixture.calls("create").join("\n"), @"
    podman [create] [--name] [taskgraph-rs-by-hand-CHANCE] [--env] [RUN_ID=0] [--env] [TASK_GROUP_ID=GROUP] [--env] [TASK_ID=fake] [--env] [TASKCLUSTER_ROOT_URL=http://127.0.0.1:1] [--env] [MOZ_FETCHES=[]] [--env] [N=1] [--volume] [TEMPORARY:/taskgraph-local:ro] [debian:12] [echo] [a b]
    ");
}

#[test]
fn a_shell_opens_when_the_task_is_set_up() {
    let fixture = Fixture::new(&["docker"]);
    let outcome = fixture.call(&["load-task", "make-corpus", "--offline", "--interactive", "--user", "root"]);
    assert_eq!(outcome.status, Some(0), "{}", outcome.err);
    let created = fixture.calls("create").join("\n");
    assert!(created.contains(" [--interactive] "), "{created}");
    assert!(created.ends_with("&& exec su -p -s /taskgraph-local/bin/shell root]"), "{created}");
    assert_eq!(
        fixture.calls("start"),
        ["docker [start] [--attach] [--interactive] [taskgraph-rs-make-corpus-CHANCE]"]
    );
}

#[test]
fn a_checkout_is_used_only_if_somebody_agrees() {
    let fixture = Fixture::new(&["docker"]);
    Fixture::write(&fixture.artifacts().join("make-corpus/public/build/corpus.gz"), "corpus");
    let artifacts = fixture.artifacts();
    let call =
        ["load-task", "use-merge/1", "--offline", "--develop", "--artifacts", artifacts.to_str().unwrap()];
    let refused = fixture.call(&call);
    assert_eq!(refused.status, Some(2));
    insta::assert_snapshot!(refused.err, @"
    The task works on the files of REPOSITORY, and may change or remove them. (TASKGRAPH_LOAD_TASK_NO_WARN=1 asks no more.)
    Go on? [y/N] error: --develop was not agreed to
     │
     ╰ help: answer `y`, or set TASKGRAPH_LOAD_TASK_NO_WARN=1

    1 error; nothing was generated
    ");
    assert_eq!(fixture.calls("create"), [""; 0]);
    let outcome = fixture.run(fixture.program(&call).env("TASKGRAPH_LOAD_TASK_NO_WARN", "1"));
    assert_eq!(outcome.status, Some(0), "{}", outcome.err);
    let created = fixture.calls("create").join("\n");
    assert!(created.contains(" [--volume] [REPOSITORY:/builds/worker/checkouts/vcs]"), "{created}");
    assert!(created.contains(" [REPOSITORIES={}]"), "{created}");
    assert!(created.contains("[GIT_CONFIG_VALUE_0=/builds/worker/checkouts/vcs]"), "{created}");
    assert!(!created.contains("--ci-checkout") && !created.contains("TASKCLUSTER_VOLUMES"), "{created}");
}

#[test]
fn a_task_for_generic_worker_runs_in_an_image_that_is_named() {
    let fixture = Fixture::new(&["docker"]);
    fixture.fake("images/own_1", "");
    fixture.fake(
        "start",
        r#"folder=$(sed -n 's/.*\[\([^]]*\):\/taskgraph-task\].*/\1/p' "$FAKE/log")
cd "$folder" && ls && ls -l run-task | sed 's/ .*//' && cat run-task"#,
    );
    let outcome = fixture.call(&["load-task", "make-generic", "--offline", "--image", "own:1"]);
    assert_eq!(outcome.status, Some(0), "{}", outcome.err);
    assert_eq!(outcome.out, "run-task\n-rwxr-xr-x\nrun-task");
    let created = fixture.calls("create").join("\n");
    assert!(created.contains(" [--workdir] [/taskgraph-task] [--user] ["), "{created}");
    assert!(created.contains(" [--env] [HOME=/taskgraph-task] "), "{created}");
    let log = std::fs::read_to_string(fixture.path("fake/log")).unwrap();
    assert!(
        log.contains("[own:1] [bash] [-c] [chmod +x run-task &&\n./run-task -- bash -cx make]\n"),
        "{log}"
    );
    // The folder of the task is gone.
    let folder = log.split(":/taskgraph-task]").next().unwrap().rsplit('[').next().unwrap();
    assert!(folder.starts_with('/') && !std::path::Path::new(folder).exists(), "{folder}");
}
