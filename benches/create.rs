//! Time to create tasks: `cargo bench --bench create`. The queue takes 50 ms an answer.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints, and fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "a bench starts programs")]

#[path = "../tests/fake_taskcluster/mod.rs"]
mod fake_taskcluster;
#[path = "../tests/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use fake_taskcluster::Fake;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_compat::map;
use taskgraph_compat::value::{Map, Value};
use taskgraph_taskcluster::{NewTask, Taskcluster};

const TASKS: usize = 900;
const LATENCY: Duration = Duration::from_millis(50);

fn id(number: usize) -> TaskId {
    TaskId::parse(&format!("T{number:021}")).unwrap()
}

/// A graph of ten layers: each task depends on two of the layer before.
fn task(number: usize) -> NewTask {
    let width = TASKS / 10;
    let (layer, at) = (number / width, number % width);
    let dependencies: Value = match layer {
        0 => Value::list(),
        _ => [at, (at * 7 + 3) % width]
            .into_iter()
            .map(|at| id((layer - 1) * width + at).text().clone())
            .collect(),
    };
    let stamp = |span: &str| map! { "relative-datestamp" => span };
    let name = format!("task-{number}");
    let definition: Map = map! {
        "provisionerId" => "translations-1",
        "workerType" => "b-linux",
        "created" => stamp("0 seconds"),
        "deadline" => stamp("20 days"),
        "expires" => stamp("1 year"),
        "dependencies" => dependencies,
        "payload" => map! { "command" => vec![Value::from("x".repeat(4_000))] },
        "metadata" => map! {
            "name" => name.as_str(), "description" => "x", "owner" => "a@example.org", "source" => "https://example.org",
        },
    };
    NewTask { label: Label::parse(&name.into()).unwrap(), task_id: id(number), definition }
}

fn main() {
    let fake = Fake::start();
    fake.latency(LATENCY);
    for (access, how) in [(fake.proxied(), "through a proxy"), (fake.signed(), "with credentials")] {
        let tasks: Vec<NewTask> = (0..TASKS).map(task).collect();
        let taskcluster = Taskcluster::new(access).with_clock(|| 1_700_000_000_000);
        let opened = Instant::now();
        let _ = taskcluster.find_task("nothing");
        let opened = opened.elapsed();
        let started = Instant::now();
        let created = taskcluster.create(tasks).unwrap();
        println!(
            "{} tasks at {LATENCY:?} an answer, {how}: {:.2?} (and {:.0?} for the first call)",
            created.0.len(),
            started.elapsed(),
            opened
        );
    }
}
