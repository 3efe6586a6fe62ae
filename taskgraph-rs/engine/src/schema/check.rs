//! Whether a value has a schema, without a word about why not.

use crate::schema::{Field, Schema, arms};
use taskgraph_compat::value::{Map, Value};

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

fn fields_fit(fields: &[Field], rest: Option<&Schema>, map: &Map) -> bool {
    let fits = |(key, value)| {
        let field = fields.iter().find(|field| field.name == key);
        field.map(|field| &field.schema).or(rest).is_some_and(|schema| schema.fits(value))
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
