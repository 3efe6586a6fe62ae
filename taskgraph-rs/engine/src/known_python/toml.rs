//! The tokens of a TOML file that matter for names and versions: tables, keys, strings, with their lines. Everything
//! else is passed over, and what is no TOML ends it.

/// A token.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// `[a.b]` or `[[a.b]]`.
    Table(Vec<String>),
    /// A key, with the number of brackets and braces around it.
    Key {
        /// Its parts.
        path: Vec<String>,
        /// Its line.
        line: u32,
        /// The depth of arrays and inline tables around it.
        depth: usize,
    },
    /// A string that is a value.
    Text {
        /// The content.
        text: String,
        /// The line on which it starts.
        line: u32,
        /// The depth of arrays and inline tables around it.
        depth: usize,
    },
}

/// Walks through a text.
pub(super) struct Scanner<'t> {
    rest: &'t str,
    line: u32,
    /// The open brackets and braces.
    open: Vec<char>,
    expects: Expects,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Expects {
    Key,
    Value,
    /// A comma, or the end of the line.
    End,
}

impl<'t> Scanner<'t> {
    /// From the start of a text.
    pub(super) fn new(text: &'t str) -> Self {
        let rest = text.trim_start_matches('\u{feff}');
        Scanner { rest, line: 1, open: Vec::new(), expects: Expects::Key }
    }

    fn skip(&mut self, bytes: usize) {
        let (passed, rest) = self.rest.split_at(bytes);
        self.line += u32::try_from(passed.matches('\n').count()).unwrap_or_default();
        self.rest = rest;
    }

    /// A string in quotes. Escapes are left as they are: no name and no version needs one.
    fn quoted(&mut self) -> Option<String> {
        let quote = self.rest.chars().next()?;
        let triple: String = [quote; 3].iter().collect();
        let mark = if self.rest.starts_with(&triple) { &*triple } else { &triple[..1] };
        let is_literal = quote == '\'';
        let mut from = mark.len();
        loop {
            let found = from + self.rest.get(from..)?.find([quote, '\\', '\n'])?;
            let at = &self.rest[found..];
            if at.starts_with(mark) {
                let text = self.rest[mark.len()..found].to_owned();
                self.skip(found + mark.len());
                return Some(text);
            }
            if at.starts_with('\n') && mark.len() == 1 {
                return None;
            }
            // An escape is the backslash and the character behind it, which may be a quote.
            let escaped = at.starts_with('\\') && !is_literal;
            from = found + 1 + if escaped { at.chars().nth(1).map_or(0, char::len_utf8) } else { 0 };
        }
    }

    /// The dotted name of a table or of a key.
    fn path(&mut self) -> Option<Vec<String>> {
        let mut path = Vec::new();
        loop {
            self.skip(self.rest.len() - self.rest.trim_start_matches([' ', '\t']).len());
            match self.rest.chars().next()? {
                '"' | '\'' => path.push(self.quoted()?),
                _ => {
                    let is_bare =
                        |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
                    let end = self.rest.find(|letter| !is_bare(letter)).filter(|end| *end > 0)?;
                    path.push(self.rest[..end].to_owned());
                    self.skip(end);
                }
            }
            self.skip(self.rest.len() - self.rest.trim_start_matches([' ', '\t']).len());
            match self.rest.strip_prefix('.') {
                Some(_) => self.skip(1),
                None => return Some(path),
            }
        }
    }

    fn table(&mut self) -> Option<Token> {
        let brackets = self.rest.len() - self.rest.trim_start_matches('[').len();
        self.skip(brackets.min(2));
        let path = self.path()?;
        let close = &"]]"[..brackets.min(2)];
        self.rest.starts_with(close).then(|| self.skip(close.len()))?;
        Some(Token::Table(path))
    }

    fn key(&mut self) -> Option<Token> {
        let line = self.line;
        let path = self.path()?;
        self.rest.starts_with('=').then(|| self.skip(1))?;
        self.expects = Expects::Value;
        Some(Token::Key { path, line, depth: self.open.len() })
    }

    /// The next token; nothing at the end, or at what is no TOML.
    fn read(&mut self) -> Option<Token> {
        loop {
            let next = self.rest.chars().next()?;
            let depth = self.open.len();
            match (next, self.expects) {
                (' ' | '\t' | '\r', _) => self.skip(1),
                ('#', _) => self.skip(self.rest.find('\n').unwrap_or(self.rest.len())),
                ('\n', expects) => {
                    self.skip(1);
                    match (depth, expects) {
                        (0, Expects::Value) => return None,
                        (0, _) => self.expects = Expects::Key,
                        _ => {}
                    }
                }
                ('[', Expects::Key) if depth == 0 => return self.table(),
                ('}', Expects::Key | Expects::End) | (']', Expects::Value | Expects::End) if depth > 0 => {
                    let opened = if next == '}' { '{' } else { '[' };
                    self.open.pop().filter(|open| *open == opened)?;
                    self.expects = Expects::End;
                    self.skip(1);
                }
                (_, Expects::Key) => return self.key(),
                ('[' | '{', Expects::Value) => {
                    self.open.push(next);
                    self.expects = if next == '{' { Expects::Key } else { Expects::Value };
                    self.skip(1);
                }
                ('"' | '\'', Expects::Value) => {
                    let line = self.line;
                    let text = self.quoted()?;
                    self.expects = Expects::End;
                    return Some(Token::Text { text, line, depth });
                }
                // A number, a date, a boolean.
                (_, Expects::Value) => {
                    let end = self.rest.find([',', ']', '}', '\n', '#']).unwrap_or(self.rest.len());
                    if end == 0 {
                        return None;
                    }
                    self.expects = Expects::End;
                    self.skip(end);
                }
                (',', Expects::End) => {
                    self.expects = match self.open.last()? {
                        '{' => Expects::Key,
                        _ => Expects::Value,
                    };
                    self.skip(1);
                }
                (_, Expects::End) => return None,
            }
        }
    }
}

impl Iterator for Scanner<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let token = self.read();
        if token.is_none() {
            self.rest = "";
        }
        token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_keys_and_strings_are_found_with_their_lines() {
        let text = "a = 1\n[b.\"c d\"] # x\ne.f = [\n  'g', # h\n  { i = \"j\\\"\", k = [] },\n]\n[[l]]\nm = '''\nn'''\n";
        let key = |path: &[&str], line, depth| Token::Key {
            path: path.iter().map(|part| part.to_string()).collect(),
            line,
            depth,
        };
        let said = |text: &str, line, depth| Token::Text { text: text.into(), line, depth };
        assert_eq!(
            Scanner::new(text).collect::<Vec<_>>(),
            [
                key(&["a"], 1, 0),
                Token::Table(vec!["b".into(), "c d".into()]),
                key(&["e", "f"], 3, 0),
                said("g", 4, 1),
                key(&["i"], 5, 2),
                said("j\\\"", 5, 2),
                key(&["k"], 5, 2),
                Token::Table(vec!["l".into()]),
                key(&["m"], 8, 0),
                said("\nn", 8, 0),
            ]
        );
    }

    #[test]
    fn what_is_no_toml_ends_it() {
        for text in ["= 1", "a 1", "a = \n", "a = ]", "a = {]", "a = 'b\n'", "[a"] {
            let texts = Scanner::new(text).filter(|token| matches!(token, Token::Text { .. }));
            assert_eq!(texts.collect::<Vec<_>>(), [], "{text}");
        }
    }
}
