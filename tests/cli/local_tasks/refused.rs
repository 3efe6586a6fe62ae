//! Refusals, in whole messages. The engine is not called.

use std::io::Write as _;
use std::process::Stdio;

use super::fixture::Fixture;

#[test]
fn wrong_flags_and_labels_are_reported_with_a_way_out() {
    let fixture = Fixture::new(&["docker"]);
    let artifacts = fixture.artifacts();
    let artifacts = artifacts.to_str().unwrap();
    let messages = |arguments: &[&str]| {
        let outcome = fixture.call(&[&["load-task"], arguments].concat());
        assert_eq!(outcome.status, Some(2), "{}", outcome.err);
        assert_eq!(fixture.calls("create"), [""; 0], "{}", outcome.err);
        assert_eq!(fixture.listed("artifacts"), [""; 0], "{}", outcome.err);
        outcome.err
    };
    let offline = |arguments: &[&str]| messages(&[arguments, &["--offline"]].concat());
    insta::assert_snapshot!(offline(&["make-corpos"]), @"
    error: there is no task `make-corpos`
     │
     ╰ help: did you mean `make-corpus`?

    1 error; nothing was generated
    ");
    insta::assert_snapshot!(offline(&["make-generic"]), @"
    error: `make-generic` does not run in a container
     │
     ├ note: it is for generic-worker, on p/g
     ╰ help: --image names an image that it can run in: one with bash, python3 and whatever its commands call

    1 error; nothing was generated
    ");
    insta::assert_snapshot!(offline(&["docker-image-child"]), @"
    error: `docker-image-child` builds an image, which takes a decision task
     │
     ╰ help: `build-image child` builds the same one here

    1 error; nothing was generated
    ");
    insta::assert_snapshot!(offline(&["use-merge/1", "--artifacts", artifacts]), @"
    warning: use-merge/1 asks for what there is not here: features.taskclusterProxy
    warning: its command or environment names the task make-corpus, for which PYcq5R5JRmupEaKE5tySBw stands; --upstream or --decision gives the real one
    error: `make-corpus` has left nothing here: `public/build/corpus.gz` would be fetched
     │
     ├ note: there is no `DESK/artifacts/make-corpus/public/build/corpus.gz`
     ╰ help: run `load-task make-corpus` with the same --config and --artifacts first, put the files there, or name its task with --upstream make-corpus=TASK_ID or --decision TASK_ID

    1 error; nothing was generated
    ");
    insta::assert_snapshot!(offline(&["use-merge/1"]), @"
    warning: use-merge/1 asks for what there is not here: features.taskclusterProxy
    warning: its command or environment names the task make-corpus, for which PYcq5R5JRmupEaKE5tySBw stands; --upstream or --decision gives the real one
    error: `make-corpus` has left nothing here: `public/build/corpus.gz` would be fetched
     │
     ├ note: no folder of artifacts is named
     ╰ help: run `load-task make-corpus` with the same --config and --artifacts first, put the files there, or name its task with --upstream make-corpus=TASK_ID or --decision TASK_ID

    1 error; nothing was generated
    ");
    let variables = ["-e", "UNSET", "-e", "=1"];
    let mounts = ["-v", "nothing", "-v", "/no/such/folder:/x", "-v", ".:x"];
    insta::assert_snapshot!(offline(&[&["make-corpus"], &mounts[..], &variables].concat()), @"
    error: `--volume nothing` does not name two folders
     │
     ╰ help: write HOST_DIR:CONTAINER_DIR

    error: `--volume /no/such/folder:/x` names a folder that cannot be opened: No such file or directory (os error 2)
     │
     ╰ help: write HOST_DIR:CONTAINER_DIR

    error: `--volume .:x` names no folder of the container: its path begins with `/`
     │
     ╰ help: write HOST_DIR:CONTAINER_DIR

    error: `--env UNSET` has no value, and the variable is not set here
     │
     ╰ help: write NAME=VALUE

    error: `--env =1` names no variable
     │
     ╰ help: write NAME=VALUE

    5 errors; nothing was generated
    ");
    let upstreams = ["--upstream", "make-corpos=x", "--upstream", "make", "--decision", "y"];
    insta::assert_snapshot!(offline(&[&["use-merge/1"], &upstreams[..]].concat()), @"
    error: there is no task `make-corpos`
     │
     ╰ help: did you mean `make-corpus`?

    error: `x` is not a taskId: expected 22 letters, digits, `-` and `_`

    error: `--upstream make` has no `=`
     │
     ╰ help: write LABEL=TASK_ID

    error: `y` is not a taskId: expected 22 letters, digits, `-` and `_`

    4 errors; nothing was generated
    ");
    insta::assert_snapshot!(offline(&["make-corpus", "--develop"]), @"
    error: `make-corpus` cannot use this checkout: it clones no repository, as its variable REPOSITORIES says

    1 error; nothing was generated
    ");
    let id = "fN1SbArXTPSVFUUvaOlinQ";
    insta::assert_snapshot!(messages(&[id, "--upstream", "a=b", "--decision", id]), @"
    error: --upstream does nothing here: it is for tasks that are named by their label

    error: --decision does nothing here: it is for tasks that are named by their label

    2 errors; nothing was generated
    ");
    insta::assert_snapshot!(offline(&["make-corpus", "--user", "root"]), @"
    error: --user does nothing here: it is for the shell that --interactive opens

    1 error; nothing was generated
    ");
}

#[test]
fn stdin_has_to_have_a_definition() {
    let fixture = Fixture::new(&["docker"]);
    let messages = |text: &str| {
        let mut child = fixture
            .program(&["load-task", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{err}");
        assert_eq!(fixture.log(), [""; 0], "{err}");
        err
    };
    insta::assert_snapshot!(messages("nonsense"), @"
    error: stdin is neither JSON nor a taskId: expected ident at line 1 column 2
     │
     ╰ help: `-` takes the definition of one task, or a taskId: taskgraph-rs morphed -J --tasks LABEL | jq 'to_entries[0].value.task' | taskgraph-rs load-task -

    1 error; nothing was generated
    ");
    insta::assert_snapshot!(messages("[1]"), @"
    error: stdin is not a task definition: it must be a map
     │
     ╰ help: `-` takes the definition of one task, or a taskId: taskgraph-rs morphed -J --tasks LABEL | jq 'to_entries[0].value.task' | taskgraph-rs load-task -

    1 error; nothing was generated
    ");
    insta::assert_snapshot!(messages(r#"{"make-corpus": {"label": "make-corpus"}}"#), @"
    error: stdin is not a task definition: there is no `payload`, but `make-corpus`
     │
     ╰ help: `-` takes the definition of one task, or a taskId: taskgraph-rs morphed -J --tasks LABEL | jq 'to_entries[0].value.task' | taskgraph-rs load-task -

    1 error; nothing was generated
    ");
    let image = r#"{"type": "task-image", "taskId": {"task-reference": "<docker-image>"}}"#;
    insta::assert_snapshot!(messages(&format!(r#"{{"payload": {{"image": {image}}}}}"#)), @"
    error: the definition on stdin refers to another task of its graph: `<docker-image>`
     │
     ╰ help: `load-task LABEL -c CONFIG` knows the graph; `morphed -J` prints definitions with ids in the place of references

    1 error; nothing was generated
    ");
    insta::assert_snapshot!(messages(r#"{"metadata": {"name": "a"}, "workerType": "succeed", "payload": {}}"#), @"
    error: `a` does not run in a container
     │
     ├ note: nothing runs for it: it is for ?/succeed
     ╰ help: name a task that has a command

    1 error; nothing was generated
    ");
    let artifacts = r#"{"../x": {"type": "file", "path": "/x"}}"#;
    let payload = format!(
        r#"{{"image": {{"type": "x"}}, "command": [{{}}], "env": {{"A": []}}, "artifacts": {artifacts}}}"#
    );
    insta::assert_snapshot!(messages(&format!(r#"{{"metadata": {{"name": "a"}}, "payload": {payload}}}"#)), @"
    error: the payload of `a` has an `image` that is neither a name nor a task-image, indexed-image or docker-image

    error: the payload of `a` has a `command` that is not a list of strings

    error: the payload of `a` has no text at `env.A`

    error: the payload of `a` has an artifact that is called `../x`, which is not a path below a folder

    4 errors; nothing was generated
    ");
}
