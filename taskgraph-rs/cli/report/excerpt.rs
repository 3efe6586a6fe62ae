//! The lines around a place, as they are drawn: never a whole file, and nothing in them that is secret or acts on a
//! terminal.

use std::ops::Range;

use crate::output_medium::one_line;
use annotate_snippets::{Annotation, AnnotationKind, Origin, Snippet};
use taskgraph_compat::redact::hidden;
use taskgraph_compat::source::Place;
use taskgraph_compat::terminal::veiled;

/// The most bytes of a file that are drawn for one problem. A line that is longer is not drawn at all.
const MOST_DRAWN: usize = 16 << 10;

/// Whole lines of a file.
pub(super) struct Excerpt {
    name: String,
    text: String,
    /// The number of the first line.
    line: usize,
    /// Start of the first line, in bytes of the file.
    start: usize,
}

impl Excerpt {
    /// The lines that `places`, all of them in the file of `place`, are in; nothing if that is too much to draw.
    pub(super) fn around<'p>(place: &Place, places: impl IntoIterator<Item = &'p Place>) -> Option<Self> {
        let text = &place.source.text;
        let ranges: Vec<Range<usize>> = places.into_iter().map(range).collect();
        let first = ranges.iter().map(|range| range.start).min()?;
        let last = ranges.iter().map(|range| range.end).max()?;
        let start = text[..first].rfind('\n').map_or(0, |at| at + 1);
        let end = text[last..].find('\n').map_or(text.len(), |length| last + length);
        (end - start <= MOST_DRAWN).then(|| Excerpt {
            name: one_line(&place.source.name),
            text: veiled(&hidden(&text[start..end])).into_owned(),
            line: text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count() + 1,
            start,
        })
    }

    /// The lines, with nothing marked.
    pub(super) fn snippet(&self) -> Snippet<'static, Annotation<'static>> {
        Snippet::source(self.text.clone()).line_start(self.line).path(self.name.clone())
    }

    /// A mark for a place in the lines.
    pub(super) fn mark(&self, kind: AnnotationKind, place: &Place, label: &str) -> Annotation<'static> {
        let range = range(place);
        kind.span(range.start - self.start..range.end - self.start).label(one_line(label))
    }
}

/// A place without the lines around it.
pub(super) fn origin(place: &Place) -> Origin<'static> {
    Origin::path(one_line(&place.source.name))
        .line(place.span.line as usize)
        .char_column(place.span.column as usize)
}

/// Whether two places are drawn in one excerpt.
pub(super) fn is_near(place: &Place, other: &Place) -> bool {
    place.source == other.source && place.span.start.abs_diff(other.span.start) as usize <= MOST_DRAWN / 2
}

/// The first line of a place, so that a whole section is not underlined.
fn range(place: &Place) -> Range<usize> {
    let text = &place.source.text;
    let start = (place.span.start as usize).min(text.len());
    let end = (place.span.end as usize).clamp(start, text.len());
    let line = text[start..end].find('\n').map_or(end, |length| start + length);
    start..line
}
