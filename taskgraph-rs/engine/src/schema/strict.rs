//! Where later versions of Taskgraph do not agree with a shape: what it lets through and they refuse, and the other way round.

use crate::schema::{Misfit, Shape, What, found};
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};

impl Shape {
    /// Keys that the shape lets through without knowing them, at any depth. Where all other keys have texts, those are the
    /// tree's own.
    pub fn unknown_keys(&self, value: &Value) -> Vec<Misfit> {
        let mut misfits = Vec::new();
        self.collect_unknown(value, &KeyPath::default(), &mut misfits);
        misfits
    }

    fn collect_unknown(&self, value: &Value, path: &KeyPath, out: &mut Vec<Misfit>) {
        match (self, value) {
            (Shape::List(item), Value::List(items)) => {
                for (index, value) in items.iter().enumerate() {
                    item.collect_unknown(value, &path.join(index), out);
                }
            }
            (Shape::MapOf(shape), Value::Map(map)) => {
                map.iter().for_each(|(key, value)| shape.collect_unknown(value, &path.join(key), out));
            }
            (Shape::Map(fields) | Shape::Open(fields, _), Value::Map(map)) => {
                let are_own = matches!(self, Shape::Open(_, Shape::Str));
                for (key, value) in map.iter() {
                    let path = path.join(key);
                    match fields.iter().find(|field| field.name == &**key) {
                        Some(field) => field.shape.collect_unknown(value, &path, out),
                        None if are_own => {}
                        None => {
                            let known = fields.iter().map(|field| field.name).collect();
                            out.push(Misfit { path, what: What::Unknown(known) });
                        }
                    }
                }
            }
            (Shape::Either(shapes, _), _) => {
                if let Some(shape) = shapes.iter().find(|shape| shape.fits(value)) {
                    shape.collect_unknown(value, path, out);
                }
            }
            _ => {}
        }
    }

    /// Takes out keys that are null where null stands for nothing.
    pub fn drop_nulls(&self, map: &mut Map) {
        let (Shape::Map(fields) | Shape::Open(fields, _)) = self else { return };
        if map.values().any(|value| *value == Value::Null) {
            let drops = |key: &str| fields.iter().any(|field| field.or_null && field.name == key);
            map.retain(|key, value| *value != Value::Null || !drops(key));
        }
    }

    /// Booleans that the shape takes for integers, at any depth.
    pub fn booleans_for_integers(&self, value: &Value) -> Vec<Misfit> {
        let mut misfits = Vec::new();
        self.collect_booleans(value, &KeyPath::default(), &mut misfits);
        misfits
    }

    fn collect_booleans(&self, value: &Value, path: &KeyPath, out: &mut Vec<Misfit>) {
        match (self, value) {
            (Shape::Int, Value::Bool(_)) => out.push(Misfit {
                path: path.clone(),
                what: What::Wrong {
                    found: found(value),
                    allowed: self.in_words(),
                    nearest: None,
                    instead: None,
                },
            }),
            (Shape::List(item), Value::List(items)) => {
                for (index, value) in items.iter().enumerate() {
                    item.collect_booleans(value, &path.join(index), out);
                }
            }
            (Shape::Map(fields) | Shape::Open(fields, _), Value::Map(map)) => {
                for field in *fields {
                    if let Some(value) = map.get(field.name) {
                        field.shape.collect_booleans(value, &path.join(field.name), out);
                    }
                }
            }
            (Shape::Either(shapes, _), _) => {
                if let Some(shape) = shapes.iter().find(|shape| shape.fits(value)) {
                    shape.collect_booleans(value, path, out);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{optional, required};
    use taskgraph_compat::map;

    const INNER: Shape = Shape::Open(&[optional("size", Shape::Int)], &Shape::Any);
    const OUTER: Shape = Shape::Open(
        &[
            required("one", INNER),
            optional("all", Shape::List(&INNER)),
            optional("free", Shape::MapOf(&Shape::Any)),
        ],
        &Shape::Any,
    );

    fn paths(misfits: Vec<Misfit>) -> Vec<String> {
        misfits.iter().map(|misfit| misfit.path.to_string()).collect()
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
        const OWN: Shape = Shape::Open(&[optional("name", Shape::Str)], &Shape::Str);
        const SECTION: Shape = Shape::Open(&[optional("known", Shape::Str)], &Shape::Any);
        const WHOLE: Shape =
            Shape::Open(&[optional("inner", SECTION), optional("own", OWN)], &Shape::MapOf(&Shape::Any));
        let inner = map! { "known" => "x", "stray" => "x" };
        let own = map! { "name" => "x", "branch" => "x" };
        let value = Value::from(map! { "inner" => inner, "own" => own, "other" => Value::map() });
        assert_eq!(paths(WHOLE.unknown_keys(&value)), ["inner.stray", "other"]);
    }

    #[test]
    fn null_stands_for_nothing_only_where_that_is_said() {
        const SECTION: Shape = Shape::Map(&[optional("a", Shape::Str).or_null(), optional("b", Shape::Str)]);
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
