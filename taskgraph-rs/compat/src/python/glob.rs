//! Taskgraph's file patterns: `*` within a folder, `**` across folders.

use crate::python::regex::{Regex, RegexError};

/// A file pattern, ready to be held against many paths.
pub struct Glob {
    /// The prefix of every path that matches: most paths need no regular expression.
    start: String,
    regex: Option<Regex>,
}

impl Glob {
    /// Taskgraph: `util/path.py`, `match`. The empty pattern matches every path.
    pub fn new(pattern: &str) -> Result<Self, RegexError> {
        // The slash before `**` may be missing in a path.
        let start = pattern.split('*').next().unwrap_or_default().trim_end_matches('/').to_owned();
        let regex = match pattern {
            "" => None,
            _ => Some(Regex::new(&to_regex(pattern))?),
        };
        Ok(Glob { start, regex })
    }

    /// Whether the path, or a folder it is in, matches.
    pub fn matches(&self, path: &str) -> Result<bool, RegexError> {
        match &self.regex {
            Some(regex) if path.starts_with(&self.start) => regex.matches_start(path),
            Some(_) => Ok(false),
            None => Ok(true),
        }
    }
}

/// Taskgraph: `util/path.py`, `match(path, pattern)`.
pub fn matches(path: &str, pattern: &str) -> Result<bool, RegexError> {
    Glob::new(pattern)?.matches(path)
}

fn to_regex(pattern: &str) -> String {
    let mut out = String::new();
    let mut rest = pattern;
    // Whether `**` may stand here for folders: at the start and behind a slash of its own, which the folders of
    // another `**` have not used up.
    let mut at_part = true;
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        if at_part && let Some(after) = rest.strip_prefix("**/") {
            out.push_str("(?:.+/)?");
            (rest, at_part) = (after, false);
            continue;
        }
        // At the end the folders are optional together with the slash before them.
        if rest == "/**" || (rest == "**" && out.is_empty()) {
            out.push_str(if first == '/' { "(?:/.+)?" } else { "(?:.+)?" });
            break;
        }
        match first {
            '*' => out.push_str("[^/]*"),
            '/' => out.push('/'),
            _ if first.is_ascii_punctuation() => out.extend(['\\', first]),
            _ => out.push(first),
        }
        (rest, at_part) = (after, first == '/');
    }
    out + "(?:/.*)?$"
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_match_as_in_taskgraph() {
        let yes = [
            ("foo", "*"),
            ("foo", "fo*o"),
            ("foo/bar", "foo"),
            ("foo/bar", "foo/**/bar"),
            ("foo/bar", "**/bar"),
            ("a/b/c", "a/**"),
            ("a", "a/**"),
            ("a.c", "a.c"),
            ("x", ""),
        ];
        let no = [("foo/bar", "foo/*/bar"), ("foobar", "foo"), ("abc", "a.c"), ("b/a", "a")];
        for (path, pattern) in yes {
            assert_eq!(matches(path, pattern), Ok(true), "{path} {pattern}");
        }
        for (path, pattern) in no {
            assert_eq!(matches(path, pattern), Ok(false), "{path} {pattern}");
        }
    }
}
