//! A drawing for Mermaid, as GitHub draws it.

use crate::commands::preview::box_layout::{name, notes};
use taskgraph_training::drawing::{Drawing, NodeKind};

/// The drawing.
pub(super) fn mermaid(drawing: &Drawing) -> String {
    let mut out = String::from("flowchart TD\n");
    for (index, node) in drawing.nodes.iter().enumerate() {
        let lines = std::iter::once(name(node)).chain(notes(node));
        let label = lines.map(|line| quoted(&line)).collect::<Vec<_>>().join("<br>");
        match node.what {
            NodeKind::Model => out.push_str(&format!("  n{index}([\"{label}\"]):::model\n")),
            _ if node.from_model => out.push_str(&format!("  n{index}[\"{label}\"]:::path\n")),
            _ => out.push_str(&format!("  n{index}[\"{label}\"]\n")),
        }
    }
    for edge in &drawing.edges {
        let arrow = if edge.from_model { "==>" } else { "-->" };
        out.push_str(&format!("  n{} {arrow} n{}\n", edge.from, edge.to));
    }
    out + "  classDef model stroke-dasharray:5 4\n  classDef path stroke-width:3px\n"
}

/// Everything that Mermaid or HTML could read as something else becomes a character reference.
fn quoted(text: &str) -> String {
    let mut out = String::new();
    for one in text.chars() {
        match one {
            '"' | '<' | '>' | '&' | '#' | ';' | '`' | '\\' | '[' | ']' | '{' | '}' => {
                out.push_str(&format!("#{};", u32::from(one)))
            }
            one if one.is_control() => out.push(' '),
            one => out.push(one),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn names_are_text() {
        assert_eq!(quoted("a<b>\"]\n#"), "a#60;b#62;#34;#93; #35;");
    }
}
