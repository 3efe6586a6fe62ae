//! `-o`: the name of a file says what is to be written, and what cannot be written is refused.

use std::fs;
use std::path::Path;

use super::{example, program};

fn call(folder: &Path, arguments: &str) -> (i32, String, String) {
    let output = program(folder).args(arguments.split(' ')).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(example(), folder.path().join("c.yml")).unwrap();
    folder
}

#[test]
fn the_ending_of_a_name_asks_for_a_format() {
    let folder = folder();
    for (call_, start) in [
        ("graph preview c.yml --offline -o x.html", "<!doctype html>"),
        ("graph preview c.yml --offline -o x.svg", "<svg "),
        ("graph preview c.yml --offline -o x.json", "{"),
        ("graph preview c.yml --offline -o x.md", "### ru → en"),
        ("graph preview c.yml --offline -o x.mmd", "flowchart"),
        ("graph preview c.yml --offline -o x.txt", "ru → en"),
        ("graph preview c.yml --offline -o x", "ru → en"),
        ("graph preview c.yml --offline --format json -o x.html", "{"),
        ("graph explain train-teacher-ru-en-1 -c c.yml -o x.json", "{"),
        ("config check c.yml -o x.sarif", "{"),
        ("config check c.yml -o x.txt", "config"),
    ] {
        let (status, out, err) = call(folder.path(), call_);
        assert_eq!((status, out.as_str()), (0, ""), "{call_}: {err}");
        let (_, file) = call_.rsplit_once(' ').unwrap();
        let text = fs::read_to_string(folder.path().join(file)).unwrap();
        assert!(
            text.to_lowercase().starts_with(&start.to_lowercase()),
            "{call_}: {}",
            &text[..text.len().min(80)]
        );
    }
}

#[test]
fn a_format_that_a_command_does_not_write_is_refused_with_those_that_it_does() {
    let folder = folder();
    let mut messages = String::new();
    for call_ in [
        "graph preview c.yml -o x.pdf",
        "graph diff c.yml c.yml -o x.html",
        "graph explain all -c c.yml -o x.md",
        "graph path a b -c c.yml -o x.svg",
        "config check c.yml -o x.html",
        "full -o x.html",
        "kind-graph -o x.svg",
        "doctor -o x.html",
        "config schema -o x.html",
        "config init ru en -o x.json",
        "actions -o x.html",
    ] {
        let (status, out, err) = call(folder.path(), call_);
        assert_eq!((status, out.as_str()), (2, ""), "{call_}");
        messages += &format!("{call_}\n{err}\n");
        let (_, file) = call_.rsplit_once(' ').unwrap();
        assert!(!folder.path().join(file).exists(), "{call_}");
    }
    insta::assert_snapshot!(messages, @"
    graph preview c.yml -o x.pdf
    error: this command does not write `.pdf`, which `x.pdf` asks for
     │
     ╰ help: it writes `.txt`, `.json`, `.html`, `.htm`, `.svg`, `.dot`, `.gv`, `.mmd`, `.mermaid`, `.md` or `.markdown`; a name without an ending gets text

    1 error; nothing was generated

    graph diff c.yml c.yml -o x.html
    error: this command does not write `.html`, which `x.html` asks for
     │
     ╰ help: it writes `.txt` or `.json`; a name without an ending gets text

    1 error; nothing was generated

    graph explain all -c c.yml -o x.md
    error: this command does not write `.md`, which `x.md` asks for
     │
     ╰ help: it writes `.txt` or `.json`; a name without an ending gets text

    1 error; nothing was generated

    graph path a b -c c.yml -o x.svg
    error: this command does not write `.svg`, which `x.svg` asks for
     │
     ╰ help: it writes `.txt` or `.json`; a name without an ending gets text

    1 error; nothing was generated

    config check c.yml -o x.html
    error: this command does not write `.html`, which `x.html` asks for
     │
     ╰ help: it writes `.txt`, `.json` or `.sarif`; a name without an ending gets text

    1 error; nothing was generated

    full -o x.html
    error: this command does not write `.html`, which `x.html` asks for
     │
     ╰ help: it writes `.txt`, `.json`, `.yml` or `.yaml`; a name without an ending gets text

    1 error; nothing was generated

    kind-graph -o x.svg
    error: this command does not write `.svg`, which `x.svg` asks for
     │
     ╰ help: it writes `.txt`, `.dot`, `.gv`, `.mmd` or `.mermaid`; a name without an ending gets text

    1 error; nothing was generated

    doctor -o x.html
    error: this command does not write `.html`, which `x.html` asks for
     │
     ╰ help: it writes `.txt` or `.json`; a name without an ending gets text

    1 error; nothing was generated

    config schema -o x.html
    error: this command does not write `.html`, which `x.html` asks for
     │
     ╰ help: it writes `.json`

    1 error; nothing was generated

    config init ru en -o x.json
    error: this command does not write `.json`, which `x.json` asks for
     │
     ╰ help: it writes `.yml` or `.yaml`

    1 error; nothing was generated

    actions -o x.html
    error: this command does not write `.html`, which `x.html` asks for
     │
     ╰ help: it writes `.json`

    1 error; nothing was generated
    ");
}

#[test]
fn what_is_read_is_never_written_over() {
    let folder = folder();
    let before = fs::read(folder.path().join("c.yml")).unwrap();
    fs::copy(folder.path().join("c.yml"), folder.path().join("d.yml")).unwrap();
    let mut messages = String::new();
    for arguments in [
        "graph preview c.yml --json -o c.yml",
        "graph preview c.yml --json -o ./c.yml",
        "graph diff d.yml c.yml --json -o c.yml",
        "graph explain all -c c.yml --json -o c.yml",
        "graph path a b -c c.yml --json -o c.yml",
        "config check c.yml --json -o c.yml",
    ] {
        let (status, out, err) = call(folder.path(), arguments);
        assert_eq!((status, out.as_str()), (2, ""), "{arguments}: {err}");
        messages += &format!("{arguments}\n{err}\n");
        assert_eq!(fs::read(folder.path().join("c.yml")).unwrap(), before, "{arguments}");
    }
    insta::assert_snapshot!(messages, @"
    graph preview c.yml --json -o c.yml
    error: `c.yml` is read: what is written there would replace it
     │
     ╰ help: name another file with -o

    1 error; nothing was generated

    graph preview c.yml --json -o ./c.yml
    error: `c.yml` is read: what is written there would replace it
     │
     ╰ help: name another file with -o

    1 error; nothing was generated

    graph diff d.yml c.yml --json -o c.yml
    error: `c.yml` is read: what is written there would replace it
     │
     ╰ help: name another file with -o

    1 error; nothing was generated

    graph explain all -c c.yml --json -o c.yml
    error: `c.yml` is read: what is written there would replace it
     │
     ╰ help: name another file with -o

    1 error; nothing was generated

    graph path a b -c c.yml --json -o c.yml
    error: `c.yml` is read: what is written there would replace it
     │
     ╰ help: name another file with -o

    1 error; nothing was generated

    config check c.yml --json -o c.yml
    error: `c.yml` is read: what is written there would replace it
     │
     ╰ help: name another file with -o

    1 error; nothing was generated
    ");
    let (status, _, err) = call(folder.path(), "graph diff d.yml c.yml --json -o new.json");
    assert_eq!(status, 0, "{err}");
}

#[test]
fn a_folder_without_parameters_is_refused() {
    let folder = folder();
    fs::create_dir_all(folder.path().join("none")).unwrap();
    fs::create_dir_all(folder.path().join("taskcluster/kinds")).unwrap();
    fs::write(folder.path().join("none/p.yaml"), "level: '1'\n").unwrap();
    fs::write(folder.path().join("taskcluster/config.yml"), crate::support::CONFIG).unwrap();
    let (status, out, err) = call(folder.path(), "full -p none");
    assert_eq!((status, out.as_str()), (2, ""), "{err}");
    insta::assert_snapshot!(err, @"
    error: there are no parameters in the folder `none`
     │
     ╰ help: they are files that end with `.yml` or `.json`

    1 error; nothing was generated
    ");
}

#[test]
fn without_a_network_what_needs_one_is_refused() {
    let folder = folder();
    let (status, out, _) = call(folder.path(), "graph diff c.yml c.yml --offline");
    assert_eq!((status, out.contains("No task differs.")), (0, true), "{out}");
    let (status, out, err) = call(folder.path(), "graph diff task-id=fOQsIonXQki5adS3LAQjRQ c.yml --offline");
    assert_eq!((status, out.as_str()), (2, ""));
    insta::assert_snapshot!(err, @"
    error: what task `fOQsIonXQki5adS3LAQjRQ` published cannot be read with --offline
     │
     ╰ help: fetch its artifact public/full-task-graph.json first, and name that file

    1 error; nothing was generated
    ");
}
