//! Groups in regular expressions, and references to them.

use crate::python::regex::class;
use crate::python::regex::flags::Flags;
use crate::python::regex::translate::{Parser, Piece, Result};
use crate::python::regex::width::Width;

impl Parser<'_> {
    pub(super) fn reference(&mut self, out: &mut String, number: usize) -> Result<()> {
        if number >= self.out.groups.len() {
            return Err(format!("invalid group reference {number}"));
        }
        if self.open.contains(&number) {
            return Err("cannot refer to an open group".into());
        }
        self.out.backtracks = true;
        self.width = self.widths[number];
        out.push_str(&format!("\\k<g{number}>"));
        Ok(())
    }

    fn number_of(&self, name: &str) -> Result<usize> {
        let known = self.out.groups.iter().position(|group| group.as_deref() == Some(name));
        known.ok_or_else(|| format!("unknown group name `{name}`"))
    }

    pub(super) fn group(&mut self, out: &mut String, flags: Flags, depth: usize) -> Result<Option<Piece>> {
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
                if opening.starts_with('<') && !self.width.is_fixed() {
                    return Err("look-behind requires fixed-width pattern".into());
                }
                if opening != ">" {
                    self.width = Width::NONE;
                }
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
        self.widths.push(Width::NONE);
        self.open.push(number);
        // The engine does not mix names and numbers in references: every group gets a name.
        self.inside(out, &format!("(?P<g{number}>"), flags, depth)?;
        self.open.pop();
        self.widths[number] = self.width;
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
        let width = self.width;
        self.width = Width::NONE;
        let no = if self.eat("|") { self.sequence(flags, depth + 1)? } else { String::new() };
        self.width = width.or(self.width);
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
                Some(flag) => inner.set(flag, on)?,
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
