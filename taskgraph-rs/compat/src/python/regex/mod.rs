//! Python's `re.match` and `re.search`.
//!
//! Patterns run in linear time in the `regex` crate if possible. Look-around and back-references need an engine
//! with backtracking (`fancy-regex`): its steps are counted, so that a pattern with exponential cost ends in an
//! error.
//!
//! Matches and their lengths are as in Python, with two exceptions. A group that matches nothing in the last
//! iteration of a loop, as in `(a|)+`, keeps its earlier match. A look-behind in which a group of width zero is
//! repeated is refused.

pub(crate) mod class;
pub(crate) mod flags;
pub(crate) mod group;
pub(crate) mod replacement;
pub(crate) mod translate;
pub(crate) mod width;

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;

use crate::suggest::shorten;
use translate::{Style, Translation, translate};

/// The most steps back that one match may take.
const MOST_STEPS: usize = 1_000_000;

/// The number of compiled patterns that a thread keeps.
const CACHED: usize = 256;

/// The reason why a pattern cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegexError {
    /// The pattern is wrong, or too large.
    Pattern {
        /// The pattern, as written.
        pattern: String,
        /// The error in it.
        problem: String,
    },
    /// The match takes too many steps.
    Steps {
        /// The pattern, as written.
        pattern: String,
    },
}

impl fmt::Display for RegexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RegexError::Pattern { pattern, problem } => {
                write!(f, "`{}` is not a regular expression: {problem}", shorten(pattern))
            }
            RegexError::Steps { pattern } => {
                write!(f, "the regular expression `{}` takes too many steps", shorten(pattern))
            }
        }
    }
}

impl std::error::Error for RegexError {}

/// A compiled pattern in Python's syntax.
pub struct Regex {
    pattern: String,
    linear: Translation,
    at_start: Engines,
    anywhere: Engines,
}

/// One pattern for common text, and the exact one for text where the common one could be wrong.
#[derive(Default)]
struct Engines {
    common: OnceLock<Result<Engine, RegexError>>,
    exact: OnceLock<Result<Engine, RegexError>>,
}

enum Engine {
    Linear(regex::Regex),
    Backtracking(Box<fancy_regex::Regex>),
}

/// The groups of a match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captures<'t> {
    text: &'t str,
    spans: Vec<Option<Range<usize>>>,
    names: Vec<Option<String>>,
}

impl<'t> Captures<'t> {
    /// The text of a group, counted from 1; 0 is the whole match. Nothing if the group took no part.
    pub fn get(&self, group: usize) -> Option<&'t str> {
        self.spans.get(group)?.clone().map(|span| &self.text[span])
    }

    /// The text of the group of this name.
    pub fn name(&self, name: &str) -> Option<&'t str> {
        self.get(self.names.iter().position(|one| one.as_deref() == Some(name))?)
    }
}

impl Regex {
    /// Compiles a pattern.
    pub fn new(pattern: &str) -> Result<Self, RegexError> {
        let linear = translate(pattern, Style::Linear).map_err(|problem| wrong(pattern, problem))?;
        let regex = Regex {
            pattern: pattern.into(),
            linear,
            at_start: Engines::default(),
            anywhere: Engines::default(),
        };
        regex.engine(true, "")?;
        Ok(regex)
    }

    /// Python: `re.match(pattern, text) is not None`.
    pub fn matches_start(&self, text: &str) -> Result<bool, RegexError> {
        self.engine(true, text)?.is_match(text).ok_or_else(|| self.exhausted())
    }

    /// Python: `re.search(pattern, text) is not None`.
    pub fn search(&self, text: &str) -> Result<bool, RegexError> {
        self.engine(false, text)?.is_match(text).ok_or_else(|| self.exhausted())
    }

    /// Python: `re.match(pattern, text)`.
    pub fn captures<'t>(&self, text: &'t str) -> Result<Option<Captures<'t>>, RegexError> {
        self.captures_of(true, text)
    }

    /// Python: `re.search(pattern, text)`.
    pub fn search_captures<'t>(&self, text: &'t str) -> Result<Option<Captures<'t>>, RegexError> {
        self.captures_of(false, text)
    }

    fn captures_of<'t>(&self, at_start: bool, text: &'t str) -> Result<Option<Captures<'t>>, RegexError> {
        let spans = self.engine(at_start, text)?.spans(text).ok_or_else(|| self.exhausted())?;
        Ok(spans.map(|spans| Captures { text, spans, names: self.linear.groups.clone() }))
    }

    fn exhausted(&self) -> RegexError {
        RegexError::Steps { pattern: self.pattern.clone() }
    }

    /// The engine that is right for the text.
    fn engine(&self, at_start: bool, text: &str) -> Result<&Engine, RegexError> {
        let engines = if at_start { &self.at_start } else { &self.anywhere };
        let linear = &self.linear;
        let odd = (linear.dollar && text.ends_with('\n'))
            || (linear.boundary && (!text.is_ascii() || text.is_empty()));
        let (engine, style) = match odd || linear.backtracks {
            true => (&engines.exact, Style::Exact),
            false => (&engines.common, Style::Linear),
        };
        engine.get_or_init(|| self.compile(style, at_start)).as_ref().map_err(Clone::clone)
    }

    fn compile(&self, style: Style, at_start: bool) -> Result<Engine, RegexError> {
        let exact;
        let mut text = &self.linear.text;
        if style == Style::Exact {
            exact = translate(&self.pattern, style).map_err(|problem| wrong(&self.pattern, problem))?;
            text = &exact.text;
        }
        let anchored = if at_start { format!("\\A(?:{text})") } else { text.clone() };
        match style {
            Style::Linear => regex::Regex::new(&anchored)
                .map(Engine::Linear)
                .map_err(|error| wrong(&self.pattern, last_line(&error.to_string()))),
            Style::Exact => fancy_regex::RegexBuilder::new(&anchored)
                .backtrack_limit(MOST_STEPS)
                .build()
                .map(|regex| Engine::Backtracking(Box::new(regex)))
                .map_err(|error| wrong(&self.pattern, last_line(&error.to_string()))),
        }
    }
}

impl Engine {
    /// Nothing if the steps ran out.
    fn is_match(&self, text: &str) -> Option<bool> {
        match self {
            Engine::Linear(regex) => Some(regex.is_match(text)),
            Engine::Backtracking(regex) => regex.is_match(text).ok(),
        }
    }

    fn spans(&self, text: &str) -> Option<Option<Vec<Option<Range<usize>>>>> {
        Some(match self {
            Engine::Linear(regex) => {
                regex.captures(text).map(|groups| groups.iter().map(|group| Some(group?.range())).collect())
            }
            Engine::Backtracking(regex) => {
                let groups = regex.captures(text).ok()?;
                groups.map(|groups| groups.iter().map(|group| Some(group?.range())).collect())
            }
        })
    }
}

/// Python: `re.match(key + "$", text) is not None`, as Taskgraph looks up keys by pattern.
pub fn keymatch(key: &str, text: &str) -> Result<bool, RegexError> {
    if !key.contains(['\\', '.', '^', '$', '*', '+', '?', '{', '}', '[', ']', '|', '(', ')']) {
        // Python: `$` also matches before a line feed at the end.
        return Ok(text.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest == "\n"));
    }
    key_regex(key)?.matches_start(text)
}

/// The compiled pattern of a whole key, from a small cache of this thread: the same keys come back for every task.
fn key_regex(key: &str) -> Result<Arc<Regex>, RegexError> {
    thread_local! {
        static CACHE: RefCell<IndexMap<String, Arc<Regex>, foldhash::fast::RandomState>> = RefCell::default();
    }
    CACHE.with_borrow_mut(|cache| {
        if let Some(regex) = cache.get(key) {
            return Ok(regex.clone());
        }
        let regex = Arc::new(Regex::new(&format!("{key}$"))?);
        if cache.len() >= CACHED {
            cache.clear();
        }
        cache.insert(key.into(), regex.clone());
        Ok(regex)
    })
}

fn wrong(pattern: &str, problem: impl Into<String>) -> RegexError {
    RegexError::Pattern { pattern: pattern.into(), problem: problem.into() }
}

/// The engines draw their errors over several lines; the last one says what is wrong.
fn last_line(message: &str) -> String {
    message.lines().last().unwrap_or(message).trim_start_matches("error: ").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(pattern: &str, text: &str) -> bool {
        Regex::new(pattern).unwrap().matches_start(text).unwrap()
    }

    #[test]
    fn a_dollar_stands_before_a_last_line_feed_too() {
        assert!(start("a$", "a") && start("a$", "a\n") && !start("a$", "a\n\n") && !start(r"a\Z", "a\n"));
        let regex = Regex::new("(a|b)$").unwrap();
        assert_eq!(regex.captures("a\n").unwrap().unwrap().get(0), Some("a"));
    }

    #[test]
    fn groups_have_numbers_and_names() {
        let regex = Regex::new(r"(?P<x>\w+)-(\d+)?").unwrap();
        let found = regex.captures("ab-").unwrap().unwrap();
        assert_eq!((found.name("x"), found.get(2), found.get(9)), (Some("ab"), None, None));
        assert!(start(r"(?P<x>a|b)(c)\2(?P=x)$", "acca") && !start(r"(?P<x>a|b)(c)\2(?P=x)$", "accb"));
    }

    #[test]
    fn python_syntax_that_other_engines_lack() {
        assert!(start(r"[]a]{,2}\Z", "]a") && start("a{x}", "a{x}") && start(r"(?!b)a++b", "aab"));
        assert!(!start("a++ab", "aaab") && start("(?x) a  b # c", "ab") && start(r"\101\0", "A\0"));
        for pattern in [
            "a**",
            "*a",
            "(",
            ")",
            "[b-a]",
            r"\z",
            r"\1",
            "(?<n>a)",
            "a(?i)b",
            "[a",
            r"\p{L}",
            "^*",
            "(?<=a|bc)",
            "(?<!(a)?)",
        ] {
            assert!(Regex::new(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn an_exploding_pattern_is_an_error() {
        let text = "a".repeat(60) + "!";
        assert!(matches!(
            Regex::new(r"(?=x|a)((a+)+)+\2$").unwrap().matches_start(&text),
            Err(RegexError::Steps { .. })
        ));
        assert!(!start("(a+)+$", &text));
    }

    #[test]
    fn a_key_matches_as_a_whole() {
        assert_eq!(keymatch("linux", "linux64"), Ok(false));
        assert_eq!(keymatch("linux.*", "linux64"), Ok(true));
        assert_eq!(keymatch("a|b", "ax"), Ok(true));
        assert!(keymatch("(", "(").is_err());
    }
}
