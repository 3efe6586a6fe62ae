//! The kinds that ship stand for a pipeline: they have to make the same tasks as a checkout of it does.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::program::program;
use crate::support::{CONFIG, PARAMETERS, checkout, shared};
use serde_json::Value;

/// The tasks of each kind.
type Counts = BTreeMap<String, usize>;

/// Parts of a task that have to be equal. Commands and digests are the project's own.
#[derive(Debug, PartialEq, Eq)]
struct ComparedParts {
    kind: Value,
    dependencies: BTreeSet<String>,
    stage: Value,
    pool: [Value; 2],
    most_seconds: Value,
}

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The configs that are compared, and what a checkout makes of each.
fn counts() -> BTreeMap<PathBuf, Counts> {
    serde_yaml::from_str(&fs::read_to_string(project().join("tests/embedded/counts.yml")).unwrap()).unwrap()
}

/// The target task graph of a training config.
fn graph(root: &Path, cwd: &Path, config: &Path) -> BTreeMap<String, Value> {
    let folder = tempfile::tempdir().unwrap();
    let config = fs::read_to_string(project().join(config)).unwrap();
    let indented: String =
        config.lines().filter(|line| *line != "---").map(|line| format!("    {line}\n")).collect();
    let parameters = folder.path().join("parameters.yml");
    let rest = "level: '1'\ntasks_for: action\ntarget_tasks_method: train-target-tasks\n";
    fs::write(&parameters, format!("{PARAMETERS}{rest}training_config:\n{indented}")).unwrap();
    let output = program(cwd)
        .args(["target-graph", "-J", "-q", "--native", "always", "--root"])
        .arg(root)
        .arg("-p")
        .arg(&parameters)
        .env("TASKCLUSTER_ROOT_URL", "https://tc.example.org")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn by_kind(tasks: &BTreeMap<String, Value>) -> Counts {
    let mut counts = Counts::default();
    for task in tasks.values() {
        *counts.entry(task["kind"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

fn seen(task: &Value) -> ComparedParts {
    let label = |label: &Value| label.as_str().unwrap().to_owned();
    ComparedParts {
        kind: task["kind"].clone(),
        dependencies: task["dependencies"].as_object().unwrap().values().map(label).collect(),
        stage: task["attributes"]["stage"].clone(),
        pool: [task["task"]["provisionerId"].clone(), task["task"]["workerType"].clone()],
        most_seconds: task["task"]["payload"]["maxRunTime"].clone(),
    }
}

#[test]
fn each_kind_makes_as_many_tasks_as_in_the_pipeline() {
    for (config, expected) in counts() {
        let tasks = graph(project(), project(), &config);
        assert_eq!(by_kind(&tasks), expected, "{}", config.display());
    }
}

#[test]
fn tasks_and_edges_are_those_of_a_checkout() {
    let Some(tree) = shared("conformance/ftt-2024-12/tree") else { return };
    let tree = checkout(&tree);
    for config in counts().keys() {
        let theirs = graph(&tree.path().join("taskcluster"), tree.path(), config);
        let ours = graph(project(), project(), config);
        let labels = |tasks: &BTreeMap<String, Value>| tasks.keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(labels(&ours), labels(&theirs), "{}", config.display());
        for (label, task) in &theirs {
            assert_eq!(seen(&ours[label]), seen(task), "{label} of {}", config.display());
        }
    }
}

/// The kinds in the binary are those on disk, with their images.
#[test]
fn the_binary_has_the_same_kinds_as_the_folder() {
    let config = project().join("docs/examples/pretrained-ru-en.yml");
    let folder = tempfile::tempdir().unwrap();
    let preview = |more: &[&str]| -> Value {
        let output = program(folder.path())
            .args(["graph", "preview", "--json", "--offline"])
            .arg(&config)
            .args(more)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let embedded = preview(&[]);
    let on_disk = preview(&["--root", project().to_str().unwrap()]);
    assert_eq!(embedded["plan"], on_disk["plan"]);
    assert_eq!(embedded["plan"]["facts"]["tasks"], 167);
    // Digests of the embedded kinds are no other tree's: what the machine lacks for them is not worth a word.
    assert_eq!(embedded["notes"], serde_json::json!([]));
}

/// `image-digest` of the image `base` in a tree that has only that image, in these files.
fn digest_of_base(files: &[(&str, &str)]) -> Result<String, (Option<i32>, String)> {
    let tree = tempfile::tempdir().unwrap();
    let config = CONFIG.replace("{w: ", "{images: ");
    let kind = "loader: taskgraph.loader.transform:loader\ntransforms: [taskgraph.transforms.docker_image, \
                taskgraph.transforms.cached_tasks, taskgraph.transforms.task]\ntasks: {base: {}}\n";
    let rest = [("taskcluster/config.yml", &*config), ("taskcluster/kinds/docker-image/kind.yml", kind)];
    for (path, text) in rest.iter().chain(files) {
        let path = tree.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let copy = checkout(tree.path());
    let output = program(copy.path()).args(["image-digest", "base"]).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    if output.status.success() {
        Ok(text(output.stdout))
    } else {
        Err((output.status.code(), text(output.stderr)))
    }
}

#[test]
fn the_context_of_an_image_may_lie_beside_its_kind() {
    let usual = "taskcluster/docker/base/Dockerfile";
    let beside = "taskcluster/kinds/docker-image/base/Dockerfile";
    let digest = digest_of_base(&[(usual, "FROM a\n")]).unwrap();
    assert_eq!(digest_of_base(&[(beside, "FROM a\n")]).unwrap(), digest);
    // Taskgraph's own place comes first.
    assert_eq!(digest_of_base(&[(usual, "FROM a\n"), (beside, "FROM b\n")]).unwrap(), digest);
    assert_ne!(digest_of_base(&[(beside, "FROM b\n")]).unwrap(), digest);
    let other = "taskcluster/kinds/docker-image/base/more/file";
    assert_ne!(digest_of_base(&[(beside, "FROM a\n"), (other, "x")]).unwrap(), digest);
    let (status, reported) = digest_of_base(&[]).unwrap_err();
    assert_eq!(status, Some(2), "{reported}");
    insta::assert_snapshot!(reported, @"
    error: there is no `Dockerfile` in `taskcluster/docker/base`
      ╭▸ taskcluster/kinds/docker-image/kind.yml:3:9
      │
    3 │ tasks: {base: {}}
      │         ━━━━ in kind `docker-image`, task `base`
      │
      ╰ note: at tasks.base

    1 error; nothing was generated
    ");
}
