//! A preview as one page: style, script and data in it, nothing fetched, nothing that a name says run.

mod data;
mod value_pool;

use sha2::{Digest as _, Sha256};
use taskgraph::error::Result;
use taskgraph_compat::python::base64;
use taskgraph_training::Preview;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
/// One script out of several files, which see each other and leave nothing behind.
const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("values.js"),
    include_str!("elements.js"),
    include_str!("address.js"),
    include_str!("search.js"),
    include_str!("neighbours.js"),
    include_str!("drawing.js"),
    include_str!("tasks.js"),
    include_str!("canvas.js"),
    include_str!("table.js"),
    include_str!("panel.js"),
    include_str!("difference.js"),
    include_str!("card.js"),
    include_str!("page.js"),
    "})();\n"
);

/// The page. If the address says nothing else, it shows the task `focus` first.
pub(super) fn html(preview: &Preview, focus: Option<&str>) -> Result<String> {
    let report = &preview.report;
    let title = match &report.plan {
        Some(plan) => format!("{} → {} · {}", plan.facts.src, plan.facts.trg, plan.facts.experiment),
        None => report.config.file.clone(),
    };
    // Only this script and this style: whatever a config has in it, nothing else runs, and nothing is fetched.
    let policy = format!(
        "default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'",
        source(SCRIPT),
        source(STYLE)
    );
    let page_content = data::page_content(preview, focus)?;
    let parts = [
        ("policy", policy.as_str()),
        ("title", &escaped(&title)),
        ("style", STYLE),
        ("data", &page_content.data),
        ("values", &page_content.values),
        ("script", SCRIPT),
    ];
    Ok(filled(PAGE, &parts))
}

/// The template with each `{{name}}` replaced. What is put in is not looked at again.
fn filled(template: &str, parts: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once("{{") {
        out.push_str(before);
        let (name, behind) = behind.split_once("}}").unwrap_or((behind, ""));
        let part = parts.iter().find(|(known, _)| *known == name);
        out.push_str(part.map(|(_, text)| *text).unwrap_or_default());
        rest = behind;
    }
    out + rest
}

/// Returns the source expression of a script or a style for the content security policy.
fn source(text: &str) -> String {
    format!("'sha256-{}'", base64::encode(&Sha256::digest(text)))
}

/// Text for HTML and XML.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            // XML takes no other control characters, and nobody sees them.
            one if one.is_control() && !matches!(one, '\n' | '\t') => {}
            one => out.push(one),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_is_not_looked_at_again() {
        assert_eq!(filled("<{{a}}|{{b}}>", &[("a", "{{b}}"), ("b", "x")]), "<{{b}}|x>");
    }

    #[test]
    fn names_are_text() {
        assert_eq!(escaped("<img src=\"x\">&\u{1b}"), "&lt;img src=&quot;x&quot;&gt;&amp;");
    }

    #[test]
    fn the_page_has_a_place_for_each_part() {
        let names: Vec<&str> =
            PAGE.split("{{").skip(1).filter_map(|part| part.split_once("}}")).map(|(name, _)| name).collect();
        assert_eq!(names, ["policy", "title", "style", "title", "data", "values", "script"]);
        // An element that holds a script or a style ends where its end tag stands.
        assert!(!SCRIPT.contains("</script") && !STYLE.contains("</style"));
    }
}
