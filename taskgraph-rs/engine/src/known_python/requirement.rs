//! Requirements: a line of a requirements file, or a string of pyproject.toml.

use crate::known_python::package::Package;
use crate::known_python::rule::Rule;
use crate::known_python::version::Clause;

/// A requirement of one of the packages: `Taskcluster_Taskgraph[load-image]>=15 ; python_version > "3.8"`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Requirement {
    /// The package.
    pub package: Package,
    /// The version specifier, as it was written.
    pub text: String,
    /// The same, read.
    pub rule: Rule,
    /// The condition under which it counts; empty if it always does.
    pub marker: String,
}

impl Requirement {
    /// Reads a requirement as PEP 508 has it, or one that names a package behind a url. Nothing if it is of another
    /// package.
    pub(super) fn read(text: &str) -> Option<Requirement> {
        let text = text.trim();
        if let Some((url, name)) = text.split_once("#egg=") {
            let name = name.split(['&', '[', ' ', ';']).next().unwrap_or_default();
            let package = Package::named(name)?;
            return Some(Requirement {
                package,
                text: url.trim().into(),
                rule: Rule::Other,
                marker: String::new(),
            });
        }
        let end = text.find(|letter: char| !(letter.is_ascii_alphanumeric() || "-_.".contains(letter)));
        let (name, rest) = text.split_at(end.unwrap_or(text.len()));
        let package = Package::named(name)?;
        let rest = rest.trim_start();
        let rest = match rest.strip_prefix('[') {
            Some(extras) => extras.split_once(']').map_or("", |(_, rest)| rest).trim_start(),
            None => rest,
        };
        if let Some(url) = rest.strip_prefix('@') {
            let (url, marker) = url.split_once(" ;").unwrap_or((url, ""));
            let (text, marker) = (url.trim().into(), marker.trim().into());
            return Some(Requirement { package, text, rule: Rule::Other, marker });
        }
        let (said, marker) = rest.split_once(';').unwrap_or((rest, ""));
        // Options of pip that stand behind a requirement.
        let said = said.split(" --").next().unwrap_or_default().trim();
        let rule = Rule::of(Clause::all(said, false));
        Some(Requirement { package, text: said.into(), rule, marker: marker.trim().into() })
    }
}

/// The lines of a requirements file: the number of the first of those that a backslash joins, and what they say.
/// Comments are gone.
pub(super) fn lines(text: &str) -> Vec<(u32, String)> {
    let mut lines = Vec::new();
    let mut open: Option<(u32, String)> = None;
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let trimmed = line.trim_start();
        // pip: a comment is a `#` at the start or behind a blank. Most lines are hashes of files, and say nothing here.
        let said = match trimmed.as_bytes() {
            [b'#', ..] => "",
            [b'-', b'-', b'h', ..] if open.is_some() => {
                if trimmed.ends_with('\\') {
                    "\\"
                } else {
                    ""
                }
            }
            bytes if memchr::memchr(b'#', bytes).is_none() => trimmed,
            _ => trimmed.split(" #").next().unwrap_or_default().split("\t#").next().unwrap_or_default(),
        };
        let (said, goes_on) = match said.trim_end().strip_suffix('\\') {
            Some(said) => (said, true),
            None => (said, false),
        };
        let (_, joined) = open.get_or_insert((number, String::new()));
        joined.push_str(said);
        joined.push(' ');
        if !goes_on {
            lines.extend(open.take());
        }
    }
    lines.extend(open);
    lines.retain(|(_, line)| !line.trim().is_empty());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(Package, String, bool)> {
        let requirement = Requirement::read(text)?;
        let is_exact = matches!(requirement.rule, Rule::Exactly(_));
        Some((requirement.package, requirement.text, is_exact))
    }

    #[test]
    fn names_have_several_spellings() {
        for name in [
            "taskcluster-taskgraph",
            "Taskcluster_Taskgraph",
            "taskcluster.taskgraph",
            "taskcluster--taskgraph",
            "taskcluster-taskgraph[load-image]",
            "taskcluster-taskgraph [load-image, orjson] ",
        ] {
            let text = format!("{name}==15.1.3");
            assert_eq!(read(&text), Some((Package::Taskgraph, "==15.1.3".into(), true)), "{text}");
        }
        assert_eq!(read("mozilla_taskgraph==3.4.1").map(|found| found.0), Some(Package::MozillaTaskgraph));
        for other in ["taskcluster==3", "taskcluster-taskgraph-extras==1", "taskgraph==1", "", "-r x.txt"] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn what_stands_around_a_version_does_not_count() {
        let text =
            "taskcluster-taskgraph==15.1.3 ; python_version >= \"3.8\" --hash=sha256:00 --hash=sha256:11";
        let requirement = Requirement::read(text).unwrap();
        assert_eq!(requirement.text, "==15.1.3");
        assert!(requirement.marker.starts_with("python_version"), "{}", requirement.marker);
        assert_eq!(
            read("taskcluster-taskgraph ==15.1.3 --hash=sha256:00"),
            Some((Package::Taskgraph, "==15.1.3".into(), true))
        );
        for (text, said) in [
            ("taskcluster-taskgraph>=15,<16", ">=15,<16"),
            ("taskcluster-taskgraph", ""),
            ("taskcluster-taskgraph @ git+https://example.org/t@main", "git+https://example.org/t@main"),
            ("git+https://example.org/t@main#egg=taskcluster-taskgraph", "git+https://example.org/t@main"),
        ] {
            assert_eq!(read(text), Some((Package::Taskgraph, said.into(), false)), "{text}");
        }
    }

    #[test]
    fn a_backslash_joins_lines_and_comments_are_left_out() {
        let text = "# one==1\r\n\na==1 \\\n    --hash=x \\\n    # via b\nb==2  # c==3\nd==4#e\n\\\nf";
        let expected = [(3, "a==1"), (6, "b==2"), (7, "d==4#e"), (8, "f")];
        let found: Vec<(u32, String)> = lines(text)
            .into_iter()
            .map(|(number, line)| (number, line.split_whitespace().collect::<Vec<_>>().join(" ")))
            .collect();
        assert_eq!(found, expected.map(|(number, line)| (number, line.to_owned())));
    }
}
