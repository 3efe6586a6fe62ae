//! `str.format`: any template is filled in or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taskgraph::python::{format, format_partial};
use taskgraph::value::Value;

fn names(name: &str) -> Option<Value> {
    match name {
        "a" => Some("x".into()),
        "n" => Some(Value::Int(-42)),
        "f" => Some(Value::Float(1.5e10)),
        "b" => Some(Value::Bool(true)),
        "l" => Some([1, 2].into_iter().collect()),
        "m" => Some(taskgraph::map! { "k" => "v" }.into()),
        _ => None,
    }
}

fuzz_target!(|template: &str| {
    let _ = format(template, names);
    let _ = format_partial(template, names);
});
