//! `decision`: what a decision task runs.

use std::time::SystemTime;

use anstream::eprintln;
use anyhow::Result;
use taskgraph::decide::{Asked, parameters};
use taskgraph::pipeline::Loaded;
use taskgraph_transforms::registry;

use crate::Status;
use crate::args::{DecisionOptions, EventOptions};
use crate::environment::{current_dir, open_tree, settings};
use crate::report::Reporter;

/// Decides.
pub fn run(options: DecisionOptions, reporter: &Reporter) -> Result<Status> {
    let tree = open_tree(options.tree.root.as_deref())?;
    let loaded = Loaded::load(tree, &registry(), &Default::default())?;
    let derived = parameters(&loaded, &asked(options.event), &current_dir()?, SystemTime::now())?;
    for note in &derived.notes {
        eprintln!("{note}");
    }
    print!("{}", taskgraph::yaml::write(&derived.params.values().clone().into())); // TEMP
    Ok(Status::Fine)
}

fn asked(event: EventOptions) -> Asked {
    Asked {
        project: event.project,
        pushlog_id: event.pushlog_id,
        pushdate: event.pushdate,
        owner: event.owner,
        level: event.level,
        target_tasks_method: event.target_tasks_method,
        repository_type: event.repository_type,
        base_repository: event.base_repository,
        base_ref: event.base_ref,
        base_rev: event.base_rev,
        head_repository: event.head_repository,
        head_ref: event.head_ref,
        head_rev: event.head_rev,
        head_tag: event.head_tag,
        tasks_for: event.tasks_for,
        try_task_config: event.try_task_config_file,
    }
}
