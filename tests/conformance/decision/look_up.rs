//! `graph preview --look-up`: what the index has already.

use std::path::Path;

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::fake_taskcluster::Fake;
use crate::repository::DECISION;
use crate::support::program::{Outcome, program, run};
use crate::support::{checkout, read_json, shared, whole};

/// Previews a case over its tree, with what the case says the index has, and these parameters on top.
fn preview(fake: &Fake, on_top: &Value, more: &[&str]) -> Option<(Outcome, Value)> {
    preview_of(fake, on_top, more, |_| ())
}

/// The same, with something done to the services before.
fn preview_of(
    fake: &Fake,
    on_top: &Value,
    more: &[&str],
    prepare: impl FnOnce(&Fake),
) -> Option<(Outcome, Value)> {
    let tree = shared("conformance/translations-2026-07")?;
    let copy = checkout(&tree.join("tree"));
    let case = tree.join("cases/index-hits-train-teacher-model");
    let answers = read_json(&case.join("case.json"));
    fake.case(&answers);
    prepare(fake);
    let parameters = std::fs::read_to_string(case.join("parameters.yml")).unwrap();
    let mut parameters: Value = serde_yaml::from_str(&parameters).unwrap();
    parameters.as_object_mut().unwrap().extend(on_top.as_object().unwrap().clone());
    std::fs::write(copy.path().join("parameters.json"), parameters.to_string()).unwrap();
    let mut command = program(copy.path());
    command.args(["graph", "preview", "parameters.json", "--look-up", "--against", "none", "--run-task-dir"]);
    command.arg(shared("conformance/run-task")?).args(more);
    command.envs(fake.environment());
    Some((run(command), answers))
}

#[test]
fn what_the_index_has_is_reported_with_the_time_it_lasts() {
    let fake = Fake::start();
    let Some((outcome, answers)) = preview(&fake, &json!({}), &["--json"]) else { return };
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let report: Value = serde_json::from_str(&outcome.out).unwrap();
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/preview.schema.json");
    let schema = jsonschema::draft202012::new(&read_json(&schema)).unwrap();
    let violations: Vec<String> = schema.iter_errors(&report).map(|error| error.to_string()).collect();
    assert_eq!(violations, [""; 0]);
    let found = &report["plan"]["look_up"];
    let tasks = found["tasks"].as_object().unwrap();
    let count = |outcome: &str| tasks.values().filter(|task| task["outcome"] == outcome).count();
    assert_eq!(
        found["counts"],
        json!({"would_run": count("would-run"), "used_again": count("used-again"), "not_needed": count("not-needed")})
    );
    assert!(count("used-again") > 3 && count("would-run") > 3, "{}", found["counts"]);
    for (label, task) in tasks.iter().filter(|(_, task)| task["outcome"] == "used-again") {
        let path = task["index_path"].as_str().unwrap();
        assert_eq!(task["task_id"], answers["index"][path], "{label}");
        let status = &answers["status"][task["task_id"].as_str().unwrap()];
        assert_eq!(task["expires"], status["expires"], "{label}");
    }
    // A hit that cannot be used says so.
    let runs = tasks.values().filter(|task| task["outcome"] == "would-run");
    let unused = runs.filter(|task| task["why"].as_str().unwrap().contains("not taken: its state is failed"));
    assert!(unused.count() > 0);
}

#[test]
fn the_text_counts_by_kind_and_lists_with_all() {
    let fake = Fake::start();
    let Some((outcome, _)) = preview(&fake, &json!({}), &[]) else { return };
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let section = outcome.out.split("Looked up: ").nth(1).unwrap();
    let (counts, section) = section.split_once('\n').unwrap();
    assert!(counts.contains(" would run, ") && counts.contains(" used again"), "{counts}");
    // The line that everybody reads first says the same, and nothing that was true before the look-up.
    let summary = outcome.out.lines().nth(1).unwrap();
    assert!(summary.contains(&format!(" tasks, {counts}")), "{summary}");
    assert!(!outcome.out.contains("to run") && !outcome.out.contains("looked up yet"), "{}", outcome.out);
    assert!(!section.contains("cache found"), "{section}");
    let (outcome, _) = preview(&fake, &json!({}), &["--all"]).unwrap();
    let listed = outcome.out.lines().filter(|line| line.contains(" (cache found: ")).count();
    assert!(listed > 3, "{}", outcome.out);
}

#[test]
fn the_page_says_with_the_same_numbers_what_would_run() {
    let Some(browser) = Browser::start() else { return };
    let fake = Fake::start();
    let Some((outcome, _)) = preview(&fake, &json!({}), &["--json"]) else { return };
    let report: Value = serde_json::from_str(&outcome.out).unwrap();
    let counts = &report["plan"]["look_up"]["counts"];
    let all = &report["plan"]["facts"]["needed"];
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    let (outcome, _) =
        preview(&fake, &json!({}), &["--format", "html", "-o", page.to_str().unwrap()]).unwrap();
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    browser.open(&page, "");
    let facts = browser.text("document.querySelector('#facts').textContent");
    let words =
        format!("{all} tasks, {} would run, {} used again", counts["would_run"], counts["used_again"]);
    assert!(facts.contains(&words), "{facts}: {words}");
    let chip = |fate: &str| {
        browser.text(&format!("document.querySelector('#fate-{fate}').textContent")).trim().to_owned()
    };
    assert_eq!(chip("runs"), format!("• would run {}", counts["would_run"]));
    assert_eq!(chip("cached"), format!("✓ used again {}", counts["used_again"]));
    browser.click("#fate-runs");
    let found = format!("{} tasks: would run", counts["would_run"]);
    browser.wait(&format!("document.querySelector('#panel').textContent.includes('{found}')"));
    // A task says which other one stands in for it, and until when.
    let tasks = report["plan"]["look_up"]["tasks"].as_object().unwrap();
    let (label, cached) = tasks.iter().find(|(_, task)| task["outcome"] == "used-again").unwrap();
    browser.open(&page, &format!("#task={label}"));
    browser.wait(&format!(
        "document.querySelector('#panel').textContent.includes('{}')",
        cached["task_id"].as_str().unwrap()
    ));
    assert!(
        browser
            .text("document.querySelector('#panel').textContent")
            .contains(cached["expires"].as_str().unwrap())
    );
    assert!(browser.text("document.querySelector('#panel .fate').textContent").contains("used again"));
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn existing_tasks_are_reported_apart() {
    let fake = Fake::start();
    let image = "docker-image-base";
    let on_top = json!({"existing_tasks": {image: DECISION}});
    let Some((outcome, _)) = preview(&fake, &on_top, &["--json"]) else { return };
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let report: Value = serde_json::from_str(&outcome.out).unwrap();
    let found = &report["plan"]["look_up"];
    assert_eq!(found["tasks"][image]["outcome"], "used-again");
    assert_eq!(found["tasks"][image]["existing"], true);
    let existing = found["tasks"].as_object().unwrap().values().filter(|task| task["existing"] == true);
    assert_eq!(existing.count(), 1);
    assert_eq!(found["tasks"][image]["task_id"], DECISION);
    // A decision would refuse it: the queue does not know the task.
    let reported = format!("`{image}` cannot be used again: task `{DECISION}` is not usable");
    let problems = report["problems"].as_array().unwrap();
    let reported = problems.iter().find(|problem| problem["message"] == reported).unwrap();
    assert_eq!((&reported["severity"], &reported["code"]), (&json!("warning"), &json!("existing-task")));
}

#[test]
fn tasks_that_were_found_tell_how_long_others_of_their_kind_take() {
    let fake = Fake::start();
    let Some((outcome, _)) = preview(&fake, &json!({}), &["--json"]) else { return };
    let report: Value = serde_json::from_str(&outcome.out).unwrap();
    let tasks = report["plan"]["look_up"]["tasks"].as_object().unwrap();
    let rows = report["plan"]["work"]["rows"].as_array().unwrap();
    // Some kind has tasks that are used again and others that would run.
    let used: std::collections::BTreeSet<&str> = tasks
        .values()
        .filter(|task| task["outcome"] == "used-again")
        .map(|task| task["task_id"].as_str().unwrap())
        .collect();
    let row = |kind: &str| rows.iter().find(|row| row["kind"] == kind);
    let kinds = report["plan"]["look_up"]["kinds"].as_object().unwrap();
    let kind = kinds.iter().find(|(kind, of)| {
        of["used_again"].as_u64() > Some(0) && of["would_run"].as_u64() > Some(0) && row(kind).is_some()
    });
    let kind = kind.map(|(kind, _)| kind.as_str()).unwrap_or_else(|| panic!("{kinds:#?}"));
    let pool = row(kind).unwrap()["pool"].as_str().unwrap();
    assert_eq!(row(kind).unwrap()["estimate"]["seconds"], Value::Null, "nothing ran on that pool yet");
    // All of them took 100 seconds, after a run of 20 seconds that lost its worker.
    let folder = tempfile::tempdir().unwrap();
    let written = folder.path().join("history.jsonl");
    let more = ["--json", "--write-history", written.to_str().unwrap()];
    let (outcome, _) = preview_of(&fake, &json!({}), &more, |fake| {
        used.iter().for_each(|id| fake.took(id, pool, &[20, 100]));
    })
    .unwrap();
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let report: Value = serde_json::from_str(&outcome.out).unwrap();
    let work = &report["plan"]["work"];
    let rows = work["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["kind"] == kind && row["pool"] == pool).unwrap();
    let estimate = &row["estimate"];
    assert_eq!(estimate["earlier"], kinds[kind]["used_again"]);
    assert_eq!(estimate["median_seconds"], 120);
    assert_eq!(estimate["seconds"], 120 * row["tasks"].as_u64().unwrap());
    let written = std::fs::read_to_string(&written).unwrap();
    for id in used {
        assert_eq!(written.matches(id).count(), 1, "{id}: {written}");
    }
}

#[test]
fn without_a_network_the_machine_is_at_fault() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config.yml"), whole("target-stage: all\n")).unwrap();
    let mut command = program(folder.path());
    command.env("TASKCLUSTER_ROOT_URL", "http://127.0.0.1:1");
    command.args(["graph", "preview", "config.yml", "--look-up", "--root", env!("CARGO_MANIFEST_DIR")]);
    let outcome = run(command);
    assert_eq!((outcome.status, outcome.out.as_str()), (3, ""), "{}", outcome.err);
    let mut command = program(folder.path());
    command.args(["graph", "preview", "config.yml", "--look-up", "--offline"]);
    assert_eq!(run(command).status, 2);
}

#[test]
fn nothing_is_looked_up_over_the_embedded_kinds() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config.yml"), whole("target-stage: all\n")).unwrap();
    let mut command = program(folder.path());
    command.args(["graph", "preview", "config.yml", "--look-up"]);
    let outcome = run(command);
    assert_eq!((outcome.status, outcome.out.as_str()), (2, ""));
    assert_eq!(
        outcome.err,
        "error: the embedded kinds have digests of their own, which no index has\n │\n ╰ help: for --look-up name a checkout \
         of the pipeline: --root CHECKOUT/taskcluster\n\n1 error; nothing was generated\n"
    );
}
