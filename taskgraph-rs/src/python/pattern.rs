//! Regular expressions in Python's syntax, rewritten in that of the `regex` and `fancy-regex` crates.
//!
//! Every piece is written out so that it depends on no flag of the engines but `i`: what a shorthand means is
//! decided here. Nothing is matched here.

use super::pattern_class as class;

/// How deep groups may nest.
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

/// How `$` and `\b` are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// For an engine without look-around: right for text without a line feed at its end and for ASCII words.
    Linear,
    /// Right for any text.
    Exact,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Flags {
    ignore_case: bool,
    multi_line: bool,
    dot_all: bool,
    verbose: bool,
    ascii: bool,
}

/// What the last piece of a sequence is, for the quantifier that may follow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Piece {
    Atom,
    Anchor,
    Repeat,
}

type Result<T> = std::result::Result<T, String>;

/// Rewrites a pattern. The error says what is wrong with it, in Python's eyes.
pub(super) fn translate(pattern: &str, style: Style) -> Result<Translation> {
    let mut parser = Parser {
        rest: pattern,
        style,
        global: Flags::default(),
        open: Vec::new(),
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

struct Parser<'p> {
    rest: &'p str,
    style: Style,
    global: Flags,
    /// The groups that have begun and not ended.
    open: Vec<usize>,
    out: Translation,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<char> {
        let first = self.rest.chars().next()?;
        self.rest = &self.rest[first.len_utf8()..];
        Some(first)
    }

    fn eat(&mut self, text: &str) -> bool {
        self.rest.strip_prefix(text).map(|rest| self.rest = rest).is_some()
    }

    fn until(&mut self, end: char, what: &str) -> Result<String> {
        let (text, rest) = self.rest.split_once(end).ok_or_else(|| format!("missing {what}"))?;
        self.rest = rest;
        Ok(text.into())
    }

    /// `(?im)` at the start of the pattern holds for all of it; anywhere else Python refuses it.
    fn global_flags(&mut self) -> Result<()> {
        while let Some(after) = self.rest.strip_prefix("(?") {
            let end = after.find(|one: char| !one.is_ascii_alphabetic()).unwrap_or(after.len());
            if end == 0 || !after[end..].starts_with(')') || after.starts_with('P') {
                break;
            }
            for flag in after[..end].chars() {
                set_flag(&mut self.global, flag, true)?;
            }
            self.rest = &after[end + 1..];
        }
        Ok(())
    }

    fn alternatives(&mut self, flags: Flags, depth: usize) -> Result<String> {
        if depth > DEPTH {
            return Err("groups are nested too deeply".into());
        }
        let mut out = self.sequence(flags, depth)?;
        while self.eat("|") {
            out.push('|');
            out.push_str(&self.sequence(flags, depth)?);
        }
        Ok(out)
    }

    fn sequence(&mut self, flags: Flags, depth: usize) -> Result<String> {
        let mut out = String::new();
        let mut last: Option<(Piece, usize)> = None;
        while !self.rest.is_empty() && !self.rest.starts_with(['|', ')']) {
            if flags.verbose && self.skip_blank() {
                continue;
            }
            if let Some(bounds) = self.quantifier()? {
                let start = match last {
                    None | Some((Piece::Anchor, _)) => return Err("nothing to repeat".into()),
                    Some((Piece::Repeat, _)) => return Err("multiple repeat".into()),
                    Some((Piece::Atom, start)) => start,
                };
                out.push_str(&bounds);
                if self.eat("?") {
                    out.push('?');
                } else if self.eat("+") {
                    self.out.backtracks = true;
                    out.insert_str(start, "(?>");
                    out.push(')');
                }
                last = Some((Piece::Repeat, start));
                continue;
            }
            let start = out.len();
            if let Some(piece) = self.piece(&mut out, flags, depth)? {
                last = Some((piece, start));
            }
        }
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

    /// A quantifier, if one stands here. Braces that are none mean themselves.
    fn quantifier(&mut self) -> Result<Option<String>> {
        for one in ["*", "+", "?"] {
            if self.eat(one) {
                return Ok(Some(one.into()));
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
            return Ok(Some(format!("{{{least},}}")));
        }
        let most = number(most)?;
        if most < least {
            return Err("min repeat greater than max repeat".into());
        }
        Ok(Some(format!("{{{least},{most}}}")))
    }

    fn piece(&mut self, out: &mut String, flags: Flags, depth: usize) -> Result<Option<Piece>> {
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

    fn reference(&mut self, out: &mut String, number: usize) -> Result<()> {
        if number >= self.out.groups.len() {
            return Err(format!("invalid group reference {number}"));
        }
        if self.open.contains(&number) {
            return Err("cannot refer to an open group".into());
        }
        self.out.backtracks = true;
        out.push_str(&format!("\\k<g{number}>"));
        Ok(())
    }

    fn number_of(&self, name: &str) -> Result<usize> {
        let known = self.out.groups.iter().position(|group| group.as_deref() == Some(name));
        known.ok_or_else(|| format!("unknown group name `{name}`"))
    }

    fn group(&mut self, out: &mut String, flags: Flags, depth: usize) -> Result<Option<Piece>> {
        if !self.eat("?") {
            return self.capture(out, None, flags, depth);
        }
        if self.eat("P<") {
            let name = self.until('>', ">, unterminated name")?;
            return self.capture(out, Some(name), flags, depth);
        }
        if self.eat("P=") {
            let name = self.until(')', "), unterminated name")?;
            let number = self.number_of(&name)?;
            self.reference(out, number)?;
            return Ok(Some(Piece::Atom));
        }
        if self.eat("#") {
            self.until(')', "), unterminated comment")?;
            return Ok(None);
        }
        if self.eat("(") {
            return self.conditional(out, flags, depth);
        }
        for opening in ["=", "!", "<=", "<!", ">"] {
            if self.eat(opening) {
                self.out.backtracks = true;
                self.inside(out, &format!("(?{opening}"), flags, depth)?;
                return Ok(Some(Piece::Atom));
            }
        }
        let (inner, opening) = self.local_flags(flags)?;
        self.inside(out, opening, inner, depth)?;
        Ok(Some(Piece::Atom))
    }

    fn capture(
        &mut self,
        out: &mut String,
        name: Option<String>,
        flags: Flags,
        depth: usize,
    ) -> Result<Option<Piece>> {
        if let Some(name) = &name {
            class::check_name(name)?;
            if self.number_of(name).is_ok() {
                return Err(format!("redefinition of group name `{name}`"));
            }
        }
        let number = self.out.groups.len();
        self.out.groups.push(name);
        self.open.push(number);
        // The engine does not mix names and numbers in references: every group gets a name.
        self.inside(out, &format!("(?P<g{number}>"), flags, depth)?;
        self.open.pop();
        Ok(Some(Piece::Atom))
    }

    /// `(?(1)yes|no)`.
    fn conditional(&mut self, out: &mut String, flags: Flags, depth: usize) -> Result<Option<Piece>> {
        let name = self.until(')', "), unterminated name")?;
        let number = match name.parse::<usize>() {
            Ok(number) => number,
            Err(_) => self.number_of(&name)?,
        };
        if number == 0 || number >= self.out.groups.len() {
            return Err(format!("invalid group reference {number}"));
        }
        self.out.backtracks = true;
        let yes = self.sequence(flags, depth + 1)?;
        let no = if self.eat("|") { self.sequence(flags, depth + 1)? } else { String::new() };
        if self.rest.starts_with('|') {
            return Err("conditional backref with more than two branches".into());
        }
        if !self.eat(")") {
            return Err("missing ), unterminated subpattern".into());
        }
        out.push_str(&format!("(?(<g{number}>)(?:{yes})|(?:{no}))"));
        Ok(Some(Piece::Atom))
    }

    /// `(?i-s:`, and `(?:` without flags.
    fn local_flags(&mut self, flags: Flags) -> Result<(Flags, &'static str)> {
        let mut inner = flags;
        let mut on = true;
        loop {
            match self.next() {
                Some(':') => break,
                Some('-') if on => on = false,
                Some(')') => return Err("global flags not at the start of the expression".into()),
                Some('a' | 'u' | 'L') if !on => {
                    return Err("bad inline flags: cannot turn off this flag".into());
                }
                Some(flag) => set_flag(&mut inner, flag, on)?,
                None => return Err("unexpected end of pattern".into()),
            }
        }
        let opening = match (flags.ignore_case, inner.ignore_case) {
            (false, true) => "(?i:",
            (true, false) => "(?-i:",
            _ => "(?:",
        };
        Ok((inner, opening))
    }

    fn inside(&mut self, out: &mut String, opening: &str, flags: Flags, depth: usize) -> Result<()> {
        let inner = self.alternatives(flags, depth + 1)?;
        if !self.eat(")") {
            return Err("missing ), unterminated subpattern".into());
        }
        out.push_str(opening);
        out.push_str(&inner);
        out.push(')');
        Ok(())
    }
}

fn set_flag(flags: &mut Flags, flag: char, on: bool) -> Result<()> {
    match flag {
        'i' => flags.ignore_case = on,
        'm' => flags.multi_line = on,
        's' => flags.dot_all = on,
        'x' => flags.verbose = on,
        'a' => flags.ascii = on,
        'u' => flags.ascii = !on,
        'L' => return Err("bad inline flags: cannot use `L` flag with a string pattern".into()),
        other => return Err(format!("unknown extension ?{other}")),
    }
    Ok(())
}
