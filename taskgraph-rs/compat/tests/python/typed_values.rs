//! Values in the notation of the tables: `{"int": "12"}`, `{"map": [[key, value], …]}`.

use serde_json::Value as Json;
use taskgraph_compat::python;
use taskgraph_compat::value::{Map, Value};

/// The value of a typed cell.
pub(crate) fn value(cell: &Json) -> Value {
    let (sort, content) = cell.as_object().unwrap().iter().next().unwrap();
    match &**sort {
        "null" => Value::Null,
        "bool" => content.as_bool().unwrap().into(),
        "int" => python::parse_int(content.as_str().unwrap()).unwrap(),
        "float" => Value::Float(content.as_str().unwrap().parse().unwrap()),
        "str" => content.as_str().unwrap().into(),
        "list" => content.as_array().unwrap().iter().map(value).collect(),
        "map" => {
            let entries = content.as_array().unwrap().iter();
            entries.map(|entry| (name(&entry[0]).into(), value(&entry[1]))).collect::<Map>().into()
        }
        other => panic!("unknown sort {other}"),
    }
}

/// A key: text, which some tables type as well.
fn name(key: &Json) -> &str {
    key.as_str().unwrap_or_else(|| key["str"].as_str().unwrap())
}
