//! The files that a command line names: as they are, by pattern, or by their folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::{OrMachine as _, Result};

/// Patterns that a folder stands for.
const IN_FOLDER: [&str; 3] = ["**/*.yml", "**/*.yaml", "**/*.json"];

/// All files, each once, in the order of the command line; those of a pattern in the order of their names.
pub(super) fn files(named: &[String]) -> Result<Vec<PathBuf>> {
    let (mut files, mut seen, mut problems) = (Vec::new(), BTreeSet::new(), Vec::new());
    for name in named {
        match expanded(name)? {
            Ok(found) => files.extend(found.into_iter().filter(|path| seen.insert(path.clone()))),
            Err(problem) => problems.push(problem),
        }
    }
    Problems(problems).check()?;
    Ok(files)
}

fn expanded(name: &str) -> Result<Result<Vec<PathBuf>, Problem>> {
    let path = Path::new(name);
    if path.is_dir() {
        let folder = glob::Pattern::escape(name.trim_end_matches('/'));
        let mut found = Vec::new();
        for pattern in IN_FOLDER {
            found.extend(matching(&format!("{folder}/{pattern}"))?.unwrap_or_default());
        }
        found.sort();
        let message = format!("there is no config in the folder `{name}`");
        return Ok(if found.is_empty() { Err(Problem::error("no-file", message)) } else { Ok(found) });
    }
    // A file may have a name that looks like a pattern.
    if path.exists() || !name.contains(['*', '?', '[']) {
        return Ok(Ok(vec![path.to_owned()]));
    }
    Ok(match matching(name)? {
        Ok(found) if found.is_empty() => Err(Problem::error("no-file", format!("no file matches `{name}`"))),
        other => other,
    })
}

fn matching(pattern: &str) -> Result<Result<Vec<PathBuf>, Problem>> {
    let paths = match glob::glob(pattern) {
        Ok(paths) => paths,
        Err(error) => {
            let problem =
                Problem::error("wrong-pattern", format!("`{pattern}` is not a valid pattern: {}", error.msg));
            return Ok(Err(problem));
        }
    };
    let mut found = Vec::new();
    for path in paths {
        let path = path.or_machine(|| format!("cannot look for `{pattern}`"))?;
        if path.is_file() {
            found.push(path);
        }
    }
    Ok(Ok(found))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
    use super::*;

    #[test]
    fn patterns_and_folders_stand_for_files_each_of_them_once() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        std::fs::create_dir(at("in")).unwrap();
        for name in ["b.yml", "a.yml", "in/c.yaml", "note.txt", "odd[1].yml"] {
            std::fs::write(at(name), "").unwrap();
        }
        let found = |named: &[String]| {
            let found = files(named).map_err(|error| error.to_string())?;
            let inside = |path: PathBuf| path.strip_prefix(folder.path()).unwrap().display().to_string();
            Ok::<_, String>(found.into_iter().map(inside).collect::<Vec<_>>())
        };
        assert_eq!(found(&[at("b.yml"), at("*.yml")]).unwrap(), ["b.yml", "a.yml", "odd[1].yml"]);
        assert_eq!(found(&[at("")]).unwrap(), ["a.yml", "b.yml", "in/c.yaml", "odd[1].yml"]);
        assert_eq!(found(&[at("odd[1].yml"), at("missing.yml")]).unwrap(), ["odd[1].yml", "missing.yml"]);
        let message = found(&[at("x*"), at("***")]).unwrap_err();
        assert!(
            message.contains("no file matches `") && message.contains("is not a valid pattern"),
            "{message}"
        );
    }
}
