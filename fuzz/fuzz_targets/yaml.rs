//! The YAML reader: any text is read or refused, and what was read can be written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taskgraph::source::Source;
use taskgraph::yaml;

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = Source::decode("fuzz.yml", bytes.to_vec()) else { return };
    let Ok(document) = yaml::read(source) else { return };
    let Ok(value) = document.value() else { return };
    let written = yaml::write(&value);
    let again = yaml::read(Source::new("again.yml", written.as_str()));
    let again = again.unwrap_or_else(|error| panic!("{error}\n{written}")).value();
    let again = again.unwrap_or_else(|_| panic!("no value\n{written}"));
    // NaN is not equal to itself.
    assert!(format!("{again:?}") == format!("{value:?}"), "{value:?}\n{written}");
});
