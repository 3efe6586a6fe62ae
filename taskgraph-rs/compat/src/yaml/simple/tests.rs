use std::path::Path;

use super::*;
use crate::yaml::events::Events;

/// An event as it is compared: what kind it is, its text, its place.
fn shown(event: &Event<'_>) -> String {
    let Event { kind, span } = event;
    match kind {
        // Only that there is one matters.
        Kind::Frame => "frame".to_owned(),
        Kind::StreamEnd => "end of the stream".to_owned(),
        Kind::Alias { anchor } => format!("alias {anchor} {span:?}"),
        Kind::Scalar { anchor, tag, text, plain } => format!("{anchor:?} {tag:?} {text:?} {plain} {span:?}"),
        Kind::ListStart { anchor, tag } => format!("list {anchor:?} {tag:?} {span:?}"),
        Kind::MapStart { anchor, tag } => format!("map {anchor:?} {tag:?} {span:?}"),
        Kind::End => format!("end {span:?}"),
    }
}

/// The events of libyaml; nothing if it refuses the text.
fn by_libyaml(text: &str) -> Option<Vec<String>> {
    let mut events = Events::new(text);
    let mut all = Vec::new();
    loop {
        let event = events.advance().ok()?;
        all.push(shown(&event));
        if matches!(event.kind, Kind::StreamEnd) {
            return Some(all);
        }
    }
}

/// Whether the text is in the subset. Fails if libyaml reads it otherwise.
fn is_read_alike(text: &str) -> bool {
    let Some(mut events) = read(text) else { return false };
    let simple: Vec<_> = (0..events.events.len()).map(|_| shown(&events.advance())).collect();
    let other = by_libyaml(text).unwrap_or_else(|| panic!("libyaml refuses this text:\n{text}"));
    let differs = simple.iter().zip(&other).find(|(simple, other)| simple != other);
    assert_eq!(differs, None, "in this text:\n{text}");
    assert_eq!(simple.len(), other.len(), "in this text:\n{text}");
    true
}

/// Texts with all that is in the subset.
const TEXTS: [&str; 6] = [
    "---\n# A kind\nloader: a.b:c\n\nlist:\n    - one\n    - {two: 2, 'three': [3, \"4\", {}]}\nsame:\n- x\n- y: 1\n  z:\n  - - deep\n    - er\n-\n- \n",
    "a:\n  text: >-\n    folded\n    text\n\n      indented\n    end\n  literal: |\n\n    one\n     two\n\n\n  kept: |+ # comment\n    x\n\n  last: >\n    a\n    b",
    "plain: goes on\n  in another line\n\n  and one more # comment\nquoted: 'it''s' # comment\ndouble: \"a \\\"b\\\" \\n c\"\nempty:\nnone: ~\nurl: http://x#y\n'key' : -1\nlast: -x",
    "{\"a\": [1,\n  2 ,\n 3, ], \"b\":{}, c: 'x', # comment\n d: a b\n}\n",
    "- a: b\n  c:\n    d\n- - x\n  - y\n-   - z\n- |\n  text\n  - no entry\n- e: {f: [g]}\n  h: [\n    i,\n    j\n  ]\n",
    "  far: 1\n  in:\n      further: x\n      keys: {by-level: {'3': a, default: b}}\n   \n",
];

/// Every kind that is embedded.
fn kinds(folder: &Path, texts: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            kinds(&path, texts);
        } else if path.extension().is_some_and(|extension| extension == "yml") {
            texts.push(std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn the_texts_of_the_subset_are_read_as_by_libyaml() {
    for text in TEXTS {
        assert!(is_read_alike(text), "{text}");
    }
    let mut texts = Vec::new();
    kinds(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kinds"), &mut texts);
    let read = texts.iter().filter(|text| is_read_alike(text)).count();
    // The others have anchors, or text in quotes over several lines.
    assert!(texts.len() > 20 && 5 * read > 4 * texts.len(), "{read} of {} kinds are read", texts.len());
}

/// Numbers as if by chance, the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

#[test]
fn what_is_read_at_all_is_read_as_by_libyaml() {
    const PIECES: [&str; 44] = [
        " ", "  ", "\n", "\n  ", "\n    ", "- ", "-", ": ", ":", ":\n", "a", "b: ", "'", "''", "\"", "\\",
        "\\n", "[", "]", "{", "}", ", ", ",", "#", " # ", "|\n", ">\n", "|-\n", ">+\n", "|2\n", "---\n",
        "---", "...", "%", "?", "? ", "&a ", "*a", "!x ", "1", "~", "@", "\t", "\r\n",
    ];
    #[expect(
        clippy::disallowed_methods,
        reason = "a longer run of this test is asked for by its environment"
    )]
    let rounds = std::env::var("YAML_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(30_000);
    let mut chance = Chance(15);
    let mut read = 0;
    for round in 0..rounds {
        // One of the texts with a few changes, or pieces and nothing else.
        let mut text = match round % 2 {
            0 => TEXTS[chance.below(TEXTS.len())].to_owned(),
            _ => String::new(),
        };
        for _ in 0..1 + chance.below(if text.is_empty() { 14 } else { 3 }) {
            let at = chance.below(text.len() + 1);
            let end = at + chance.below(4).min(text.len() - at);
            match chance.below(3) {
                0 => text.replace_range(at..end, ""),
                _ => text.insert_str(at, PIECES[chance.below(PIECES.len())]),
            }
        }
        read += usize::from(is_read_alike(&text));
    }
    assert!(read > rounds / 20, "only {read} of {rounds} texts are in the subset");
}
