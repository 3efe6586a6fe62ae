//! `graph preview --history`: how long a run will take, and what it will cost.
use std::fs;
use std::path::Path;

use crate::support::program::{Outcome, program};

use serde_json::{Value, json};

const POOL: &str = "translations-1/b-linux-large-gcp-d2g";

const PRICES: &str =
    "version: 1\ncurrency: EUR\nprices:\n  \"*-v100-gpu-4-1tb-standard\": 10\n  \"*gpu*\": 2.5\n";

fn history() -> String {
    let run = |kind: &str, pool: &str, seconds: u64| json!({"kind": kind, "pool": pool, "seconds": seconds});
    let teacher = "translations-1/b-linux-v100-gpu-4-1tb-standard";
    let runs = [
        run("dataset", POOL, 600),
        run("dataset", POOL, 1200),
        run("dataset", POOL, 3000),
        run("train-teacher", teacher, 6 * 86_400),
        run("train-teacher", teacher, 8 * 86_400),
        run("translate-corpus", "translations-1/b-linux-v100-gpu-4-1tb", 7200),
        // A pool on which none of them runs, and a task that will only download a model.
        run("evaluate", POOL, 99),
        run("train-backwards", "translations-1/b-linux-v100-gpu-4-300gb", 86_400),
    ];
    let lines = runs.iter().map(|run| format!("{run}\n"));
    format!("{{\"version\": 1}}\n{}", lines.collect::<String>())
}

/// The folder of the project has config.yml and kinds/, as the tree of a checkout does.
const TREE: [&str; 2] = ["--root", env!("CARGO_MANIFEST_DIR")];

/// Previews the example over a tree with these files beside it.
fn preview(files: &[(&str, &str)], more: &[&str]) -> (Outcome, tempfile::TempDir) {
    preview_over(&TREE, files, more)
}

/// Previews the example over the tree that these flags name, with these files beside it.
fn preview_over(tree: &[&str], files: &[(&str, &str)], more: &[&str]) -> (Outcome, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/pretrained-ru-en.yml");
    fs::copy(example, folder.path().join("config.yml")).unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let output = program(folder.path())
        .args(["graph", "preview", "config.yml", "--offline"])
        .args(tree)
        .args(more)
        .output()
        .unwrap();
    let outcome = Outcome::from(output);
    (outcome, folder)
}

fn estimated(more: &[&str]) -> String {
    let arguments = [&["--history", "h.jsonl", "--prices", "prices.yml"], more].concat();
    let (outcome, _) = preview(&[("h.jsonl", &history()), ("prices.yml", PRICES)], &arguments);
    assert_eq!((outcome.status, outcome.err.as_str()), (0, ""));
    outcome.out
}

#[test]
fn each_row_has_the_median_of_its_kind_on_its_pool() {
    let report: Value = serde_json::from_str(&estimated(&["--json"])).unwrap();
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/preview.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    let schema = jsonschema::draft202012::new(&schema).unwrap();
    let violations: Vec<String> = schema.iter_errors(&report).map(|error| error.to_string()).collect();
    assert_eq!(violations, [""; 0]);
    let work = &report["plan"]["work"];
    let row = |kind: &str| work["rows"].as_array().unwrap().iter().find(|row| row["kind"] == kind).unwrap();
    let (dataset, teacher) = (row("dataset"), row("train-teacher"));
    let number = dataset["tasks"].as_u64().unwrap();
    assert_eq!(
        dataset["estimate"],
        json!({
            "earlier": 3, "median_seconds": 1200, "lower_quartile_seconds": 900, "upper_quartile_seconds": 2100,
            "no_earlier_run": 0, "seconds": 1200 * number, "gpu_seconds": 0, "cost": null,
        })
    );
    assert_eq!(teacher["estimate"]["seconds"], 7 * 86_400);
    assert_eq!(teacher["estimate"]["gpu_seconds"], 4 * 7 * 86_400);
    assert_eq!(teacher["estimate"]["cost"], 1680.0);
    let nothing = json!({"no_earlier_run": 2, "seconds": null, "gpu_seconds": null, "cost": null});
    assert_eq!(row("evaluate")["estimate"], nothing);
    assert_eq!(row("train-backwards")["estimate"]["seconds"], Value::Null);
    let (all, corpus) = (&work["estimate"], row("translate-corpus"));
    assert_eq!(all["seconds"], 1200 * number + 7 * 86_400 + 7200 * corpus["tasks"].as_u64().unwrap());
    assert_eq!(all["money"], json!({"currency": "EUR", "cost": 1780.0, "no_price": number}));
    let known = number + 1 + corpus["tasks"].as_u64().unwrap();
    assert_eq!(all["no_earlier_run"], work["totals"]["tasks"].as_u64().unwrap() - known);
    let path = &all["critical_path"];
    assert_eq!(path["seconds"], 1200 + 7 * 86_400 + 7200);
    let tasks = path["tasks"].as_array().unwrap();
    assert_eq!(tasks.iter().filter(|task| task["seconds"].is_null()).count(), path["no_earlier_run"]);
    assert!(tasks.iter().any(|task| task["label"] == "train-teacher-ru-en-1"), "{path:#}");
}

#[test]
fn without_a_question_nothing_is_estimated() {
    let (outcome, _) = preview(&[], &["--json"]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert!(!outcome.out.contains("estimate") && !outcome.out.contains("no_earlier_run"));
}

#[test]
fn text_and_markdown_have_it_beside_the_limit() {
    let text = estimated(&[]);
    insta::assert_snapshot!("text", &text[text.find("Worker pools of").unwrap()..]);
    let markdown = estimated(&["--format", "markdown"]);
    let rows = markdown[markdown.find("What they run on").unwrap()..].lines();
    let reported =
        ["tasks |", "dataset", "train-", "translate-c", "Estimated", "Critical path", "no earlier run"];
    let reported: Vec<&str> = rows.filter(|row| reported.iter().any(|part| row.contains(part))).collect();
    insta::assert_snapshot!("markdown", reported.join("\n"));
}

#[test]
fn nothing_is_estimated_over_the_embedded_kinds() {
    let files: [(&str, &str); 2] = [("h.jsonl", &history()), ("prices.yml", PRICES)];
    let more = ["--history", "h.jsonl", "--prices", "prices.yml", "--write-history", "out.jsonl"];
    let messages = [&[][..], &["--format", "svg"], &["-o", "drawing.dot"]].map(|format| {
        let (outcome, folder) = preview_over(&[], &files, &[&more[..], format].concat());
        assert_eq!((outcome.status, outcome.out.as_str()), (2, ""));
        assert!(!folder.path().join("out.jsonl").exists() && !folder.path().join("drawing.dot").exists());
        outcome.err
    });
    assert!(messages.iter().all(|message| *message == messages[0]), "{messages:#?}");
    insta::assert_snapshot!(messages[0], @"
    error: the embedded kinds are not a checkout: earlier tasks do not tell how long theirs take
     │
     ╰ help: for --history name a checkout of the pipeline: --root CHECKOUT/taskcluster

    1 error; nothing was generated
    ");
    // JSON, Markdown and the page tell it in their own way.
    let (outcome, _) = preview_over(&[], &files, &[&more[..], &["--json"]].concat());
    let report: Value = serde_json::from_str(&outcome.out).unwrap();
    assert_eq!((outcome.status, &report["problems"][0]["code"]), (2, &json!("embedded")));
}

#[test]
fn a_history_that_knows_nothing_of_the_run_says_so() {
    let (outcome, _) = preview(&[("h.json", r#"{"version": 1, "runs": []}"#)], &["--history", "h.json"]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert!(
        outcome.out.contains("by 0 earlier tasks: no earlier run of any of these tasks"),
        "{}",
        outcome.out
    );
    assert!(!outcome.out.contains("critical path"));
}

#[test]
fn what_was_given_is_written_and_read_again() {
    let history = history();
    let more = ["--history", "h.jsonl", "--write-history", "out.jsonl"];
    let (outcome, folder) = preview(&[("h.jsonl", &history)], &more);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let written = fs::read_to_string(folder.path().join("out.jsonl")).unwrap();
    let read =
        |text: &str| -> Vec<Value> { text.lines().map(|line| serde_json::from_str(line).unwrap()).collect() };
    assert_eq!(read(&written), read(&history));
}

#[test]
fn files_with_faults_are_refused_with_all_of_them() {
    let bad = "{\"version\": 2}\n{\"kind\": \"a\", \"pool\": \"b\", \"seconds\": -1}\n{\"kind\": \"a\", \"secnds\": 1}\n";
    let (outcome, _) = preview(&[("h.jsonl", bad)], &["--history", "h.jsonl"]);
    assert_eq!((outcome.status, outcome.out.as_str()), (2, ""));
    insta::assert_snapshot!("history-refused", outcome.err);
    let prices = "version: 1\ncurrency: EUR\nprices: {p/a: cheap, p/b: -2}\nnote: x\n";
    let (outcome, _) = preview(
        &[("h.jsonl", &history()), ("p.yml", prices)],
        &["--history", "h.jsonl", "--prices", "p.yml"],
    );
    assert_eq!((outcome.status, outcome.out.as_str()), (2, ""));
    insta::assert_snapshot!(outcome.err, @"
    error: `p/a` must be a price an hour: a number, 0 or more
      ╭▸ p.yml:3:15
      │
    3 │ prices: {p/a: cheap, p/b: -2}
      │               ━━━━━ found the text `cheap`
      │
      ╰ note: at prices.p/a

    error: `p/b` must be a price an hour: a number, 0 or more
      ╭▸ p.yml:3:27
      │
    3 │ prices: {p/a: cheap, p/b: -2}
      │                           ━━ found -2
      │
      ╰ note: at prices.p/b

    error: unknown key `note`
      ╭▸ p.yml:4:1
      │
    4 │ note: x
      │ ━━━━ known here: version, currency or prices
      │
      ╰ note: at note

    3 errors; nothing was generated
    ");
    let (outcome, _) = preview(&[("p.yml", PRICES)], &["--prices", "p.yml"]);
    assert_eq!(outcome.status, 2);
    insta::assert_snapshot!(outcome.err, @"
    error: the following required arguments were not provided:
      <--history <FILE>|--look-up|--from [<GROUP>...]>

    Usage: taskgraph-rs graph preview --offline --root <DIR> --prices <FILE> <--history <FILE>|--look-up|--from [<GROUP>...]> <CONFIG>

    For more information, try '--help'.
    ");
}

#[test]
fn drawings_of_the_kinds_have_it_in_their_boxes() {
    let total = "; by 8 earlier tasks: 8 d 19 h of machines and 34 d 16 h of single GPUs, 1780.00 EUR (11 tasks without a \
                 price); 135 of 167 tasks have no earlier run; critical path: 7 d 2 h in 6 tasks";
    let (svg, dot, mermaid) = (
        estimated(&["--format", "svg"]),
        estimated(&["--format", "dot"]),
        estimated(&["--format", "mermaid"]),
    );
    assert!(dot.contains("[label=\"train-teacher\\n1 task: 1 continue\\n7 d\\n1680.00 EUR\""), "{dot}");
    assert!(dot.contains("\\nno earlier run\""), "{dot}");
    assert!(dot.contains(total), "{dot}");
    assert!(
        mermaid.contains("train-teacher<br>1 task: 1 continue<br>7 d<br>1680.00 EUR\"]:::path"),
        "{mermaid}"
    );
    assert!(svg.contains(">7 d</text>") && svg.contains(">1680.00 EUR</text>"), "{svg}");
    assert!(
        svg.contains("<title>train-teacher: 1 continue; 7 d; 1680.00 EUR</title>") && svg.contains(total),
        "{svg}"
    );
    // Nobody has asked: nothing is said, and the boxes are as high as before.
    let (plain, _) = preview(&[], &["--format", "svg"]);
    assert!(!plain.out.contains("no earlier run") && plain.out.contains("height=\"65\""), "{}", plain.out);
    assert!(svg.contains("height=\"95\""), "two lines more");
}

#[test]
fn what_has_no_place_for_an_estimate_says_so() {
    let task = ["--focus", "all-ru-en-1"];
    let mut messages = String::new();
    for (flags, reported) in [
        (&["--format", "svg"][..], &["--history"][..]),
        (&["-o", "x.dot", "--prices", "prices.yml"], &["--history", "--prices"]),
        (&[], &["--history"]),
        (&["--against", "none", "--tasks-for", "cron"], &["--history", "--against", "--tasks-for"]),
        (
            &["--json", "--check-urls", "--write-history", "x.dot"],
            &["--history", "--write-history", "--check-urls"],
        ),
    ] {
        let more = [&["--history", "h.jsonl"], &task[..], flags].concat();
        let (outcome, folder) = preview(&[("h.jsonl", &history()), ("prices.yml", PRICES)], &more);
        assert_eq!((outcome.status, outcome.out.as_str()), (2, ""), "{flags:?}");
        assert_eq!(outcome.err.matches("has no effect").count(), reported.len(), "{}", outcome.err);
        let called: String = flags.iter().map(|flag| format!(" {flag}")).collect();
        messages += &format!(">{called}\n{}\n", outcome.err);
        assert!(!folder.path().join("x.dot").exists());
    }
    insta::assert_snapshot!(messages, @"
    > --format svg
    error: --history has no effect on the drawing of a task and its neighbours
     │
     ╰ help: leave out --history, or --focus

    1 error; nothing was generated

    > -o x.dot --prices prices.yml
    error: --history has no effect on the drawing of a task and its neighbours
     │
     ╰ help: leave out --history, or --focus

    error: --prices has no effect on the drawing of a task and its neighbours
     │
     ╰ help: leave out --prices, or --focus

    2 errors; nothing was generated

    >
    error: --history has no effect on the explanation of a task
     │
     ╰ help: leave out --history, or --focus

    1 error; nothing was generated

    > --against none --tasks-for cron
    error: --history has no effect on the explanation of a task
     │
     ╰ help: leave out --history, or --focus

    error: --against has no effect on the explanation of a task
     │
     ╰ help: leave out --against, or --focus

    error: --tasks-for has no effect on the explanation of a task
     │
     ╰ help: leave out --tasks-for, or --focus

    3 errors; nothing was generated

    > --json --check-urls --write-history x.dot
    error: --history has no effect on the explanation of a task
     │
     ╰ help: leave out --history, or --focus

    error: --write-history has no effect on the explanation of a task
     │
     ╰ help: leave out --write-history, or --focus

    error: --check-urls has no effect on the explanation of a task
     │
     ╰ help: leave out --check-urls, or --focus

    3 errors; nothing was generated
    ");
    let more =
        ["--history", "h.jsonl", "--write-history", "out.jsonl", "--format", "dot", "--focus", "all-ru-en-1"];
    let (outcome, folder) = preview(&[("h.jsonl", &history())], &more);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert!(folder.path().join("out.jsonl").exists());
}
