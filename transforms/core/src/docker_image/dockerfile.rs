//! Dockerfiles with the comments that Taskgraph gives a meaning: `# %ARG NAME`, `# %include PATH`,
//! `# %include-run-task`.

use anyhow::{Context as _, Result, bail};
use taskgraph_compat::python;
use taskgraph_compat::value::{Map, Value};

/// The most bytes that a line may grow to: arguments can stand for each other, and double each time.
const MOST_OUTPUT: usize = 16 << 20;

const RUN_TASK_LINES: &str = "\
COPY run-task/run-task /usr/local/bin/run-task
COPY run-task/fetch-content /usr/local/bin/fetch-content
COPY run-task/robustcheckout.py /usr/local/mercurial/robustcheckout.py
COPY run-task/hgrc /etc/mercurial/hgrc.d/mozilla.rc
";

/// A file or folder that a Dockerfile includes in its context.
#[derive(Debug, PartialEq, Eq)]
pub enum Include {
    /// The files of run-task.
    RunTask,
    /// A file or folder, from the top of the repository.
    Path(String),
}

/// The Dockerfile of an image with its arguments filled in, and what it wants in its context, in order.
pub fn expand(definition: &str, text: &str, args: &Map) -> Result<(String, Vec<Include>)> {
    let (mut out, mut includes) = (String::new(), Vec::new());
    let mut replacements: Vec<(String, String)> = Vec::new();
    for line in text.replace("\r\n", "\n").split_inclusive('\n') {
        if let Some(name) = line.strip_prefix("# %ARG") {
            let name = name.trim();
            let Some(value) = args.get(name).and_then(Value::as_str) else {
                bail!("the Dockerfile of `{definition}` needs the argument `{name}`");
            };
            let word = format!("${name}");
            // Python: a backslash in an argument begins an escape of `re.sub`.
            let value = python::replacement(value, &word)
                .with_context(|| format!("the argument `{name}` of the Dockerfile of `{definition}`"))?;
            replacements.push((value, word));
            continue;
        }
        let mut line = line.to_owned();
        for (value, name) in &replacements {
            line = replace_word(definition, &line, name, value)?;
        }
        out.push_str(&line);
        let Some(included) = line.strip_prefix("# %include") else { continue };
        if line.trim() == "# %include-run-task" {
            out.push_str(RUN_TASK_LINES);
            includes.push(Include::RunTask);
            continue;
        }
        includes.push(Include::Path(included.trim().to_owned()));
    }
    Ok((out, includes))
}

/// Replaces `word` where no letter, digit or underscore follows.
fn replace_word(definition: &str, line: &str, word: &str, value: &str) -> Result<String> {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(word) {
        let (before, after) = (&rest[..at], &rest[at + word.len()..]);
        out.push_str(before);
        let goes_on = after.chars().next().is_some_and(|next| next.is_alphanumeric() || next == '_');
        out.push_str(if goes_on { word } else { value });
        if out.len() > MOST_OUTPUT {
            bail!("a line of the Dockerfile of `{definition}` grows beyond 16 MiB by its arguments");
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use taskgraph_compat::map;

    #[test]
    fn arguments_are_filled_in_and_includes_gathered() {
        let args = map! { "V" => "12", "W" => r"a\n\1" };
        let (text, includes) =
            expand("x", "# %ARG V\r\nFROM a:$V $VX\n# %include src/$V\n# %include-run-task\n", &args)
                .unwrap();
        assert!(
            text.starts_with("FROM a:12 $VX\n# %include src/12\n# %include-run-task\nCOPY run-task"),
            "{text}"
        );
        assert_eq!(includes, [Include::Path("src/12".into()), Include::RunTask]);
        assert!(expand("x", "# %ARG W\n", &args).is_err());
        assert!(expand("x", "# %ARG X\n", &args).is_err());
    }

    #[test]
    fn arguments_that_double_each_other_are_refused() {
        let name = |number: usize| format!("A{number:02}");
        let mut args = Map::default();
        let mut text = String::new();
        for number in 0..40 {
            let next = name(number + 1);
            args.insert(name(number).into(), format!("${next}:${next}").into());
            text += &format!("# %ARG {}\n", name(number));
        }
        let error = expand("x", &(text + "FROM $A00\n"), &args).unwrap_err().to_string();
        assert!(error.contains("grows beyond 16 MiB"), "{error}");
    }
}
