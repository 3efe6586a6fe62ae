//! Training configs: passwords, names that act on a terminal, thousands of problems.

use std::io::Read as _;

use crate::folder::{Folder, Outcome, SECRET};
use crate::support::whole;

fn preview(config: &str, more: &[&str]) -> Outcome {
    let folder = Folder::empty();
    folder.file("c.yml", whole(config));
    folder.call(&[&["graph", "preview", "c.yml", "--offline"], more].concat())
}

/// Every way to look at a config; that no secret and no raw character comes out is checked for each call.
fn everywhere(config: &str) -> Vec<Outcome> {
    [&[][..], &["--all"], &["--json"], &["--against", "c.yml", "--all"], &["--against", "c.yml", "--json"]]
        .iter()
        .map(|more| preview(config, more))
        .collect()
}

fn model(url: &str) -> String {
    format!(
        "experiment:\n  pretrained-models:\n    train-backwards: {{urls: [{url:?}], mode: use, type: default}}\n"
    )
}

#[test]
fn passwords_in_urls_of_models_are_shown_nowhere() {
    for url in [
        format!("https://me:{SECRET}@models.example.org/x"),
        format!("https://{SECRET}@models.example.org/x"),
        format!("gs://me:{SECRET}@bucket/x"),
        format!("ftp://me:{SECRET}@models.example.org/x"),
        format!("https://me:{SECRET}@models.example.org/x?a=1"),
        format!("https://me:{SECRET}@"),
        format!("https://me:a@{SECRET}@models.example.org/x"),
        format!("//me:{SECRET}@models.example.org/x"),
        format!("me:{SECRET}@models.example.org/x"),
        format!("https:/me:{SECRET}@models.example.org/x"),
        format!("HTTPS://me:{SECRET}@models.example.org/x"),
    ] {
        let outcomes = everywhere(&model(&url));
        assert!(outcomes.iter().all(|outcome| outcome.status == outcomes[0].status), "{url}");
    }
}

#[test]
fn passwords_are_shown_nowhere_wherever_they_stand() {
    let url = format!("https://me:{SECRET}@host.example.org/x");
    for config in [
        format!("experiment:\n  name: {url}\n"),
        format!("experiment:\n  {url:?}: 1\n"),
        format!("{url:?}: 1\n"),
        format!("datasets: {{train: [\"url_{url}\"], mono-src: [], mono-trg: []}}\n"),
        format!("target-stage: {url}\n"),
        format!("experiment: {{src: {url:?}}}\n"),
        format!("experiment:\n  pretrained-models: {{{url:?}: {{urls: [], mode: use}}}}\n"),
        format!(
            "experiment:\n  pretrained-models: {{train-teacher: {{urls: [x], mode: {url:?}, type: {url:?}}}}}\n"
        ),
        format!("head_repository: {url}\ntraining_config: {{experiment: {{src: ru}}}}\n"),
        format!("# {url}\nexperiment: {{best-model: nothing}}\n"),
        format!("a: [ {url}\n"),
    ] {
        everywhere(&config);
    }
}

#[test]
fn names_that_act_on_a_terminal_are_shown_as_escapes() {
    let odd = r#"x\e[31m\x9b\u202e\u2066\u200f\x7f\u2028y"#;
    for config in [
        format!("experiment: {{name: \"{odd}\"}}\n"),
        format!("experiment: {{\"{odd}\": 1}}\n"),
        format!("datasets: {{train: [\"opus_{odd}/v1\"], mono-src: [\"{odd}\"], mono-trg: []}}\n"),
        format!("target-stage: \"{odd}\"\n"),
        format!("experiment:\n  pretrained-models: {{\"{odd}\": {{urls: [], mode: \"{odd}\"}}}}\n"),
        model(odd),
        format!(
            "experiment:\n  pretrained-models:\n    train-teacher: {{urls: [\"{odd}\"], mode: use, type: default}}\n"
        ),
    ] {
        everywhere(&config);
    }
    // In the file itself, and drawn with the lines around a problem.
    everywhere("experiment:\n  best-model: \"us\u{85}\u{202e}\u{2067}\" # \u{200f} \u{2028}\u{61c}\n");
    assert!(
        preview(&format!("experiment: {{name: \"{odd}\"}}\n"), &[])
            .out
            .contains(r"x\u{1b}[31m\u{9b}\u{202e}")
    );
}

#[test]
fn a_call_with_odd_names_tells_them_as_escapes() {
    let folder = Folder::kind("a: [");
    folder.file("q\u{1b}[31m\u{202e}.yml", "a: [\n");
    for arguments in [
        &["full", "-p", "nothere\u{1b}[31m\u{202e}.yml"][..],
        &["full", "-p", "q\u{1b}[31m\u{202e}.yml"],
        &["full", "--root", "nothere\u{9b}"],
        &["full", "-p", "p.yml", "--tasks", "(\u{1b}[31m"],
        &["full", "-p", "p.yml", "-k", "k\u{1b}[31m"],
        &["graph", "preview", "nothere\u{1b}[31m.yml"],
        &["graph", "preview", "q\u{1b}[31m\u{202e}.yml", "--json"],
        &["graph", "preview", "q\u{1b}[31m\u{202e}.yml", "--root", "\u{9b}"],
    ] {
        assert!(folder.call(arguments).status >= 2, "{arguments:?}");
    }
}

#[test]
fn thousands_of_problems_in_one_config_are_reported_in_few_lines() {
    let keys: String = (0..2_000).map(|at| format!("  key{at}: 1\n")).collect();
    let outcome = preview(&format!("experiment:\n{keys}"), &[]);
    assert_eq!(outcome.status, 0);
    assert!(outcome.out.lines().count() < 100, "{}", outcome.out);
    assert!(preview(&format!("experiment:\n{}", "  src: ru\n".repeat(2_000)), &[]).out.lines().count() < 100);
    let models: String = (0..2_000).map(|at| format!("    k{at}: {{mode: x}}\n")).collect();
    let config = format!("experiment:\n  pretrained-models:\n{models}");
    let reported = preview(&config, &[]).refused(&["… and 1900 more", "2000 errors"]);
    assert!(reported.lines().count() < 1_500, "{} lines", reported.lines().count());
    let json = preview(&config, &["--json"]);
    let report: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(
        report["problems"].as_array().unwrap().iter().filter(|one| one["severity"] == "error").count(),
        2_000
    );
}

#[test]
fn no_format_shows_a_password_or_a_raw_escape() {
    let folder = Folder::empty();
    let url = format!("https://me:{SECRET}@models.example.org/x");
    let odd = r"x\e[31m\x9b";
    folder.file(
        "c.yml",
        whole(&format!(
            "experiment:\n  name: \"{odd}{url}\"\n  pretrained-models:\n    train-backwards: {{urls: [{url:?}], mode: continue, type: default}}\n"
        )),
    );
    for format in ["html", "markdown", "svg", "dot", "mermaid"] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_taskgraph-rs"))
            .args(["graph", "preview", "c.yml", "--offline", "--format", format])
            .current_dir(folder.path())
            .env_clear()
            .output()
            .unwrap();
        assert!(output.status.success(), "{format}: {}", String::from_utf8_lossy(&output.stderr));
        let mut shown = String::from_utf8(output.stdout).unwrap();
        for file in folder.path().read_dir().unwrap().map(|file| file.unwrap().path()) {
            if !file.ends_with("c.yml") {
                shown += &std::fs::read_to_string(file).unwrap();
            }
        }
        if let Some((_, behind)) = shown.split_once("id=\"values\">") {
            let packed = taskgraph_compat::python::base64::decode(behind.split_once('<').unwrap().0).unwrap();
            let mut values = String::new();
            flate2::read::ZlibDecoder::new(&*packed).read_to_string(&mut values).unwrap();
            assert!(values.contains("https://***@models.example.org"), "{format} has no definitions");
            shown += &values;
        }
        assert!(!shown.contains(SECRET), "{format} shows the password");
        assert!(!shown.contains('\u{1b}'), "{format} has a raw escape");
    }
}
