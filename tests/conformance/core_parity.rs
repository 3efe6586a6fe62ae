//! The core transforms against the reference: full graphs of small trees that use as many features as they can.
//!
//! `tests/core_parity/CASE/expected/NAME.json` is what Taskgraph 15.1.3, or the version that the tree pins, computes for `CASE/tree` with
//! `CASE/parameters/NAME.yml`, with the stand-ins of `tests/core_parity/run-task` in the place of its own files. To
//! write them anew: `benches/compare.py --expect`.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::SystemTime;

use crate::support::program::program;
use crate::support::{checkout, differences, read_json, written};
use taskgraph::generator::Project;
use taskgraph::parameters::{Params, read_file};
use taskgraph::settings::{RunTask, Settings};
use taskgraph::tree::Tree;
use taskgraph_rs::registry;

#[test]
fn a_tree_with_many_features_has_the_graphs_of_the_reference() {
    check("many-features", 3);
}

#[test]
fn a_tree_with_two_repositories_has_the_graph_of_the_reference() {
    check("two-repositories", 1);
}

#[test]
fn a_tree_that_pins_a_later_version_has_the_graphs_of_that_one() {
    check("later", 2);
}

#[test]
fn a_tree_of_mozilla_taskgraph_has_the_graphs_of_the_reference() {
    check("mozilla", 2);
}

#[test]
fn a_tree_of_a_later_mozilla_taskgraph_has_the_graphs_of_that_one() {
    check("mozilla-5", 2);
}

fn check(case: &str, count: usize) {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/core_parity");
    let case = home.join(case);
    let copy = checkout(&case.join("tree"));
    let run_task = Some(RunTask::in_directory(&home.join("run-task")));
    let settings = Settings { root_url: "https://tc.example.org".into(), run_task, ..Settings::default() };
    let parameters: Vec<_> =
        case.join("parameters").read_dir().unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(parameters.len(), count);
    for parameters in parameters {
        let tree = Tree::open(&copy.path().join("taskcluster"), copy.path()).unwrap();
        let project = Project::load(tree, &registry(), &BTreeSet::new()).unwrap();
        let given = read_file(&parameters).unwrap();
        let mut params = Params::new(given.values, vec![given.layer]);
        let problems = project.complete(&mut params, SystemTime::UNIX_EPOCH).unwrap();
        assert!(problems.is_empty(), "{problems:?}");
        let full = project.full(&params, &settings).unwrap();
        let ours = written(|out| full.graph.write_json(out));
        let name = parameters.with_extension("json");
        let expected = case.join("expected").join(name.file_name().unwrap());
        let found = differences(&ours, &read_json(&expected), 20);
        assert!(found.is_empty(), "{}:\n{}", expected.display(), found.join("\n"));
    }
}

#[test]
fn image_digest_prints_the_digest_that_the_task_of_the_image_has() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/core_parity");
    let case = home.join("many-features");
    let copy = checkout(&case.join("tree"));
    let call = |image: &str| {
        let output = program(copy.path())
            .args(["image-digest", image, "--run-task-dir"])
            .arg(home.join("run-task"))
            .output()
            .unwrap();
        (output.status.code(), [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()))
    };
    let graphs = case.join("expected").read_dir().unwrap();
    let graph = read_json(&graphs.map(|file| file.unwrap().path()).min().unwrap());
    let mut images = 0;
    for (label, task) in graph.as_object().unwrap() {
        let Some(image) = label.strip_prefix("docker-image-") else { continue };
        let (status, [out, reported]) = call(image);
        match task["attributes"]["cached_task"]["digest"].as_str() {
            Some(digest) => {
                assert_eq!((status, out), (Some(0), format!("{digest}\n")), "{image}: {reported}")
            }
            None => assert!(status == Some(2) && reported.contains("has no digest"), "{image}: {reported}"),
        }
        images += 1;
    }
    assert!(images > 0);
    let (status, [_, reported]) = call("no-such-image");
    assert!(status == Some(2) && reported.contains("unknown image `no-such-image`"), "{reported}");
}
