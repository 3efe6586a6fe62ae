//! How long each phase takes on the kinds that ship with the program: `cargo bench`.
//!
//! Whole processes, and Python Taskgraph beside them, are timed by `compare.py`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use std::time::SystemTime;

use divan::{Bencher, black_box};
use taskgraph::document;
use taskgraph::fields::Fields as _;
use taskgraph::params::Params;
use taskgraph::pipeline::Loaded;
use taskgraph::settings::Settings;
use taskgraph::source::Source;
use taskgraph::tree::{Tree, walk};
use taskgraph_transforms::registry;

/// Paths from the root of the tree, and texts. Kept for the life of the process, as an embedded tree is.
static FILES: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    walk(&root.join("kinds"), "kinds/", &mut paths).expect("the kinds can be listed");
    paths.push("config.yml".into());
    let read = |path: String| {
        let text = fs::read_to_string(root.join(&path)).expect("the kinds can be read");
        (&*path.leak(), &*text.leak())
    };
    paths.into_iter().map(read).collect()
});

fn main() {
    println!("{} files, {} bytes", FILES.len(), FILES.iter().map(|(_, text)| text.len()).sum::<usize>());
    divan::main();
}

fn load() -> Loaded {
    Loaded::load(Tree::embedded(&FILES), &registry(), &BTreeSet::new()).expect("the embedded kinds load")
}

fn defaults(loaded: &Loaded) -> Params {
    let mut params = Params::default();
    // The embedded kinds are in no repository that could be asked.
    for name in ["base_repository", "head_repository"] {
        params.values_mut().put(name, "https://github.com/example/training");
    }
    loaded.complete(&mut params, SystemTime::UNIX_EPOCH).expect("there is a default for each parameter");
    params
}

/// YAML of all files to values, without looking at what they say.
#[divan::bench]
fn read_yaml(bencher: Bencher<'_, '_>) {
    bencher.bench(|| {
        for (name, text) in FILES.iter() {
            let source = Source { name: (*name).into(), text: (*text).into() };
            black_box(document::load(source.into()).expect("the embedded kinds are YAML"));
        }
    });
}

/// Config and kinds, checked and in order.
#[divan::bench]
fn load_tree(bencher: Bencher<'_, '_>) {
    bencher.bench(load);
}

/// All tasks of the default training config, linked and verified.
#[divan::bench]
fn generate_full(bencher: Bencher<'_, '_>) {
    let loaded = load();
    let params = defaults(&loaded);
    bencher.bench(|| loaded.full(&params, &Settings::default()).expect("the default config is valid"));
}

/// The full graph as JSON.
#[divan::bench]
fn write_json(bencher: Bencher<'_, '_>) {
    let loaded = load();
    let full = loaded.full(&defaults(&loaded), &Settings::default()).expect("the default config is valid");
    bencher.bench(|| serde_json::to_vec_pretty(&full.graph).expect("a graph is JSON"));
}
