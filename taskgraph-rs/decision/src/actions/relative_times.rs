//! Makes the times in the definition of an existing task relative, so that it can be created again.

use taskgraph_compat::map;
use taskgraph_compat::time::parse_json_date;
use taskgraph_compat::value::{Map, Value};

/// The definition with its points in time counted from its creation. What was before that stays as it is.
/// Python: `taskgraph.actions.util.relativize_datestamps`.
pub(super) fn relative(definition: &Map) -> Map {
    let created = definition.get("created").and_then(Value::as_str).and_then(parse_json_date);
    match created {
        Some(created) => shift_map(definition, created),
        None => definition.clone(),
    }
}

fn shift_map(map: &Map, created: i64) -> Map {
    map.iter().map(|(key, value)| (key.clone(), shift(value, created))).collect()
}

fn shift(value: &Value, created: i64) -> Value {
    match value {
        Value::Str(text) => match parse_json_date(text).map(|then| (then - created) / 1_000_000) {
            Some(seconds) if seconds >= 0 => {
                map! { "relative-datestamp" => format!("{seconds} seconds") }.into()
            }
            _ => value.clone(),
        },
        Value::List(items) => items.iter().map(|item| shift(item, created)).collect(),
        Value::Map(map) => shift_map(map, created).into(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_in_time_count_from_the_creation() {
        let expires = |text: &str| Value::from(map! { "expires" => text });
        let definition = map! {
            "created" => "2026-01-01T00:00:00.500Z",
            "deadline" => "2026-01-02T00:00:00.500Z",
            "payload" => map! { "artifacts" => vec![expires("2026-01-29T00:00:01.499Z")] },
            "extra" => map! { "since" => "2025-01-01T00:00:00.000Z", "day" => "2026-01-01" },
        };
        let seconds = |text: &str| Value::from(map! { "relative-datestamp" => text });
        let expires = Value::from(map! { "expires" => seconds("2419200 seconds") });
        let expected = map! {
            "created" => seconds("0 seconds"),
            "deadline" => seconds("86400 seconds"),
            "payload" => map! { "artifacts" => vec![expires] },
            "extra" => map! { "since" => "2025-01-01T00:00:00.000Z", "day" => "2026-01-01" },
        };
        assert_eq!(relative(&definition), expected);
    }
}
