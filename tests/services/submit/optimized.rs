//! `optimized` and `morphed` ask the index themselves.

use std::fs;

use crate::fake_taskcluster::{Fake, id};
use crate::support::program::{Outcome, program};
use crate::support::{CONFIG, PARAMETERS};

const KIND: &str = "\
loader: taskgraph.loader.transform:loader
transforms: [taskgraph.transforms.task]
task-defaults: {worker-type: w, worker: {docker-image: {indexed: x}, max-run-time: 60}, description: d}
tasks:
    a: {optimization: {index-search: [found.a]}}
    b: {optimization: {index-search: [failed.b, found.b]}, dependencies: {a: k-a}}
    c: {dependencies: {b: k-b}, extra: {b: {task-reference: <b>}}}
";

#[test]
fn what_ran_before_is_looked_up() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("taskcluster/kinds/k")).unwrap();
    for (file, text) in
        [("taskcluster/config.yml", CONFIG), ("taskcluster/kinds/k/kind.yml", KIND), ("p.yml", PARAMETERS)]
    {
        fs::write(folder.path().join(file), text).unwrap();
    }
    let fake = Fake::start();
    let (failed, found) = (id(1), id(2));
    for (path, id, state) in [("failed.b", &failed, "failed"), ("found.b", &found, "completed")] {
        fake.index(path, id.as_str());
        fake.status(id.as_str(), state, "2999-01-01T00:00:00.000Z");
    }
    let call = |arguments: &[&str]| {
        let mut command = program(folder.path());
        command.args(arguments).args(["-p", "p.yml"]).envs(fake.environment());
        let outcome = Outcome::from(command.output().unwrap());
        assert_eq!((outcome.status, outcome.err.as_str()), (0, ""));
        outcome.out
    };
    // `k-b` cannot be replaced: `k-a`, which it depends on, was not found.
    assert_eq!(call(&["optimized"]), "k-a\nk-b\nk-c\n");
    fake.index("found.a", id(3).as_str());
    fake.status(id(3).as_str(), "completed", "2999-01-01T00:00:00.000Z");
    assert_eq!(call(&["morphed"]), "k-c\n");
    let graph: serde_json::Value = serde_json::from_str(&call(&["optimized", "-J"])).unwrap();
    let task = graph.as_object().unwrap().values().next().unwrap();
    assert_eq!(task["task"]["extra"]["b"], found.as_str());
    assert_eq!(task["task"]["dependencies"], serde_json::json!([found.as_str()]));
    assert_eq!(call(&["optimized", "-J"]), call(&["morphed", "-J"]));
    assert_eq!(call(&["optimized", "--no-optimize", "--tasks-regex", "k-[ab]"]), "k-a\nk-b\n");
    assert_eq!(fake.violations(), [""; 0]);
    let asked = fake.requests().len();
    let offline = call(&["optimized", "--offline", "-q"]);
    assert_eq!((offline.as_str(), fake.requests().len()), ("k-a\nk-b\nk-c\n", asked));
}
