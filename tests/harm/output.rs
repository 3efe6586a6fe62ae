//! What is written: labels, files and their places.

use crate::folder::{Folder, kind, task};

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
