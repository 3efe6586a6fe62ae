//! Places for the boxes of a drawing, layer by layer.

use rust_sugiyama::configure::{Config, CrossingMinimization};
use rust_sugiyama::from_vertices_and_edges;
use serde::Serialize;

use super::drawing::Drawing;

/// How large things are, in pixels.
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

/// Where the boxes are.
#[derive(Debug, Default, Serialize)]
pub struct Layout {
    /// The left upper corner of each box, in the order of the drawing.
    pub places: Vec<(f64, f64)>,
    /// The width of all.
    pub width: f64,
    /// The height of all.
    pub height: f64,
}

/// Places the boxes: what is needed stands above what needs it. Parts that nothing joins stand side by side. The same
/// drawing always has the same layout.
pub fn layout(drawing: &Drawing, size: Size) -> Layout {
    let number = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
    let vertices: Vec<(u32, (f64, f64))> =
        (0..drawing.nodes.len()).map(|index| (number(index), (size.width, size.height))).collect();
    let edges: Vec<(u32, u32)> =
        drawing.edges.iter().map(|edge| (number(edge.from), number(edge.to))).collect();
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
    let mut out = Layout { places: vec![(0.0, 0.0); drawing.nodes.len()], ..Layout::default() };
    for (places, ..) in parts {
        let least =
            |of: fn(&(f64, f64)) -> f64| places.iter().map(|(_, place)| of(place)).fold(f64::MAX, f64::min);
        let (left, top) = (least(|place| place.0), least(|place| place.1));
        let start = if out.width > 0.0 { out.width + size.space } else { 0.0 };
        for (index, (x, y)) in &places {
            let place = ((x - left + start).round(), ((y - top) * stretch).round());
            out.width = out.width.max(place.0 + size.width);
            out.height = out.height.max(place.1 + size.height);
            if let Some(at) = out.places.get_mut(*index) {
                *at = place;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::drawing::{Edge, Node, What};
    use super::*;

    fn drawing(nodes: usize, edges: &[(usize, usize)]) -> Drawing {
        let node = |index: usize| Node {
            what: What::Kind,
            name: index.to_string(),
            note: String::new(),
            parts: Vec::new(),
            from_model: false,
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
