//! Shapes: what a section of a kind, a config or a set of parameters must look like, as data.
//!
//! A check gathers every violation with its path; it never stops at the first. The meaning of each schema is that of
//! the voluptuous schemas of the reference (a boolean passes for an integer, an integer does not for a float).

pub(crate) mod check;
pub mod fields;
pub mod json_schema;
pub(crate) mod strict;
pub mod suggestion;

use suggestion::{Instead, instead};
use taskgraph_compat::suggest;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};

/// The schema of a value.
#[derive(Clone, Copy, Debug)]
pub enum Schema {
    /// Anything.
    Any,
    /// Text.
    Str,
    /// An integer. Python: `True` is one too.
    Int,
    /// A float. Python: `1` is none.
    Float,
    /// A boolean.
    Bool,
    /// The boolean `true`.
    True,
    /// Nothing.
    Null,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of which each item has this schema.
    List(&'static Schema),
    /// A map with these fields and no others.
    Map(&'static [Field]),
    /// A map with these fields; others may be there and have the second schema.
    Open(&'static [Field], &'static Schema),
    /// A map with any keys, of which each value has this schema.
    MapOf(&'static Schema),
    /// The value itself, or maps `by-NAME` around it, nested as one likes.
    KeyedBy(&'static [&'static str], &'static Schema),
    /// One of these schemas. The text says in words what is allowed.
    Either(&'static [Schema], &'static str),
}

/// A key of a map and the schema of what stands there.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// Whether it has to be there.
    pub required: bool,
    /// The schema of its value.
    pub schema: Schema,
    /// The purpose, in a sentence; may be empty.
    pub about: &'static str,
    /// The words that are known further down, where the schema takes any text. None: every text may be one.
    pub words: &'static [&'static str],
    /// The description of the value, if the schema leaves it to another check.
    pub detail: Option<&'static Schema>,
    /// Whether null stands for nothing, where later versions of Taskgraph take it: see
    /// [`takes_null_for_nothing`](crate::taskgraph_version::TaskgraphVersion::takes_null_for_nothing).
    pub or_null: bool,
}

impl Field {
    /// A field of which nothing more is said.
    const fn new(name: &'static str, required: bool, schema: Schema) -> Self {
        Field { name, required, schema, about: "", words: &[], detail: None, or_null: false }
    }

    /// The same, with what it is for.
    pub const fn about(self, about: &'static str) -> Self {
        Field { about, ..self }
    }

    /// The same, with the words that are known further down.
    pub const fn words(self, words: &'static [&'static str]) -> Self {
        Field { words, ..self }
    }

    /// The same, where null stands for nothing in later versions of Taskgraph.
    pub const fn or_null(self) -> Self {
        Field { or_null: true, ..self }
    }

    /// The same, with what stands there.
    pub const fn detail(self, detail: &'static Schema) -> Self {
        Field { detail: Some(detail), ..self }
    }
}

/// A field that has to be there.
pub const fn required(name: &'static str, schema: Schema) -> Field {
    Field::new(name, true, schema)
}

/// A field that may be there.
pub const fn optional(name: &'static str, schema: Schema) -> Field {
    Field::new(name, false, schema)
}

/// The fields of two lists as one: `N` is how many there are together.
pub const fn joined<const N: usize>(first: &[Field], second: &[Field]) -> [Field; N] {
    assert!(first.len() + second.len() == N && N > 0, "`N` is the number of all fields");
    let mut all = [if first.is_empty() { second[0] } else { first[0] }; N];
    let mut index = 0;
    while index < N {
        all[index] = if index < first.len() { first[index] } else { second[index - first.len()] };
        index += 1;
    }
    all
}

/// A list of strings.
pub const STRINGS: Schema = Schema::List(&Schema::Str);

/// A string, or a string with references to tasks or artifacts in it.
pub const TEXT_OR_REFERENCE: Schema = Schema::Either(
    &[
        Schema::Str,
        Schema::Map(&[required("task-reference", Schema::Str)]),
        Schema::Map(&[required("artifact-reference", Schema::Str)]),
    ],
    "a string, `task-reference: …` or `artifact-reference: …`",
);

/// A violation of a schema.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// The path; for a missing key, its path if it were there.
    pub path: KeyPath,
    /// The kind of violation.
    pub what: What,
}

/// The ways to fail.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A required key is missing. In words, what has to stand there.
    Missing(String),
    /// No such key is known. The known ones.
    Unknown(Vec<&'static str>),
    /// Something else stands there. What was found, and in words what is allowed.
    Wrong {
        /// The value that was found.
        found: String,
        /// The allowed values.
        allowed: String,
        /// The nearest allowed word.
        nearest: Option<String>,
        /// The replacement to write, if it is obvious.
        instead: Option<Instead>,
    },
}

impl Schema {
    /// All violations of `value`, in the order of the value, missing keys last.
    pub fn check(&self, value: &Value) -> Vec<Violation> {
        let mut violations = Vec::new();
        if !self.fits(value) {
            self.collect(value, &KeyPath::default(), &mut violations);
        }
        violations
    }

    fn collect(&self, value: &Value, path: &KeyPath, out: &mut Vec<Violation>) {
        match (self, value) {
            (Schema::List(item), Value::List(items)) => {
                for (index, value) in items.iter().enumerate() {
                    item.collect(value, &path.join(index), out);
                }
            }
            (Schema::MapOf(schema), Value::Map(map)) => {
                for (key, value) in map.iter() {
                    schema.collect(value, &path.join(key), out);
                }
            }
            (Schema::Map(fields), Value::Map(_)) => collect_fields(fields, None, value, path, out),
            (Schema::Open(fields, rest), Value::Map(_)) => {
                collect_fields(fields, Some(rest), value, path, out)
            }
            (Schema::KeyedBy(names, schema), _) => match arms(names, value) {
                Some((by, map)) => {
                    let path = path.join(by);
                    for (key, arm) in map {
                        self.collect(arm, &path.join(key), out);
                    }
                }
                None => schema.collect(value, path, out),
            },
            _ if self.fits(value) => {}
            (Schema::Either(schemas, _), _) if meant(schemas, value).is_some() => {
                meant(schemas, value).into_iter().for_each(|schema| schema.collect(value, path, out));
            }
            _ => out.push(Violation {
                path: path.clone(),
                what: What::Wrong {
                    found: found(value),
                    allowed: self.in_words(),
                    nearest: match (self, value) {
                        (Schema::Word(words), Value::Str(text)) => {
                            suggest::nearest(text, words.iter().copied()).map(str::to_owned)
                        }
                        _ => None,
                    },
                    instead: instead(self, value),
                },
            }),
        }
    }

    /// Returns the allowed values, in words: `a string`, `use, continue or init`.
    pub fn in_words(&self) -> String {
        match self {
            Schema::Any => "anything".into(),
            Schema::Str => "a string".into(),
            Schema::Int => "an integer".into(),
            Schema::Float => "a float".into(),
            Schema::Bool => "true or false".into(),
            Schema::True => "true".into(),
            Schema::Null => "nothing (null)".into(),
            Schema::Word(words) => suggest::list(words.iter().copied()),
            Schema::List(item) => match item {
                Schema::Str => "a list of strings".into(),
                Schema::Int => "a list of integers".into(),
                _ => "a list".into(),
            },
            Schema::MapOf(_) => "a map".into(),
            Schema::Map(fields) | Schema::Open(fields, _) => {
                let needed: Vec<_> = fields.iter().filter(|f| f.required).map(|f| f.name).collect();
                match needed.is_empty() {
                    true => "a map".into(),
                    false => format!("a map with {}", suggest::list(needed).replace(" or ", " and ")),
                }
            }
            Schema::KeyedBy(_, schema) => schema.in_words(),
            Schema::Either(_, words) => (*words).into(),
        }
    }
}

/// Returns the value that was found, short enough for a message.
pub fn found(value: &Value) -> String {
    match value {
        Value::Str(text) if text.chars().count() <= 60 => format!("`{text}`"),
        Value::Int(number) => format!("the integer {number}"),
        Value::Bool(flag) => format!("the boolean {flag}"),
        Value::Float(number) => format!("the float {number:?}"),
        Value::Time(time) => format!("the date {}", time.text),
        other => other.sort().into(),
    }
}

fn collect_fields(
    fields: &[Field],
    rest: Option<&Schema>,
    value: &Value,
    path: &KeyPath,
    out: &mut Vec<Violation>,
) {
    let Some(map) = value.as_map() else { return };
    for (key, value) in map {
        let path = path.join(key);
        match (fields.iter().find(|field| field.name == &**key), rest) {
            (Some(field), _) => {
                field.schema.collect(value, &path, out);
                // A word that YAML takes for a boolean was meant as the word that it says.
                if let (
                    Value::Bool(flag),
                    Some(Violation { what: What::Wrong { instead, allowed, .. }, .. }),
                ) = (
                    value,
                    out.last_mut().filter(|violation| violation.path == path && !field.words.is_empty()),
                ) {
                    let meant =
                        field.words.iter().find(|word| **word == if *flag { "true" } else { "false" });
                    *instead = meant.map(|word| Instead::Text(format!("{word:?}")));
                    *allowed = suggest::list(field.words);
                }
            }
            (None, Some(rest)) => rest.collect(value, &path, out),
            (None, None) => {
                out.push(Violation { path, what: What::Unknown(fields.iter().map(|f| f.name).collect()) });
            }
        }
    }
    for field in fields.iter().filter(|field| field.required && !map.contains_key(field.name)) {
        out.push(Violation { path: path.join(field.name), what: What::Missing(field.schema.in_words()) });
    }
}

/// Returns the schema that a list or a map most likely means if it fits none of several: the only one of its type, or
/// else the only one that knows a key of the map. Violations inside it say more than that none of them fits.
fn meant<'s>(schemas: &'s [Schema], value: &Value) -> Option<&'s Schema> {
    let only = |schemas: &[&'s Schema]| match schemas {
        [schema] => Some(*schema),
        _ => None,
    };
    let knows = |schema: &Schema, key: &str| match schema {
        Schema::Map(fields) | Schema::Open(fields, _) => fields.iter().any(|field| field.name == key),
        _ => false,
    };
    match value {
        Value::List(_) => {
            only(&Vec::from_iter(schemas.iter().filter(|schema| matches!(schema, Schema::List(_)))))
        }
        Value::Map(map) => {
            let maps =
                |schema: &&Schema| matches!(schema, Schema::Map(_) | Schema::Open(..) | Schema::MapOf(_));
            let maps = Vec::from_iter(schemas.iter().filter(maps));
            let known = maps.iter().copied().filter(|schema| map.keys().any(|key| knows(schema, key)));
            only(&maps).or_else(|| only(&Vec::from_iter(known)))
        }
        _ => None,
    }
}

/// The name and the arms of a `by-NAME` map, if `value` is one for one of `names`.
pub(crate) fn arms<'v>(names: &[&str], value: &'v Value) -> Option<(&'v str, &'v Map)> {
    let map = value.as_map().filter(|map| map.len() == 1)?;
    let (by, arms) = map.first()?;
    let name = by.strip_prefix("by-")?;
    names.contains(&name).then_some((&**by, arms.as_map()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use taskgraph_compat::map;

    const MODEL: Schema = Schema::Map(&[
        required("urls", STRINGS),
        required("mode", Schema::Word(&["use", "continue", "init"])),
    ]);

    #[test]
    fn every_violation_is_reported_at_once() {
        let value = Value::from(map! { "urls" => "https://x", "mood" => "use" });
        let violations = MODEL.check(&value);
        let reported: Vec<_> = violations.iter().map(|m| m.path.to_string()).collect();
        assert_eq!(reported, ["urls", "mood", "mode"]);
    }

    #[test]
    fn a_word_has_its_nearest() {
        let value = Value::from(map! { "urls" => Value::list(), "mode" => "contiune" });
        let violations = MODEL.check(&value);
        let [Violation { what: What::Wrong { nearest, allowed, .. }, .. }] = &violations[..] else {
            panic!()
        };
        assert_eq!(nearest.as_deref(), Some("continue"));
        assert_eq!(allowed, "use, continue or init");
    }

    #[test]
    fn what_is_wrong_inside_the_schema_that_is_meant_is_reported() {
        let reported = |schema: &Schema, value: Value| {
            Vec::from_iter(schema.check(&value).iter().map(|m| m.path.to_string()))
        };
        const EITHER: Schema =
            Schema::Either(&[Schema::Str, MODEL, STRINGS], "a text, a model or a list of strings");
        let model = map! { "urls" => "https://x", "mode" => "use" };
        assert_eq!(reported(&EITHER, model.into()), ["urls"]);
        assert_eq!(reported(&EITHER, [Value::from("a"), Value::from(1)].into_iter().collect()), ["[1]"]);
        assert_eq!(reported(&EITHER, 1.into()), [""]);
        assert_eq!(reported(&TEXT_OR_REFERENCE, map! { "task-reference" => 1 }.into()), ["task-reference"]);
        assert_eq!(reported(&TEXT_OR_REFERENCE, map! { "reference" => "x" }.into()), [""]);
    }

    #[test]
    fn a_boolean_is_an_integer_and_an_integer_is_no_float() {
        assert!(Schema::Int.fits(&Value::Bool(true)));
        assert!(!Schema::Float.fits(&Value::Int(1)));
    }

    #[test]
    fn keyed_values_may_nest() {
        const SCHEMA: Schema = Schema::KeyedBy(&["level", "project"], &Schema::Str);
        let inner = map! { "by-level" => map! { "3" => "low", "default" => 4 } };
        let value = Value::from(map! { "by-project" => map! { "x" => inner } });
        let violations = SCHEMA.check(&value);
        assert_eq!(violations[0].path.to_string(), "by-project.x.by-level.default");
    }
}
