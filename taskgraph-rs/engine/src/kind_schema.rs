//! JSON Schema of kind.yml, for editors.

use serde_json::{Map, Value, json};

use crate::registry::Registry;
use crate::schema::json_schema::{DRAFT, Strictness, property, subschema};
use crate::transform::TransformInfo;

/// Returns JSON Schema, draft 7, of a kind.yml whose transforms are those of a registry.
///
/// It accepts all that the transforms accept. Sections are checked where kind.yml names a transform that takes them.
/// A value that an earlier transform computes, from text with braces or a `by-NAME` map, fits everywhere.
pub fn kind_schema(registry: &Registry) -> Value {
    let infos = registry.transform_infos();
    let names: Vec<Value> =
        infos.iter().map(|info| json!({"const": info.name, "description": info.summary})).collect();
    let conditions: Vec<Value> = infos.iter().filter_map(|info| condition(info)).collect();
    let strings = json!({"type": "array", "items": {"type": "string"}});
    json!({
        "$schema": DRAFT,
        "title": "kind.yml",
        "type": "object",
        "properties": {
            "loader": {"type": "string", "description": "The loader; taskgraph.loader.default:loader if left out"},
            "transforms": {
                "description": "The transforms, in order",
                "type": "array",
                "items": {"anyOf": names.into_iter().chain([json!({"type": "string"})]).collect::<Vec<_>>()},
            },
            "kind-dependencies": described(&strings, "The kinds whose tasks the tasks of this kind may depend on"),
            "task-defaults": {"type": "object", "description": "Values that every task gets unless it has its own"},
            "tasks": {
                "description": "The tasks by name",
                "type": ["object", "null"],
                "additionalProperties": {"type": "object"},
            },
            "tasks-from": described(&strings, "Files beside kind.yml that have more tasks"),
        },
        "allOf": conditions,
        "definitions": {"computed": computed()},
    })
}

fn described(schema: &Value, text: &str) -> Value {
    let mut schema = schema.clone();
    schema["description"] = text.into();
    schema
}

/// Returns the schema of a value that an earlier transform may replace.
fn computed() -> Value {
    json!({"anyOf": [
        {"type": "string", "pattern": "[{]"},
        {"type": "object", "minProperties": 1, "maxProperties": 1, "propertyNames": {"pattern": "^by-"}},
    ]})
}

/// Checks the sections of a transform where it is named.
fn condition(info: &TransformInfo) -> Option<Value> {
    let sections =
        info.sections.iter().map(|(name, schema)| (*name, subschema(schema, Strictness::Lenient).into()));
    let fields = info.task_fields().iter().map(|field| (field.name, property(field, Strictness::Lenient)));
    let properties: Map<String, Value> =
        sections.chain(fields).map(|(name, schema)| (name.to_owned(), loosened(schema))).collect();
    if properties.is_empty() {
        return None;
    }
    let named = match info.name.contains(':') {
        true => json!({"const": info.name}),
        false => json!({"enum": [info.name, format!("{}:transforms", info.name)]}),
    };
    let task = json!({"properties": properties});
    Some(json!({
        "if": {"required": ["transforms"], "properties": {"transforms": {"contains": named}}},
        "then": {"properties": {"task-defaults": task, "tasks": {"additionalProperties": task}}},
    }))
}

/// Lets values pass that an earlier transform computes.
fn loosened(schema: Value) -> Value {
    let Value::Object(schema) = schema else { return schema };
    let is_strict = ["type", "enum", "const"].iter().any(|key| schema.contains_key(*key));
    let schema: Map<String, Value> = schema
        .into_iter()
        .map(|(key, value)| {
            let value = match (&*key, value) {
                ("properties", Value::Object(properties)) => {
                    properties.into_iter().map(|(name, schema)| (name, loosened(schema))).collect()
                }
                ("items" | "additionalProperties", schema) => loosened(schema),
                ("anyOf", Value::Array(schemas)) => schemas.into_iter().map(loosened).collect(),
                (_, value) => value,
            };
            (key, value)
        })
        .collect();
    match is_strict {
        true => json!({"anyOf": [schema, {"$ref": "#/definitions/computed"}]}),
        false => schema.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Schema, optional};
    use crate::transform::{TransformInfo, each};

    const CHUNK: Schema = Schema::Map(&[optional("total", Schema::Int)]);

    #[test]
    fn sections_are_checked_where_a_transform_takes_them() {
        let info = TransformInfo::new("a.chunk", "Chunks.").sections(&[("chunk", &CHUNK)]);
        let registry = Registry::default()
            .transform(info, each(|_, _| Ok(())))
            .transform(TransformInfo::new("a.b:c", "Takes nothing."), each(|_, _| Ok(())));
        let schema = kind_schema(&registry);
        let names = schema["properties"]["transforms"]["items"]["anyOf"].as_array().unwrap();
        assert_eq!(names.len(), 3, "two names, and whatever the Python of a tree has");
        let conditions = schema["allOf"].as_array().unwrap();
        assert_eq!(conditions.len(), 1);
        assert_eq!(
            conditions[0]["if"]["properties"]["transforms"]["contains"]["enum"],
            json!(["a.chunk", "a.chunk:transforms"])
        );
        let chunk = &conditions[0]["then"]["properties"]["task-defaults"]["properties"]["chunk"];
        let total = &chunk["anyOf"][0]["properties"]["total"]["anyOf"];
        assert_eq!(total[1], json!({"$ref": "#/definitions/computed"}));
        assert_eq!(total[0]["type"], json!(["integer", "string"]));
    }
}
