//! Holds the reader and the writer against PyYAML, over every YAML file of the reference trees.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value as Json;
use taskgraph_compat::source::Source;
use taskgraph_compat::yaml;

use super::typed_nodes;

/// Returns the result of PyYAML for each text. None if there is no Python with PyYAML.
#[expect(clippy::disallowed_methods, reason = "a test starts a program")]
fn pyyaml(texts: &[String]) -> Option<Vec<Json>> {
    let probe = Command::new("python3").args(["-c", "import yaml"]).stderr(Stdio::null()).status();
    if !probe.is_ok_and(|status| status.success()) {
        return None;
    }
    let mut python = Command::new("python3")
        .args(["-c", include_str!("dump.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = python.stdin.take().unwrap();
    input.write_all(&serde_json::to_vec(texts).unwrap()).unwrap();
    drop(input);
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn yaml_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort_unstable();
    for path in entries {
        if path.is_dir() {
            yaml_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml") {
            found.push(path);
        }
    }
}

#[test]
fn files_read_as_pyyaml_reads_them_and_are_written_so_that_it_reads_them_back() {
    let Some(shared) = typed_nodes::shared() else {
        println!("left out: no shared folder");
        return;
    };
    let mut paths = Vec::new();
    for folder in
        ["conformance/ftt-2024-12/tree", "conformance/translations-2026-07/tree", "training-configs"]
    {
        yaml_files(&shared.join(folder), &mut paths);
    }
    let sources: Vec<_> = paths.iter().map(|path| Source::read(path).unwrap()).collect();
    let mut texts: Vec<String> = sources.iter().map(|source| source.text.clone()).collect();
    let documents: Vec<_> = sources.iter().map(|source| yaml::read(source.clone())).collect();
    // The writer's texts follow those of the files.
    let readable: Vec<_> =
        documents.iter().flatten().filter_map(|document| Some((document, document.value().ok()?))).collect();
    texts.extend(readable.iter().map(|(_, value)| yaml::write(value)));
    let Some(expected) = pyyaml(&texts) else {
        println!("left out: no python3 with PyYAML");
        return;
    };
    let (read, written) = expected.split_at(sources.len());
    let mut differences = Vec::new();
    for ((source, document), expected) in sources.iter().zip(&documents).zip(read) {
        let equal = match (document, expected.get("value")) {
            (Ok(document), Some(value)) => {
                typed_nodes::typed(&document.root) == typed_nodes::with_float_bits(value)
            }
            (Err(_), None) => true,
            _ => false,
        };
        if !equal {
            let found = document.as_ref().err().map_or("another value".into(), ToString::to_string);
            differences.push(format!("{}: {found}", source.name));
        }
    }
    for ((document, _), expected) in readable.iter().zip(written) {
        let value = expected.get("value").map(typed_nodes::with_float_bits);
        if value.as_ref() != Some(&typed_nodes::typed(&document.root)) {
            differences.push(format!("{}: does not survive writing", document.source.name));
        }
    }
    println!("{} files read, {} written, {} differences", read.len(), written.len(), differences.len());
    assert!(!paths.is_empty() && differences.is_empty(), "{}", differences.join("\n"));
}
