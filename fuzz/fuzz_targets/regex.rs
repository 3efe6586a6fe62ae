//! Regular expressions in Python's syntax: the first line is the pattern, the rest the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taskgraph::python::Regex;

fuzz_target!(|input: &str| {
    let (pattern, text) = input.split_once('\n').unwrap_or((input, "abc"));
    let Ok(regex) = Regex::new(pattern) else { return };
    let _ = regex.matches_start(text);
    let _ = regex.search(text);
    if let Ok(Some(captures)) = regex.captures(text) {
        for group in 0..10 {
            let _ = captures.get(group);
        }
    }
});
