//! Nodes in the notation of `python-tables`: `{"int": "12"}`, `{"map": [[key, value], …]}`.

use std::path::PathBuf;

use serde_json::{Value as Json, json};
use taskgraph_compat::yaml::{Data, Node};

/// The folder of the tables and trees, if it is there.
pub(crate) fn shared() -> Option<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests take the place of the shared files from the environment"
    )]
    let given = std::env::var_os("TASKGRAPH_SHARED").map(PathBuf::from);
    let folder = given.unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared").into());
    folder.is_dir().then_some(folder)
}

pub(crate) fn typed(node: &Node) -> Json {
    match &node.data {
        Data::Null => json!({"null": null}),
        Data::Bool(flag) => json!({"bool": flag}),
        Data::Int(number) => json!({"int": number.to_string()}),
        Data::BigInt(digits) => json!({"int": **digits}),
        Data::Float(number) => json!({"float": bits(*number)}),
        Data::Str(text) => json!({"str": **text}),
        Data::Time(time) if time.iso.len() == 10 => json!({"date": *time.iso}),
        Data::Time(time) => json!({"datetime": *time.iso}),
        Data::Bytes(bytes) => {
            json!({"bytes": bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()})
        }
        Data::List(items) => json!({"list": items.iter().map(typed).collect::<Vec<_>>()}),
        Data::Map(entries) => {
            json!({"map": entries.iter().map(|(key, value)| [typed(key), typed(value)]).collect::<Vec<_>>()})
        }
        Data::Set(entries) => {
            let mut keys: Vec<String> = entries.iter().map(|(key, _)| plain(&typed(key))).collect();
            keys.sort_unstable();
            json!({"set": keys})
        }
    }
}

fn plain(typed: &Json) -> String {
    let value = typed.as_object().and_then(|typed| typed.values().next());
    value.and_then(Json::as_str).map_or_else(|| typed.to_string(), str::to_owned)
}

/// The table writes floats as Python's `repr()` does: they are compared by their bits.
pub(crate) fn with_float_bits(expected: &Json) -> Json {
    match expected {
        Json::Object(typed) => match typed.get("float").and_then(Json::as_str) {
            Some(text) => json!({"float": bits(text.parse().unwrap())}),
            None => typed.iter().map(|(key, value)| (key.clone(), with_float_bits(value))).collect(),
        },
        Json::Array(items) => items.iter().map(with_float_bits).collect(),
        other => other.clone(),
    }
}

fn bits(number: f64) -> String {
    if number.is_nan() { "nan".into() } else { format!("{:016x}", number.to_bits()) }
}
