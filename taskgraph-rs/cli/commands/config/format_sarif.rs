//! Problems as SARIF 2.1.0, the format that code scanners are read in.

use std::collections::BTreeSet;
use std::path::Path;

use crate::commands::config::format_github::message;
use crate::commands::config::problem_codes::description;
use crate::commands::config::results::Verdicts;
use crate::output_medium::one_line;
use serde_json::{Value, json};
use taskgraph::diagnostics::Problem;
use taskgraph_compat::source::{Place, Span};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The log: one run, a rule for each code that occurs.
pub(super) fn log(verdicts: &Verdicts) -> Value {
    let codes: BTreeSet<&str> = verdicts.problems().map(|(_, problem)| problem.code).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    let rules: Vec<Value> = codes
        .iter()
        .map(|code| {
            let text = json!({"text": description(code)});
            json!({"id": code, "shortDescription": text, "fullDescription": text})
        })
        .collect();
    let results: Vec<Value> = verdicts
        .problems()
        .map(|(file, problem)| {
            let index = codes.iter().position(|code| *code == problem.code);
            result(problem, &file.config.file, index)
        })
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": env!("CARGO_PKG_NAME"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(problem: &Problem, file: &str, rule: Option<usize>) -> Value {
    let location = match &problem.place {
        Some(place) => physical(&place.source.name, Some(place)),
        None => physical(file, None),
    };
    let mut location = json!({"physicalLocation": location});
    if !problem.path.0.is_empty() {
        location["logicalLocations"] = json!([{"fullyQualifiedName": one_line(&problem.path.to_string())}]);
    }
    let mut result = json!({
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": problem.severity.word(),
        "message": {"text": message(problem)},
        "locations": [location],
    });
    if !problem.related.is_empty() {
        let related = problem.related.iter().map(|related| {
            json!({
                "physicalLocation": physical(&related.place.source.name, Some(&related.place)),
                "message": {"text": one_line(&related.label)},
            })
        });
        result["relatedLocations"] = related.collect();
    }
    result
}

fn physical(file: &str, place: Option<&Place>) -> Value {
    let mut location = json!({"artifactLocation": {"uri": uri(file)}});
    if let Some(place) = place {
        let end = Span::at(&place.source.text, place.span.end.max(place.span.start) as usize);
        location["region"] = json!({
            "startLine": place.span.line,
            "startColumn": place.span.column,
            "endLine": end.line,
            "endColumn": end.column,
        });
    }
    location
}

/// The path as a relative reference, or as a url of the file system.
fn uri(file: &str) -> String {
    let mut out = String::new();
    for byte in file.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(byte.into())
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    if Path::new(file).is_absolute() { format!("file://{out}") } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_uri() {
        assert_eq!(uri("configs/a b:c.yml"), "configs/a%20b%3Ac.yml");
        assert_eq!(uri("/srv/ä.yml"), "file:///srv/%C3%A4.yml");
    }
}
