//! What all drawings have in common.

use taskgraph::look::{Node, Size, What};

use crate::report::count;

/// How large the boxes are.
pub const SIZE: Size = Size { width: 190.0, height: 50.0, space: 14.0, gap: 26.0 };

/// What stands in a box under its name.
pub fn note(node: &Node) -> String {
    match node.what {
        What::Model => node.note.clone(),
        What::Kind => format!("{}: {}", count(node.tasks(), "task"), node.summary()),
        What::Tasks => format!("{}: {}", node.note, node.summary()),
        What::Task => format!("{}, {}", node.note, node.fate().map(|fate| fate.words()).unwrap_or_default()),
    }
}

/// What stands in a box.
pub fn name(node: &Node) -> String {
    match node.what {
        What::Model => format!("⇩ for {}", node.name),
        _ => node.name.clone(),
    }
}
