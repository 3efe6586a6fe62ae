//! Tasks that no kind has made.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::diagnostics::origin::Origin;
use crate::error::Result;
use crate::graph::by_task_id::ReadyTask;
use crate::task::id::TaskId;
use crate::task::{Dependencies, Label, Task};
use crate::type_map::TypeMap;
use taskgraph_compat::map;
use taskgraph_compat::value::{Map, Str, Value};

/// The kind that such tasks say they are of.
pub(super) const KIND: &str = "misc";

/// A task that was made by the morph phase, with its definition.
pub(super) fn task(
    label: &str,
    definition: Map,
    dependencies: IndexMap<Str, TaskId>,
    new_id: &mut dyn FnMut(&Label) -> TaskId,
) -> Result<ReadyTask> {
    let label = Label::parse(&label.into())?;
    let origin = Origin { kind: KIND.into(), name: label.text().clone(), locations: Vec::new() };
    let task = Task {
        kind: KIND.into(),
        description: "".into(),
        attributes: map! { "kind" => KIND },
        definition: definition.clone(),
        optimization: Value::Null,
        dependencies: Dependencies::default(),
        soft_dependencies: Vec::new().into(),
        if_dependencies: Vec::new().into(),
        extensions: TypeMap::default(),
        is_unwritable: false,
        origin: Arc::new(origin),
        label,
    };
    let task_id = new_id(&task.label);
    Ok(ReadyTask { task: Arc::new(task), task_id, definition, dependencies })
}
