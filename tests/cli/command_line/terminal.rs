//! Output fits the terminal, and has colors there and nowhere else.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{PROGRAM, example, has, program};

/// Returns the output and the status of a call in a terminal with a number of columns.
fn in_terminal(folder: &Path, columns: usize, call: &str, environment: &[(&str, &str)]) -> String {
    let command = format!("stty cols {columns} rows 40; {PROGRAM} {call}");
    let output = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .current_dir(folder)
        .env_clear()
        .envs([("PATH", "/usr/local/bin:/usr/bin:/bin"), ("TERM", "xterm-256color")])
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().replace("\r\n", "\n")
}

/// The text without its colours.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('\u{1b}') {
        out.push_str(before);
        let end = behind.find(|c: char| c.is_ascii_alphabetic()).map_or(behind.len(), |at| at + 1);
        rest = &behind[end..];
    }
    out + rest
}

/// A config with names and urls that are too long for any terminal, and what is wrong with it.
fn long(folder: &Path) {
    let example = fs::read_to_string(example()).unwrap();
    let name = format!("spring-{}", "refresh-".repeat(40));
    let url = format!("https://models.example.org/{}", "very-long/".repeat(40));
    let config = example
        .replace("name: spring-refresh", &format!("name: {name}"))
        .replace("https://models.example.org/", &url);
    assert_ne!(config, example);
    fs::write(folder.join("long.yml"), &config).unwrap();
    fs::write(
        folder.join("stage.yml"),
        config.replace("target-stage: all", "target-stage: nothing-of-the-sort"),
    )
    .unwrap();
    fs::write(folder.join("example.yml"), example).unwrap();
}

#[test]
fn every_text_fits_terminals_of_80_columns_and_more() {
    if !has("script") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    long(folder.path());
    for columns in [80, 100, 200] {
        for call in [
            "graph preview example.yml --offline",
            "graph preview long.yml --offline",
            "graph preview long.yml --offline --all",
            "graph preview stage.yml --offline",
            "graph explain train-teacher-ru-en-1 -c example.yml",
            "graph explain train-teacher-ru-en-1 -c long.yml --all",
            "graph diff example.yml long.yml",
            "graph path all-ru-en-1 train-teacher-ru-en-1 -c example.yml",
            "config check example.yml long.yml stage.yml",
        ] {
            let text = in_terminal(folder.path(), columns, call, &[]);
            assert!(text.lines().count() > 1 || call.contains("path"), "{call}: {text}");
            // What a bar has shown is overwritten by what comes after it.
            for line in plain(&text).lines().filter_map(|line| line.rsplit('\r').next()) {
                assert!(line.chars().count() <= columns, "{columns} columns, {call}:\n{line}");
            }
        }
    }
}

#[test]
fn colours_are_for_terminals_and_for_whoever_asks_for_them() {
    let folder = tempfile::tempdir().unwrap();
    long(folder.path());
    let call = "graph preview example.yml --offline";
    if has("script") {
        let coloured = |environment: &[(&str, &str)]| {
            in_terminal(folder.path(), 100, call, environment).contains("\u{1b}[")
        };
        assert!(coloured(&[]));
        assert!(!coloured(&[("NO_COLOR", "1")]));
        assert!(!coloured(&[("CLICOLOR", "0")]));
        assert!(!coloured(&[("TERM", "dumb")]));
    }
    let piped = |environment: &[(&str, &str)]| {
        let mut command = program(folder.path());
        command.args(call.split(' ')).envs(environment.iter().copied());
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert!(!piped(&[]).contains('\u{1b}'));
    let forced = piped(&[("CLICOLOR_FORCE", "1")]);
    assert!(forced.contains("\u{1b}[1mPretrained models\u{1b}[0m"), "{forced}");
    assert_eq!(plain(&forced), piped(&[]));
    // A file is read by programs.
    let mut command = program(folder.path());
    command.args(call.split(' ')).args(["-o", "out.txt"]).env("CLICOLOR_FORCE", "1");
    assert!(command.status().unwrap().success());
    assert_eq!(fs::read_to_string(folder.path().join("out.txt")).unwrap(), piped(&[]));
}

#[test]
fn the_first_screen_says_what_starts_from_what_and_what_is_wrong() {
    if !has("script") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let config = fs::read_to_string(example()).unwrap();
    let config = config.replace("name: spring-refresh", "name: spring-refresh\n  surplus: 1");
    fs::write(folder.path().join("c.yml"), config).unwrap();
    let text = plain(&in_terminal(folder.path(), 80, "graph preview c.yml --offline", &[]));
    let screen: Vec<&str> = text.lines().take(24).collect();
    let first = screen.join("\n");
    for part in [
        "167 tasks, nothing looked up yet   1 warning",
        "train-teacher     continue",
        "https://models.example.org/ru-en/winter/teacher-1",
        "train-backwards   download only",
        "`surplus` has no effect",
    ] {
        assert!(first.contains(part), "{part}\n{first}");
    }
    assert!(!text.contains("to run"), "{text}");
}
