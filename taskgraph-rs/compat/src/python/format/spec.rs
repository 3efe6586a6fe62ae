//! Parses Python's format specifications: `[[fill]align][sign][z][#][0][width][,_][.precision][type]`.

use crate::python::digit::{decimal, decimals};
use crate::python::format::error::FormatError;

/// The largest width and precision. Python allows any; the template may come from a stranger.
const MOST: usize = 10_000;

/// A format specification, read but not yet applied.
pub(super) struct Spec {
    pub fill: char,
    pub align: char,
    pub sign: Option<char>,
    pub no_negative_zero: bool,
    pub alternate: bool,
    pub width: usize,
    pub separator: Option<char>,
    pub precision: Option<usize>,
    /// The type, if one is given.
    pub form: Option<char>,
}

impl Spec {
    pub(super) fn parse(spec: &str, default_align: char) -> Result<Self, FormatError> {
        let mut rest = Rest(spec);
        let (mut fill, mut align) = (None, None);
        let mut characters = spec.chars();
        match (characters.next(), characters.next()) {
            (Some(first), Some(second @ ('<' | '>' | '=' | '^'))) => {
                (fill, align) = (Some(first), Some(second));
                rest = Rest(characters.as_str());
            }
            _ => align = rest.one_of(&['<', '>', '=', '^']).or(align),
        }
        let sign = rest.one_of(&[' ', '+', '-']);
        let no_negative_zero = rest.one_of(&['z']).is_some();
        let alternate = rest.one_of(&['#']).is_some();
        if fill.is_none() && rest.one_of(&['0']).is_some() {
            fill = Some('0');
            if default_align == '>' {
                align = align.or(Some('='));
            }
        }
        let width = rest.number()?.unwrap_or(0);
        let separator = rest.one_of(&[',', '_']);
        if separator.is_some() && rest.0.starts_with([',', '_']) {
            // Python: a second comma is a wrong specification, any other pair is "both"; ValueError either way.
            return wrong(format!("one separator of thousands is enough: `{spec}`"));
        }
        let mut precision = None;
        if rest.one_of(&['.']).is_some() {
            precision = rest.number()?;
            if precision.is_none() {
                return wrong(format!("no precision behind the point: `{spec}`"));
            }
        }
        let mut last = rest.0.chars();
        let form = last.next();
        if last.next().is_some() {
            return wrong(format!("invalid format specification `{spec}`"));
        }
        let align = align.unwrap_or(default_align);
        let fill = fill.unwrap_or(' ');
        let spec = Spec { fill, align, sign, no_negative_zero, alternate, width, separator, precision, form };
        spec.check_separator(default_align == '<')
    }

    fn check_separator(self, of_text: bool) -> Result<Self, FormatError> {
        let form = self.form.unwrap_or(if of_text { 's' } else { 'd' });
        match (self.separator, form) {
            (None, _) | (_, 'd' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F') => Ok(self),
            (Some('_'), 'b' | 'o' | 'x' | 'X') => Ok(self),
            (Some(separator), _) => wrong(format!("`{separator}` does not go with `{form}`")),
        }
    }

    /// The error for a type that the value has no use for.
    pub(super) fn unknown<T>(&self, sort: &str) -> Result<T, FormatError> {
        wrong(format!("unknown format type `{}` for {sort}", self.form.unwrap_or(' ')))
    }

    /// Appends the parts of which `body` is last, padded to the width. `=` pads between the two.
    pub(super) fn pad(&self, out: &mut String, head: &str, body: &str) {
        let length = head.chars().count() + body.chars().count();
        let missing = self.width.saturating_sub(length);
        let (left, middle, right) = match self.align {
            '<' => (0, 0, missing),
            '^' => (missing / 2, 0, missing - missing / 2),
            '=' => (0, missing, 0),
            _ => (missing, 0, 0),
        };
        let fill = |out: &mut String, count| out.extend(std::iter::repeat_n(self.fill, count));
        fill(out, left);
        out.push_str(head);
        fill(out, middle);
        out.push_str(body);
        fill(out, right);
    }
}

/// The part of a specification that is not read yet.
struct Rest<'s>(&'s str);

impl Rest<'_> {
    fn one_of(&mut self, allowed: &[char]) -> Option<char> {
        let first = self.0.chars().next().filter(|first| allowed.contains(first))?;
        self.0 = &self.0[first.len_utf8()..];
        Some(first)
    }

    /// Digits, if any stand here.
    fn number(&mut self) -> Result<Option<usize>, FormatError> {
        let end = self.0.find(|one| decimal(one).is_none()).unwrap_or(self.0.len());
        let (digits, rest) = self.0.split_at(end);
        self.0 = rest;
        let Some(digits) = decimals(digits) else { return Ok(None) };
        match digits.parse() {
            Ok(number) if number <= MOST => Ok(Some(number)),
            _ => wrong(format!("a width or precision of more than {MOST} in a format specification")),
        }
    }
}

pub(super) fn wrong<T>(what: impl Into<String>) -> Result<T, FormatError> {
    Err(FormatError::Value(what.into()))
}
