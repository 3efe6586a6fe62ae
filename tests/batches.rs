//! Kinds with so many tasks that they go through their transforms in batches: neither a task nor the problems reported
//! about it depend on how many others there are.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "a test starts programs")]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test says what it counted and what it left out"
)]

use std::fmt::Write as _;
use std::fs;
use std::process::{Command, Output};

use serde_json::Value;

mod support;

use support::{CONFIG, PARAMETERS};

/// Calls the program over a tree of one kind.
fn full(kind: &str, threads: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in [("config.yml", CONFIG), ("kinds/k/kind.yml", kind)] {
        let file = folder.path().join("taskcluster").join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    fs::write(folder.path().join("p.yml"), format!("{PARAMETERS}build_date: 0\n")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_taskgraph-rs"));
    command.args(["full", "-J", "-p", "p.yml"]).current_dir(folder.path()).env_clear();
    command.env("RAYON_NUM_THREADS", threads).output().unwrap()
}

fn graph(kind: &str) -> Value {
    let made = full(kind, "2");
    assert_eq!(made.status.code(), Some(0), "{}", String::from_utf8_lossy(&made.stderr));
    serde_json::from_slice(&made.stdout).unwrap()
}

/// The headlines of the problems of a kind that is refused.
fn refused(kind: &str, threads: &str) -> Vec<String> {
    let made = full(kind, threads);
    assert_eq!(made.status.code(), Some(2));
    let reported = String::from_utf8(made.stderr).unwrap();
    reported.lines().filter(|line| line.starts_with("error")).map(str::to_owned).collect()
}

const TRANSFORMS: &str = "transforms: [taskgraph.transforms.chunking, taskgraph.transforms.cached_tasks, \
                          taskgraph.transforms.run, taskgraph.transforms.task]\n";

/// A kind with a task for each number; `more` says what else one has.
fn kind(numbers: impl IntoIterator<Item = usize>, more: impl Fn(usize) -> String) -> String {
    let mut kind = format!("loader: taskgraph.loader.transform:loader\n{TRANSFORMS}tasks:\n");
    for number in numbers {
        writeln!(
            kind,
            "  t{number}: {{label: k-t{number}, description: the task {number}, worker-type: w, \
             worker: {{docker-image: {{indexed: x}}, max-run-time: 60}}, \
             run: {{using: run-task, checkout: false, command: 'echo {number}'}}, {}}}",
            more(number)
        )
        .unwrap();
    }
    kind
}

fn cached(number: usize, more: &str) -> String {
    format!("cache: {{type: t, name: t{number}, digest-data: ['{number}']}}, {more}")
}

/// Each task of the smaller graph is the same in the larger one.
fn is_part(small: &Value, large: &Value) {
    for (label, task) in small.as_object().unwrap() {
        assert_eq!(task, &large[label], "{label}");
    }
}

#[test]
fn a_task_is_the_same_among_many() {
    let more =
        |number| cached(number, &format!("attributes: {{number: {number}, even: {}}}", number % 2 == 0));
    let large = graph(&kind(0..200, more));
    assert_eq!(large.as_object().unwrap().len(), 200);
    is_part(&graph(&kind((0..200).step_by(17), more)), &large);
}

#[test]
fn tasks_of_a_kind_may_depend_on_each_other() {
    // Some depend on others of the kind, of earlier and of later batches, and fetch from them.
    let more = |number| match number {
        10 | 150 => cached(number, "dependencies: {t70: k-t70}, fetches: {t70: [file]}"),
        70 => cached(number, "dependencies: {t199: k-t199}, attributes: {artifact_prefix: public/other}"),
        _ => cached(number, ""),
    };
    let (large, small) = (graph(&kind(0..200, more)), graph(&kind([10, 70, 150, 199], more)));
    is_part(&small, &large);
    let fetches = large["k-t10"]["task"]["payload"]["env"]["MOZ_FETCHES"]["task-reference"].as_str().unwrap();
    assert!(fetches.contains("public/other/file"), "{fetches}");
}

#[test]
fn problems_between_tasks_of_a_kind_are_the_same_among_many() {
    // 70 depends on a task that is not cached, and 10 on 70, which therefore has no digest.
    let uncached = |number| match number {
        10 => cached(number, "dependencies: {t70: k-t70}"),
        70 => cached(number, "dependencies: {t199: k-t199}"),
        199 => String::new(),
        _ => cached(number, ""),
    };
    let reported = refused(&kind(0..200, uncached), "2");
    assert_eq!(reported.len(), 2, "{reported:?}");
    assert!(reported.iter().all(|line| line.contains("which is not cached")), "{reported:?}");
    assert_eq!(reported, refused(&kind([10, 70, 150, 199], uncached), "1"));

    let cyclic = |number| match number {
        10 => cached(number, "dependencies: {t150: k-t150}"),
        150 => cached(number, "dependencies: {t10: k-t10}"),
        _ => cached(number, ""),
    };
    let reported = refused(&kind(0..200, cyclic), "2");
    assert_eq!(reported.len(), 1, "{reported:?}");
    assert!(reported[0].contains("in a cycle") && reported[0].contains("`k-t10`"), "{reported:?}");
}

#[test]
fn chunks_of_many_are_those_of_a_few() {
    let chunked = |numbers: &mut dyn Iterator<Item = usize>| {
        let chunk = "chunk: {total-chunks: 40, substitution-fields: [label]}";
        graph(
            &kind(numbers, |_| chunk.to_owned())
                .replace("label: k-t", "label: 'k-{this_chunk}-t")
                .replace(", description", "', description"),
        )
    };
    let large = chunked(&mut (0..70));
    assert_eq!(large.as_object().unwrap().len(), 2_800);
    is_part(&chunked(&mut [0, 63, 64, 69].into_iter()), &large);
}

#[test]
fn what_the_first_transform_finds_is_reported_for_all_batches() {
    // 40 and 120 fail in `run`; 3 and 199 fail in `task`, which nobody has come to by then.
    let wrong = |number| match number {
        40 | 120 => "when: {files-changed: [a]}, optimization: null".to_owned(),
        3 | 199 => "if-dependencies: [nobody]".to_owned(),
        _ => String::new(),
    };
    let reported = refused(&kind(0..200, wrong), "1");
    assert_eq!(reported.len(), 2, "{reported:?}");
    assert!(
        reported.iter().all(|line| line.contains("`when` and `optimization` exclude each other")),
        "{reported:?}"
    );
    assert_eq!(reported, refused(&kind(0..200, wrong), "2"));
    let reported = refused(&kind((0..200).filter(|number| ![40, 120].contains(number)), wrong), "2");
    assert_eq!(reported.len(), 2, "{reported:?}");
    assert!(reported.iter().all(|line| line.contains("if-dependencies")), "{reported:?}");
}

#[test]
fn so_many_that_the_memory_would_not_hold_them_are_refused_in_time() {
    let more = |_| "chunk: {total-chunks: 6000, substitution-fields: []}".to_owned();
    for threads in ["1", "2"] {
        let reported = refused(&kind(0..100, more), threads);
        assert_eq!(reported.len(), 1, "{reported:?}");
        assert!(reported[0].contains("a kind can have at most 500000 tasks"), "{reported:?}");
    }
}

#[test]
fn the_text_of_a_graph_is_the_same_with_any_number_of_threads() {
    // One task has so many dependencies that the others are written long before it.
    let more = |number| match number {
        0 => {
            (1..700).fold("dependencies: {".to_owned(), |all, other| all + &format!("t{other}: k-t{other}, "))
                + "}"
        }
        _ => "attributes: {a: 'é \"'}".to_owned(),
    };
    let kind = kind(0..700, more);
    let text = |threads| full(&kind, threads).stdout;
    let alone = text("1");
    assert!(alone.len() > 1_000_000);
    assert!(["2", "3", "8"].iter().all(|threads| text(threads) == alone));
}
