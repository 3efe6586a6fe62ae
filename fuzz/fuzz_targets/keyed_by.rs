//! `by-NAME` maps: any value is resolved or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taskgraph::keyed_by::evaluate;
use taskgraph::source::Source;
use taskgraph::yaml;

fuzz_target!(|text: &str| {
    let Ok(document) = yaml::read(Source::new("fuzz.yml", text)) else { return };
    let Ok(value) = document.value() else { return };
    let _ = evaluate(&value, "the value", |name| match name {
        "platform" => Some("linux64/opt".into()),
        "level" => Some("3".into()),
        "number" => Some(3.into()),
        _ => None,
    });
});
