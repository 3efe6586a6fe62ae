//! Parameters: any file is read and checked, or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taskgraph::extension::Extension;
use taskgraph::params::{Given, Params, check};
use taskgraph::source::Source;

fuzz_target!(|text: &str| {
    for is_json in [false, true] {
        let Ok(given) = Given::read(Source::new("fuzz", text), is_json) else { continue };
        let params = Params::new(given.values, vec![given.layer]);
        for problem in check(&params, &Extension::default()) {
            let _ = problem.to_string();
        }
    }
});
