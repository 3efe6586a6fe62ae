//! Holds `taskgraph_compat::python` to what Python itself wrote down: `../shared/python-tables`.

use std::path::PathBuf;

use super::typed_values::value;
use serde_json::Value as Json;
use taskgraph_compat::{json, python};

/// The rows of a table. Without the shared folder there are none, and a line says so.
#[expect(clippy::print_stderr, reason = "a test says what it leaves out")]
fn table(name: &str) -> Vec<Json> {
    #[expect(clippy::disallowed_methods, reason = "a test has no command line to hand this down")]
    let shared = std::env::var_os("TASKGRAPH_SHARED");
    let shared =
        shared.map_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared").into(), PathBuf::from);
    match std::fs::read_to_string(shared.join("python-tables").join(name)) {
        Ok(text) => serde_json::from_str(&text).unwrap(),
        Err(error) => {
            eprintln!("left out: {name} is not there ({error}); TASKGRAPH_SHARED names the folder");
            Vec::new()
        }
    }
}

fn text<'r>(row: &'r Json, key: &str) -> &'r str {
    row[key].as_str().unwrap()
}

#[test]
fn floats_are_written_as_in_python() {
    for row in table("float-repr.json") {
        let bits = u64::from_str_radix(text(&row, "bits"), 16).unwrap();
        assert_eq!(python::float_repr(f64::from_bits(bits)), text(&row, "repr"), "{row}");
    }
}

#[test]
fn values_are_written_as_in_python() {
    for row in table("str-repr.json") {
        let value = value(&row["value"]);
        assert_eq!(python::str(&value), text(&row, "str"), "{row}");
        assert_eq!(python::repr(&value), text(&row, "repr"), "{row}");
    }
}

#[test]
fn templates_are_filled_in_as_in_python() {
    for row in table("str-format.json") {
        let args = json::read(&row["args"].to_string()).unwrap();
        let result = python::format(text(&row, "format"), |name| args.get(name));
        match row.get("error") {
            Some(kind) => assert_eq!(result.unwrap_err().kind(), kind.as_str().unwrap(), "{row}"),
            None => assert_eq!(result.unwrap(), text(&row, "result"), "{row}"),
        }
    }
}

#[test]
fn urls_are_joined_as_in_python() {
    for row in table("urljoin.json") {
        let joined = python::url::join(text(&row, "base"), text(&row, "url"));
        assert_eq!(joined.unwrap(), text(&row, "joined"), "{row}");
    }
}
