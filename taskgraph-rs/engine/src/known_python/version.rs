//! Versions of Python packages, and what a requirement says of them.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// A version as PEP 440 has it. It is shown as it was written.
#[derive(Clone, Debug)]
pub struct Version {
    written: String,
    key: Key,
}

/// The sort key of versions. `1.0.dev1 < 1.0a1 < 1.0rc1 < 1.0 < 1.0.post1 < 1.0+local`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    epoch: u64,
    release: Vec<u64>,
    pre: Pre,
    post: Option<u64>,
    dev: Dev,
    local: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Pre {
    /// Before every pre-release: `1.0.dev1`.
    Before,
    Some(char, u64),
    None,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Dev {
    Some(u64),
    None,
}

impl Version {
    /// The numbers of the release without zeros at the end.
    pub fn release(&self) -> &[u64] {
        &self.key.release
    }

    /// The first three numbers of the release: major, minor, patch.
    pub(crate) fn numbers(&self) -> [u16; 3] {
        let number = |at: usize| self.release().get(at).copied().unwrap_or_default();
        [0, 1, 2].map(|at| u16::try_from(number(at)).unwrap_or(u16::MAX))
    }

    /// Whether it is a release as such, none before or after one.
    fn is_plain(&self) -> bool {
        self.key.pre == Pre::None && self.key.dev == Dev::None && self.key.post.is_none()
    }

    /// Whether its release begins with `numbers`; numbers that are not there count as zero.
    fn begins_with(&self, numbers: &[u64]) -> bool {
        let own = |index| self.key.release.get(index).copied().unwrap_or_default();
        numbers.iter().enumerate().all(|(index, number)| own(index) == *number)
    }
}

impl FromStr for Version {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let written = text.trim();
        let lower = written.to_ascii_lowercase();
        let rest = lower.strip_prefix('v').unwrap_or(&lower);
        let (rest, local) = rest.split_once('+').unwrap_or((rest, ""));
        let (epoch, rest) = match rest.split_once('!') {
            Some((epoch, rest)) => (epoch.parse().map_err(drop)?, rest),
            None => (0, rest),
        };
        let mut parts = Parts(rest);
        let mut release = vec![parts.number().ok_or(())?];
        while let Some(number) = parts.dotted_number() {
            release.push(number);
        }
        while release.len() > 1 && release.last() == Some(&0) {
            release.pop();
        }
        let pre = parts.named(&[("alpha", 'a'), ("beta", 'b'), ("preview", 'r'), ("pre", 'r'), ("rc", 'r')]);
        let pre = pre.or_else(|| parts.named(&[("a", 'a'), ("b", 'b'), ("c", 'r')]));
        let post = parts.named(&[("post", 'p'), ("rev", 'p'), ("r", 'p')]);
        let dev = parts.named(&[("dev", 'd')]);
        if !parts.0.is_empty() {
            return Err(());
        }
        let key = Key {
            epoch,
            release,
            pre: match (pre, post, &dev) {
                (Some((letter, number)), ..) => Pre::Some(letter, number),
                (None, None, Some(_)) => Pre::Before,
                _ => Pre::None,
            },
            post: post.map(|(_, number)| number),
            dev: dev.map_or(Dev::None, |(_, number)| Dev::Some(number)),
            local: local.to_owned(),
        };
        Ok(Version { written: written.to_owned(), key })
    }
}

/// The part of a version's text that is not read yet.
struct Parts<'t>(&'t str);

impl Parts<'_> {
    fn number(&mut self) -> Option<u64> {
        let end = self.0.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(self.0.len());
        let number = self.0[..end].parse().ok()?;
        self.0 = &self.0[end..];
        Some(number)
    }

    fn dotted_number(&mut self) -> Option<u64> {
        let before = self.0;
        self.0 = self.0.strip_prefix('.')?;
        let number = self.number();
        if number.is_none() {
            self.0 = before;
        }
        number
    }

    /// One of the names, with a separator before it and a number behind it or none.
    fn named(&mut self, names: &[(&str, char)]) -> Option<(char, u64)> {
        let separated = self.0.strip_prefix(['.', '-', '_']).unwrap_or(self.0);
        let (rest, letter) =
            names.iter().find_map(|(name, letter)| Some((separated.strip_prefix(name)?, *letter)))?;
        self.0 = rest.strip_prefix(['.', '-', '_']).unwrap_or(rest);
        Some((letter, self.number().unwrap_or_default()))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.written.strip_prefix(['v', 'V']).unwrap_or(&self.written))
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One condition of a requirement: `>=15.1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    comparison: Comparison,
    version: Version,
    /// The numbers as they were written: `~=15.0` is another condition than `~=15`.
    numbers: Vec<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    /// `==15.*`
    Begins,
    NotEqual,
    /// `!=15.*`
    BeginsNot,
    AtLeast,
    AtMost,
    Above,
    Below,
    /// `~=15.1`
    Compatible,
    /// `^15.1`, in poetry
    Caret,
    /// `~15.1`, in poetry
    Tilde,
}

const COMPARISONS: &[(&str, Comparison)] = &[
    ("===", Comparison::Equal),
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    (">=", Comparison::AtLeast),
    ("<=", Comparison::AtMost),
    ("~=", Comparison::Compatible),
    (">", Comparison::Above),
    ("<", Comparison::Below),
    ("^", Comparison::Caret),
    ("~", Comparison::Tilde),
    ("=", Comparison::Equal),
];

impl Clause {
    /// All conditions of a text such as `>=15.1,<16`. `bare` is what a version without a comparison means: poetry takes
    /// it for `==`; nothing else takes it. Nothing if it is not such a text.
    pub fn all(text: &str, bare: bool) -> Option<Vec<Clause>> {
        let text = text.trim().trim_start_matches('(').trim_end_matches(')');
        let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        parts.iter().filter(|part| **part != "*").map(|part| Clause::read(part, bare)).collect()
    }

    fn read(text: &str, bare: bool) -> Option<Clause> {
        let found =
            COMPARISONS.iter().find_map(|(sign, comparison)| Some((text.strip_prefix(sign)?, *comparison)));
        let (written, comparison) = match found {
            Some(found) => found,
            None if bare => (text, Comparison::Equal),
            None => return None,
        };
        let written = written.trim();
        let (written, comparison) = match (written.strip_suffix(".*"), comparison) {
            (None, comparison) => (written, comparison),
            (Some(prefix), Comparison::Equal) => (prefix, Comparison::Begins),
            (Some(prefix), Comparison::NotEqual) => (prefix, Comparison::BeginsNot),
            _ => return None,
        };
        let numbers = written.trim_start_matches(['v', 'V']).split('.');
        let numbers = numbers.map_while(|number| number.parse().ok()).collect();
        Some(Clause { comparison, version: written.parse().ok()?, numbers })
    }

    /// A version whose release begins with numbers: `15` of `decision-v15`.
    pub fn beginning_with(version: Version) -> Clause {
        let numbers = version.release().to_vec();
        Clause { comparison: Comparison::Begins, version, numbers }
    }

    /// The one version that it takes.
    pub fn exact(&self) -> Option<&Version> {
        (self.comparison == Comparison::Equal).then_some(&self.version)
    }

    /// Whether a version meets it.
    pub fn takes(&self, version: &Version) -> bool {
        let is_at_least = *version >= self.version;
        let all_but_last = || &self.numbers[..self.numbers.len().saturating_sub(1)];
        match self.comparison {
            Comparison::Equal => *version == self.version,
            Comparison::NotEqual => *version != self.version,
            Comparison::Begins => version.begins_with(&self.numbers),
            Comparison::BeginsNot => !version.begins_with(&self.numbers),
            Comparison::AtLeast => is_at_least,
            Comparison::AtMost => *version <= self.version,
            // `>1.0` does not take 1.0.post1, `<1.0` does not take 1.0rc1.
            Comparison::Above => {
                *version > self.version
                    && !(self.version.is_plain() && version.release() == self.version.release())
            }
            Comparison::Below => {
                *version < self.version
                    && !(self.version.is_plain() && version.release() == self.version.release())
            }
            Comparison::Compatible => is_at_least && version.begins_with(all_but_last()),
            Comparison::Caret => {
                let significant = self.numbers.iter().position(|number| *number != 0);
                let until = significant.map_or(self.numbers.len(), |index| index + 1);
                is_at_least && version.begins_with(&self.numbers[..until])
            }
            Comparison::Tilde => {
                is_at_least && version.begins_with(&self.numbers[..self.numbers.len().min(2)])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn versions_have_the_order_of_pep_440() {
        let sorted = [
            "1.0.dev1",
            "1.0a1.dev2",
            "1.0a1",
            "1.0b2",
            "1.0rc1",
            "1.0",
            "1.0.post1",
            "1.1",
            "1.10",
            "2",
            "15.1.2",
            "15.1.3",
            "15.2",
            "24.5.1",
            "1!0.1",
        ];
        for pair in sorted.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
        }
        assert_eq!(version("15.1.0"), version("v15.1"));
        assert_eq!(version("1.0-RC.1"), version("1.0c1"));
        assert_ne!(version("15.1.3"), version("15.1.3+local"));
        for text in ["", "x", "1.x", "15.1.3 and more", "latest", "1..2", "99999999999999999999999"] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_version_is_shown_as_it_was_written() {
        assert_eq!(version("v15.1.0").to_string(), "15.1.0");
    }

    #[test]
    fn requirements_take_what_pip_and_poetry_take() {
        let taken = |requirement: &str, text: &str| {
            Clause::all(requirement, true).unwrap().iter().all(|clause| clause.takes(&version(text)))
        };
        for (requirement, inside, outside) in [
            ("==15.1.3", "15.1.3", "15.1.2"),
            ("15.1.3", "15.1.3", "15.1.4"),
            ("==15.*", "15.9", "16"),
            ("!=15.1.*,>=15", "15.2", "15.1.3"),
            (">= 15.1.3", "24.5.1", "15.1.2"),
            (">=15,<16", "15.9", "16.0"),
            ("~=15.1", "15.9", "16"),
            ("~=15.1.0", "15.1.9", "15.2"),
            ("^14.1.1", "14.4", "15.0"),
            ("^0.2.1", "0.2.9", "0.3"),
            ("~15.1", "15.1.9", "15.2"),
            ("(>15.1)", "15.2", "15.1.post1"),
            ("<15.1", "15.0", "15.1rc1"),
            ("<=15.1.3", "15.1.3", "15.1.4"),
        ] {
            assert!(taken(requirement, inside), "{requirement} {inside}");
            assert!(!taken(requirement, outside), "{requirement} {outside}");
        }
        assert!(taken("*", "1"));
        assert_eq!(Clause::all("15.1.3", false), None);
        assert_eq!(Clause::all(">=15.*", true), None);
        assert_eq!(Clause::all("^14 || ^15", true), None);
    }
}
