//! Versions of packages in pyproject.toml, uv.lock and poetry.lock. They are read as far as that needs: strings and where
//! they stand.

use memchr::memmem;

use crate::known_python::package::Package;
use crate::known_python::requirement::Requirement;
use crate::known_python::rule::Rule;
use crate::known_python::toml::{Scanner, Token};
use crate::known_python::version::Clause;

/// The packages that a lock has, with the lines of their names.
pub(super) fn locked(text: &str) -> Vec<(u32, Requirement)> {
    // Locks are long, and few lines are of interest.
    let mut found = Vec::new();
    for start in memmem::find_iter(text.as_bytes(), "\nname = \"") {
        let rest = &text[start + 1..];
        let name = rest.split('"').nth(1).unwrap_or_default();
        // Almost all of them are others. Names in locks are normal.
        let Some(package) = name.ends_with("taskgraph").then(|| Package::named(name)).flatten() else {
            continue;
        };
        let end = rest.find("\n[[package]]").unwrap_or(rest.len());
        let section = &rest[..end];
        let value = |key: &str| {
            section
                .lines()
                .find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('='))
                .map(str::trim)
        };
        let version = value("version").unwrap_or_default().trim_matches('"');
        // What is built from a folder or a commit has the version of the day on which it was locked. Such a source is
        // a table in one line for uv, a section for poetry.
        let from = value("source").unwrap_or_default();
        let is_elsewhere = ["git", "editable", "directory", "virtual", "path", "url"];
        let is_elsewhere = is_elsewhere.iter().any(|kind| from.contains(&format!("{kind} =")))
            || ["git", "directory", "file", "url"]
                .contains(&value("type").unwrap_or_default().trim_matches('"'));
        let rule = match is_elsewhere {
            true => Rule::Other,
            false => Rule::of(Clause::all(version, true)),
        };
        let line = memchr::memchr_iter(b'\n', &text.as_bytes()[..=start]).count() + 1;
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        found.push((line, Requirement { package, text: version.into(), rule, marker: String::new() }));
    }
    found
}

/// The packages that a pyproject.toml asks for: in its dependencies, in groups of them, for poetry and for uv.
pub(super) fn asked_for(text: &str) -> Vec<(u32, Requirement)> {
    let mut found = Vec::new();
    if memmem::find(text.to_ascii_lowercase().as_bytes(), b"taskgraph").is_none() {
        return found;
    }
    let mut table: Vec<String> = Vec::new();
    let mut key: Vec<(String, u32)> = Vec::new();
    // The key in a table that is written in one line, and how deep it stands.
    let mut inner = (String::new(), 0);
    for token in Scanner::new(text) {
        match token {
            Token::Table(name) => {
                table = name;
                key.clear();
            }
            Token::Key { path, line, depth: 0 } => {
                key = path.into_iter().map(|part| (part, line)).collect();
                inner = (String::new(), 0);
            }
            Token::Key { path, depth, .. } => inner = (path.join("."), depth),
            Token::Text { text, line, depth } => {
                let names = table.iter().map(String::as_str).chain(key.iter().map(|(part, _)| &**part));
                let names: Vec<&str> = names.collect();
                let inner = if inner.1 > depth { "" } else { &*inner.0 };
                match poetry_or_source(&names, inner) {
                    Some((package, Key::Version)) if depth < 2 => {
                        let rule = Rule::of(Clause::all(&text, true));
                        found.push((line, Requirement { package, text, rule, marker: String::new() }));
                    }
                    Some((package, Key::Elsewhere)) => {
                        found.push((
                            line,
                            Requirement { package, text, rule: Rule::Other, marker: String::new() },
                        ));
                    }
                    Some(_) => {}
                    // Strings of lists, wherever they stand: every tool has a key of its own for them.
                    None if depth > 0 && inner.is_empty() => {
                        found.extend(Requirement::read(&text).map(|requirement| (line, requirement)));
                    }
                    None => {}
                }
            }
        }
    }
    // Where a package is to come from counts more than the version that it is to have.
    found.sort_by_key(|(_, requirement)| requirement.rule != Rule::Other);
    found
}

enum Key {
    Version,
    Elsewhere,
    /// `extras`, `markers`, `optional`
    Beside,
}

/// The package that a key is about, and what its value says, in the sections in which keys are names of packages.
fn poetry_or_source(names: &[&str], inner: &str) -> Option<(Package, Key)> {
    let (of, name, inner) = match names {
        ["tool", "poetry", "dependencies" | "dev-dependencies", name] => ("poetry", name, inner),
        ["tool", "poetry", "group", _, "dependencies", name] => ("poetry", name, inner),
        ["tool", "poetry", "dependencies" | "dev-dependencies", name, inner] => ("poetry", name, *inner),
        ["tool", "poetry", "group", _, "dependencies", name, inner] => ("poetry", name, *inner),
        ["tool", "uv", "sources", name] => ("uv", name, inner),
        ["tool", "uv", "sources", name, inner] => ("uv", name, *inner),
        _ => return None,
    };
    let key = match (of, inner) {
        ("poetry", "" | "version") => Key::Version,
        (_, "git" | "path" | "url" | "file") => Key::Elsewhere,
        _ => Key::Beside,
    };
    Some((Package::named(name)?, key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(found: Vec<(u32, Requirement)>) -> Vec<String> {
        let rule = |rule: &Rule| match rule {
            Rule::Exactly(_) => "exact",
            Rule::Range(_) => "range",
            Rule::Other => "other",
        };
        found
            .iter()
            .map(|(line, found)| {
                format!("{line} {} {} {}", found.package.module(), found.text, rule(&found.rule))
            })
            .collect()
    }

    #[test]
    fn a_lock_has_one_version_of_a_package() {
        let uv = "version = 1\n\n[[package]]\nname = \"redo\"\nversion = \"3.0\"\ndependencies = [\n    \
                  { name = \"taskcluster-taskgraph\" },\n]\n\n[[package]]\nname = \"taskcluster-taskgraph\"\n\
                  version = \"24.1.1\"\nsource = { registry = \"https://example.org/git = x\" }\n\n[[package]]\n\
                  name = \"mozilla-taskgraph\"\nversion = \"3.4.1\"\nsource = { git = \"https://example.org\" }\n";
        // The address of a registry is not a source of its own, whatever it has in it.
        let uv = uv.replace("/git = x", "");
        assert_eq!(shown(locked(&uv)), ["11 taskgraph 24.1.1 exact", "16 mozilla_taskgraph 3.4.1 other"]);
        let poetry = "[[package]]\nname = \"taskcluster-taskgraph\"\nversion = \"15.1.3\"\n\
                      description = \"x\"\n\n[package.dependencies]\nappdirs = \">=1.4\"\n\n[[package]]\n\
                      name = \"mozilla-taskgraph\"\nversion = \"3.4.1\"\n\n[package.source]\ntype = \"git\"\n";
        assert_eq!(shown(locked(poetry)), ["2 taskgraph 15.1.3 exact", "10 mozilla_taskgraph 3.4.1 other"]);
    }

    #[test]
    fn pyproject_has_dependencies_in_many_places() {
        let text = r#"
[project]
name = "taskcluster-taskgraph-of-mine"  # taskcluster-taskgraph==1
dependencies = [
    "redo", # not "taskcluster-taskgraph==2"
    'Taskcluster_Taskgraph[load-image] >= 15 ; python_version > "3.8"',
]
description = """
"taskcluster-taskgraph==3"
"""
optional-dependencies.x = ["mozilla-taskgraph~=3.4"]
[dependency-groups]
dev = [{ include-group = "taskcluster-taskgraph" }, "taskcluster-taskgraph==15.1.3"]
[tool.poetry.group.utils.dependencies]
taskcluster-taskgraph = "^14.1.1"
mozilla-taskgraph = {version = "3.4.1", extras = ["taskcluster-taskgraph"], optional = true}
[tool.poetry.dependencies.taskcluster-taskgraph]
version = "15.1.2"
"#;
        assert_eq!(
            shown(asked_for(text)),
            [
                "6 taskgraph >= 15 range",
                "11 mozilla_taskgraph ~=3.4 range",
                "13 taskgraph ==15.1.3 exact",
                "15 taskgraph ^14.1.1 range",
                "16 mozilla_taskgraph 3.4.1 exact",
                "18 taskgraph 15.1.2 exact",
            ]
        );
    }

    #[test]
    fn a_source_counts_more_than_a_version() {
        let text = "[project]\ndependencies = ['taskcluster-taskgraph==15.1.3']\n[tool.uv.sources]\n\
                    taskcluster-taskgraph = { git = 'https://example.org/t', branch = 'x' }\n";
        assert_eq!(
            shown(asked_for(text)),
            ["4 taskgraph https://example.org/t other", "2 taskgraph ==15.1.3 exact"]
        );
    }

    #[test]
    fn what_is_no_toml_asks_for_nothing() {
        for text in ["taskgraph = [[[\"", "[taskgraph", "taskgraph = '", "= taskgraph ]]}}", "\u{0}taskgraph"]
        {
            assert_eq!(shown(asked_for(text)), Vec::<String>::new(), "{text}");
        }
    }
}
