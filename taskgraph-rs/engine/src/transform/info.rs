//! Descriptions of transforms for people and editors.

use crate::schema::{Field, Schema};

/// The name of a transform, its purpose, and the keys of a task that it reads.
#[derive(Clone, Copy)]
pub struct TransformInfo {
    /// The name in kind.yml: `module` or `module:object`. The object `transforms` may be left out, as in Taskgraph.
    pub name: &'static str,
    /// The purpose, in one sentence.
    pub summary: &'static str,
    /// The sections of a task that it takes, and their schemas.
    pub sections: &'static [(&'static str, &'static Schema)],
    /// The schema of the whole task, for a transform that checks it.
    pub task: Option<&'static Schema>,
}

impl TransformInfo {
    /// Describes a transform that takes no section of its own.
    pub const fn new(name: &'static str, summary: &'static str) -> Self {
        TransformInfo { name, summary, sections: &[], task: None }
    }

    /// The same for a transform that takes sections.
    pub const fn sections(self, sections: &'static [(&'static str, &'static Schema)]) -> Self {
        TransformInfo { sections, ..self }
    }

    /// The same for a transform that checks the whole task.
    pub const fn task(self, task: &'static Schema) -> Self {
        TransformInfo { task: Some(task), ..self }
    }

    /// Returns the keys of the whole task that it knows; none if it takes sections alone.
    pub fn task_fields(&self) -> &'static [Field] {
        match self.task {
            Some(Schema::Map(fields) | Schema::Open(fields, _)) => fields,
            _ => &[],
        }
    }
}
