//! Output: labels, files and their places.

use std::io::{BufRead as _, BufReader};

use crate::folder::{Folder, kind, task};
use crate::support::program::program;
use crate::support::whole;

const ODD: &str = r#""a\e[31m\u202e\x07\x9b\x7fé""#;

#[test]
fn labels_that_act_on_a_terminal_are_listed_as_escapes() {
    let folder = Folder::kind(kind(&[], &task(ODD, "")));
    assert_eq!(folder.full(&[]).fine(), "k-a\\u{1b}[31m\\u{202e}\\u{7}\\u{9b}\\u{7f}é\n");
    for phase in ["tasks", "target", "target-graph"] {
        folder.call(&[phase, "-p", "p.yml"]).fine();
    }
}

#[test]
fn graphs_with_such_labels_are_the_same_values() {
    let folder = Folder::kind(kind(&[], &task(ODD, "")));
    let label = "k-a\u{1b}[31m\u{202e}\u{7}\u{9b}\u{7f}é";
    for flags in [&["-J"][..], &["-J", "--exclude-key", "attributes.kind"]] {
        let graph: serde_json::Value = serde_json::from_str(&folder.full(flags).fine()).unwrap();
        assert_eq!(graph[label]["label"], label);
    }
    let graph = folder.full(&["-Y"]).fine();
    assert!(graph.contains("\\u202e"), "{graph}");
}

#[test]
fn kinds_with_such_names_are_shown_as_escapes() {
    let folder = Folder::kind(kind(&[], &task("one", "")));
    folder.file("taskcluster/kinds/z\u{1b}[31m\u{202e}/kind.yml", "kind-dependencies: [k]\n");
    for format in ["text", "dot", "mermaid"] {
        assert!(folder.call(&["kind-graph", "--format", format]).fine().contains("z\\u{1b}[31m\\u{202e}"));
    }
    folder.full(&["-k", "nothere"]).refused(&["unknown kind `nothere`"]);
}

#[test]
fn one_core_and_many_make_the_same_bytes() {
    let chunk = "chunk: {total-chunks: 40, substitution-fields: [name]}";
    let tasks = task("a-{this_chunk}", chunk) + &task("b-{this_chunk}", chunk);
    let folder = Folder::kind(kind(&["chunking"], &tasks));
    for other in ["i", "j", "l", "m"] {
        folder.file(&format!("taskcluster/kinds/{other}/kind.yml"), kind(&["chunking"], &tasks));
    }
    let one = folder.with_threads(1).full(&["-J"]).fine();
    for threads in [2, 3, 8] {
        assert!(folder.with_threads(threads).full(&["-J"]).fine() == one, "{threads} threads");
    }
    assert!(one.contains("m-b-40"));
}

#[test]
fn a_full_disk_is_the_fault_of_the_machine() {
    let folder = Folder::kind(kind(&[], &task("one", "")));
    for flags in [&["-J"][..], &["-Y"], &[]] {
        let outcome = folder.call_into(
            std::fs::File::create("/dev/full").unwrap(),
            &[&["full", "-p", "p.yml"], flags].concat(),
        );
        assert_eq!(outcome.status, 3, "{flags:?}: {}", outcome.err);
    }
}

#[test]
fn help_for_a_full_disk_is_the_fault_of_the_machine_too() {
    let folder = Folder::empty();
    for flags in
        [&["--help"][..], &["--version"], &["full", "--help"], &["transforms"], &["completions", "bash"]]
    {
        let outcome = folder.call_into(std::fs::File::create("/dev/full").unwrap(), flags);
        assert_eq!(outcome.status, 3, "{flags:?}: {}", outcome.err);
        assert!(outcome.err.contains("standard output cannot be written"), "{flags:?}: {}", outcome.err);
    }
}

#[test]
fn a_place_that_cannot_be_written_to_is_the_fault_of_the_machine() {
    let folder = Folder::kind(kind(&[], &task("one", "")));
    for place in ["/proc/graph.json", "nowhere/graph.json", "taskcluster", "/dev/full/graph.json"] {
        let outcome = folder.full(&["-J", "-o", place]);
        assert_eq!(outcome.status, 3, "{place}: {}", outcome.err);
        assert!(outcome.err.contains("cannot be written"), "{}", outcome.err);
    }
}

/// `-v` tells of every load of a tree, and of every graph.
#[test]
fn several_parameter_files_cost_one_load_of_the_tree() {
    let folder = Folder::kind(kind(&[], &task("one", "")));
    let parameters = std::fs::read(folder.path().join("p.yml")).unwrap();
    for name in ["a", "b", "c"] {
        folder.file(&format!("many/{name}.yml"), &parameters);
    }
    let outcome = folder.call(&["full", "-v", "-p", "many"]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert_eq!(outcome.err.matches("read 1 kinds in").count(), 1, "{}", outcome.err);
    assert_eq!(outcome.err.matches("1 tasks in").count(), 3, "{}", outcome.err);
}

/// Calls `graph preview --watch` in a folder.
fn watch(folder: &Folder, flags: &[&str]) -> (std::process::Child, impl Iterator<Item = String>) {
    let mut child = program(folder.path())
        .args(["graph", "preview", "c.yml", "--offline", "--watch"])
        .args(flags)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    (child, lines)
}

#[test]
fn a_watched_config_is_previewed_again_when_it_is_saved() {
    let folder = Folder::empty();
    let config = folder.file("c.yml", whole("experiment: {name: first}\n"));
    let (mut child, mut lines) = watch(&folder, &[]);
    assert!(lines.any(|line| line.contains("experiment first")));
    std::fs::write(&config, "experiment: [\n").unwrap();
    std::fs::write(&config, whole("experiment: {name: the second}\n")).unwrap();
    assert!(lines.any(|line| line.contains("experiment the second")));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(folder.call(&["graph", "preview", "-", "--watch"]).status, 2);
}

/// The tree is kept from one preview to the next, but not if something in it has changed.
#[test]
fn a_watched_config_is_previewed_over_the_tree_as_it_lies_there() {
    let folder = Folder::empty();
    let home = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    copy(&home.join("kinds"), &folder.path().join("taskcluster/kinds"));
    let graph_config = std::fs::read_to_string(home.join("config.yml")).unwrap();
    let file = folder.file("taskcluster/config.yml", &graph_config);
    let config = folder.file("c.yml", whole("experiment: {name: first}\n"));
    for arguments in [&["init", "-q"][..], &["add", "."]] {
        let git = std::process::Command::new("git").args(arguments).current_dir(folder.path()).status();
        assert!(git.unwrap().success());
    }
    let (mut child, mut lines) = watch(&folder, &["--root", "taskcluster"]);
    assert!(lines.any(|line| line.contains("b-linux-v100-gpu-4-2tb")));
    std::fs::write(file, graph_config.replace("b-linux-v100-gpu-4-2tb", "b-linux-quite-new")).unwrap();
    std::fs::write(&config, whole("experiment: {name: second}\n")).unwrap();
    assert!(lines.any(|line| line.contains("experiment second")));
    assert!(lines.any(|line| line.contains("b-linux-quite-new")));
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Nothing of a tree is left in memory when its next version is loaded.
#[test]
fn memory_stays_flat_however_often_a_watched_kind_is_saved() {
    const LENGTH: usize = 200_000;
    let folder = Folder::empty();
    let home = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    copy(&home.join("kinds"), &folder.path().join("taskcluster/kinds"));
    folder.file("taskcluster/config.yml", std::fs::read_to_string(home.join("config.yml")).unwrap());
    let kind = std::fs::read_to_string(home.join("kinds/all/kind.yml")).unwrap();
    let config = folder.file("c.yml", whole("experiment: {name: first}\n"));
    for arguments in [&["init", "-q"][..], &["add", "."]] {
        let git = std::process::Command::new("git").args(arguments).current_dir(folder.path()).status();
        assert!(git.unwrap().success());
    }
    let (mut child, mut lines) = watch(&folder, &["--root", "taskcluster"]);
    let mut resident = |saves: std::ops::Range<u32>| {
        for save in saves {
            let text = format!("{save:03}").repeat(LENGTH / 3);
            folder.file(
                "taskcluster/kinds/all/kind.yml",
                kind.replace("description: ", &format!("description: {text} ")),
            );
            std::fs::write(&config, whole(&format!("experiment: {{name: save-{save}}}\n"))).unwrap();
            let shown = format!("experiment save-{save}");
            assert!(lines.any(|line| line.contains(&shown)), "{shown}");
        }
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        resident.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
    };
    let (early, late) = (resident(0..15), resident(15..75));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(late < early + 60 * LENGTH / 4, "{early} bytes after 15 saves, {late} after 75");
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => _ = std::fs::copy(entry.path(), to).unwrap(),
        }
    }
}
