//! Computes the coordinates of a drawing, layer by layer.

use rust_sugiyama::configure::{Config, CrossingMinimization};
use rust_sugiyama::from_vertices_and_edges;
use serde::Serialize;

use crate::drawing::boxes::Drawing;

/// Size of a box, in pixels.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// The width of a box.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// The space between boxes that stand side by side.
    pub space: f64,
    /// The space between layers.
    pub gap: f64,
}

/// Positions of the boxes and lines.
#[derive(Debug, Default, Serialize)]
pub struct Layout {
    /// The left upper corner of each box, in the order of the drawing.
    pub places: Vec<(f64, f64)>,
    /// The points that each line goes through, from the box that is needed to the one that needs it.
    pub lines: Vec<Vec<(f64, f64)>>,
    /// The width of all.
    pub width: f64,
    /// The height of all.
    pub height: f64,
}

/// Width reserved for a line that passes between boxes.
const LINE: f64 = 4.0;

/// Places the boxes: what is needed stands above what needs it. Parts that nothing joins stand side by side. A line
/// that passes other layers has a place in each of them, so that it goes round the boxes. The same drawing always has
/// the same layout.
pub fn layout(drawing: &Drawing, size: Size) -> Layout {
    let count = drawing.nodes.len();
    let edges: Vec<(usize, usize)> = drawing.edges.iter().map(|edge| (edge.from, edge.to)).collect();
    let (layers, _) = places(&vec![size.width; count], &edges, size);
    let layer = |index: usize| (layers[index].1 / (size.height + size.gap)).round();
    // A box as wide as a line for each layer that a line passes.
    let mut widths = vec![size.width; count];
    let mut paths: Vec<Vec<usize>> = Vec::new();
    for (from, to) in &edges {
        let mut path = vec![*from];
        let mut passed = layer(*from) + 1.0;
        while passed < layer(*to) {
            path.push(widths.len());
            widths.push(LINE);
            passed += 1.0;
        }
        path.push(*to);
        paths.push(path);
    }
    let steps: Vec<(usize, usize)> =
        paths.iter().flat_map(|path| path.windows(2).map(|two| (two[0], two[1]))).collect();
    let (found, (width, height)) = places(&widths, &steps, size);
    let line = |path: &Vec<usize>| {
        let last = path.len() - 1;
        let points = path.iter().enumerate().flat_map(|(position, index)| {
            let ((left, top), middle) = (found[*index], widths[*index] / 2.0);
            let (upper, lower) = ((left + middle, top), (left + middle, top + size.height));
            match position {
                0 => vec![lower],
                _ if position == last => vec![upper],
                _ => vec![upper, lower],
            }
        });
        points.collect()
    };
    Layout { lines: paths.iter().map(line).collect(), places: found[..count].to_vec(), width, height }
}

/// The left upper corners of boxes of these widths, and the size of all.
fn places(widths: &[f64], edges: &[(usize, usize)], size: Size) -> (Vec<(f64, f64)>, (f64, f64)) {
    let number = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
    let vertices: Vec<(u32, (f64, f64))> =
        widths.iter().enumerate().map(|(index, width)| (number(index), (*width, size.height))).collect();
    let edges: Vec<(u32, u32)> = edges.iter().map(|(from, to)| (number(*from), number(*to))).collect();
    // Of all that the library can do, this makes the narrowest drawings of the pipeline.
    let config = Config {
        vertex_spacing: size.space,
        dummy_size: 0.1,
        c_minimization: CrossingMinimization::Median,
        ..Config::default()
    };
    let stretch = (size.height + size.gap) / (size.height + size.space);
    let mut parts = from_vertices_and_edges(&vertices, &edges, &config);
    // The largest part comes first; the others in the order of their boxes.
    parts.sort_by_key(|(places, ..)| {
        (std::cmp::Reverse(places.len()), places.iter().map(|(index, _)| *index).min())
    });
    let mut found = vec![(0.0, 0.0); widths.len()];
    let (mut right, mut bottom) = (0.0_f64, 0.0_f64);
    for (places, ..) in parts {
        // The library returns the middle of a box.
        let left_of = |(index, (x, _)): &(usize, (f64, f64))| x - widths.get(*index).unwrap_or(&0.0) / 2.0;
        let left = places.iter().map(left_of).fold(f64::MAX, f64::min);
        let top = places.iter().map(|(_, (_, y))| *y).fold(f64::MAX, f64::min);
        let start = if right > 0.0 { right + size.space } else { 0.0 };
        for place in &places {
            let (x, y) = ((left_of(place) - left + start).round(), ((place.1.1 - top) * stretch).round());
            if let (Some(at), Some(width)) = (found.get_mut(place.0), widths.get(place.0)) {
                *at = (x, y);
                right = right.max(x + width);
                bottom = bottom.max(y + size.height);
            }
        }
    }
    (found, (right, bottom))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawing::boxes::{Edge, Node, NodeKind};

    fn drawing(nodes: usize, edges: &[(usize, usize)]) -> Drawing {
        let node = |index: usize| Node {
            what: NodeKind::Kind,
            name: index.to_string(),
            note: String::new(),
            parts: Vec::new(),
            from_model: false,
            estimate: Vec::new(),
        };
        let edge = |(from, to): &(usize, usize)| Edge { from: *from, to: *to, from_model: false };
        Drawing { nodes: (0..nodes).map(node).collect(), edges: edges.iter().map(edge).collect() }
    }

    const SIZE: Size = Size { width: 100.0, height: 40.0, space: 10.0, gap: 20.0 };

    #[test]
    fn what_is_needed_stands_above_and_boxes_do_not_meet() {
        let drawing = drawing(6, &[(0, 1), (0, 2), (1, 3), (2, 3)]);
        let found = layout(&drawing, SIZE);
        for edge in &drawing.edges {
            assert!(found.places[edge.from].1 + SIZE.height < found.places[edge.to].1, "{found:?}");
        }
        for (index, a) in found.places.iter().enumerate() {
            for b in &found.places[index + 1..] {
                let apart = (a.0 - b.0).abs() >= SIZE.width || (a.1 - b.1).abs() >= SIZE.height;
                assert!(apart, "{found:?}");
            }
        }
    }

    #[test]
    fn a_line_goes_round_the_boxes_that_it_passes() {
        let drawing = drawing(4, &[(0, 1), (1, 2), (2, 3), (0, 3)]);
        let found = layout(&drawing, SIZE);
        for (x, y) in &found.lines[3] {
            for (left, top) in &found.places {
                let is_inside = *x > *left && *x < left + SIZE.width && *y > *top && *y < top + SIZE.height;
                assert!(!is_inside, "{found:?}");
            }
        }
        let x: Vec<f64> = found.lines[3].iter().map(|(x, _)| *x).collect();
        assert!(
            x.iter().any(|one| *one < found.places[1].0 || *one > found.places[1].0 + SIZE.width),
            "{found:?}"
        );
    }

    #[test]
    fn a_layout_is_always_the_same() {
        let edges: Vec<(usize, usize)> =
            (0..40).flat_map(|from| [(from, from + 1 + from % 7), (from, from + 3)]).collect();
        let drawing = drawing(50, &edges);
        let first = layout(&drawing, SIZE).places;
        for _ in 0..20 {
            assert_eq!(layout(&drawing, SIZE).places, first);
        }
    }

    #[test]
    fn an_empty_drawing_has_no_size() {
        let found = layout(&drawing(0, &[]), SIZE);
        assert_eq!((found.width, found.height), (0.0, 0.0));
    }
}
