//! Format of an output file by the ending of its name: `-o preview.html` is a page.

use std::path::Path;

use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph_compat::suggest;

/// A format that the ending of a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OutputFormat {
    /// `.txt`.
    Text,
    /// `.json`.
    Json,
    /// `.yml`, `.yaml`.
    Yaml,
    /// `.html`, `.htm`.
    Html,
    /// `.svg`.
    Svg,
    /// `.dot`, `.gv`.
    Dot,
    /// `.mmd`, `.mermaid`.
    Mermaid,
    /// `.md`, `.markdown`.
    Markdown,
    /// `.sarif`.
    Sarif,
    /// One that stands for a format that nothing here writes.
    Other,
}

/// All endings of names, each with what it stands for.
const ENDINGS: &[(&str, OutputFormat)] = &[
    ("txt", OutputFormat::Text),
    ("json", OutputFormat::Json),
    ("yml", OutputFormat::Yaml),
    ("yaml", OutputFormat::Yaml),
    ("html", OutputFormat::Html),
    ("htm", OutputFormat::Html),
    ("svg", OutputFormat::Svg),
    ("dot", OutputFormat::Dot),
    ("gv", OutputFormat::Dot),
    ("mmd", OutputFormat::Mermaid),
    ("mermaid", OutputFormat::Mermaid),
    ("md", OutputFormat::Markdown),
    ("markdown", OutputFormat::Markdown),
    ("sarif", OutputFormat::Sarif),
    ("pdf", OutputFormat::Other),
    ("png", OutputFormat::Other),
    ("csv", OutputFormat::Other),
    ("xml", OutputFormat::Other),
    ("toml", OutputFormat::Other),
];

impl OutputFormat {
    /// Returns the format of a file; `None` for an unknown ending.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_lowercase();
        ENDINGS.iter().find(|(name, _)| *name == ending).map(|(_, ending)| *ending)
    }

    /// Whether the name of the output file of a command that writes text and JSON asks for JSON.
    pub(crate) fn is_json(path: Option<&Path>) -> Result<bool> {
        Ok(OutputFormat::wanted(path, &[OutputFormat::Text, OutputFormat::Json])? == Some(OutputFormat::Json))
    }

    /// Returns the format of the output file, if there is one: an error if it is none of `can`, the formats that the
    /// command writes. A name without a known ending has no format.
    pub(crate) fn wanted(path: Option<&Path>, can: &[OutputFormat]) -> Result<Option<Self>> {
        let Some((path, ending)) = path.and_then(|path| Some((path, OutputFormat::of(path)?))) else {
            return Ok(None);
        };
        if can.contains(&ending) {
            return Ok(Some(ending));
        }
        let name = path.display();
        let suffix = path.extension().unwrap_or_default().to_string_lossy();
        let message = format!("this command does not write `.{suffix}`, which `{name}` asks for");
        let endings =
            ENDINGS.iter().filter(|(_, ending)| can.contains(ending)).map(|(name, _)| format!("`.{name}`"));
        let text =
            if can.contains(&OutputFormat::Text) { "; a name without an ending gets text" } else { "" };
        let help = format!("it writes {}{text}", suggest::list(endings));
        Err(Problems::from(Problem::error("output-format", message).help(help)).into())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
    use super::*;

    #[test]
    fn a_name_asks_for_a_format_and_gets_it_or_an_answer() {
        let wanted = |name: &str| {
            OutputFormat::wanted(Some(Path::new(name)), &[OutputFormat::Text, OutputFormat::Json])
        };
        assert_eq!(wanted("a.json").unwrap(), Some(OutputFormat::Json));
        assert_eq!(wanted("a.JSON").unwrap(), Some(OutputFormat::Json));
        assert_eq!(wanted("out").unwrap(), None);
        assert_eq!(wanted("out.2026-07").unwrap(), None);
        let problems = wanted("x.html").unwrap_err().into_problems().unwrap();
        assert_eq!(problems[0].message, "this command does not write `.html`, which `x.html` asks for");
        let help = problems[0].help.as_deref().unwrap();
        assert_eq!(help, "it writes `.txt` or `.json`; a name without an ending gets text");
    }
}
