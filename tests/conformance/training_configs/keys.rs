//! No key of a training config is ignored without a message: whatever is added or misspelt is reported by its path.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::program::program;
use crate::support::{checkout, shared};
use serde_json::{Map, Value, json};
use taskgraph::diagnostics::document::load;
use taskgraph_compat::source::Source;

/// A key that nothing knows, and that is near to none that something knows.
const UNKNOWN: &str = "zz-unknown";

/// Sections that go to Marian as they are: it refuses arguments that it does not know.
const ARGUMENTS: &str = "marian-args.";

/// Datasets by category.
const DATASETS: &str = "datasets.";

/// Kinds in a folder or those of the program, and the problems that they show in configs.
struct Tree {
    root: Option<PathBuf>,
    /// The training config of the tree itself.
    config: Value,
}

impl Tree {
    fn of_the_program() -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("kinds/training-config.yml");
        Tree { root: None, config: read(&file) }
    }

    fn at(root: PathBuf) -> Self {
        let config = read(&root.join("configs/config.ci.yml"));
        Tree { root: Some(root), config }
    }

    fn problems(&self, config: &Value) -> Vec<ReportedProblem> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("config.yml"), config.to_string()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_taskgraph-rs"));
        command.args(["graph", "preview", "config.yml", "--offline", "--json"]);
        if let Some(root) = &self.root {
            command.arg("--root").arg(root);
        }
        let output = command.current_dir(folder.path()).env_clear().env("PATH", "/usr/bin:/bin").output();
        let output = output.unwrap();
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        let text = |problem: &Value, name: &str| problem[name].as_str().unwrap_or_default().to_owned();
        let problems = report["problems"].as_array().unwrap().iter();
        problems
            .map(|problem| ReportedProblem {
                severity: text(problem, "severity"),
                path: text(problem, "path"),
                words: format!("{} {}", text(problem, "label"), text(problem, "help")),
            })
            .collect()
    }

    /// Each key has to be reported by its path, and with the word that was meant.
    fn assert_reported(&self, config: &Value, keys: &[Key]) {
        let reported = self.problems(config);
        assert!(!keys.is_empty());
        let silent: Vec<String> = keys
            .iter()
            .filter(|key| {
                let meant = key.meant.as_ref().map(|meant| format!("did you mean `{meant}`?"));
                !reported.iter().any(|reported| {
                    reported.path == key.path
                        && (!key.is_error || reported.severity == "error")
                        && meant.as_ref().is_none_or(|meant| reported.words.contains(meant.as_str()))
                })
            })
            .map(|key| format!("{key:?}: {:?}", reported.iter().find(|reported| reported.path == key.path)))
            .collect();
        assert!(silent.is_empty(), "not reported:\n{}\nof\n{reported:#?}", silent.join("\n"));
    }

    fn hold(&self) {
        let config = &self.config;
        let mut keys = Vec::new();
        self.assert_reported(&with_unknown_keys(config, "", &mut keys), &keys);
        // Which thresholds are looked up goes by the datasets.
        for is_meant in [|path: &str| !path.starts_with(DATASETS), |path: &str| path.starts_with(DATASETS)] {
            let mut keys = Vec::new();
            self.assert_reported(&with_misspelt_leaves(config, "", &is_meant, &mut keys), &keys);
        }
        for name in config.as_object().unwrap().keys() {
            let misspelt = short(name);
            let key = Key { path: misspelt.clone(), meant: Some(name.clone()), is_error: false };
            let entries = config.as_object().unwrap().iter();
            let renamed = entries.map(|(key, value)| (if key == name { &misspelt } else { key }, value));
            let renamed: Map<String, Value> =
                renamed.map(|(key, value)| (key.clone(), value.clone())).collect();
            self.assert_reported(&renamed.into(), &[key]);
        }
    }
}

#[derive(Debug)]
struct ReportedProblem {
    severity: String,
    path: String,
    words: String,
}

#[derive(Debug)]
struct Key {
    path: String,
    meant: Option<String>,
    is_error: bool,
}

fn read(file: &Path) -> Value {
    let (_, value) = load(Source::read(file).unwrap()).unwrap();
    serde_json::to_value(value).unwrap()
}

/// The key without its last letter.
fn short(key: &str) -> String {
    key[..key.len() - 1].to_owned()
}

fn below(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn with_unknown_keys(value: &Value, path: &str, keys: &mut Vec<Key>) -> Value {
    let Value::Object(map) = value else { return value.clone() };
    let entries = map.iter();
    let mut map: Map<String, Value> = entries
        .map(|(key, value)| (key.clone(), with_unknown_keys(value, &below(path, key), keys)))
        .collect();
    if !path.starts_with(ARGUMENTS) {
        keys.push(Key { path: below(path, UNKNOWN), meant: None, is_error: false });
        // Entries of these maps have to be texts, numbers or lists.
        let like = map.values().find(|value| !value.is_object()).cloned();
        map.insert(UNKNOWN.to_owned(), like.unwrap_or(json!(1)));
    }
    map.into()
}

fn with_misspelt_leaves(
    value: &Value,
    path: &str,
    is_meant: &dyn Fn(&str) -> bool,
    keys: &mut Vec<Key>,
) -> Value {
    let Value::Object(map) = value else { return value.clone() };
    let entries = map.iter();
    let map: Map<String, Value> = entries
        .map(|(key, value)| {
            let inside = below(path, key);
            if value.is_object() {
                return (key.clone(), with_misspelt_leaves(value, &inside, is_meant, keys));
            }
            if inside.starts_with(ARGUMENTS) || !is_meant(&inside) {
                return (key.clone(), value.clone());
            }
            keys.push(Key { path: short(&inside), meant: Some(key.clone()), is_error: false });
            (short(key), value.clone())
        })
        .collect();
    map.into()
}

#[test]
fn no_key_is_ignored_over_the_kinds_of_the_program() {
    Tree::of_the_program().hold();
}

#[test]
fn no_key_is_ignored_over_real_trees() {
    for tree in ["ftt-2024-12", "translations-2026-07"] {
        let Some(tree) = shared(&format!("conformance/{tree}/tree")) else { return };
        let copy = checkout(&tree);
        Tree::at(copy.path().join("taskcluster")).hold();
    }
}

/// A model, a vocabulary and corpora: all that may stand there.
fn reused(tree: &str) -> Value {
    let corpus = json!({"src": "https://h/src.zst", "trg": "https://h/trg.zst", "tok-src": "https://h/tok-src.zst",
        "tok-trg": "https://h/tok-trg.zst", "alignments": "https://h/aln.zst"});
    match tree {
        "translations-2026-07" => json!({"continuation": {
            "models": {"backwards": {"url": "https://h/model", "mode": "use", "type": "default"}},
            "vocab": {"src": "https://h/vocab.src.spm", "trg": "https://h/vocab.trg.spm"},
            "corpora": {"backtranslations": corpus},
        }}),
        _ => json!({"pretrained-models": {
            "train-teacher": {"urls": ["https://h/teacher"], "mode": "use", "type": "default"},
            "train-backwards": {"urls": ["https://h/backwards"], "mode": "use", "type": "default"},
        }}),
    }
}

impl Tree {
    /// The config of the tree with something that is reused.
    fn with(&self, reused: &Value) -> Value {
        let mut config = self.config.clone();
        let (section, value) = reused.as_object().unwrap().iter().next().unwrap();
        config[section] = value.clone();
        config
    }

    /// A superfluous or wrong key of a model is an error: no task takes the value that was meant.
    fn hold_reused(&self, name: &str) {
        let reused = reused(name);
        let reported = self.problems(&self.with(&reused));
        assert!(reported.iter().all(|reported| reported.severity == "warning"), "{reported:#?}");
        let mut keys = Vec::new();
        let unknown = with_unknown_keys(&reused, "", &mut keys);
        keys.retain(|key| key.path.contains('.'));
        keys.iter_mut().for_each(|key| key.is_error = true);
        self.assert_reported(&self.with(&unknown), &keys);
        let mut keys = Vec::new();
        let misspelt = with_misspelt_leaves(&reused, "", &|_| true, &mut keys);
        keys.iter_mut().for_each(|key| key.is_error = true);
        self.assert_reported(&self.with(&misspelt), &keys);
    }
}

#[test]
fn what_is_wrong_in_what_is_reused_is_an_error_over_the_kinds_of_the_program() {
    Tree::of_the_program().hold_reused("");
}

#[test]
fn what_is_wrong_in_what_is_reused_is_an_error_over_real_trees() {
    for name in ["ftt-2024-12", "translations-2026-07"] {
        let Some(tree) = shared(&format!("conformance/{name}/tree")) else { return };
        let copy = checkout(&tree);
        Tree::at(copy.path().join("taskcluster")).hold_reused(name);
    }
}

#[test]
fn misspelt_categories_are_reported_by_all_that_makes_graphs() {
    for name in ["ftt-2024-12", "translations-2026-07"] {
        let Some(tree) = shared(&format!("conformance/{name}")) else { return };
        let copy = checkout(&tree.join("tree"));
        let parameters = fs::read_to_string(tree.join("cases/baseline/parameters.yml")).unwrap();
        let misspelt = parameters.replace("\n  datasets:\n", "\n  datasets:\n    trian: [opus_Books/v1]\n");
        assert_ne!(misspelt, parameters);
        fs::write(copy.path().join("misspelt.yml"), misspelt).unwrap();
        let messages = |command: &str| {
            let output = program(copy.path()).args([command, "-p", "misspelt.yml"]).output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stderr).unwrap()
        };
        for command in ["full", "target"] {
            let reported = messages(command);
            assert!(reported.contains("misspelt.yml:29:5  `trian` has no effect"), "{reported}");
        }
    }
}
