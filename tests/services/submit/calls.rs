//! Requests of the calls, and their use of the answers.

use serde_json::json;
use taskgraph_taskcluster::{Access, Failure, Taskcluster};

use crate::fake_taskcluster::{Fake, Fault, client, id};

/// Something of everything.
fn furnished() -> Fake {
    let fake = Fake::start();
    let group = id(100);
    for number in 1..=3 {
        let definition = json!({
            "taskGroupId": group.as_str(),
            "schedulerId": "translations-level-1",
            "dependencies": if number == 1 { vec![] } else { vec![id(1).as_str().to_owned()] },
            "metadata": {
                "name": format!("task-{number}"), "description": "x", "owner": "a@example.org", "source": "https://example.org",
            },
        });
        fake.put_task(id(number).as_str(), definition, "completed");
        fake.index_until(
            &format!("a.b.{number}"),
            id(number).as_str(),
            &format!("20{}-01-01T00:00:00.000Z", 90 - number),
        );
    }
    fake.artifact(id(1).as_str(), "public/parameters.yml", "a: 1\n");
    fake.artifact(id(1).as_str(), "public/a graph.json", "{\"a\": [1, 2, 3]}");
    fake.artifact(id(1).as_str(), "private/secret.txt", "psst");
    fake.grant(&["queue:*", "assume:worker"]);
    fake
}

/// Every call that anybody may make.
fn reads(taskcluster: &Taskcluster) {
    assert_eq!(taskcluster.find_task("a.b.2").unwrap(), Some(id(2)));
    assert_eq!(taskcluster.find_task("a.b.4").unwrap(), None);
    let found = taskcluster
        .find(&super::paths(&["a.b.3".into(), "a.b.9".into(), "a.b.1".into(), "a.b".into()]))
        .unwrap();
    let paths: Vec<&str> = found.index.keys().map(|path| &**path).collect();
    assert_eq!(paths, ["a.b.1", "a.b.3"]);
    assert_eq!(&*found.states[&id(3)].state, "completed");
    assert_eq!(&*found.states[&id(3)].expires, "2099-01-01T00:00:00.000Z");
    assert_eq!(taskcluster.list_tasks("a.b").unwrap(), [id(3), id(2), id(1)]);
    assert_eq!(taskcluster.list_tasks("a").unwrap(), []);

    let definition = taskcluster.definition(&id(2)).unwrap();
    assert_eq!(definition.get("schedulerId").unwrap().as_str(), Some("translations-level-1"));
    assert_eq!(taskcluster.status(&id(2)).unwrap().get("state").unwrap().as_str(), Some("completed"));
    let group = taskcluster.group(&id(100)).unwrap();
    let names: Vec<(&str, &str)> = group.iter().map(|task| (&*task.name, &*task.state)).collect();
    assert_eq!(names, [("task-1", "completed"), ("task-2", "completed"), ("task-3", "completed")]);
    let dependents: Vec<_> =
        taskcluster.dependents(&id(1)).unwrap().into_iter().map(|task| task.task_id).collect();
    assert_eq!(dependents, [id(2), id(3)]);

    let artifact = |name| taskcluster.artifact(&id(1), name).unwrap();
    assert_eq!(artifact("public/parameters.yml").as_deref(), Some(&b"a: 1\n"[..]));
    assert_eq!(artifact("public/a graph.json").as_deref(), Some(&b"{\"a\": [1, 2, 3]}"[..]));
    assert_eq!(artifact("public/other.yml"), None);
    let names: Vec<String> =
        taskcluster.list_artifacts(&id(1)).unwrap().into_iter().map(|artifact| artifact.name).collect();
    assert_eq!(names, ["private/secret.txt", "public/a graph.json", "public/parameters.yml"]);
}

/// Every call that needs scopes.
fn privileged(taskcluster: &Taskcluster) {
    assert_eq!(taskcluster.artifact(&id(1), "private/secret.txt").unwrap().as_deref(), Some(&b"psst"[..]));
    assert_eq!(taskcluster.current_scopes().unwrap(), ["queue:*", "assume:worker"]);
    taskcluster.rerun(&id(2)).unwrap();
    assert_eq!(taskcluster.status(&id(2)).unwrap().get("state").unwrap().as_str(), Some("pending"));
    taskcluster.cancel(&id(2)).unwrap();
    assert_eq!(taskcluster.status(&id(2)).unwrap().get("state").unwrap().as_str(), Some("exception"));
}

#[test]
fn every_call_works_through_a_proxy() {
    let fake = furnished();
    let taskcluster = client(fake.proxied());
    reads(&taskcluster);
    privileged(&taskcluster);
    assert_eq!(fake.violations(), [""; 0]);
}

#[test]
fn every_call_works_with_credentials() {
    let fake = furnished();
    let taskcluster = client(fake.signed());
    reads(&taskcluster);
    privileged(&taskcluster);
    assert_eq!(fake.violations(), [""; 0]);
}

#[test]
fn every_call_works_with_temporary_credentials() {
    let fake = furnished();
    fake.certificate(
        r#"{"version": 1, "scopes": ["*"], "start": 0, "expiry": 1, "seed": "x", "signature": "y"}"#,
    );
    let taskcluster = client(fake.signed());
    reads(&taskcluster);
    privileged(&taskcluster);
}

#[test]
fn anybody_may_read_what_is_public() {
    let fake = furnished();
    let taskcluster = client(fake.anonymous());
    reads(&taskcluster);
    let error = taskcluster.artifact(&id(1), "private/secret.txt").unwrap_err();
    assert!(matches!(error.failure(), Some(Failure::Refused { status: 403, .. })), "{error}");
    assert!(taskcluster.cancel(&id(2)).is_err());
}

#[test]
fn what_anybody_may_read_takes_no_valid_credentials() {
    let fake = furnished();
    let mut access = fake.signed();
    access.credentials.as_mut().unwrap().access_token = "hunter2".into();
    reads(&client(access));
}

#[test]
fn a_wrong_token_is_refused_and_not_shown() {
    let fake = furnished();
    let mut access = fake.signed();
    access.credentials.as_mut().unwrap().access_token = "hunter2".into();
    let taskcluster = client(access);
    for error in [
        taskcluster.cancel(&id(2)).unwrap_err(),
        taskcluster.current_scopes().unwrap_err(),
        taskcluster.artifact(&id(1), "private/secret.txt").unwrap_err(),
    ] {
        assert!(matches!(error.failure(), Some(Failure::Refused { status: 401, .. })), "{error}");
        let reported = format!("{error} {error:?} {taskcluster:?}");
        assert!(!reported.contains("hunter2") && !reported.contains("bewit"), "{reported}");
    }
}

/// Whoever stands before the services answers in words of its own.
#[test]
fn what_a_refusal_says_is_reported_even_if_it_is_no_json() {
    let fake = furnished();
    fake.fail("cancelTask", [Some(Fault::Status(403))]);
    let error = client(fake.proxied()).cancel(&id(2)).unwrap_err();
    let reported = error.to_string();
    assert!(reported.ends_with("refused with status 403 (Forbidden): oops"), "{reported}");
}

#[test]
fn a_service_that_does_not_answer_is_reported() {
    let (fake, nobody) = (furnished(), "http://127.0.0.1:1");
    let reached = |root_url: String, proxy_url: Option<&str>, credentials| Access {
        root_url,
        proxy_url: proxy_url.map(str::to_owned),
        credentials,
    };
    for access in [
        reached(nobody.into(), None, None),
        reached(nobody.into(), None, fake.signed().credentials),
        reached(fake.root_url(), Some(nobody), None),
    ] {
        let taskcluster = client(access);
        for error in [
            taskcluster.status(&id(1)).unwrap_err(),
            taskcluster.find_task("a.b").unwrap_err(),
            taskcluster.group(&id(1)).unwrap_err(),
            taskcluster.cancel(&id(1)).unwrap_err(),
            taskcluster.current_scopes().unwrap_err(),
        ] {
            let reported = error.to_string();
            assert!(reported.contains("http://127.0.0.1:1: ") && !reported.contains("/task/"), "{reported}");
        }
    }
}

#[test]
fn a_signed_url_is_not_shown_if_nobody_answers() {
    let access = Access { root_url: "http://127.0.0.1:1".into(), ..Fake::start().signed() };
    let error = client(access).group(&id(1)).unwrap_err();
    assert!(matches!(error.failure(), Some(Failure::Unreachable(_))), "{error}");
    let reported = format!("{error} {error:?}");
    assert!(reported.contains("asked 12 times") && reported.contains("refused"), "{reported}");
    assert!(!reported.contains("bewit") && !reported.contains("s3cret"), "{reported}");
}

#[test]
fn what_is_missing_is_distinguished_from_what_fails() {
    let fake = furnished();
    let taskcluster = client(fake.proxied());
    for error in [
        taskcluster.definition(&id(77)).unwrap_err(),
        taskcluster.status(&id(77)).unwrap_err(),
        taskcluster.group(&id(77)).unwrap_err(),
        taskcluster.cancel(&id(77)).unwrap_err(),
        taskcluster.get_url(&format!("{}/nothing", fake.root_url())).unwrap_err(),
    ] {
        assert!(matches!(error.failure(), Some(Failure::NotFound(_))), "{error}");
    }
    let reported = format!("{:#}", taskcluster.definition(&id(77)).unwrap_err());
    let expected = format!(
        "Taskcluster: task {0} failed: not found: Task `{0}` was not found. Are you sure it was created?",
        id(77)
    );
    assert_eq!(reported, expected);
    // Nobody asks twice for what is not there.
    assert_eq!(fake.count("status"), 1);
}

#[test]
fn a_file_at_any_url_is_fetched_without_credentials() {
    let fake = furnished();
    let url = fake.file("/parameters.yml", "a: 1");
    let taskcluster = client(fake.signed());
    assert_eq!(taskcluster.get_url(&url).unwrap(), b"a: 1");
    for url in ["nonsense", "ftp://example.org/x"] {
        let error = taskcluster.get_url(url).unwrap_err();
        assert!(matches!(error.failure(), Some(Failure::Unusable(_))), "{error}");
    }
}

#[test]
fn nothing_is_opened_before_the_first_call() {
    let access = Access { root_url: "nonsense".into(), ..Access::default() };
    let taskcluster = Taskcluster::new(access);
    assert!(taskcluster.find(&super::paths(&[])).unwrap().index.is_empty());
    let error = taskcluster.find_task("a").unwrap_err();
    assert!(error.to_string().contains("`nonsense` cannot be set up"), "{error}");
}
