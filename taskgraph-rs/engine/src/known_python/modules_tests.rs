use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::known_python::modules::*;
use crate::known_python::pin::Pins;
use crate::known_python::testing::{FILES, Folder, table};
use crate::tree::revision::Revision;

const ONE: &str = "own.transforms.one";

/// Returns the verdict on an object: `known`, `no python`, or the difference.
fn said(tree: &Tree, object: &str) -> String {
    let (table, versions) = (table(), Versions::of_pins(&Pins::of(tree)));
    match Modules::new(tree, &table, &versions).verdict(object) {
        Verdict::Known => "known".into(),
        Verdict::NoPython => "no python".into(),
        Verdict::Unknown(unknown) => unknown.to_string(),
    }
}

/// The same, with other files than the known ones: those without a text are gone.
fn with(changes: &[(&str, Option<&str>)]) -> String {
    let folder = Folder::new(FILES);
    for (file, text) in changes {
        match text {
            Some(text) => folder.write(&format!("taskcluster/{file}"), text),
            None => folder.remove(&format!("taskcluster/{file}")),
        }
    }
    said(&folder.tree(), ONE)
}

#[test]
fn a_tree_that_was_compared_is_known() {
    for object in [ONE, "own.transforms.one:transforms", "own.parameters", "own:register"] {
        assert_eq!(said(&Folder::new(FILES).tree(), object), "known");
    }
    // Equal but for comments; an older helper; an `__init__.py` that says nothing.
    assert_eq!(with(&[("own/transforms/one.py", Some("# one-again\n"))]), "known");
    assert_eq!(with(&[("own/util/helper.py", Some("# helper2\n"))]), "known");
    assert_eq!(with(&[("own/util/__init__.py", Some(""))]), "known");
    // What it does not import.
    assert_eq!(with(&[("own/parameters.py", Some("# other\n")), ("own/new.py", Some("x"))]), "known");
}

#[test]
fn a_register_function_is_known_apart_from_what_it_brings_in() {
    let folder = Folder::new(FILES);
    folder.write("taskcluster/own/parameters.py", "# edited\n");
    let tree = folder.tree();
    assert_eq!(said(&tree, "own:register"), "known");
    let (table, versions) = (table(), Versions::of_pins(&Pins::default()));
    let modules = Modules::new(&tree, &table, &versions);
    assert_eq!(modules.pieces("own:register"), [(Role::Parameters, "own.parameters".into())]);
    assert!(modules.verdict("own.parameters").unknown().is_some());
    assert!(modules.pieces("other:register").is_empty());
}

#[test]
fn a_program_without_a_table_vouches_for_all_that_it_registers() {
    let folder = Folder::new(&[("taskcluster/requirements.txt", "taskcluster-taskgraph==24.5.1")]);
    let (tree, table) = (folder.tree(), Table::default());
    let versions = Versions::of_pins(&Pins::of(&tree));
    let modules = Modules::new(&tree, &table, &versions);
    for object in ["taskgraph.transforms.task", ONE] {
        assert!(modules.verdict(object).unknown().is_none(), "{object}");
    }
}

#[test]
fn what_the_table_does_not_name_is_vouched_for_by_the_program() {
    let folder = Folder::new(&[("taskcluster/own_program/transforms.py", "x = 1")]);
    assert_eq!(said(&folder.tree(), "own_program.transforms:mine"), "known");
}

#[test]
fn a_change_names_the_file_and_what_is_known() {
    assert_eq!(
        with(&[("own/transforms/one.py", Some("# edited\n"))]),
        "`taskcluster/own/transforms/one.py` is not that of example/own at aaaaaaaaaaaa (2026-02-01)"
    );
    assert_eq!(
        with(&[("own/util/helper.py", Some("# edited\n"))]),
        "`taskcluster/own/util/helper.py` is not that of example/own at aaaaaaaaaaaa (2026-02-01)"
    );
    assert_eq!(
        with(&[("own/__init__.py", Some("import os\n"))]),
        "`taskcluster/own/__init__.py` is not that of example/own at aaaaaaaaaaaa (2026-02-01)"
    );
    assert_eq!(
        with(&[("own/util/__init__.py", Some("x = 1")), ("own/util/helper.py", Some("# helper2\n"))]),
        "`taskcluster/own/util/__init__.py` is not that of example/own at bbbbbbbbbbbb (2025-01-01)"
    );
    assert_eq!(
        with(&[("own/util/helper.py", Some("x")), ("own/transforms/one.py", Some("y"))]),
        "`taskcluster/own/transforms/one.py` is not that of example/own at aaaaaaaaaaaa (2026-02-01), and one more \
         file differs"
    );
    assert_eq!(
        said(&Folder::new(FILES).tree(), "own.transforms.two:special"),
        "`taskcluster/own/transforms/two.py` is in no version that was compared"
    );
}

#[test]
fn a_text_that_is_known_beside_other_modules_says_where() {
    let folder = Folder::new(FILES);
    folder.write("taskcluster/own/util/helper.py", "# helper2\n");
    folder.write("taskcluster/requirements.txt", "taskcluster-taskgraph==15.1.4\n");
    assert_eq!(
        said(&folder.tree(), ONE),
        "`taskcluster/requirements.txt:1` asks for taskcluster-taskgraph 15.1.4, and native parts equal 15.1.2 or \
         15.1.3"
    );
    let tree = folder.tree();
    let (table, versions) = (table(), Versions::of_pins(&Pins::default()));
    let modules = Modules::new(&tree, &table, &versions);
    let closure = &table.closures(ONE).unwrap()[0];
    let differences = modules.differences(closure);
    let [Difference { why: Why::Changed { known_in: Some(origin) }, .. }] = &differences[..] else {
        panic!("{differences:?}")
    };
    assert_eq!(origin.commit, "bbbbbbbbbbbb");
}

#[test]
fn what_is_missing_is_named() {
    assert_eq!(with(&[("own/util/helper.py", None)]), "there is no `taskcluster/own/util/helper.py`");
    assert_eq!(with(&[("own/__init__.py", None)]), "there is no `taskcluster/own/__init__.py`");
}

#[test]
fn kinds_without_their_python_are_no_python() {
    let folder = Folder::new(&[("taskcluster/kinds/x/kind.yml", "{}")]);
    assert_eq!(said(&folder.tree(), ONE), "no python");
    // A folder that has nothing in it is there.
    fs::create_dir(folder.path().join("taskcluster/own")).unwrap();
    assert_eq!(
        said(&folder.tree(), ONE),
        "there is no `taskcluster/own/__init__.py`, and 4 more files differ"
    );
    let embedded = Tree::embedded(&[("kinds/x/kind.yml", "{}")]);
    assert_eq!(said(&embedded, ONE), "known");
    assert_eq!(said(&embedded, "taskgraph.transforms.task"), "known");
}

#[test]
fn a_file_that_python_takes_instead_is_named() {
    for (file, module) in [
        ("own/util/helper/__init__.py", "own.util.helper"),
        ("own/util/helper/__init__.abi3.so", "own.util.helper"),
        ("own/util/helper.cpython-311-x86_64-linux-gnu.so", "own.util.helper"),
        ("own/transforms/__init__.so", "own.transforms"),
        ("own/transforms/__init__.pyc", "own.transforms"),
        ("own/transforms.py", "own.transforms"),
        ("own/util.so", "own.util"),
        ("json.py", "json"),
        ("yaml/__init__.py", "yaml"),
        ("voluptuous.abi3.so", "voluptuous"),
        ("taskgraph/__init__.pyc", "taskgraph"),
    ] {
        let expected = format!("Python takes `taskcluster/{file}` for `{module}`");
        assert_eq!(with(&[(file, Some(""))]), expected);
    }
    let only_compiled = [("own/util/helper.py", None), ("own/util/helper.pyc", Some(""))];
    assert_eq!(with(&only_compiled), "Python takes `taskcluster/own/util/helper.pyc` for `own.util.helper`");
}

#[test]
fn what_python_passes_over_does_not_count() {
    for file in [
        // Folders without `__init__`, and files that are compiled from known ones.
        "own/util/helper/other.py",
        "yaml/notes.txt",
        "taskgraph/kind.py",
        "own/util/helper.pyc",
        "own/util/helper.txt",
        "own/util/helper_more.py",
        "own/util/__pycache__/helper.cpython-311.pyc",
        // A name that nobody imports.
        "docker/__init__.py",
    ] {
        assert_eq!(with(&[(file, Some("x"))]), "known", "{file}");
    }
}

#[test]
fn links_are_followed_if_nothing_is_elsewhere_by_them() {
    let folder = Folder::new(FILES);
    let file = |name: &str| folder.path().join(name);
    fs::rename(file("taskcluster/own/util/helper.py"), file("helper.py")).unwrap();
    symlink("../../../helper.py", file("taskcluster/own/util/helper.py")).unwrap();
    assert_eq!(said(&folder.tree(), ONE), "known");

    fs::remove_file(file("taskcluster/own/util/helper.py")).unwrap();
    symlink("../../../nowhere.py", file("taskcluster/own/util/helper.py")).unwrap();
    assert_eq!(said(&folder.tree(), ONE), "there is no `taskcluster/own/util/helper.py`");

    let outside = Folder::new(FILES);
    fs::remove_file(file("taskcluster/own/util/helper.py")).unwrap();
    symlink(outside.path().join("taskcluster/own/util/helper.py"), file("taskcluster/own/util/helper.py"))
        .unwrap();
    let said_of_it = said(&folder.tree(), ONE);
    assert!(said_of_it.contains("leads out of the repository by a link"), "{said_of_it}");

    fs::rename(file("taskcluster/own"), file("python")).unwrap();
    symlink("../python", file("taskcluster/own")).unwrap();
    assert_eq!(
        said(&folder.tree(), "own.parameters"),
        "`taskcluster/own/__init__.py` lies behind a symbolic link, and one more file differs"
    );
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test starts a program")]
fn what_is_no_text_is_no_known_one() {
    let folder = Folder::new(FILES);
    let file = folder.path().join("taskcluster/own/util/helper.py");
    fs::write(&file, b"# h\xe9lper\n").unwrap();
    let said_of_it = said(&folder.tree(), ONE);
    assert!(said_of_it.contains("cannot be read") && said_of_it.contains("is not UTF-8"), "{said_of_it}");
    fs::write(&file, vec![b' '; 5 << 20]).unwrap();
    assert!(said(&folder.tree(), ONE).starts_with("`taskcluster/own/util/helper.py` is not that of"));
    fs::remove_file(&file).unwrap();
    assert!(Command::new("mkfifo").arg(&file).status().unwrap().success());
    let said_of_it = said(&folder.tree(), ONE);
    assert!(said_of_it.contains("is not a file"), "{said_of_it}");
}

#[test]
fn core_objects_are_known_by_their_version() {
    let core = |requirements: &str, object: &str| {
        said(&Folder::new(&[("taskcluster/requirements.txt", requirements)]).tree(), object)
    };
    assert_eq!(core("taskcluster-taskgraph==15.1.3", "taskgraph.transforms.task"), "known");
    assert_eq!(core("taskcluster-taskgraph==15.1.3", "mozilla_taskgraph:register"), "known");
    assert_eq!(
        core("\ntaskcluster-taskgraph==24.5.1", "taskgraph.transforms.task:transforms"),
        "`taskcluster/requirements.txt:2` asks for taskcluster-taskgraph 24.5.1, and native parts equal 15.1.2 or 15.1.3"
    );
    assert_eq!(
        core("mozilla-taskgraph==5.0.1", "mozilla_taskgraph:register"),
        "`taskcluster/requirements.txt:1` asks for mozilla-taskgraph 5.0.1, and native parts equal 3.4.2"
    );
    assert_eq!(core("mozilla-taskgraph==5.0.1", "taskgraph.transforms.task"), "known");
    let shadowed = Folder::new(&[("taskcluster/taskgraph/__init__.py", "")]);
    assert_eq!(
        said(&shadowed.tree(), "taskgraph.transforms.task"),
        "Python takes `taskcluster/taskgraph/__init__.py` for `taskgraph`"
    );
}

#[test]
fn a_version_that_was_not_compared_is_unknown_for_the_tree_s_own_modules_too() {
    let pinned = |version: &str, helper: &str, object: &str| {
        let folder = Folder::new(FILES);
        folder.write("taskcluster/requirements.txt", &format!("taskcluster-taskgraph=={version}"));
        folder.write("taskcluster/own/util/helper.py", helper);
        said(&folder.tree(), object)
    };
    assert_eq!(pinned("15.1.3", "# helper\n", ONE), "known");
    assert_eq!(pinned("15.1.2", "# helper2\n", ONE), "known");
    assert_eq!(
        pinned("15.1.2", "# helper\n", ONE),
        "`taskcluster/requirements.txt:1` asks for taskcluster-taskgraph 15.1.2, and native parts equal 15.1.3"
    );
    assert!(pinned("15.1.2", "# helper2\n", "own.parameters").contains("15.1.2"));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test starts a program")]
fn a_tree_of_another_revision_is_compared_as_it_was_there() {
    let folder = Folder::new(FILES);
    let git = |arguments: &[&str]| {
        let status = Command::new("git").args(arguments).current_dir(folder.path()).status().unwrap();
        assert!(status.success(), "git {arguments:?}");
    };
    git(&["init", "-q", "--initial-branch=main"]);
    git(&["add", "."]);
    git(&["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "x"]);
    folder.write("taskcluster/own/util/helper.py", "# edited\n");
    let tree = folder.tree();
    assert!(said(&tree, ONE).contains("helper.py"));
    let revision = Revision::read(&tree, Some("HEAD")).unwrap();
    assert_eq!(said(&revision.tree(&tree).unwrap(), ONE), "known");
}

#[test]
fn what_differs_can_be_written_as_json() {
    let folder = Folder::new(FILES);
    folder.write("taskcluster/own/util/helper.py", "# edited\n");
    let tree = folder.tree();
    let (table, versions) = (table(), Versions::of_pins(&Pins::of(&tree)));
    let verdict = Modules::new(&tree, &table, &versions).verdict(ONE);
    let json = serde_json::to_value(&verdict).unwrap();
    assert_eq!(
        json["unknown"]["differences"][0],
        serde_json::json!({
            "module": "own.util.helper",
            "file": "taskcluster/own/util/helper.py",
            "line": null,
            "why": {"changed": {"known_in": null}},
        })
    );
    assert_eq!(json["unknown"]["nearest"]["commit"], "aaaaaaaaaaaa");
}
