//! What the name of a file asks for: `-o preview.html` is a page.

use std::path::Path;

use anyhow::Result;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph_compat::suggest;

/// A format that the ending of a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
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
const ENDINGS: &[(&str, Ending)] = &[
    ("txt", Ending::Text),
    ("json", Ending::Json),
    ("yml", Ending::Yaml),
    ("yaml", Ending::Yaml),
    ("html", Ending::Html),
    ("htm", Ending::Html),
    ("svg", Ending::Svg),
    ("dot", Ending::Dot),
    ("gv", Ending::Dot),
    ("mmd", Ending::Mermaid),
    ("mermaid", Ending::Mermaid),
    ("md", Ending::Markdown),
    ("markdown", Ending::Markdown),
    ("sarif", Ending::Sarif),
    ("pdf", Ending::Other),
    ("png", Ending::Other),
    ("csv", Ending::Other),
    ("xml", Ending::Other),
    ("toml", Ending::Other),
];

impl Ending {
    /// What the name of a file asks for; nothing if it ends in no known way.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_lowercase();
        ENDINGS.iter().find(|(name, _)| *name == ending).map(|(_, ending)| *ending)
    }

    /// Whether the name of the output file of a command that writes text and JSON asks for JSON.
    pub fn is_json(path: Option<&Path>) -> Result<bool> {
        Ok(Ending::wanted(path, &[Ending::Text, Ending::Json])? == Some(Ending::Json))
    }

    /// What the name of the output file asks for, if there is one: refused if it is none of `can`, the formats that the
    /// command writes. A name without a known ending asks for nothing.
    pub fn wanted(path: Option<&Path>, can: &[Ending]) -> Result<Option<Self>> {
        let Some((path, ending)) = path.and_then(|path| Some((path, Ending::of(path)?))) else {
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
        let text = if can.contains(&Ending::Text) { "; a name without an ending gets text" } else { "" };
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
        let wanted = |name: &str| Ending::wanted(Some(Path::new(name)), &[Ending::Text, Ending::Json]);
        assert_eq!(wanted("a.json").unwrap(), Some(Ending::Json));
        assert_eq!(wanted("a.JSON").unwrap(), Some(Ending::Json));
        assert_eq!(wanted("out").unwrap(), None);
        assert_eq!(wanted("out.2026-07").unwrap(), None);
        let told = Problems::from_error(wanted("x.html").unwrap_err()).unwrap();
        assert_eq!(told[0].message, "this command does not write `.html`, which `x.html` asks for");
        let help = told[0].help.as_deref().unwrap();
        assert_eq!(help, "it writes `.txt` or `.json`; a name without an ending gets text");
    }
}
