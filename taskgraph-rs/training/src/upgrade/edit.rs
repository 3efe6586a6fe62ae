//! Edits a YAML text at the places of its keys. Everything else in it stays unchanged.

use std::ops::Range;
use std::sync::Arc;

use taskgraph::diagnostics::document::load;
use taskgraph::error::Result;
use taskgraph_compat::source::{Place, Source, Span};
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::{KeyPath, Step};
use taskgraph_compat::yaml::Document;

/// Spaces of a level that an edit brings in.
const INDENT: usize = 2;

/// The text, read anew after each edit. An edit that would not come out as it was meant is not made: then `false`.
pub struct Draft {
    document: Arc<Document>,
    value: Value,
    root: KeyPath,
}

impl Draft {
    /// Reads a text. `root` is the key that the config stands under, for a whole set of parameters.
    pub fn read(source: Arc<Source>, parameter: &str) -> Result<Self> {
        let (document, value) = load(source)?;
        let root = match value.get(parameter) {
            Some(_) => KeyPath::dotted(parameter),
            None => KeyPath::default(),
        };
        Ok(Draft { document, value, root })
    }

    /// The text as it is by now.
    pub fn text(&self) -> &str {
        &self.document.source.text
    }

    /// The config as it is by now.
    pub fn config(&self) -> &Value {
        self.root.find(&self.value).unwrap_or(&Value::Null)
    }

    /// The value at a dotted path of the config.
    pub fn get(&self, path: &KeyPath) -> Option<&Value> {
        path.find(self.config())
    }

    /// Returns the place of the key at a path, or of its nearest ancestor.
    pub fn place(&self, path: &KeyPath) -> Place {
        taskgraph::diagnostics::place_of_key(&self.document, &self.root.concat(path))
    }

    /// Returns the text of the value at a path.
    pub fn spelled(&self, path: &KeyPath) -> Option<&str> {
        let span = self.document.locate(&self.root.concat(path))?.value;
        self.text().get(range(span))
    }

    /// Gives a key another name, unless that is taken.
    pub fn rename(&mut self, path: &KeyPath, name: &str) -> bool {
        let full = self.root.concat(path);
        let to = path.parent().join(name);
        let key = self.document.locate(&full).and_then(|found| found.key);
        let (Some(key), Some(value), None) = (key, self.get(path).cloned(), self.get(&to)) else {
            return false;
        };
        self.edit(range(key), name, |draft| draft.get(&to) == Some(&value))
    }

    /// Writes another value, in one line.
    pub fn replace(&mut self, path: &KeyPath, text: &str) -> bool {
        let Some(found) = self.document.locate(&self.root.concat(path)) else { return false };
        let old = range(found.value);
        // From the colon on, unless there is a comment in between: so a block becomes a line.
        let start = match found.key {
            Some(key) if !self.text()[key.end as usize..old.start].contains('#') => key.end as usize,
            _ => return self.edit(old, text, |draft| draft.get(path).is_some()),
        };
        self.edit(start..old.end, &format!(": {text}"), |draft| draft.get(path).is_some())
    }

    /// Takes a key away, with the lines that it stands in.
    pub fn remove(&mut self, path: &KeyPath) -> bool {
        let Some(found) = self.document.locate(&self.root.concat(path)) else { return false };
        let Some(key) = found.key else { return false };
        let (text, entry) = (self.text(), key.start as usize..found.value.end as usize);
        let begin = line_start(text, entry.start);
        let gone = match text[begin..entry.start].trim().is_empty() {
            true => begin..line_end(text, trimmed_end(text, &entry)),
            // In a flow map the comma behind it goes too, or the one before it.
            false => {
                let after = &text[entry.end..];
                let before = text[..entry.start].trim_end();
                match (after.trim_start().strip_prefix(','), before.strip_suffix(',')) {
                    (Some(rest), _) => entry.start..text.len() - rest.trim_start().len(),
                    (None, Some(rest)) => rest.len()..entry.end,
                    (None, None) => entry,
                }
            }
        };
        self.edit(gone, "", |draft| draft.get(path).is_none())
    }

    /// Adds a key to the map at `parent`, behind all that is there; maps on the way are made. `text` is a value in one
    /// line, or the lines of a block.
    pub fn add(&mut self, parent: &KeyPath, key: &str, text: &str) -> bool {
        let path = parent.join(key);
        if self.get(&path).is_some() {
            return false;
        }
        let is_there = |draft: &Draft| draft.get(&path).is_some();
        let Some(map) = self.get(parent) else {
            let (above, Some(Step::Key(name))) = (parent.parent(), parent.0.last().cloned()) else {
                return false;
            };
            return self.add(&above, &name, &block(key, text, 0));
        };
        let Some(map) = map.as_map() else {
            // A key without a value.
            return map == &Value::Null && !parent.0.is_empty() && {
                let indent = self.column(parent) + INDENT;
                let entry = block(key, text, indent);
                self.insert_below(parent, &entry, is_there)
            };
        };
        let Some(last) = map.keys().next_back() else {
            return self.replace(parent, &format!("{{{key}: {text}}}"));
        };
        let last = parent.join(last);
        let first = map.first().map(|(first, _)| parent.join(first)).unwrap_or_default();
        let Some(found) = self.document.locate(&self.root.concat(&last)) else { return false };
        let at = trimmed_end(self.text(), &range(found.value));
        if self.is_flow(parent) {
            return !text.contains('\n') && self.edit(at..at, &format!(", {key}: {text}"), is_there);
        }
        let entry = block(key, text, self.column(&first));
        let at = line_end(self.text(), at);
        let newline = if self.text()[..at].ends_with('\n') { "" } else { "\n" };
        self.edit(at..at, &format!("{newline}{entry}"), is_there)
    }

    /// Moves a key with all that stands in it, comments included, to another map.
    pub fn move_to(&mut self, path: &KeyPath, parent: &KeyPath, key: &str) -> bool {
        let Some(found) = self.document.locate(&self.root.concat(path)) else { return false };
        let (Some(name), Some(value)) = (found.key, self.get(path).cloned()) else { return false };
        let text = self.text();
        let entry = name.end as usize..trimmed_end(text, &range(found.value));
        let raw = text[entry.start..entry.end].trim_start_matches(':');
        let raw = match raw.trim_start_matches(' ').strip_prefix('\n') {
            Some(lines) => dedent(lines),
            None => raw.trim().to_owned(),
        };
        let before = (self.document.clone(), self.value.clone());
        let to = parent.join(key);
        if self.remove(path) && self.add(parent, key, &raw) && self.get(&to) == Some(&value) {
            return true;
        }
        (self.document, self.value) = before;
        false
    }

    fn insert_below(&mut self, path: &KeyPath, entry: &str, meant: impl Fn(&Draft) -> bool) -> bool {
        let Some(key) = self.document.locate(&self.root.concat(path)).and_then(|found| found.key) else {
            return false;
        };
        let at = line_end(self.text(), key.end as usize);
        self.edit(at..at, entry, meant)
    }

    fn is_flow(&self, path: &KeyPath) -> bool {
        self.spelled(path).is_some_and(|text| text.starts_with('{'))
    }

    /// Returns the indentation of a key.
    fn column(&self, path: &KeyPath) -> usize {
        let found = self.document.locate(&self.root.concat(path));
        found.and_then(|found| found.key).map_or(0, |key| key.column.saturating_sub(1) as usize)
    }

    /// Makes an edit if the text can still be read, and what was meant is the case then.
    fn edit(&mut self, range: Range<usize>, text: &str, meant: impl Fn(&Draft) -> bool) -> bool {
        let mut edited = self.text().to_owned();
        edited.replace_range(range, text);
        let Ok((document, value)) = load(Source::new(self.document.source.name.clone(), edited)) else {
            return false;
        };
        let after = Draft { document, value, root: self.root.clone() };
        let is_meant = meant(&after);
        if is_meant {
            *self = after;
        }
        is_meant
    }
}

/// A key and its value as lines, indented.
fn block(key: &str, text: &str, indent: usize) -> String {
    let space = " ".repeat(indent);
    if !text.contains('\n') && !is_entry(text) {
        return format!("{space}{key}: {text}\n");
    }
    let mut out = format!("{space}{key}:\n");
    for line in text.lines() {
        let space = if line.is_empty() { String::new() } else { " ".repeat(indent + INDENT) };
        out.push_str(&format!("{space}{line}\n"));
    }
    out
}

/// Whether one line is a block of its own: `key: value`, `- item`.
fn is_entry(line: &str) -> bool {
    line.ends_with(':') || line.contains(": ") && !line.starts_with(['{', '"', '\'', '['])
}

fn dedent(lines: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let least = lines.lines().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
    let mut out: Vec<&str> = lines.lines().map(|line| line.get(least..).unwrap_or_default()).collect();
    while out.last().is_some_and(|line| line.trim().is_empty()) {
        out.pop();
    }
    // A single line has to be seen as a block.
    out.join("\n")
}

fn range(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// Behind the end of the line that `at` stands in.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |newline| at + newline + 1)
}

/// Returns the end of a stretch, without the line ends that block scalars take along.
fn trimmed_end(text: &str, stretch: &Range<usize>) -> usize {
    stretch.start + text[stretch.start..stretch.end].trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(text: &str, edit: impl Fn(&mut Draft) -> bool) -> String {
        let mut draft = Draft::read(Source::new("c.yml", text), "training_config").unwrap();
        let done = edit(&mut draft);
        assert!(done || draft.text() == text, "what is not done changes nothing");
        if done { draft.text().into() } else { "not done".into() }
    }

    const TEXT: &str = "# top\na:\n  # of b\n  b: 1 # one\n  c: {x: 1, y: 2}\n\n# of d\nd: [1]\n";

    #[test]
    fn keys_are_renamed_and_values_replaced_where_they_stand() {
        assert_eq!(edited(TEXT, |it| it.rename(&"a.b".into(), "z")), TEXT.replace("b: 1", "z: 1"));
        assert_eq!(edited(TEXT, |it| it.rename(&"a.b".into(), "c")), "not done");
        assert_eq!(edited(TEXT, |it| it.replace(&"a.b".into(), "'2'")), TEXT.replace("1 # one", "'2' # one"));
        let list = "u:\n  - \"x\"  # why\nv: 1\n";
        assert_eq!(edited(list, |it| it.replace(&"u".into(), "\"x\"")), "u: \"x\"  # why\nv: 1\n");
        assert_eq!(edited("u: [1]\n", |it| it.replace(&"u".into(), "*x")), "not done");
    }

    #[test]
    fn a_key_goes_with_its_lines() {
        assert_eq!(edited(TEXT, |it| it.remove(&"a.b".into())), TEXT.replace("  b: 1 # one\n", ""));
        assert_eq!(edited(TEXT, |it| it.remove(&"a.c.x".into())), TEXT.replace("x: 1, ", ""));
        assert_eq!(edited(TEXT, |it| it.remove(&"a.c.y".into())), TEXT.replace(", y: 2", ""));
        assert_eq!(edited(TEXT, |it| it.remove(&"a.q".into())), "not done");
    }

    #[test]
    fn a_key_is_added_behind_the_others() {
        assert_eq!(
            edited(TEXT, |it| it.add(&"a".into(), "n", "true")),
            TEXT.replace("y: 2}\n", "y: 2}\n  n: true\n")
        );
        assert_eq!(edited(TEXT, |it| it.add(&"a.c".into(), "z", "3")), TEXT.replace("y: 2}", "y: 2, z: 3}"));
        let made = edited(TEXT, |it| it.add(&KeyPath::dotted("e.f"), "g", "1"));
        assert_eq!(made, format!("{TEXT}e:\n  f:\n    g: 1\n"));
        assert_eq!(edited("a: {}", |it| it.add(&"a".into(), "b", "1")), "a: {b: 1}");
        assert_eq!(edited("a:\nb: 1", |it| it.add(&"a".into(), "c", "1")), "a:\n  c: 1\nb: 1");
        assert_eq!(edited("a: 1", |it| it.add(&KeyPath::default(), "b", "2")), "a: 1\nb: 2\n");
    }

    #[test]
    fn a_section_moves_with_its_comments() {
        let text = "e:\n  m:\n    # why\n    t: # here\n      u: 1\n  n: 1\nz: 1\n";
        assert_eq!(
            edited(text, |it| it.move_to(&"e.m".into(), &"c".into(), "models")),
            "e:\n  n: 1\nz: 1\nc:\n  models:\n    # why\n    t: # here\n      u: 1\n"
        );
        let flow = "e: {m: {t: 1}, n: 1}\nz: 1\n";
        assert_eq!(
            edited(flow, |it| it.move_to(&"e.m".into(), &"c".into(), "models")),
            "e: {n: 1}\nz: 1\nc:\n  models: {t: 1}\n"
        );
    }

    #[test]
    fn a_set_of_parameters_has_its_config_inside() {
        let text = "level: '1'\ntraining_config:\n  a: 1\n";
        assert_eq!(edited(text, |it| it.rename(&"a".into(), "b")), text.replace("a: 1", "b: 1"));
        assert_eq!(edited(text, |it| it.remove(&"level".into())), "not done");
    }
}
