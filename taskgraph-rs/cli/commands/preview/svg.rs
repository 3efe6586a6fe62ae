//! A drawing as SVG: for a page of documentation, light and dark.

use std::fmt::Write as _;

use crate::commands::preview::box_layout::{LEADING, estimates, halves, name, size};
use crate::commands::preview::html::escaped;
use taskgraph_training::drawing::{Drawing, NodeKind, TaskStatus, layout};

/// The space around everything.
const PAD: f64 = 8.0;

/// Characters of a name, and of a note, that fit into a box. Longer texts are set closer, up to half as long again.
const NAME: usize = 21;
const NOTE: usize = 27;

/// For each fate the colour on light and on dark paper. Signs and words say the same.
fn colours(status: TaskStatus) -> (&'static str, &'static str) {
    match status {
        TaskStatus::Cached => ("#0f7b54", "#5fd3a4"),
        TaskStatus::NotNeeded => ("#8a93a1", "#7a8698"),
        TaskStatus::DownloadOnly => ("#6d28d9", "#b79bff"),
        TaskStatus::Continue => ("#0b63c4", "#6fb3ff"),
        TaskStatus::Init => ("#0f766e", "#4fd1c5"),
        TaskStatus::FromScratch => ("#3f4b5c", "#b4c0d0"),
        TaskStatus::Gone => ("#b42318", "#ff8f85"),
        TaskStatus::New => ("#15803d", "#6bdc95"),
        TaskStatus::Rewritten => ("#b45309", "#ffbd66"),
        TaskStatus::Dependencies => ("#7a5c00", "#e3c65c"),
        TaskStatus::Downstream => ("#9d3a74", "#f0a3cf"),
        TaskStatus::Unchanged => ("#6b7686", "#8592a3"),
        TaskStatus::Runs | TaskStatus::AskedFor => ("#33608f", "#8fb6de"),
        TaskStatus::Idle => ("#9aa3af", "#5d6877"),
    }
}

/// The drawing. `title` says what it shows.
pub(super) fn svg(drawing: &Drawing, title: &str) -> String {
    let size = size(drawing);
    let places = layout(drawing, size);
    // The note stands above the estimates, of which a box may have fewer.
    let at = size.height - 12.0 - estimates(drawing) as f64 * LEADING;
    let (width, height) = (places.width + 2.0 * PAD, places.height + 2.0 * PAD);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"-{PAD} -{PAD} {width} {height}\" role=\"img\">\n<title>{}</title>\n<style>{}</style>\n",
        escaped(title),
        style()
    );
    let mut edges: Vec<_> = drawing.edges.iter().enumerate().collect();
    // What is marked lies on top.
    edges.sort_by_key(|(_, edge)| edge.from_model);
    for (index, edge) in edges {
        let class = if edge.from_model { " m" } else { "" };
        let line = &places.lines[index];
        let Some((x, y)) = line.last() else { continue };
        push(
            &mut out,
            format_args!(
                "<path class=\"e{class}\" d=\"{}\"/><path class=\"t{class}\" d=\"M{x} {y}l-4 -8h8z\"/>\n",
                curve(line)
            ),
        );
    }
    for (node, (x, y)) in drawing.nodes.iter().zip(&places.places) {
        let status = node.status().unwrap_or(TaskStatus::AskedFor);
        let note = match node.what {
            NodeKind::Model => node.note.clone(),
            _ => node
                .parts
                .iter()
                .map(|part| format!("{} {}", part.status.sign(), part.words()).trim_start().to_owned())
                .collect::<Vec<_>>()
                .join("  "),
        };
        let class = match node.what {
            NodeKind::Model => "n m".to_owned(),
            _ if node.from_model => format!("n p f{}", status as usize),
            _ => format!("n f{}", status as usize),
        };
        let lines = [node.summary()].into_iter().chain(node.estimate.iter().cloned());
        let title = format!("{}: {}", node.name, lines.collect::<Vec<_>>().join("; "));
        let lines = [note].into_iter().chain(node.estimate.iter().cloned());
        let lines = lines
            .enumerate()
            .map(|(line, text)| fitted(&text, " class=\"o\"", at + line as f64 * LEADING, NOTE, size.width));
        push(
            &mut out,
            format_args!(
                "<g class=\"{class}\" transform=\"translate({x} {y})\"><title>{}</title><rect width=\"{}\" height=\"{}\" rx=\"8\"/><rect class=\"b\" y=\"8\" width=\"4\" height=\"{}\" rx=\"2\"/>{}{}</g>\n",
                escaped(&title),
                size.width,
                size.height,
                size.height - 16.0,
                named(&name(node), size.width),
                lines.collect::<String>(),
            ),
        );
    }
    out.push_str("</svg>\n");
    out
}

/// A line through points, which leaves and enters each of them downwards.
fn curve(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (index, (x, y)) in points.iter().enumerate() {
        match index.checked_sub(1).map(|before| points[before]) {
            None => path.push_str(&format!("M{x} {y}")),
            Some((from, above)) if from == *x => {
                path.push_str(&format!("L{x} {}", if above < *y { *y } else { above }))
            }
            Some((from, above)) => {
                let middle = (above + y) / 2.0;
                path.push_str(&format!("C{from} {middle} {x} {middle} {x} {y}"));
            }
        }
    }
    path
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // A string takes whatever is written to it.
    let _ = out.write_fmt(text);
}

fn style() -> String {
    let of = |dark: bool| {
        let pick = |pair: (&'static str, &'static str)| if dark { pair.1 } else { pair.0 };
        let statuses = TaskStatus::ALL.iter().map(|status| {
            let colour = pick(colours(*status));
            format!(".f{} rect{{stroke:{colour}}}.f{0} .b{{fill:{colour}}}", *status as usize)
        });
        format!(
            "text{{fill:{}}}.o{{fill:{}}}.n rect{{fill:{}}}.e{{stroke:{line}}}.t{{fill:{line}}}{}.p rect{{stroke:{mark}}}.b{{stroke:none!important}}.n.m .b{{fill:none}}.n.m rect{{fill:none;stroke:{mark}}}.n.m text{{fill:{mark}}}.e.m{{stroke:{mark}}}.t.m{{fill:{mark}}}",
            pick(("#1a2029", "#e6eaf0")),
            pick(("#586273", "#9aa6b6")),
            pick(("#ffffff", "#171c23")),
            statuses.collect::<String>(),
            line = pick(("#b3bbc8", "#465160")),
            mark = pick(("#c2410c", "#ff9d5c")),
        )
    };
    format!(
        "text{{font:600 13px system-ui,sans-serif}}.o{{font-size:11.5px;font-weight:400}}.e{{fill:none;stroke-width:1.3}}.e.m{{stroke-width:2.4}}.n.m rect{{stroke-dasharray:5 4}}.b{{stroke:none}}{}@media(prefers-color-scheme:dark){{{}}}",
        of(false),
        of(true)
    )
}

/// A name, in one line or in two.
fn named(name: &str, width: f64) -> String {
    let (first, second) = halves(name);
    let second = second.map(|second| fitted(second, "", 36.0, NAME, width));
    fitted(first, "", 21.0, NAME, width) + &second.unwrap_or_default()
}

/// Text at a height of a box, which it does not leave.
fn fitted(text: &str, class: &str, y: f64, most: usize, width: f64) -> String {
    let length = text.chars().count();
    let shown: String = match length > most * 3 / 2 {
        true => text.chars().take(most * 3 / 2 - 1).chain(['…']).collect(),
        false => text.to_owned(),
    };
    let fit = match length > most {
        true => format!(" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"", width - 26.0),
        false => String::new(),
    };
    format!("<text{class} x=\"13\" y=\"{y}\"{fit}>{}</text>", escaped(&shown))
}
