//! A drawing for Graphviz.

use crate::commands::preview::box_layout::{name, notes};
use taskgraph_training::drawing::{Drawing, NodeKind};

/// The drawing.
pub(super) fn dot(drawing: &Drawing, title: &str) -> String {
    let mut out = format!(
        "digraph preview {{\n  label={};\n  labelloc=t;\n  node [shape=box, style=rounded];\n",
        quoted(title)
    );
    for (index, node) in drawing.nodes.iter().enumerate() {
        let style = match node.what {
            NodeKind::Model => ", style=\"rounded,dashed\"",
            _ if node.from_model => ", style=\"rounded,bold\"",
            _ => "",
        };
        let label = quoted(&format!("{}\n{}", name(node), notes(node).join("\n")));
        out.push_str(&format!("  n{index} [label={label}{style}];\n"));
    }
    for edge in &drawing.edges {
        let style = if edge.from_model { " [style=bold]" } else { "" };
        out.push_str(&format!("  n{} -> n{}{style};\n", edge.from, edge.to));
    }
    out + "}\n"
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for one in text.chars() {
        match one {
            '"' | '\\' => out.extend(['\\', one]),
            '\n' => out.push_str("\\n"),
            one if one.is_control() => {}
            one => out.push(one),
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn names_cannot_leave_their_quotes() {
        assert_eq!(quoted("a\"]; evil [\\\nb"), "\"a\\\"]; evil [\\\\\\nb\"");
    }
}
