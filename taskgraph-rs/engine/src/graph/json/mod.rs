//! Tasks as the reference writes them: indented, sorted at every level.

pub(crate) mod delta;
pub mod numbers;
pub(crate) mod parallel;

use indexmap::IndexMap;
use smallvec::SmallVec;

use crate::task::{LabelList, Task};
use delta::{Caster, Mold, Node};
use taskgraph_compat::json::Error;
use taskgraph_compat::json::pretty::PrettyWriter;
use taskgraph_compat::value::{Map, Str, Value};

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
#[derive(Default)]
pub(crate) struct TaskWriter {
    caster: Caster,
    kinds: IndexMap<Str, Molds>,
}

/// How much text the molds may have before all are made anew: those of kinds that are done with are of no use.
const MOST_MOLDED: usize = 1 << 18;

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

/// How deep its fields stand.
const INNER: usize = DEPTH + 1;

/// The beginning of a field that is not the first.
macro_rules! next {
    ($field:literal) => {
        concat!(",\n    \"", $field, "\": ")
    };
}

impl TaskWriter {
    /// Begins a text inside a map, in a room that has been used before.
    pub fn begin(&mut self, room: Vec<u8>) {
        if self.caster.molded() > MOST_MOLDED {
            *self = TaskWriter::default();
        }
        self.caster.begin(room);
    }

    /// The whole text.
    pub fn end(&mut self) -> Vec<u8> {
        self.caster.end()
    }

    /// Appends a comma, a key and its task.
    pub fn task(&mut self, json: TaskJson<'_>) -> Result<(), Error> {
        let TaskWriter { caster, kinds } = self;
        let task = json.task;
        let molds = kinds.entry(task.kind.clone()).or_default();
        let mut writer = caster.layout(DEPTH);
        writer.out.push(b',');
        writer.key(json.key);
        writer.out.extend_from_slice(b"{\n    \"attributes\": ");
        caster.append(Node::Map(&task.attributes), &mut molds.attributes, INNER)?;
        let mut writer = caster.layout(INNER);
        writer.word(next!("dependencies"))?;
        edges(&mut writer, json.edges);
        writer.word(next!("description"))?;
        writer.text(&task.description);
        writer.word(next!("if_dependencies"))?;
        caster.append(labels(&task.if_dependencies), &mut molds.if_dependencies, INNER)?;
        let mut writer = caster.layout(INNER);
        writer.word(next!("kind"))?;
        writer.text(&task.kind);
        writer.word(next!("label"))?;
        writer.text(task.label.as_str());
        writer.word(next!("optimization"))?;
        caster.append((&task.optimization).into(), &mut molds.optimization, INNER)?;
        caster.layout(INNER).word(next!("soft_dependencies"))?;
        caster.append(labels(&task.soft_dependencies), &mut molds.soft_dependencies, INNER)?;
        caster.layout(INNER).word(next!("task"))?;
        caster.append(Node::Map(json.definition), &mut molds.definition, INNER)?;
        let mut writer = caster.layout(INNER);
        if let Some(id) = json.task_id {
            writer.word(next!("task_id"))?;
            writer.text(id);
        }
        writer.close(b'}');
        Ok(())
    }
}

fn labels(list: &LabelList) -> Node<'_> {
    list.list().map_or(Node::Template(&Value::Null), Node::List)
}

fn edges(writer: &mut PrettyWriter<'_>, mut edges: SmallVec<[(&str, &str); 16]>) {
    edges.sort_unstable();
    writer.out.push(b'{');
    writer.depth += 1;
    for (index, (name, node)) in edges.iter().enumerate() {
        if index > 0 {
            writer.out.push(b',');
        }
        writer.key(name);
        writer.text(node);
    }
    match edges.is_empty() {
        true => {
            writer.depth -= 1;
            writer.out.push(b'}');
        }
        false => writer.close(b'}'),
    }
}
