//! A parsed document: its value, and the place of each key and value in the file.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::{Source, Span};
use crate::value::path::{KeyPath, Step};
use crate::value::{Map, Value, known};
use crate::yaml::build::build;
use crate::yaml::error::{Problem, YamlError};
use crate::yaml::merge::Duplicate;
use crate::yaml::node::{Data, Entries, Node};

/// One YAML document.
#[derive(Clone, Debug)]
pub struct Document {
    /// The text.
    pub source: Arc<Source>,
    /// The outermost node; null if the text is empty.
    pub root: Node,
    /// The keys that stand twice in one map, in the order of the text. What is merged may be overridden and does
    /// not count.
    pub duplicates: Vec<Duplicate>,
}

/// The place of a value, and of its key if it is in a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocatedValue {
    /// The key.
    pub key: Option<Span>,
    /// The value.
    pub value: Span,
}

/// Something that YAML knows and [`Value`] does not.
#[derive(Clone, Debug, PartialEq)]
pub struct RefusedValue {
    /// The path of the value, or of the key.
    pub path: KeyPath,
    /// The place.
    pub span: Span,
    /// The message: lower case, no full stop.
    pub message: String,
}

/// Reads a text as PyYAML's `safe_load` does: one document, the values of YAML 1.1.
pub fn read(source: Arc<Source>) -> Result<Document, YamlError> {
    // Spans count with 32 bits.
    if u32::try_from(source.text.len()).is_err() {
        return Err(Problem::new("the text is longer than 4 GB", Span::default()).into_error(&source));
    }
    match build(&source.text) {
        Ok((root, duplicates)) => Ok(Document { source, root, duplicates }),
        Err(problem) => Err(problem.into_error(&source)),
    }
}

impl Document {
    /// The value, or all that stands in its way: keys that are not strings, binary data, sets. What several aliases
    /// stand for is shared.
    pub fn value(&self) -> Result<Value, Vec<RefusedValue>> {
        let mut conversion =
            Conversion { text: &self.source.text, refused: Vec::new(), shared: BTreeMap::new() };
        let value = conversion.value(&self.root);
        let mut refused = conversion.refused;
        if refused.is_empty() {
            return Ok(value);
        }
        // The paths were put together from the inside out.
        for refusal in &mut refused {
            refusal.path.0.reverse();
        }
        Err(refused)
    }

    /// Returns the place of the value at a path, and of its key.
    pub fn locate(&self, path: &KeyPath) -> Option<LocatedValue> {
        let (located, found) = self.locate_nearest(path);
        (found == path.0.len()).then_some(located)
    }

    /// The node at a path.
    pub fn node(&self, path: &KeyPath) -> Option<&Node> {
        let (node, _, found) = self.nearest(path);
        (found == path.0.len()).then_some(node)
    }

    /// Returns the place of the value that is nearest to a path: as far as the path exists, with the number of steps
    /// that exist. Serves messages about missing values.
    pub fn locate_nearest(&self, path: &KeyPath) -> (LocatedValue, usize) {
        let (_, located, found) = self.nearest(path);
        (located, found)
    }

    fn nearest(&self, path: &KeyPath) -> (&Node, LocatedValue, usize) {
        let mut node = &self.root;
        let mut located = LocatedValue { key: None, value: node.span };
        for (position, step) in path.0.iter().enumerate() {
            let next = match (step, &node.data) {
                (Step::Index(index), Data::List(items)) => items.get(*index).map(|item| (None, item)),
                (Step::Key(name), Data::Map(entries)) => {
                    entries.get(name).map(|(key, value)| (Some(key.span), value))
                }
                _ => None,
            };
            let Some((key, value)) = next else { return (node, located, position) };
            located = LocatedValue { key, value: value.span };
            node = value;
        }
        (node, located, path.0.len())
    }
}

struct Conversion<'d> {
    text: &'d str,
    /// Their paths begin with the innermost step.
    refused: Vec<RefusedValue>,
    /// The values of aliases, by address.
    shared: BTreeMap<usize, Value>,
}

impl<'d> Conversion<'d> {
    fn value(&mut self, node: &'d Node) -> Value {
        match &node.data {
            Data::Null => Value::Null,
            Data::Bool(flag) => Value::Bool(*flag),
            Data::Int(number) => Value::Int(*number),
            Data::BigInt(digits) => Value::BigInt(digits.clone()),
            Data::Float(number) => Value::Float(*number),
            Data::Str(text) => Value::Str(text.clone()),
            Data::Time(time) => Value::Time(time.clone()),
            Data::List(items) => self.once(items, |this, items| this.list(items)),
            Data::Map(entries) => self.once(entries, |this, entries| this.map(entries)),
            Data::Bytes(_) | Data::Set(_) => {
                self.refuse(node.span, format!("{} has no place here", node.data.sort()));
                Value::Null
            }
        }
    }

    /// Converts what several aliases stand for only once.
    fn once<T>(&mut self, data: &'d Arc<T>, convert: impl FnOnce(&mut Self, &'d T) -> Value) -> Value {
        if Arc::strong_count(data) == 1 {
            return convert(self, data);
        }
        let address = Arc::as_ptr(data).addr();
        if let Some(value) = self.shared.get(&address) {
            return value.clone();
        }
        let value = convert(self, data);
        self.shared.insert(address, value.clone());
        value
    }

    fn list(&mut self, items: &'d [Node]) -> Value {
        let mut values = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let known = self.refused.len();
            values.push(self.value(item));
            self.inside(known, || index.into());
        }
        values.into()
    }

    fn map(&mut self, entries: &'d Entries) -> Value {
        let mut map = Map::with_capacity(entries.len());
        for (key, value) in entries.iter() {
            let before = self.refused.len();
            if let Data::Str(name) = &key.data {
                let value = self.value(value);
                map.insert(known(name), value);
            } else {
                let name = key.name(self.text);
                let sort = key.data.sort();
                self.refuse(
                    key.span,
                    format!("a key must be a string, `{name}` is {sort}: put it in quotes"),
                );
                self.value(value);
            }
            self.inside(before, || Step::Key(key.name(self.text)));
        }
        map.into()
    }

    fn refuse(&mut self, span: Span, message: String) {
        self.refused.push(RefusedValue { path: KeyPath::default(), span, message });
    }

    fn inside(&mut self, known: usize, step: impl Fn() -> Step) {
        if self.refused.len() > known {
            for refusal in &mut self.refused[known..] {
                refusal.path.0.push(step());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Document {
        read(Source::new("a.yml", text)).unwrap()
    }

    /// Returns the text at a path as it is spelled.
    fn spelled<'d>(document: &'d Document, path: &KeyPath) -> (&'d str, &'d str) {
        let located = document.locate(path).unwrap();
        let text = |span: Span| &document.source.text[span.start as usize..span.end as usize];
        (located.key.map_or("", text), text(located.value))
    }

    #[test]
    fn a_key_of_a_large_map_has_its_place_whatever_stands_beside_it() {
        let keys: String = (0..2_000).map(|at| format!("k{at}: {at}\n{at}: x\n")).collect();
        let document = read(Source::new("a.yml", &keys)).unwrap();
        for at in [0, 1, 999, 1_999] {
            let key = document.locate(&KeyPath::dotted(&format!("k{at}"))).unwrap().key.unwrap();
            assert_eq!(key.line, 2 * at + 1);
        }
        // A key that is a number has no path.
        assert_eq!(document.locate(&KeyPath::dotted("7")), None);
    }

    #[test]
    fn everything_has_its_place_also_beyond_ascii() {
        for mark in ["", "\u{feff}"] {
            let text = format!(
                "{mark}# é 日本\nsv: försäkring\r\n日本:\n  - 'é: x'\n  - [ü, {{k: 😀}}]\n\n# end\nz: |\n  é\n"
            );
            let document = document(&text);
            let list = KeyPath::dotted("日本");
            assert_eq!(spelled(&document, &KeyPath::dotted("sv")), ("sv", "försäkring"));
            assert_eq!(spelled(&document, &list.join(0)), ("", "'é: x'"));
            assert_eq!(spelled(&document, &list.join(1)), ("", "[ü, {k: 😀}]"));
            assert_eq!(spelled(&document, &list.join(1).join(1).join("k")), ("k", "😀"));
            assert_eq!(spelled(&document, &list), ("日本", "- 'é: x'\n  - [ü, {k: 😀}]"));
            let emoji = document.locate(&list.join(1).join(1).join("k")).unwrap().value;
            assert_eq!((emoji.line, emoji.column), (5, 13));
            assert_eq!(spelled(&document, &KeyPath::dotted("z")).0, "z");
        }
    }

    #[test]
    fn a_missing_key_is_placed_at_what_should_have_it() {
        let document = document("a:\n  b: 1\n");
        let path = KeyPath::dotted("a.c.d");
        let (located, found) = document.locate_nearest(&path);
        assert_eq!((located.key.unwrap().line, located.value.line, found), (1, 2, 1));
        assert_eq!(document.locate(&path), None);
        assert_eq!(document.locate(&KeyPath::default()).unwrap().value, document.root.span);
    }

    #[test]
    fn what_has_no_value_is_refused_all_at_once() {
        let refused = document("a:\n  - 1: x\n  - !!set {x}\non: !!binary aGk=\n").value().unwrap_err();
        let found: Vec<_> = refused
            .iter()
            .map(|refused| format!("{} {}: {}", refused.span.line, refused.path, refused.message))
            .collect();
        assert_eq!(
            found,
            [
                "2 a[0].1: a key must be a string, `1` is an integer: put it in quotes",
                "3 a[1]: a set has no place here",
                "4 on: a key must be a string, `on` is a boolean: put it in quotes",
                "4 on: binary data has no place here",
            ]
        );
    }

    #[test]
    fn the_value_of_an_alias_is_shared() {
        let value = document("a: &a [1]\nb: *a\n").value().unwrap();
        let (Some(Value::List(a)), Some(Value::List(b))) = (value.get("a"), value.get("b")) else { panic!() };
        assert!(Arc::ptr_eq(a, b));
    }

    #[test]
    fn an_empty_text_is_null() {
        for text in ["", "# nothing\n", "---\n"] {
            assert_eq!(document(text).value(), Ok(Value::Null));
        }
    }
}
