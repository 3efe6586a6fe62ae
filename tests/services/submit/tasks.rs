//! Small tasks of one decision task, and a Taskcluster that has it.

use indexmap::IndexSet;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_compat::map;
use taskgraph_compat::value::{Map, Value};
use taskgraph_taskcluster::{CreatedTask, NewTask};

use crate::fake_taskcluster::{Fake, id};

/// The decision task.
pub(super) const DECISION: usize = 999_999;

pub(super) fn stamp(span: &str) -> Map {
    map! { "relative-datestamp" => span }
}

/// A small task.
pub(super) fn definition(name: &str, dependencies: &[TaskId]) -> Map {
    map! {
        "provisionerId" => "translations-1",
        "workerType" => "b-linux",
        "created" => stamp("0 seconds"),
        "deadline" => stamp("20 days"),
        "expires" => stamp("1 year"),
        "dependencies" => dependencies.iter().map(TaskId::text).collect::<Value>(),
        "payload" => map! { "command" => Value::list() },
        "metadata" => map! {
            "name" => name, "description" => "x", "owner" => "a@example.org", "source" => "https://example.org",
        },
    }
}

pub(super) fn task(number: usize, dependencies: &[usize]) -> NewTask {
    let name = format!("task-{number}");
    let dependencies: Vec<TaskId> = dependencies.iter().map(|number| id(*number)).collect();
    let definition = definition(&name, &dependencies);
    NewTask { label: Label::parse(&name.into()).unwrap(), task_id: id(number), definition }
}

/// The tasks as those of the decision task.
pub(super) fn decided(mut tasks: Vec<NewTask>) -> Vec<NewTask> {
    NewTask::belong_to(&mut tasks, &id(DECISION), "translations-level-1");
    tasks
}

pub(super) fn start() -> Fake {
    let fake = Fake::start();
    fake.decision_task(id(DECISION).as_str());
    fake
}

/// Layers of tasks; each depends on two or three of the layer before.
pub(super) fn layers(layers: usize, width: usize) -> Vec<NewTask> {
    let number = |layer: usize, at: usize| layer * width + at;
    let mut tasks = Vec::new();
    for layer in 0..layers {
        for at in 0..width {
            let on: IndexSet<usize> = [at, (at * 7 + 3) % width, (at + layer) % width].into_iter().collect();
            let on: Vec<usize> = match layer {
                0 => Vec::new(),
                _ => on.into_iter().map(|at| number(layer - 1, at)).collect(),
            };
            tasks.push(task(number(layer, at), &on));
        }
    }
    // The order of the list must not matter.
    tasks.reverse();
    decided(tasks)
}

pub(super) fn numbers(tasks: &[CreatedTask]) -> Vec<usize> {
    let mut numbers: Vec<usize> =
        tasks.iter().map(|task| task.task_id.as_str()[1..].parse().unwrap()).collect();
    numbers.sort_unstable();
    numbers
}
