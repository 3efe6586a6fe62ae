//! Dockerfiles: any text is expanded or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taskgraph_transforms::core::dockerfile::expand;

fuzz_target!(|text: &str| {
    let args = taskgraph::map! { "VERSION" => "12", "A" => "$B", "B" => "x", "N" => 1 };
    let _ = expand("fuzz", text, &args);
});
