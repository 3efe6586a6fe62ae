//! Engines that are not there, do not work, or fail.

use super::fixture::Fixture;

const CALL: [&str; 3] = ["load-task", "make-corpus", "--offline"];

#[test]
fn without_an_engine_nothing_runs() {
    let fixture = Fixture::new(&[]);
    let messages = |more: &[&str]| {
        let outcome = fixture.run(fixture.program(&CALL).args(more));
        assert_eq!(outcome.status, Some(3), "{}", outcome.err);
        outcome.err
    };
    insta::assert_snapshot!(messages(&[]), @"
    error: there is no container engine: neither `docker` nor `podman` is on PATH
     │
     ╰ note: install docker or podman; --engine names another program that is called like them
    ");
    insta::assert_snapshot!(messages(&["--engine", "nerdctl"]), @"
    error: there is no container engine `nerdctl`
     │
     ╰ note: --engine names a program on PATH, or its path
    ");
}

#[test]
fn an_engine_that_does_not_work_says_why_unless_another_one_does() {
    let fixture = Fixture::new(&["docker"]);
    fixture.fake("fail-ps", "Cannot connect to the Docker daemon at unix:///var/run/docker.sock.\n");
    let outcome = fixture.call(&CALL);
    assert_eq!(outcome.status, Some(3));
    insta::assert_snapshot!(outcome.err, @"
    error: `docker` is installed and does not work
     │
     ╰ note: it ended with status 125: Cannot connect to the Docker daemon at unix:///var/run/docker.sock.
    ");
    // Podman works where docker is installed and does not run.
    let both = Fixture::new(&["docker", "podman"]);
    std::fs::write(both.path("bin/docker"), "#!/bin/sh\nexit 1\n").unwrap();
    let outcome = both.call(&CALL);
    assert_eq!(outcome.status, Some(0), "{}", outcome.err);
    assert!(both.images().iter().all(|image| image.starts_with("localhost_base_")), "{:?}", both.images());
    let named = both.run(both.program(&CALL).env("TASKGRAPH_CONTAINER_ENGINE", "podman"));
    assert_eq!(named.status, Some(0), "{}", named.err);
}

#[test]
fn an_engine_that_fails_is_reported_with_what_it_says() {
    let messages = |call: &str, said: &str| {
        let fixture = Fixture::new(&["docker"]);
        fixture.fake(&format!("fail-{call}"), &format!("{said}\n"));
        let artifacts = fixture.artifacts();
        let outcome =
            fixture.run(fixture.program(&CALL).args(["--artifacts", artifacts.to_str().unwrap(), "--quiet"]));
        assert_eq!(outcome.status, Some(3), "{call}: {}", outcome.err);
        assert_eq!(fixture.listed("artifacts"), [""; 0]);
        if call != "build" {
            assert!(
                fixture.log().last().unwrap().starts_with("docker [rm] [--force]"),
                "{:?}",
                fixture.log()
            );
        }
        outcome.err
    };
    insta::assert_snapshot!(messages("build", "E: Unable to locate package python4"), @"
    building the image base as base:e394065ab112b5df
    E: Unable to locate package python4
    error: `docker build` cannot build the image `base`
     │
     ╰ note: it ended with status 125: E: Unable to locate package python4
    ");
    insta::assert_snapshot!(messages("create", "Error response from daemon: no space left on device"), @"
    building the image base as base:e394065ab112b5df
    error: `docker` cannot create the container
     │
     ╰ note: it ended with status 125: Error response from daemon: no space left on device
    ");
    insta::assert_snapshot!(messages("cp", "Error: permission denied"), @"
    building the image base as base:e394065ab112b5df
    error: `/builds/worker/artifacts/.` cannot be copied out of the container
     │
     ╰ note: it ended with status 125: Error: permission denied
    ");
}

#[test]
fn a_container_that_never_starts_is_no_task_that_fails() {
    let fixture = Fixture::new(&["docker"]);
    fixture.fake("start", "echo 'exec: \"run-task\": executable file not found in $PATH' >&2; exit 127");
    fixture.fake("state", "created 127\n");
    let outcome = fixture.run(fixture.program(&CALL).arg("--quiet"));
    assert_eq!(outcome.status, Some(3), "{}", outcome.err);
    insta::assert_snapshot!(outcome.err, @r#"
    building the image base as base:e394065ab112b5df
    exec: "run-task": executable file not found in $PATH
    error: `docker` cannot start the container
     │
     ╰ note: it ended with status 127: exec: "run-task": executable file not found in $PATH
    "#);
}
