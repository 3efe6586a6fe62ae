//! Python as far as it takes to find names in it: strings and comments are passed over.

/// A piece of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub kind: Kind,
    pub text: &'t str,
    /// The start, in bytes.
    pub start: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    /// A string or a number.
    Literal,
    Mark,
    /// The end of a statement.
    End,
}

impl Token<'_> {
    pub(super) fn is(&self, mark: &str) -> bool {
        self.text == mark && self.kind != Kind::Literal
    }
}

/// All of a text. What is no Python becomes marks.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let (kind, length) = match first {
            '#' => (None, rest.find('\n').unwrap_or(rest.len())),
            // A backslash joins lines.
            '\\' => (None, 1 + rest[1..].chars().next().map_or(0, char::len_utf8)),
            '\n' | ';' => (Some(Kind::End).filter(|_| depth == 0), 1),
            '"' | '\'' => (Some(Kind::Literal), string(rest)),
            _ if first.is_ascii_digit() => (Some(Kind::Literal), word(rest)),
            _ if first == '_' || first.is_alphanumeric() => {
                let length = word(rest);
                let is_prefix = length <= 2 && rest[..length].chars().all(|c| "rbfutRBFUT".contains(c));
                match rest[length..].starts_with(['"', '\'']) && is_prefix {
                    true => (Some(Kind::Literal), length + string(&rest[length..])),
                    false => (Some(Kind::Name), length),
                }
            }
            _ if first.is_whitespace() || first == '\u{feff}' => (None, first.len_utf8()),
            _ => {
                match first {
                    '(' | '[' | '{' => depth += 1,
                    ')' | ']' | '}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                (Some(Kind::Mark), first.len_utf8())
            }
        };
        tokens.extend(kind.map(|kind| Token { kind, text: &rest[..length], start: at }));
        at += length;
    }
    tokens.push(Token { kind: Kind::End, text: "", start: at });
    tokens
}

fn word(text: &str) -> usize {
    text.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(text.len())
}

/// The length of the string that a text starts with. One that is not closed ends with its line, or with the text.
fn string(text: &str) -> usize {
    let quote = &text[..1];
    let triple = quote.repeat(3);
    let is_long = text.starts_with(&triple);
    let end = if is_long { triple.as_str() } else { quote };
    let mut at = end.len();
    while let Some(next) = text[at..].chars().next() {
        let rest = &text[at..];
        if rest.starts_with(end) {
            return at + end.len();
        }
        match next {
            '\\' => at += 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            '\n' if !is_long => return at,
            _ => at += next.len_utf8(),
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&str> {
        tokens(text).into_iter().filter(|token| token.kind == Kind::Name).map(|token| token.text).collect()
    }

    #[test]
    fn names_in_strings_and_comments_are_no_names() {
        let text = "a = \"b\" # c\nd = '''e\n\"f''' + rb'g\\'h' + f\"i\"\nbx = 'open\nj";
        assert_eq!(names(text), ["a", "d", "bx", "j"]);
    }

    #[test]
    fn a_statement_ends_with_its_line_outside_of_brackets() {
        let ends = |text| tokens(text).iter().filter(|token| token.kind == Kind::End).count();
        assert_eq!((ends("a\nb"), ends("(a\nb)"), ends("a \\\n b"), ends("a; b")), (2, 1, 1, 2));
    }

    #[test]
    fn what_is_no_python_does_no_harm() {
        for text in ["", "\\", "'", "'''", "\"\\", "ä'ö\\", ")))\n((", "é\u{feff}\u{a0}'''\\é", "r'"] {
            assert_eq!(tokens(text).last().unwrap().start, text.len(), "{text}");
        }
    }
}
