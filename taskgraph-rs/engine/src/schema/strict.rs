//! Differences of later versions of Taskgraph from a schema: values that it takes and they refuse, and the reverse.

use crate::schema::{Schema, Violation, What, found};
use taskgraph_compat::value::path::{KeyPath, Step};
use taskgraph_compat::value::{Map, Value};

impl Schema {
    /// Keys that the schema lets through without knowing them, at any depth. Where all other keys have texts, those are the
    /// tree's own.
    pub fn unknown_keys(&self, value: &Value) -> Vec<Violation> {
        let mut violations = Vec::new();
        self.collect_unknown(value, &KeyPath::default(), &mut violations);
        violations
    }

    /// Whether the keys besides the fields are the tree's own: those of a map whose other values are texts.
    pub(super) fn has_own_keys(&self) -> bool {
        matches!(self, Schema::Open(_, Schema::Str))
    }

    fn collect_unknown(&self, value: &Value, path: &KeyPath, out: &mut Vec<Violation>) {
        match (self, value) {
            (Schema::List(item), Value::List(items)) => {
                for (index, value) in items.iter().enumerate() {
                    item.collect_unknown(value, &path.join(index), out);
                }
            }
            (Schema::MapOf(schema), Value::Map(map)) => {
                map.iter().for_each(|(key, value)| schema.collect_unknown(value, &path.join(key), out));
            }
            (Schema::Map(fields) | Schema::Open(fields, _), Value::Map(map)) => {
                for (key, value) in map.iter() {
                    let path = path.join(key);
                    match fields.iter().find(|field| field.name == &**key) {
                        Some(field) => field.schema.collect_unknown(value, &path, out),
                        None if self.has_own_keys() => {}
                        None => {
                            let known = fields.iter().map(|field| field.name).collect();
                            out.push(Violation { path, what: What::Unknown(known) });
                        }
                    }
                }
            }
            (Schema::Either(schemas, _), _) => {
                if let Some(schema) = chosen(schemas, value, Schema::fits_closed) {
                    schema.collect_unknown(value, path, out);
                }
            }
            _ => {}
        }
    }

    /// Takes out keys that are null where null stands for nothing.
    pub fn drop_nulls(&self, map: &mut Map) {
        let (Schema::Map(fields) | Schema::Open(fields, _)) = self else { return };
        if map.values().any(|value| *value == Value::Null) {
            let drops = |key: &str| fields.iter().any(|field| field.or_null && field.name == key);
            map.retain(|key, value| *value != Value::Null || !drops(key));
        }
    }

    /// Booleans that the schema takes for integers, at any depth.
    pub fn booleans_for_integers(&self, value: &Value) -> Vec<Violation> {
        let mut violations = Vec::new();
        self.collect_booleans(value, &mut violations);
        // The paths are put together from the inside out.
        for violation in &mut violations {
            violation.path.0.reverse();
        }
        violations
    }

    fn collect_booleans(&self, value: &Value, out: &mut Vec<Violation>) {
        let inside = |schema: &Schema, value: &Value, step: Step, out: &mut Vec<Violation>| {
            let before = out.len();
            schema.collect_booleans(value, out);
            out[before..].iter_mut().for_each(|violation| violation.path.0.push(step.clone()));
        };
        match (self, value) {
            (Schema::Int, Value::Bool(_)) => out.push(Violation {
                path: KeyPath::default(),
                what: What::Wrong {
                    found: found(value),
                    allowed: self.in_words(),
                    nearest: None,
                    instead: None,
                },
            }),
            (Schema::List(item), Value::List(items)) => {
                for (index, value) in items.iter().enumerate() {
                    inside(item, value, index.into(), out);
                }
            }
            (Schema::Map(fields) | Schema::Open(fields, _), Value::Map(map)) => {
                for field in *fields {
                    if let Some(value) = map.get(field.name) {
                        inside(&field.schema, value, field.name.into(), out);
                    }
                }
            }
            (Schema::Either(schemas, _), _) => {
                if let Some(schema) = chosen(schemas, value, Schema::fits_with_strict_integers) {
                    schema.collect_booleans(value, out);
                }
            }
            _ => {}
        }
    }
}

/// Returns the schema of several that a value has: one that it fits strictly, else the first.
fn chosen<'s>(
    schemas: &'s [Schema],
    value: &Value,
    fits_strictly: fn(&Schema, &Value) -> bool,
) -> Option<&'s Schema> {
    let strict = schemas.iter().find(|schema| fits_strictly(schema, value));
    strict.or_else(|| schemas.iter().find(|schema| schema.fits(value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{optional, required};
    use taskgraph_compat::map;

    const INNER: Schema = Schema::Open(&[optional("size", Schema::Int)], &Schema::Any);
    const OUTER: Schema = Schema::Open(
        &[
            required("one", INNER),
            optional("all", Schema::List(&INNER)),
            optional("free", Schema::MapOf(&Schema::Any)),
        ],
        &Schema::Any,
    );

    fn paths(violations: Vec<Violation>) -> Vec<String> {
        violations.iter().map(|violation| violation.path.to_string()).collect()
    }

    #[test]
    fn unknown_keys_are_found_at_any_depth() {
        let inner = Value::from(map! { "size" => 1, "siez" => 2 });
        let value = Value::from(map! {
            "one" => inner.clone(), "all" => vec![inner], "free" => map! { "a" => 1 }, "other" => 1
        });
        assert!(OUTER.fits(&value));
        assert_eq!(paths(OUTER.unknown_keys(&value)), ["one.siez", "all[0].siez", "other"]);
    }

    #[test]
    fn keys_whose_values_are_texts_are_the_trees_own() {
        const OWN: Schema = Schema::Open(&[optional("name", Schema::Str)], &Schema::Str);
        const SECTION: Schema = Schema::Open(&[optional("known", Schema::Str)], &Schema::Any);
        const WHOLE: Schema =
            Schema::Open(&[optional("inner", SECTION), optional("own", OWN)], &Schema::MapOf(&Schema::Any));
        let inner = map! { "known" => "x", "stray" => "x" };
        let own = map! { "name" => "x", "branch" => "x" };
        let value = Value::from(map! { "inner" => inner, "own" => own, "other" => Value::map() });
        assert_eq!(paths(WHOLE.unknown_keys(&value)), ["inner.stray", "other"]);
    }

    #[test]
    fn null_stands_for_nothing_only_where_that_is_said() {
        const SECTION: Schema =
            Schema::Map(&[optional("a", Schema::Str).or_null(), optional("b", Schema::Str)]);
        let mut map = map! { "a" => Value::Null, "b" => Value::Null, "c" => Value::Null };
        SECTION.drop_nulls(&mut map);
        assert_eq!(map.keys().map(|key| &**key).collect::<Vec<_>>(), ["b", "c"]);
    }

    #[test]
    fn booleans_that_pass_for_integers_are_found() {
        let value = Value::from(map! { "one" => map! { "size" => true }, "free" => map! { "size" => true } });
        assert!(OUTER.fits(&value));
        assert_eq!(paths(OUTER.booleans_for_integers(&value)), ["one.size"]);
    }
}
