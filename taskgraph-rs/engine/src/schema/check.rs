//! Whether a value has a schema, without a word about why not.

use crate::schema::{Field, Schema, arms};
use taskgraph_compat::value::{Map, Value};

/// The rules under which values are held against a schema: they differ between versions of Taskgraph.
trait Rules {
    /// Whether a boolean passes for an integer.
    const BOOLEANS_ARE_INTEGERS: bool;
    /// Whether an open map takes keys that are not among its fields, whatever they are for.
    const MAPS_ARE_OPEN: bool;
}

/// Those of voluptuous, which a schema is written after.
struct AsWritten;

impl Rules for AsWritten {
    const BOOLEANS_ARE_INTEGERS: bool = true;
    const MAPS_ARE_OPEN: bool = true;
}

/// A boolean is not an integer.
struct StrictIntegers;

impl Rules for StrictIntegers {
    const BOOLEANS_ARE_INTEGERS: bool = false;
    const MAPS_ARE_OPEN: bool = true;
}

/// A boolean is not an integer, and every key has to be known.
struct ClosedMaps;

impl Rules for ClosedMaps {
    const BOOLEANS_ARE_INTEGERS: bool = false;
    const MAPS_ARE_OPEN: bool = false;
}

impl Schema {
    /// Whether `value` has this schema.
    #[inline]
    pub fn fits(&self, value: &Value) -> bool {
        self.fits_by::<AsWritten>(value)
    }

    /// Whether `value` has this schema without a boolean for an integer.
    pub(super) fn fits_with_strict_integers(&self, value: &Value) -> bool {
        self.fits_by::<StrictIntegers>(value)
    }

    /// Whether `value` has this schema without a boolean for an integer, and all of its keys are known.
    pub(super) fn fits_closed(&self, value: &Value) -> bool {
        self.fits_by::<ClosedMaps>(value)
    }

    /// Whether a map with these entries has this schema.
    pub fn fits_fields(&self, map: &Map) -> bool {
        self.fields_fit_by::<AsWritten>(map)
    }

    /// Whether a map with these entries has this schema without a boolean for an integer: then
    /// [`booleans_for_integers`](Schema::booleans_for_integers) finds none.
    pub fn fits_fields_with_strict_integers(&self, map: &Map) -> bool {
        self.fields_fit_by::<StrictIntegers>(map)
    }

    /// The same where all keys are known, too: then [`unknown_keys`](Schema::unknown_keys) finds none.
    pub fn fits_fields_closed(&self, map: &Map) -> bool {
        self.fields_fit_by::<ClosedMaps>(map)
    }

    #[inline]
    fn fits_by<R: Rules>(&self, value: &Value) -> bool {
        // Most of what is looked at is text that may be text.
        match (self, value) {
            (Schema::Any, _) | (Schema::Str, Value::Str(_)) => true,
            _ => self.fits_whole::<R>(value),
        }
    }

    fn fits_whole<R: Rules>(&self, value: &Value) -> bool {
        match self {
            Schema::Any => true,
            Schema::Str => matches!(value, Value::Str(_)),
            Schema::Int => match value {
                Value::Int(_) | Value::BigInt(_) => true,
                Value::Bool(_) => R::BOOLEANS_ARE_INTEGERS,
                _ => false,
            },
            Schema::Float => matches!(value, Value::Float(_)),
            Schema::Bool => matches!(value, Value::Bool(_)),
            Schema::True => matches!(value, Value::Bool(true)),
            Schema::Null => matches!(value, Value::Null),
            Schema::Word(words) => value.as_str().is_some_and(|text| words.contains(&text)),
            Schema::List(item) => {
                value.as_list().is_some_and(|items| items.iter().all(|v| item.fits_by::<R>(v)))
            }
            Schema::MapOf(_) | Schema::Map(_) | Schema::Open(..) => {
                value.as_map().is_some_and(|map| self.fields_fit_by::<R>(map))
            }
            Schema::KeyedBy(names, schema) => match arms(names, value) {
                Some((_, map)) => map.values().all(|arm| self.fits_by::<R>(arm)),
                None => schema.fits_by::<R>(value),
            },
            Schema::Either(schemas, _) => schemas.iter().any(|schema| schema.fits_by::<R>(value)),
        }
    }

    fn fields_fit_by<R: Rules>(&self, map: &Map) -> bool {
        match self {
            Schema::Map(fields) => fields_fit::<R>(fields, None, map),
            Schema::Open(fields, rest) => {
                let rest = (R::MAPS_ARE_OPEN || self.has_own_keys()).then_some(*rest);
                fields_fit::<R>(fields, rest, map)
            }
            Schema::MapOf(schema) => map.values().all(|value| schema.fits_by::<R>(value)),
            Schema::Any => true,
            _ => false,
        }
    }
}

fn fields_fit<R: Rules>(fields: &[Field], rest: Option<&Schema>, map: &Map) -> bool {
    let fits = |(key, value)| {
        let field = fields.iter().find(|field| field.name == key);
        field.map(|field| &field.schema).or(rest).is_some_and(|schema| schema.fits_by::<R>(value))
    };
    map.iter().map(|(key, value)| (&**key, value)).all(fits)
        && fields.iter().all(|field| !field.required || map.contains_key(field.name))
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
    fn every_key_has_to_be_known_and_every_required_one_there() {
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
