//! Every file with tests belongs to a test binary. A file that no `mod` names would be compiled by nobody.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Returns the Rust files in a folder and below it.
fn rust_files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut files = BTreeSet::new();
    for entry in folder.read_dir().into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.insert(path);
        }
    }
    files
}

/// Returns the files that Cargo takes for test binaries: `tests/*.rs` and `tests/*/main.rs`.
fn binaries(tests: &Path, files: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
    let is_binary = |file: &&PathBuf| {
        let folder = file.parent().unwrap();
        folder == tests || folder.parent() == Some(tests) && file.ends_with("main.rs")
    };
    files.iter().filter(is_binary).cloned().collect()
}

/// Returns the files that the `mod` lines of a file name.
fn modules(file: &Path, is_binary: bool) -> Vec<PathBuf> {
    let parent = file.parent().unwrap();
    let beside =
        if is_binary || file.ends_with("mod.rs") { parent.to_owned() } else { file.with_extension("") };
    let mut named = Vec::new();
    let mut path = None;
    for line in fs::read_to_string(file).unwrap().lines() {
        if let Some(rest) = line.strip_prefix("#[path = \"") {
            path = Some(parent.join(rest.trim_end_matches("\"]")));
        }
        let line = line.strip_prefix("pub ").or(line.strip_prefix("pub(crate) ")).unwrap_or(line);
        let name = line.strip_prefix("mod ");
        if let Some(name) = name.and_then(|rest| rest.strip_suffix(';')) {
            let [file, folder] = [beside.join(format!("{name}.rs")), beside.join(name).join("mod.rs")];
            named.push(path.take().unwrap_or(if file.exists() { file } else { folder }));
        }
    }
    named
}

/// Returns the files of a folder of tests that are part of no binary.
fn forgotten(tests: &Path) -> Vec<PathBuf> {
    let mut files: BTreeSet<PathBuf> =
        rust_files(tests).iter().map(|file| file.canonicalize().unwrap()).collect();
    let binaries = binaries(&tests.canonicalize().unwrap(), &files);
    let mut open: Vec<(PathBuf, bool)> = binaries.into_iter().map(|file| (file, true)).collect();
    let mut seen = BTreeSet::new();
    while let Some((file, is_binary)) = open.pop() {
        let file = file.canonicalize().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        files.remove(&file);
        if seen.insert(file.clone()) {
            open.extend(modules(&file, is_binary).into_iter().map(|file| (file, false)));
        }
    }
    files.into_iter().collect()
}

#[test]
fn every_file_with_tests_is_part_of_a_binary() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for tests in ["tests", "taskgraph-rs/compat/tests"] {
        assert_eq!(forgotten(&root.join(tests)), Vec::<PathBuf>::new(), "no `mod` names these");
    }
}

#[test]
fn a_file_that_is_part_of_no_binary_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("alone.rs", "#[path = \"shared/mod.rs\"]\nmod shared;\n");
    write("shared/mod.rs", "pub mod part;\n");
    write("shared/part.rs", "");
    write("all/main.rs", "mod group;\n");
    write("all/group/mod.rs", "mod known;\n");
    write("all/group/known.rs", "");
    write("all/group/lost.rs", "");
    write("lost_as_well/mod.rs", "");
    let found = forgotten(folder.path());
    let folder = folder.path().canonicalize().unwrap();
    assert_eq!(found, ["all/group/lost.rs", "lost_as_well/mod.rs"].map(|name| folder.join(name)));
}
