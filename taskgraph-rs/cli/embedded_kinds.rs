//! The kinds that ship with the program: `config.yml` and `kinds/` of this project, inside the binary.

use std::sync::LazyLock;

use include_dir::{Dir, include_dir};
use taskgraph::tree::Tree;

static KINDS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/kinds");

static FILES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let mut files = vec![("config.yml", include_str!("../../config.yml"))];
    collect(&KINDS, &mut files);
    files
});

/// The embedded tree.
pub(crate) fn tree() -> Tree {
    Tree::embedded(&FILES)
}

fn collect(directory: &'static Dir<'_>, files: &mut Vec<(&'static str, &'static str)>) {
    for file in directory.files() {
        if let (Some(path), Some(text)) = (file.path().to_str(), file.contents_utf8()) {
            files.push((leak(path), text));
        }
    }
    directory.dirs().for_each(|inner| collect(inner, files));
}

/// Paths are kept for the life of the program, as the texts are.
fn leak(path: &str) -> &'static str {
    Box::leak(format!("kinds/{path}").into_boxed_str())
}
