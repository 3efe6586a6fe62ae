//! Translates regular expressions from Python's syntax into that of the `regex` and `fancy-regex` crates.
//!
//! Every piece is written out so that it depends on no flag of the engines but `i`: the meaning of a shorthand is
//! decided here. Matches nothing itself.

use crate::python::regex::class;
use crate::python::regex::flags::Flags;
use crate::python::regex::width::Width;

/// The depth to which groups may nest.
const DEPTH: usize = 100;

/// A pattern, rewritten.
pub(super) struct Translation {
    /// The rewritten pattern.
    pub text: String,
    /// Whether it needs an engine that backtracks: look-around, back-references, atomic groups.
    pub backtracks: bool,
    /// Whether it has a `$` that may stand before a last line feed (exact only in [`Style::Exact`]).
    pub dollar: bool,
    /// Whether it has word boundaries (exact beyond ASCII only in [`Style::Exact`]).
    pub boundary: bool,
    /// The names of the groups, the whole match first.
    pub groups: Vec<Option<String>>,
}

/// The translation of `$` and `\b`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// For an engine without look-around: right for text without a line feed at its end and for ASCII words.
    Linear,
    /// Right for any text.
    Exact,
}

/// The last piece of a sequence, for the quantifier that may follow.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    Atom,
    Anchor,
    Repeat,
}

pub(super) type Result<T> = std::result::Result<T, String>;

/// Rewrites a pattern. The error says what is wrong with it, in Python's eyes.
pub(super) fn translate(pattern: &str, style: Style) -> Result<Translation> {
    let mut parser = Parser {
        rest: pattern,
        style,
        global: Flags::default(),
        open: Vec::new(),
        width: Width::NONE,
        widths: vec![Width::NONE],
        out: Translation {
            text: String::new(),
            backtracks: style == Style::Exact,
            dollar: false,
            boundary: false,
            groups: vec![None],
        },
    };
    parser.global_flags()?;
    let text = parser.alternatives(parser.global, 0)?;
    if !parser.rest.is_empty() {
        return Err("unbalanced parenthesis".into());
    }
    parser.out.text = if parser.global.ignore_case { format!("(?i:{text})") } else { text };
    Ok(parser.out)
}

pub(super) struct Parser<'p> {
    pub(super) rest: &'p str,
    pub(super) style: Style,
    pub(super) global: Flags,
    /// The groups that have begun and not ended.
    pub(super) open: Vec<usize>,
    /// The width of the piece that was read last.
    pub(super) width: Width,
    /// The same of every group that has ended, the whole match first.
    pub(super) widths: Vec<Width>,
    pub(super) out: Translation,
}

impl Parser<'_> {
    pub(super) fn next(&mut self) -> Option<char> {
        let first = self.rest.chars().next()?;
        self.rest = &self.rest[first.len_utf8()..];
        Some(first)
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        self.rest.strip_prefix(text).map(|rest| self.rest = rest).is_some()
    }

    pub(super) fn until(&mut self, end: char, what: &str) -> Result<String> {
        let (text, rest) = self.rest.split_once(end).ok_or_else(|| format!("missing {what}"))?;
        self.rest = rest;
        Ok(text.into())
    }

    /// `(?im)` at the start of the pattern holds for all of it; anywhere else Python refuses it.
    fn global_flags(&mut self) -> Result<()> {
        while let Some(after) = self.rest.strip_prefix("(?") {
            if let Some((_, rest)) = after.strip_prefix('#').and_then(|comment| comment.split_once(')')) {
                self.rest = rest;
                continue;
            }
            let end = after.find(|one: char| !one.is_ascii_alphabetic()).unwrap_or(after.len());
            if end == 0 || !after[end..].starts_with(')') || after.starts_with('P') {
                break;
            }
            for flag in after[..end].chars() {
                self.global.set(flag, true)?;
            }
            self.rest = &after[end + 1..];
        }
        Ok(())
    }

    pub(super) fn alternatives(&mut self, flags: Flags, depth: usize) -> Result<String> {
        if depth > DEPTH {
            return Err("groups are nested too deeply".into());
        }
        let mut out = self.sequence(flags, depth)?;
        while self.eat("|") {
            let before = self.width;
            out.push('|');
            out.push_str(&self.sequence(flags, depth)?);
            self.width = before.or(self.width);
        }
        Ok(out)
    }

    pub(super) fn sequence(&mut self, flags: Flags, depth: usize) -> Result<String> {
        let mut out = String::new();
        let mut last: Option<(Piece, usize)> = None;
        // All that is read, but for the last piece, which may yet be repeated.
        let (mut before, mut width) = (Width::NONE, Width::NONE);
        while !self.rest.is_empty() && !self.rest.starts_with(['|', ')']) {
            if flags.verbose && self.skip_blank() {
                continue;
            }
            if let Some((bounds, times)) = self.quantifier()? {
                let start = match last {
                    None | Some((Piece::Anchor, _)) => return Err("nothing to repeat".into()),
                    Some((Piece::Repeat, _)) => return Err("multiple repeat".into()),
                    Some((Piece::Atom, start)) => start,
                };
                if self.style == Style::Exact && !is_repeatable(&out[start..]) {
                    out.insert_str(start, "(?:");
                    out.push_str("|(?!))");
                }
                out.push_str(&bounds);
                if self.eat("?") {
                    out.push('?');
                } else if self.eat("+") {
                    self.out.backtracks = true;
                    out.insert_str(start, "(?>");
                    out.push(')');
                }
                width = width.times(times);
                last = Some((Piece::Repeat, start));
                continue;
            }
            let start = out.len();
            if let Some(piece) = self.piece(&mut out, flags, depth)? {
                last = Some((piece, start));
                before = before.then(width);
                width = if piece == Piece::Atom { self.width } else { Width::NONE };
            }
        }
        self.width = before.then(width);
        Ok(out)
    }

    fn skip_blank(&mut self) -> bool {
        let before = self.rest.len();
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
        if self.rest.starts_with('#') {
            self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
        }
        self.rest.len() != before
    }

    /// A quantifier, if one stands here, and the fewest and the most times. Braces that are none mean themselves.
    fn quantifier(&mut self) -> Result<Option<(String, (u32, u32))>> {
        for (one, times) in [("*", (0, u32::MAX)), ("+", (1, u32::MAX)), ("?", (0, 1))] {
            if self.eat(one) {
                return Ok(Some((one.into(), times)));
            }
        }
        let Some((inside, rest)) = self.rest.strip_prefix('{').and_then(|after| after.split_once('}')) else {
            return Ok(None);
        };
        let (least, most) = inside.split_once(',').unwrap_or((inside, inside));
        if inside.is_empty() || !least.bytes().chain(most.bytes()).all(|byte| byte.is_ascii_digit()) {
            return Ok(None);
        }
        let number =
            |digits: &str| digits.parse::<u32>().map_err(|_| "the repetition number is too large".to_owned());
        let least = if least.is_empty() { 0 } else { number(least)? };
        self.rest = rest;
        if most.is_empty() {
            return Ok(Some((format!("{{{least},}}"), (least, u32::MAX))));
        }
        let most = number(most)?;
        if most < least {
            return Err("min repeat greater than max repeat".into());
        }
        Ok(Some((format!("{{{least},{most}}}"), (least, most))))
    }

    fn piece(&mut self, out: &mut String, flags: Flags, depth: usize) -> Result<Option<Piece>> {
        self.width = Width::ONE;
        match self.next() {
            None => Ok(None),
            Some('.') => {
                out.push_str(if flags.dot_all { "(?s:.)" } else { "[^\\n]" });
                Ok(Some(Piece::Atom))
            }
            Some('^') => {
                out.push_str(if flags.multi_line { "(?m:^)" } else { "\\A" });
                Ok(Some(Piece::Anchor))
            }
            Some('$') if flags.multi_line => {
                out.push_str("(?m:$)");
                Ok(Some(Piece::Anchor))
            }
            Some('$') => {
                self.out.dollar = true;
                out.push_str(if self.style == Style::Exact { "(?=\\n?\\z)" } else { "\\z" });
                Ok(Some(Piece::Anchor))
            }
            Some('[') => {
                self.rest = class::write_set(out, self.rest, flags.ascii)?;
                Ok(Some(Piece::Atom))
            }
            Some('\\') => self.escape(out, flags).map(Some),
            Some('(') => self.group(out, flags, depth),
            Some(character) => {
                class::write_literal(out, character);
                Ok(Some(Piece::Atom))
            }
        }
    }

    fn escape(&mut self, out: &mut String, flags: Flags) -> Result<Piece> {
        let exact = self.style == Style::Exact;
        match self.rest.chars().next() {
            Some('A') => out.push_str("\\A"),
            Some('Z') => out.push_str("\\z"),
            Some(edge @ ('b' | 'B')) => {
                self.out.boundary = true;
                out.push_str(&class::boundary(edge == 'b', flags.ascii, exact));
            }
            Some(digit @ '1'..='9') => {
                if let Some((character, rest)) = class::octal(self.rest)? {
                    self.rest = rest;
                    class::write_literal(out, character);
                    return Ok(Piece::Atom);
                }
                self.next();
                let mut number = digit.to_string();
                if self.rest.starts_with(|one: char| one.is_ascii_digit()) {
                    number.extend(self.next());
                }
                self.reference(out, number.parse().unwrap_or(usize::MAX))?;
                return Ok(Piece::Atom);
            }
            _ => {
                self.rest = class::write_escape(out, self.rest, flags.ascii)?;
                return Ok(Piece::Atom);
            }
        }
        self.next();
        Ok(Piece::Anchor)
    }
}

/// Whether the backtracking engine repeats this piece: it refuses look-around and what is empty, even in a group.
/// An alternative that never matches makes it repeatable and changes nothing.
fn is_repeatable(piece: &str) -> bool {
    let Some(inside) = piece.strip_prefix("(?") else { return true };
    match inside.split_once(':') {
        _ if inside.starts_with(['P', '>']) => true,
        Some(("" | "i" | "-i", inner)) => !inner.starts_with([')', '|']) && !inner.starts_with("(?"),
        _ => inside.starts_with("s:") || inside.starts_with("m:"),
    }
}
