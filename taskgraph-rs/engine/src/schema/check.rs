//! Whether a value has a schema, without a word about why not.
//!
//! The tasks of a kind have the same keys in the same order. Which field each key is, is found out for the first of
//! them and kept: of the next one, a look at the addresses of the keys tells that they are the same.

use std::cell::RefCell;
use std::rc::Rc;

use crate::schema::{Field, Schema, arms};
use taskgraph_compat::value::{Map, Str, Value};

/// Shorter lists of fields are gone through.
const FEW: usize = 4;

/// The keys of a map that had all the fields it has to have.
struct Known {
    of: Of,
    /// The addresses of the keys. They are those of names that are never freed.
    keys: Vec<usize>,
    /// The schema of what stands under each.
    schemas: Vec<&'static Schema>,
}

/// What tells a list of fields, and what others may have, from others.
type Of = (*const Field, Option<*const Schema>);

thread_local! {
    /// The one that was known last, of those whose list of fields lies at an address like this.
    static LAST: RefCell<[Option<Rc<Known>>; PLACES]> = const { RefCell::new([const { None }; PLACES]) };
}

const PLACES: usize = 64;

impl Schema {
    /// Whether `value` has this schema.
    #[inline]
    pub fn fits(&self, value: &Value) -> bool {
        // Most of what is looked at is text that may be text.
        match (self, value) {
            (Schema::Any, _) | (Schema::Str, Value::Str(_)) => true,
            _ => self.fits_whole(value),
        }
    }

    fn fits_whole(&self, value: &Value) -> bool {
        match self {
            Schema::Any => true,
            Schema::Str => matches!(value, Value::Str(_)),
            Schema::Int => matches!(value, Value::Int(_) | Value::BigInt(_) | Value::Bool(_)),
            Schema::Float => matches!(value, Value::Float(_)),
            Schema::Bool => matches!(value, Value::Bool(_)),
            Schema::True => matches!(value, Value::Bool(true)),
            Schema::Null => matches!(value, Value::Null),
            Schema::Word(words) => value.as_str().is_some_and(|text| words.contains(&text)),
            Schema::List(item) => value.as_list().is_some_and(|items| items.iter().all(|v| item.fits(v))),
            Schema::MapOf(_) | Schema::Map(_) | Schema::Open(..) => {
                value.as_map().is_some_and(|map| self.fits_fields(map))
            }
            Schema::KeyedBy(names, schema) => match arms(names, value) {
                Some((_, map)) => map.values().all(|arm| self.fits(arm)),
                None => schema.fits(value),
            },
            Schema::Either(schemas, _) => schemas.iter().any(|schema| schema.fits(value)),
        }
    }

    /// Whether a map with these entries has this schema.
    pub fn fits_fields(&self, map: &Map) -> bool {
        match self {
            Schema::Map(fields) => fields_fit(fields, None, map),
            Schema::Open(fields, rest) => fields_fit(fields, Some(rest), map),
            Schema::MapOf(schema) => map.values().all(|value| schema.fits(value)),
            Schema::Any => true,
            _ => false,
        }
    }
}

fn fields_fit(fields: &'static [Field], rest: Option<&'static Schema>, map: &Map) -> bool {
    let shape_of = |key: &Str| fields.iter().find(|field| field.name == key).map(|f| &f.schema).or(rest);
    let has_all = || fields.iter().all(|field| !field.required || map.contains_key(field.name));
    if fields.len() <= FEW {
        return map.iter().all(|(key, value)| shape_of(key).is_some_and(|schema| schema.fits(value)))
            && has_all();
    }
    let of: Of = (fields.as_ptr(), rest.map(std::ptr::from_ref));
    let place = of.0.addr() / size_of::<Field>() % PLACES;
    let last = LAST.with_borrow(|last| last[place].clone());
    if let Some(known) = last.filter(|known| known.of == of && map.has_keys_at(&known.keys)) {
        return map.values().zip(&known.schemas).all(|(value, schema)| schema.fits(value));
    }
    let Some(schemas) = map.keys().map(shape_of).collect::<Option<Vec<_>>>() else { return false };
    if !has_all() || !map.values().zip(&schemas).all(|(value, schema)| schema.fits(value)) {
        return false;
    }
    if map.keys().all(Str::is_static) {
        let known = Known { of, keys: map.addresses(), schemas };
        LAST.with_borrow_mut(|last| last[place] = Some(Rc::new(known)));
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{optional, required};
    use taskgraph_compat::map;

    const ONE: Schema = Schema::Map(&[
        required("a", Schema::Int),
        optional("b", Schema::Str),
        optional("c", Schema::Str),
        optional("d", Schema::Str),
        optional("e", Schema::Str),
    ]);
    const OPEN: Schema = Schema::Open(
        &[
            required("a", Schema::Int),
            required("b", Schema::Str),
            optional("c", Schema::Str),
            optional("d", Schema::Str),
            optional("e", Schema::Str),
        ],
        &Schema::Bool,
    );

    #[test]
    fn what_is_known_of_one_map_is_not_believed_of_another() {
        for _ in 0..2 {
            assert!(ONE.fits_fields(&map! { "a" => 1, "b" => "x" }));
            assert!(!ONE.fits_fields(&map! { "a" => 1, "b" => 2 }));
            assert!(!ONE.fits_fields(&map! { "b" => "x", "c" => "x" }));
            assert!(!ONE.fits_fields(&map! { "a" => 1, "z" => "x" }));
            assert!(ONE.fits_fields(&map! { "b" => "x", "a" => 1 }));
            assert!(!ONE.fits_fields(&map! { "a" => "x", "b" => "x" }));
            assert!(!OPEN.fits_fields(&map! { "a" => 1, "c" => "x" }));
            assert!(OPEN.fits_fields(&map! { "a" => 1, "b" => "x", "z" => true }));
            assert!(!OPEN.fits_fields(&map! { "a" => 1, "b" => "x", "z" => 1 }));
        }
    }

    #[test]
    fn keys_that_are_freed_are_looked_at_anew() {
        for name in ["b", "z", "c", "y"] {
            let mut map = map! { "a" => 1 };
            map.insert(Str::from(name), "x".into());
            assert_eq!(ONE.fits_fields(&map), name < "x", "{name}");
        }
    }
}
