//! Numbers of an input that came as JSON. JavaScript writes `5.0` as `5`: whoever wrote a float cannot help it.

use taskgraph::parameters::Params;
use taskgraph::schema::fields::Fields as _;
use taskgraph::schema::{Field, Schema};
use taskgraph_compat::value::{Map, Value};

/// The parameters with a float wherever one is needed and an integer stands. Only for checks: digests have numbers as
/// they were written.
pub(super) fn with_floats(params: &Params, fields: &[Field]) -> Params {
    let mut params = params.clone();
    for field in fields {
        if let Some(value) = params.get(field.name).map(|value| floats(&field.schema, value)) {
            params.values_mut().put(field.name, value);
        }
    }
    params
}

fn floats(schema: &Schema, value: &Value) -> Value {
    match (schema, value) {
        #[expect(clippy::cast_precision_loss, reason = "a threshold is small")]
        (Schema::Float, Value::Int(number)) => Value::Float(*number as f64),
        (Schema::MapOf(inner), Value::Map(map)) => in_map(map, |_| Some(inner)),
        (Schema::Map(fields), Value::Map(map)) => in_map(map, |key| named(fields, key)),
        (Schema::Open(fields, rest), Value::Map(map)) => {
            in_map(map, |key| Some(named(fields, key).unwrap_or(rest)))
        }
        _ => value.clone(),
    }
}

fn named<'s>(fields: &'s [Field], key: &str) -> Option<&'s Schema> {
    fields.iter().find(|field| field.name == key).map(|field| &field.schema)
}

fn in_map<'s>(map: &Map, schema: impl Fn(&str) -> Option<&'s Schema>) -> Value {
    let entries = map.iter().map(|(key, value)| {
        let value = schema(key).map_or_else(|| value.clone(), |schema| floats(schema, value));
        (key.clone(), value)
    });
    entries.collect::<Map>().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::schema::PARAMETERS_2024;
    use transforms_testing::params;

    #[test]
    fn only_where_a_float_is_needed_an_integer_becomes_one() {
        let given = "training_config: {experiment: {teacher-ensemble: 1, bicleaner: {default-threshold: 1, \
                     dataset-thresholds: {a: 0, b: 0.5}}, other: 1}}";
        let made = with_floats(&params(given), PARAMETERS_2024);
        assert_eq!(
            format!("{:?}", made.get("training_config").unwrap()),
            r#"{"experiment": {"teacher-ensemble": 1, "bicleaner": {"default-threshold": 1.0, "dataset-thresholds": {"a": 0.0, "b": 0.5}}, "other": 1}}"#
        );
    }
}
