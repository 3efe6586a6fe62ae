//! Test data of this folder: trees in temporary folders, and a small table.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::known_python::table::Table;
use crate::tree::Tree;

/// A repository, without git, in a temporary folder.
pub(crate) struct Folder(TempDir);

impl Folder {
    /// With files, from the top, and `taskcluster/config.yml`.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = Folder(tempfile::tempdir().unwrap());
        folder.write("taskcluster/config.yml", "{}");
        files.iter().for_each(|(file, text)| folder.write(file, text));
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn remove(&self, file: &str) {
        fs::remove_file(self.path().join(file)).unwrap();
    }

    /// The tree in `taskcluster`.
    pub(crate) fn tree(&self) -> Tree {
        self.tree_at("taskcluster")
    }

    /// The tree in a folder; an empty name is the top, which is then a repository as git has it.
    pub(crate) fn tree_at(&self, root: &str) -> Tree {
        fs::create_dir_all(self.path().join(".git")).unwrap();
        Tree::open(&self.path().join(root), self.path()).unwrap()
    }
}

/// A tree that the table knows: each file says its own name in a comment.
pub(crate) const FILES: &[(&str, &str)] = &[
    ("taskcluster/own/__init__.py", "# init\n"),
    ("taskcluster/own/parameters.py", "# param\n"),
    ("taskcluster/own/transforms/one.py", "# one\n"),
    ("taskcluster/own/util/helper.py", "# helper\n"),
];

/// `own.transforms.one` was compared at two commits: with the helper as in [`FILES`], and with an older one.
pub(crate) const TABLE: &str = r##"{
    "repositories": ["example/own"],
    "commits": [[0, "aaaaaaaaaaaa", "2026-02-01"], [0, "bbbbbbbbbbbb", "2025-01-01"]],
    "packages": {"taskcluster-taskgraph": ["15.1.3", "15.1.2"], "mozilla-taskgraph": ["3.4.2"]},
    "imported": ["json", "taskgraph", "voluptuous", "yaml"],
    "texts": [
        ["own/__init__.py", 0, ["e3300b082c5f4b2c"]],
        ["own/parameters.py", 0, ["6942653468d40321"]],
        ["own/transforms/__init__.py", 0, ["-", "e3b0c44298fc1c14"]],
        ["own/transforms/one.py", 0, ["54c592ac3a26758b", "aaf8688d2486b4aa"]],
        ["own/util/__init__.py", 0, ["-", "e3b0c44298fc1c14"]],
        ["own/util/helper.py", 0, ["f40c1e095b5633e4"]],
        ["own/util/helper.py", 1, ["48216269c97971f5"]]
    ],
    "objects": {
        "own.parameters": [{"texts": [0, 1], "commit": 0, "versions": {"taskcluster-taskgraph": ["15.1.3"]}}],
        "own.transforms.one": [
            {"texts": [0, 2, 3, 4, 5], "commit": 0, "versions": {"taskcluster-taskgraph": ["15.1.3"]}},
            {"texts": [0, 2, 3, 4, 6], "commit": 1, "versions": {"taskcluster-taskgraph": ["15.1.2", "15.1.3"]}}
        ],
        "own.transforms.two:special": [],
        "own:register": [
            {
                "texts": [0],
                "commit": 0,
                "versions": {"taskcluster-taskgraph": ["15.1.3"], "mozilla-taskgraph": ["3.4.2"]},
                "pieces": [["parameters", "own.parameters"]]
            }
        ]
    }
}"##;

/// [`TABLE`], read.
pub(crate) fn table() -> Table {
    Table::parse(TABLE).unwrap()
}
