//! Shapes as JSON Schema, for editors.
//!
//! Draft 7 is what yaml-language-server reads. A schema says no to nothing that the checks let pass; what only they
//! can know (a float that is not an integer, urls against an ensemble) it lets pass.

use serde_json::{Map, Value, json};

use crate::schema::{Field, Schema};

/// The required keys of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// Missing keys may come from defaults, and unknown keys only have no effect.
    Lenient,
    /// All that has to be there is there, and nothing else.
    Strict,
}

/// The version of JSON Schema.
pub const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

/// A schema as JSON Schema, draft 7.
pub fn json_schema(schema: &Schema, title: &str, strictness: Strictness) -> Value {
    let mut json = Map::new();
    json.insert("$schema".into(), DRAFT.into());
    json.insert("title".into(), title.into());
    json.extend(subschema(schema, strictness));
    json.into()
}

/// A schema as a part of JSON Schema.
pub fn subschema(schema: &Schema, strictness: Strictness) -> Map<String, Value> {
    let schema = match schema {
        Schema::Any => json!({}),
        Schema::Str => json!({"type": "string"}),
        // Editors read YAML 1.2, where a number with underscores is a text.
        Schema::Int => json!({"type": ["integer", "string"], "pattern": "^[-+]?[0-9][0-9_]*$"}),
        Schema::Float => json!({"type": "number"}),
        Schema::Bool => json!({"type": "boolean"}),
        Schema::True => json!({"const": true}),
        Schema::Null => json!({"type": "null"}),
        Schema::Word(words) => json!({"enum": words}),
        Schema::List(item) => json!({"type": "array", "items": subschema(item, strictness)}),
        Schema::MapOf(inner) => {
            json!({"type": "object", "additionalProperties": subschema(inner, strictness)})
        }
        Schema::Map(fields) => {
            let mut schema = object(fields, strictness);
            if strictness == Strictness::Strict {
                schema.insert("additionalProperties".into(), false.into());
            }
            return schema;
        }
        Schema::Open(fields, rest) => {
            let mut schema = object(fields, strictness);
            schema.insert("additionalProperties".into(), subschema(rest, strictness).into());
            return schema;
        }
        Schema::KeyedBy(names, inner) => {
            let by: Vec<String> = names.iter().map(|name| format!("by-{name}")).collect();
            let keyed = json!({"type": "object", "propertyNames": {"enum": by}, "minProperties": 1});
            json!({"anyOf": [subschema(inner, strictness), keyed]})
        }
        Schema::Either(schemas, words) => {
            let any: Vec<_> = schemas.iter().map(|schema| subschema(schema, strictness)).collect();
            json!({"anyOf": any, "description": words})
        }
    };
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}

fn object(fields: &[Field], strictness: Strictness) -> Map<String, Value> {
    let properties: Map<String, Value> =
        fields.iter().map(|field| (field.name.to_owned(), property(field, strictness))).collect();
    let mut schema = Map::new();
    schema.insert("type".into(), "object".into());
    schema.insert("properties".into(), properties.into());
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    if strictness == Strictness::Strict && !required.is_empty() {
        schema.insert("required".into(), required.into());
    }
    schema
}

/// The schema of the value of a field, with its description.
pub fn property(field: &Field, strictness: Strictness) -> Value {
    let mut schema = Map::new();
    if !field.about.is_empty() {
        schema.insert("description".into(), field.about.into());
    }
    schema.extend(match field.detail {
        Some(detail) => subschema(detail, strictness),
        None => subschema(&field.schema, strictness),
    });
    if !field.words.is_empty() {
        schema.insert("enum".into(), field.words.into());
    }
    schema.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{optional, required};

    const INNER: Schema = Schema::Map(&[required("urls", crate::schema::STRINGS)]);
    const SCHEMA: Schema = Schema::Map(&[
        required("count", Schema::Int).about("How many"),
        optional("mode", Schema::Str).words(&["a", "b"]),
        optional("model", Schema::Any).detail(&INNER),
    ]);

    #[test]
    fn a_lenient_schema_insists_on_nothing() {
        assert_eq!(
            json_schema(&SCHEMA, "It", Strictness::Lenient),
            json!({
                "$schema": "http://json-schema.org/draft-07/schema#",
                "title": "It",
                "type": "object",
                "properties": {
                    "count": {
                        "description": "How many", "type": ["integer", "string"], "pattern": "^[-+]?[0-9][0-9_]*$"
                    },
                    "mode": {"type": "string", "enum": ["a", "b"]},
                    "model": {
                        "type": "object",
                        "properties": {"urls": {"type": "array", "items": {"type": "string"}}}
                    },
                },
            })
        );
    }

    #[test]
    fn a_strict_one_names_what_has_to_be_there_and_what_may() {
        let schema = json_schema(&SCHEMA, "It", Strictness::Strict);
        assert_eq!(schema["required"], json!(["count"]));
        assert_eq!(schema["additionalProperties"], json!(false));
        assert_eq!(schema["properties"]["model"]["required"], json!(["urls"]));
    }
}
