//! Tasks as the reference writes them: indented, sorted at every level.

use indexmap::IndexMap;
use smallvec::SmallVec;

use crate::json::Error;
use crate::json_layout::Layout;
use crate::json_mold::{Caster, Mold, Node};
use crate::task::Task;
use crate::value::{Map, Str};

/// A task of a graph.
pub(crate) struct TaskJson<'a> {
    /// What it is called in the graph: its label, or its taskId.
    pub key: &'a str,
    /// The task.
    pub task: &'a Task,
    /// Its definition, as far as it is resolved.
    pub definition: &'a Map,
    /// The edges that start from it: the names of dependencies, and what these are called.
    pub edges: SmallVec<[(&'a str, &'a str); 16]>,
    /// The id it gets, once that is known.
    pub task_id: Option<&'a str>,
}

/// Lays out tasks one after the other, each in the mold of the one before it of its kind.
pub(crate) struct TaskLayout<'o> {
    caster: Caster<'o>,
    kinds: IndexMap<Str, Molds>,
}

/// Those of the fields of a task.
#[derive(Default)]
struct Molds {
    attributes: Option<Mold>,
    if_dependencies: Option<Mold>,
    optimization: Option<Mold>,
    soft_dependencies: Option<Mold>,
    definition: Option<Mold>,
}

/// How deep a task stands.
const DEPTH: usize = 1;

impl<'o> TaskLayout<'o> {
    /// Appends to a text, inside a map.
    pub fn new(out: &'o mut Vec<u8>) -> Self {
        TaskLayout { caster: Caster::new(out), kinds: IndexMap::new() }
    }

    /// Appends a comma, a key and its task.
    pub fn task(&mut self, json: TaskJson<'_>) -> Result<(), Error> {
        let TaskLayout { caster, kinds } = self;
        let task = json.task;
        let molds = kinds.entry(task.kind.clone()).or_default();
        let depth = DEPTH + 1;
        let mut layout = caster.layout(DEPTH);
        next(&mut layout, json.key);
        layout.depth = depth;
        layout.out.push(b'{');
        layout.key("attributes");
        caster.append(Node::Map(&task.attributes), &mut molds.attributes, depth)?;
        let mut layout = caster.layout(depth);
        next(&mut layout, "dependencies");
        edges(&mut layout, json.edges);
        next(&mut layout, "description");
        layout.text(&task.description);
        next(&mut layout, "if_dependencies");
        caster.append(Node::List(&task.if_dependencies), &mut molds.if_dependencies, depth)?;
        let mut layout = caster.layout(depth);
        next(&mut layout, "kind");
        layout.text(&task.kind);
        next(&mut layout, "label");
        layout.text(task.label.as_str());
        next(&mut layout, "optimization");
        caster.append((&task.optimization).into(), &mut molds.optimization, depth)?;
        next(&mut caster.layout(depth), "soft_dependencies");
        caster.append(Node::List(&task.soft_dependencies), &mut molds.soft_dependencies, depth)?;
        next(&mut caster.layout(depth), "task");
        caster.append(Node::Map(json.definition), &mut molds.definition, depth)?;
        let mut layout = caster.layout(depth);
        if let Some(id) = json.task_id {
            next(&mut layout, "task_id");
            layout.text(id);
        }
        layout.close(b'}');
        Ok(())
    }
}

fn next(layout: &mut Layout<'_>, key: &str) {
    layout.out.push(b',');
    layout.key(key);
}

fn edges(layout: &mut Layout<'_>, mut edges: SmallVec<[(&str, &str); 16]>) {
    edges.sort_unstable();
    layout.out.push(b'{');
    layout.depth += 1;
    for (index, (name, node)) in edges.iter().enumerate() {
        if index > 0 {
            layout.out.push(b',');
        }
        layout.key(name);
        layout.text(node);
    }
    match edges.is_empty() {
        true => {
            layout.depth -= 1;
            layout.out.push(b'}');
        }
        false => layout.close(b'}'),
    }
}
