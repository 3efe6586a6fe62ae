//! Time of each phase on the kinds that ship with the program: `cargo bench`.
//!
//! Whole processes, and Python Taskgraph beside them, are timed by `compare.py`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use std::time::SystemTime;

use divan::{Bencher, black_box};
use taskgraph::diagnostics::document;
use taskgraph::generator::{NO_DECISION, OptimizeRequest, Project};
use taskgraph::graph::TaskGraph;
use taskgraph::optimize::index::LookupAnswers;
use taskgraph::optimize::{Request, Strategies, optimize};
use taskgraph::parameters::Params;
use taskgraph::schema::fields::Fields as _;
use taskgraph::settings::Settings;
use taskgraph::task::id::TaskId;
use taskgraph::tree::{Tree, walk};
use taskgraph_compat::source::Source;
use taskgraph_rs::registry;

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

#[expect(clippy::print_stdout, reason = "a bench prints")]
fn main() {
    println!("{} files, {} bytes", FILES.len(), FILES.iter().map(|(_, text)| text.len()).sum::<usize>());
    divan::main();
}

fn load() -> Project {
    Project::load(Tree::embedded(&FILES), &registry(), &BTreeSet::new()).expect("the embedded kinds load")
}

fn defaults(project: &Project) -> Params {
    let mut params = Params::default();
    // The embedded kinds are in no repository that could be asked.
    for name in ["base_repository", "head_repository"] {
        params.values_mut().put(name, "https://github.com/example/training");
    }
    project.complete(&mut params, SystemTime::UNIX_EPOCH).expect("there is a default for each parameter");
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
    let project = load();
    let params = defaults(&project);
    bencher.bench(|| project.full(&params, &Settings::default()).expect("the default config is valid"));
}

/// Returns the morphed graph if no task ran before.
#[divan::bench]
fn optimize_and_morph(bencher: Bencher<'_, '_>) {
    let project = load();
    let (params, settings) = (defaults(&project), Settings::default());
    let full = project.full(&params, &settings).expect("the default config is valid");
    let targets = project.target(&full, &params).expect("the default config is valid");
    let request = OptimizeRequest {
        settings: &settings,
        decision_task_id: NO_DECISION,
        found: &LookupAnswers::default(),
        now: SystemTime::UNIX_EPOCH,
    };
    bencher.bench(|| {
        let optimized = project.optimize(&targets, &params, &request, &mut TaskId::of_label);
        project.morph(optimized.expect("the graph is sound"), &params, &mut TaskId::of_label)
    });
}

/// A made-up graph as deep as it has tasks, where each is only there for the one before it: time grows with its size.
#[divan::bench(args = [2_000, 20_000, 200_000], sample_count = 5, sample_size = 1)]
fn optimize_deep(bencher: Bencher<'_, '_>, count: usize) {
    let task = |index: usize| {
        let depends = |name: &str, on: usize| format!("\"{name}\": \"t{on}\"");
        let dependencies = match index {
            0 => String::new(),
            _ => format!("{}, {}", depends("before", index - 1), depends("half", index / 2)),
        };
        let if_dependencies = if index == 0 { String::new() } else { format!("\"t{}\"", index - 1) };
        format!(
            "\"t{index}\": {{\"kind\": \"k\", \"label\": \"t{index}\", \"attributes\": {{}}, \"optimization\": null, \
             \"dependencies\": {{{dependencies}}}, \"if_dependencies\": [{if_dependencies}], \
             \"task\": {{\"deadline\": {{\"relative-datestamp\": \"1 day\"}}, \"x\": {{\"task-reference\": \"<self>\"}}}}}}"
        )
    };
    let tasks: Vec<String> = (0..count).map(task).collect();
    let graph = TaskGraph::from_json(&format!("{{{}}}", tasks.join(","))).expect("the graph is sound");
    let request = Request {
        graph: &graph,
        requested: &graph.tasks.keys().cloned().collect(),
        do_not_optimize: &Default::default(),
        existing_tasks: &Default::default(),
        params: &Params::default(),
        strategies: &Strategies::default(),
        settings: &Settings::default(),
        decision_task_id: NO_DECISION,
        found: &LookupAnswers::default(),
        now: SystemTime::UNIX_EPOCH,
    };
    bencher.bench_local(|| optimize(&request, &mut TaskId::of_label).expect("the graph is sound"));
}

/// The full graph as JSON.
#[divan::bench]
fn write_json(bencher: Bencher<'_, '_>) {
    let project = load();
    let full = project.full(&defaults(&project), &Settings::default()).expect("the default config is valid");
    bencher.bench(|| {
        let mut text = Vec::new();
        full.graph.write_json(&mut text).expect("a graph is JSON");
        text
    });
}
