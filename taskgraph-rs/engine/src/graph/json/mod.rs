//! Tasks as the reference writes them: indented, sorted at every level.

pub(crate) mod delta;
pub(crate) mod numbers;
pub(crate) mod parallel;

use indexmap::IndexMap;
use smallvec::SmallVec;

use crate::task::{LabelList, Task};
use delta::{DeltaWriter, Node, Previous};
use taskgraph_compat::json::Error;
use taskgraph_compat::json::pretty::PrettyWriter;
use taskgraph_compat::value::{Map, Str, Value};

/// A task of a graph.
pub(crate) struct TaskJson<'a> {
    /// Its key in the graph: its label, or its taskId.
    pub key: &'a str,
    /// The task.
    pub task: &'a Task,
    /// Its definition, as far as it is resolved.
    pub definition: &'a Map,
    /// The edges that start from it: names of dependencies, and the keys of their tasks.
    pub edges: SmallVec<[(&'a str, &'a str); 16]>,
    /// The id it gets, once that is known.
    pub task_id: Option<&'a str>,
}

/// Writes tasks one after the other, each with the text of the previous task of its kind.
#[derive(Default)]
pub(crate) struct TaskWriter {
    delta: DeltaWriter,
    kinds: IndexMap<Str, PreviousFields>,
}

/// Largest amount of text that is kept, in bytes. Beyond that all is dropped: that of complete kinds is of no use.
const MOST_KEPT: usize = 1 << 18;

/// The fields of the previous task of a kind.
#[derive(Default)]
struct PreviousFields {
    attributes: Option<Previous>,
    if_dependencies: Option<Previous>,
    optimization: Option<Previous>,
    soft_dependencies: Option<Previous>,
    definition: Option<Previous>,
}

/// Depth of a task.
const DEPTH: usize = 1;

/// Depth of its fields.
const INNER: usize = DEPTH + 1;

/// The beginning of a field that is not the first.
macro_rules! next {
    ($field:literal) => {
        concat!(",\n    \"", $field, "\": ")
    };
}

impl TaskWriter {
    /// Begins a text inside a map, in a buffer that was used before.
    pub(crate) fn begin(&mut self, buffer: Vec<u8>) {
        if self.delta.kept() > MOST_KEPT {
            *self = TaskWriter::default();
        }
        self.delta.begin(buffer);
    }

    /// The whole text.
    pub(crate) fn end(&mut self) -> Vec<u8> {
        self.delta.end()
    }

    /// Appends a comma, a key and its task.
    pub(crate) fn task(&mut self, json: TaskJson<'_>) -> Result<(), Error> {
        let TaskWriter { delta, kinds } = self;
        let task = json.task;
        let previous = kinds.entry(task.kind.clone()).or_default();
        let mut writer = delta.pretty(DEPTH);
        writer.out.push(b',');
        writer.key(json.key);
        writer.out.extend_from_slice(b"{\n    \"attributes\": ");
        delta.append(Node::Map(&task.attributes), &mut previous.attributes, INNER)?;
        let mut writer = delta.pretty(INNER);
        writer.word(next!("dependencies"))?;
        edges(&mut writer, json.edges);
        writer.word(next!("description"))?;
        writer.text(&task.description);
        writer.word(next!("if_dependencies"))?;
        delta.append(labels(&task.if_dependencies), &mut previous.if_dependencies, INNER)?;
        let mut writer = delta.pretty(INNER);
        writer.word(next!("kind"))?;
        writer.text(&task.kind);
        writer.word(next!("label"))?;
        writer.text(task.label.as_str());
        writer.word(next!("optimization"))?;
        delta.append((&task.optimization).into(), &mut previous.optimization, INNER)?;
        delta.pretty(INNER).word(next!("soft_dependencies"))?;
        delta.append(labels(&task.soft_dependencies), &mut previous.soft_dependencies, INNER)?;
        delta.pretty(INNER).word(next!("task"))?;
        delta.append(Node::Map(json.definition), &mut previous.definition, INNER)?;
        let mut writer = delta.pretty(INNER);
        if let Some(id) = json.task_id {
            writer.word(next!("task_id"))?;
            writer.text(id);
        }
        writer.close(b'}');
        Ok(())
    }
}

fn labels(list: &LabelList) -> Node<'_> {
    list.list().map_or(Node::Plain(&Value::Null), Node::List)
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
