//! `graph preview --format`: drawings, and a comment for a pull request.
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::program::{Outcome, program};

fn example() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/pretrained-ru-en.yml");
    fs::read_to_string(path).unwrap()
}

/// Previews a config in a folder that has nothing else.
fn preview(config: &str, more: &[&str]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("config.yml"), config).unwrap();
    let output = program(folder.path())
        .args(["graph", "preview", "config.yml", "--offline"])
        .args(more)
        .output()
        .unwrap();
    output.into()
}

fn fine(more: &[&str]) -> String {
    let outcome = preview(&example(), more);
    assert_eq!((outcome.status, outcome.err.as_str()), (0, ""), "{more:?}");
    outcome.out
}

/// Markup that no name of a config may become.
const EVIL: &str = "<script>\"]; @me `x` | -->";

#[test]
fn the_kinds_are_drawn_in_three_ways() {
    let (svg, dot, mermaid) =
        (fine(&["--format", "svg"]), fine(&["--format", "dot"]), fine(&["--format", "mermaid"]));
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    assert!(svg.contains(">train-teacher</text>") && svg.contains("▸ 1 continue"), "{svg}");
    assert!(dot.contains("[label=\"train-teacher\\n1 task: 1 continue\", style=\"rounded,bold\"]"), "{dot}");
    assert!(mermaid.contains("[\"train-teacher<br>1 task: 1 continue\"]:::path"), "{mermaid}");
    // The model leads to the kind, and what it is made into goes on from there.
    assert!(
        mermaid.contains("==>")
            && mermaid.contains("([\"⇩ for train-teacher<br>1 model, continue\"]):::model")
    );
    assert_eq!(svg, fine(&["--format", "svg"]), "a drawing is always the same");
}

#[test]
fn a_task_in_focus_is_drawn_with_its_neighbours_or_explained() {
    let mermaid = fine(&["--format", "mermaid", "--focus", "train-teacher-ru-en-1"]);
    assert!(mermaid.contains("[\"train-teacher-ru-en-1<br>train-teacher, continue\"]:::path"), "{mermaid}");
    assert!(mermaid.contains("[\"translate-corpus<br>20 tasks: 20 only downstream\"]"), "{mermaid}");
    assert!(!mermaid.contains("finetune-student"), "{mermaid}");
    let text = preview(&example(), &["--focus", "train-teacher-ru-en-1"]).out;
    assert!(
        text.contains("What the transforms did") && text.contains("no longer needs train-vocab"),
        "{text}"
    );
    let mut messages = BTreeSet::new();
    for format in ["svg", "text", "html"] {
        let outcome = preview(&example(), &["--format", format, "--focus", "train-teacher-ru-en-2"]);
        assert_eq!((outcome.status, outcome.out.as_str()), (2, ""), "{format}");
        messages.insert(outcome.err);
    }
    let [message] = &messages.into_iter().collect::<Vec<_>>()[..] else { panic!("formats differ") };
    insta::assert_snapshot!(message, @"
    error: there is no task `train-teacher-ru-en-2`
     │
     ╰ help: did you mean `train-teacher-ru-en-1`?

    1 error; nothing was generated
    ");
}

#[test]
fn a_pull_request_gets_a_table_and_folded_lists() {
    let text = fine(&["--format", "markdown"]);
    insta::assert_snapshot!(text.lines().take(24).collect::<Vec<_>>().join("\n"), @"
    ### ru → en, spring-refresh

    <code>config.yml</code>: target <code>all</code>, **167 tasks, nothing looked up yet**

    | training | starts | model |
    | --- | --- | --- |
    | <code>train-teacher</code> | continue | <code>https://models.example.org/ru-en/winter/teacher-1</code> |
    | <code>train-backwards</code> | download only | <code>https://models.example.org/ru-en/winter/backwards</code> |

    Against the same config without pretrained models:

    | | tasks |
    | --- | ---: |
    | <code>-</code> gone | 2 |
    | <code>~</code> rewritten | 2 |
    | <code>~</code> lose a dependency | 1 |
    | <code>↺</code> only downstream | 103 |
    | <code>=</code> unchanged | 61 |

    <details><summary>2 gone</summary>

    - <code>evaluate-backward-flores-devtest-ru-en</code>
    - <code>evaluate-backward-sacrebleu-wmt20-ru-en</code>
    ");
    assert!(text.contains("<details><summary>103 only downstream</summary>"), "{text}");
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
}

#[test]
fn names_out_of_a_config_stay_text() {
    let config = example().replace("name: spring-refresh", &format!("name: '{EVIL}'"));
    for format in ["svg", "dot", "mermaid", "markdown", "html"] {
        let outcome = preview(&config, &["--format", format]);
        assert_eq!(outcome.status, 0, "{}", outcome.err);
        let scripts = outcome.out.matches("<script").count();
        // The page has its data, the definitions and its own script; for Graphviz, it is a text like any other.
        let expected = match format {
            "html" => 3,
            "dot" => 1,
            _ => 0,
        };
        assert_eq!(scripts, expected, "{format}");
        assert!(format != "markdown" || !outcome.out.contains(" @me "), "{}", outcome.out);
    }
}

#[test]
fn a_config_that_is_refused_is_reported_and_not_drawn() {
    let config = example().replace("mode: continue", "mode: contiune");
    let mut messages = BTreeSet::new();
    for (format, tells) in [("svg", false), ("mermaid", false), ("markdown", true), ("html", true)] {
        let outcome = preview(&config, &["--format", format]);
        assert_eq!(outcome.status, 2, "{format}");
        messages.insert(outcome.err);
        assert_eq!(outcome.out.contains("contiune"), tells, "{format}");
        assert!(tells || outcome.out.is_empty(), "{format}");
    }
    let [message] = &messages.into_iter().collect::<Vec<_>>()[..] else { panic!("formats differ") };
    insta::assert_snapshot!(message, @"
    error: unknown mode `contiune`
       ╭▸ config.yml:52:13
       │
    52 │       mode: contiune
       │             ━━━━━━━━ use, continue or init; did you mean `continue`?
       │
       ╰ note: at experiment.pretrained-models.train-teacher.mode

    1 error; nothing was generated
    ");
}

#[test]
fn a_file_takes_any_format() {
    let folder = tempfile::tempdir().unwrap();
    for format in ["text", "json", "html", "svg", "dot", "mermaid", "markdown"] {
        let file = folder.path().join(format);
        let outcome = preview(&example(), &["--format", format, "-o", file.to_str().unwrap()]);
        assert_eq!((outcome.status, outcome.out.as_str(), outcome.err.as_str()), (0, "", ""), "{format}");
        assert!(fs::metadata(file).unwrap().len() > 1_000, "{format}");
    }
}
