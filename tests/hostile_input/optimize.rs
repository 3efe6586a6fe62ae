//! The optimize phase: strategies that nobody knows, references that lead nowhere, answers that are none.

use crate::folder::{Folder, Outcome, task};

fn optimized(folder: &Folder, more: &[&str]) -> Outcome {
    folder.call(&[&["optimized", "-p", "p.yml", "--offline"], more].concat())
}

#[test]
fn a_strategy_is_one_that_the_program_knows_with_its_argument() {
    for (optimization, reported) in [
        (
            "{skip-unless-chnged: [x]}",
            &["unknown key `skip-unless-chnged`", "did you mean `skip-unless-changed`?", "kind.yml:4:"][..],
        ),
        ("{index-search: x}", &["`index-search` must be a list of strings", "found `x`"]),
        (
            "{never: , always: }",
            &["`optimization` must be nothing (null), or one strategy", "found 2 of them"],
        ),
        ("sometimes", &["`optimization` must be nothing (null), or one strategy", "found a string"]),
    ] {
        let folder = Folder::tasks(&[], &task("one", &format!("optimization: {optimization}")));
        folder.full(&[]).refused(reported);
        optimized(&folder, &[]).refused(reported);
    }
}

#[test]
fn references_that_lead_nowhere_are_reported_where_they_stand() {
    for (reference, reported) in [
        (
            "task-reference: 'get <biuld>'",
            &["`k-b` refers to what it cannot: there is no dependency `biuld`", "did you mean `build`?"][..],
        ),
        ("artifact-reference: '<self/public/x>'", &["a task cannot refer to its own artifacts"]),
        (
            "artifact-reference: '<build/private/x>'",
            &["`private/x` is a private artifact", "TASKCLUSTER_PROXY_URL is not set"],
        ),
    ] {
        let more = format!("dependencies: {{build: k-a}},\n        extra: {{x: {{{reference}}}}}");
        let folder = Folder::tasks(&[], &(task("a", "") + &task("b", &more)));
        folder.full(&[]).fine();
        let text = optimized(&folder, &[]).refused(reported);
        assert!(text.contains("kind.yml:6:") && text.contains(reference), "{text}");
    }
}

#[test]
fn a_task_that_no_worker_can_run_has_to_be_gone() {
    let dummy = "    a: {worker-type: always-optimized, description: d}\n";
    let folder = Folder::tasks(&[], &(dummy.to_owned() + &task("b", "dependencies: {a: k-a}")));
    optimized(&folder, &[]).refused(&["`k-a` has to be optimized away, but is still there", "kind.yml:4:"]);
    let folder = Folder::tasks(&[], &(dummy.replace("}", ", optimization: {always: }}") + &task("b", "")));
    assert_eq!(optimized(&folder, &[]).fine(), "k-b\n");
    assert_eq!(optimized(&folder, &["--no-optimize"]).fine(), "k-b\n");
}

#[test]
fn parameters_of_the_optimize_phase_are_refused_with_their_place() {
    let folder = Folder::tasks(&[], &task("one", ""));
    let parameters = std::fs::read_to_string(folder.path().join("p.yml")).unwrap();
    for (more, reported) in [
        (
            "existing_tasks: {k-one: short}",
            &["`short` is not a taskId", "p.yml:9:25", "stands in for `k-one`"][..],
        ),
        ("optimize_strategies: a.b:c", &["unknown strategies `a.b:c`", "p.yml:9:22"]),
    ] {
        folder.file("p.yml", format!("{parameters}{more}\n"));
        optimized(&folder, &[]).refused(reported);
    }
}

#[test]
fn answers_out_of_a_file_are_checked() {
    let index = "optimization: {index-search: [a.b]}";
    let folder = Folder::tasks(&[], &(task("a", index) + &task("b", "dependencies: {a: k-a}")));
    let id = "vLbaYNyfFziQ1WZW1EAhcg";
    let call = |found: &str| {
        folder.file("found.json", found);
        folder.call(&["morphed", "-p", "p.yml", "--found", "found.json"])
    };
    let status = |state: &str, expires: &str| {
        format!(
            r#"{{"index": {{"a.b": "{id}"}}, "status": {{"{id}": {{"state": "{state}", "expires": "{expires}"}}}}}}"#
        )
    };
    assert_eq!(call(&status("completed", "2999-01-01T00:00:00.000Z")).fine(), "k-b\n");
    for found in [
        "{}".to_owned(),
        status("failed", "2999-01-01T00:00:00.000Z"),
        status("completed", "2001-01-01T00:00:00.000Z"),
        status("completed", "some day"),
        format!(r#"{{"index": {{"a.b": "{id}"}}}}"#),
    ] {
        assert_eq!(call(&found).fine(), "k-a\nk-b\n", "{found}");
    }
    call("[]").refused(&["`found.json` must hold a map"]);
    call(r#"{"index": {"a.b": "x"}}"#).refused(&["`x` is not a taskId", "found.json:1:19"]);
    assert_eq!(folder.call(&["morphed", "--found", "found.json", "--offline"]).status, 2);
    assert_eq!(folder.call(&["morphed", "-p", "p.yml", "--found", "none.json"]).status, 3);
}
