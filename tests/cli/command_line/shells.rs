//! Completions, in the shells themselves: what a script says is only worth something where it is run.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{PROGRAM, has, program};

/// Texts before the tab, and the word that each is completed to.
const TYPED: [(&str, &str); 7] = [
    ("taskgraph-rs test-act", "test-action-callback"),
    ("taskgraph-rs graph prev", "preview"),
    ("taskgraph-rs config upg", "upgrade"),
    ("taskgraph-rs graph preview --check-", "--check-urls"),
    ("taskgraph-rs graph explain --targ", "--target-stage"),
    ("taskgraph-rs config check --format sa", "sarif"),
    ("taskgraph-rs kind-graph --format mer", "mermaid"),
];

fn script(shell: &str) -> String {
    let output = Command::new(PROGRAM).args(["completions", shell]).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// Returns the screen of an interactive shell after some keys, in a terminal.
fn typed(folder: &Path, shell: &str, keys: &str) -> String {
    let mut child = Command::new("script")
        .args(["-qec", shell, "/dev/null"])
        .current_dir(folder)
        .env_clear()
        .envs([("PATH", "/usr/bin:/bin"), ("TERM", "dumb"), ("HOME", folder.to_str().unwrap())])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(keys.as_bytes()).unwrap();
    String::from_utf8_lossy(&child.wait_with_output().unwrap().stdout).into_owned()
}

/// Types each of the lines and a tab, and lets the shell print what has come of it.
fn completes(shell: &str, start: &str, prepare: &str) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("_taskgraph-rs"), script(shell)).unwrap();
    for (line, word) in TYPED {
        // ^A is the start of the line.
        let keys = format!("{prepare}\n{line}\t\u{1}echo CAME: \nexit\n");
        let seen = typed(folder.path(), start, &keys);
        let (known, _) = line.rsplit_once(' ').unwrap();
        let expected = format!("CAME: {known} {word}");
        let came = seen.match_indices("CAME: ").filter(|(at, _)| !seen[..*at].ends_with("echo "));
        let came: Vec<&str> = came.map(|(at, _)| seen[at..].lines().next().unwrap().trim_end()).collect();
        assert_eq!(came, [expected.as_str()], "{shell}: {line}\n{seen}");
    }
}

#[test]
fn bash_completes_below_the_first_level() {
    if has("bash") && has("script") {
        completes("bash", "bash --norc --noprofile -i", "source ./_taskgraph-rs");
    }
}

#[test]
fn zsh_completes_below_the_first_level() {
    if has("zsh") && has("script") {
        completes("zsh", "zsh -f -i", "fpath=($PWD $fpath); autoload -U compinit; compinit -u");
    }
}

#[test]
fn fish_completes_below_the_first_level() {
    if !has("fish") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("taskgraph-rs.fish"), script("fish")).unwrap();
    for (line, word) in TYPED {
        let command = format!("source taskgraph-rs.fish; complete -C '{line}'");
        let output = Command::new("fish")
            .args(["--no-config", "-c", &command])
            .current_dir(folder.path())
            .env("HOME", folder.path())
            .output()
            .unwrap();
        let seen = String::from_utf8_lossy(&output.stdout).into_owned();
        let words: Vec<&str> = seen.lines().filter_map(|line| line.split('\t').next()).collect();
        assert_eq!(words, [word], "{line}");
    }
}

#[test]
fn a_script_that_nobody_reads_to_its_end_is_no_fault() {
    let mut child =
        Command::new(PROGRAM).args(["completions", "zsh"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn the_manual_has_one_page_for_each_command_and_none_about_help() {
    let folder = tempfile::tempdir().unwrap();
    assert!(program(folder.path()).args(["man", "pages"]).status().unwrap().success());
    let pages = folder.path().join("pages").read_dir().unwrap();
    let mut pages: Vec<String> = pages.map(|page| page.unwrap().file_name().into_string().unwrap()).collect();
    pages.sort();
    assert!(pages.iter().all(|page| !page.contains("help")), "{pages:?}");
    for page in ["taskgraph-rs.1", "taskgraph-rs-graph.1", "taskgraph-rs-graph-preview.1"] {
        assert!(pages.iter().any(|known| known == page), "{pages:?}");
    }
    assert_eq!(pages.len(), 32, "{pages:?}");
}
