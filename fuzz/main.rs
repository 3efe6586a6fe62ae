//! One program for all targets: libFuzzer looks for inputs, `TASKGRAPH_FUZZ` names the target. `fuzz/run` builds it.
#![no_main]

mod targets;

use std::sync::OnceLock;

static RUN: OnceLock<fn(&[u8])> = OnceLock::new();

fn chosen() -> fn(&[u8]) {
    let name = std::env::var("TASKGRAPH_FUZZ").unwrap_or_default();
    let target = targets::TARGETS.iter().find(|(known, _)| *known == name);
    let names: Vec<&str> = targets::TARGETS.iter().map(|(known, _)| *known).collect();
    target.unwrap_or_else(|| panic!("TASKGRAPH_FUZZ has to be one of {}", names.join(", "))).1
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| RUN.get_or_init(chosen)(bytes));
