//! Characters and sets of characters in regular expressions: what Python means by `\w`, `[^]a-z]`, `\x41`.

/// Returns the characters of a shorthand, as the inside of a set.
///
/// Python's `\w` is what is alphanumeric, so no combining marks, and its `\s` knows four separators more.
fn shorthand(letter: char, ascii: bool) -> Option<&'static str> {
    Some(match (letter.to_ascii_lowercase(), ascii) {
        ('d', false) => "\\p{Nd}",
        ('d', true) => "0-9",
        ('s', false) => "\\s\\x1c-\\x1f",
        ('s', true) => " \\t\\n\\r\\x0b\\x0c",
        ('w', false) => "\\p{L}\\p{N}_",
        ('w', true) => "a-zA-Z0-9_",
        _ => return None,
    })
}

/// One member of a set, or what an escape outside a set means.
enum Item<'p> {
    Character(char, &'p str),
    Shorthand(char, &'p str),
}

type Result<T> = std::result::Result<T, String>;

/// Appends a character that means itself.
pub(super) fn write_literal(out: &mut String, character: char) {
    if "\\.+*?()|[]{}^$#&-~".contains(character) {
        out.push('\\');
    }
    match character {
        // An engine in verbose mode would skip these; and they are unreadable in messages.
        '\0'..' ' => out.push_str(&format!("\\x{:02x}", u32::from(character))),
        _ => out.push(character),
    }
}

/// Appends what the escape means that begins behind a backslash. The answer is what follows it.
pub(super) fn write_escape<'p>(out: &mut String, text: &'p str, ascii: bool) -> Result<&'p str> {
    match escape(text, false)? {
        Item::Character(character, rest) => {
            write_literal(out, character);
            Ok(rest)
        }
        Item::Shorthand(letter, rest) => {
            write_shorthand(out, letter, ascii);
            Ok(rest)
        }
    }
}

fn write_shorthand(out: &mut String, letter: char, ascii: bool) {
    let inside = shorthand(letter, ascii).unwrap_or_default();
    out.push_str(if letter.is_ascii_uppercase() { "[^" } else { "[" });
    out.push_str(inside);
    out.push(']');
}

/// Appends the set that begins behind a bracket. The answer is what follows it.
pub(super) fn write_set<'p>(out: &mut String, text: &'p str, ascii: bool) -> Result<&'p str> {
    let mut rest = text;
    out.push('[');
    if let Some(after) = rest.strip_prefix('^') {
        out.push('^');
        rest = after;
    }
    let mut first = true;
    loop {
        if let Some(after) = rest.strip_prefix(']')
            && !first
        {
            out.push(']');
            return Ok(after);
        }
        first = false;
        let (low, after) = match member(rest)? {
            Item::Shorthand(letter, after) => {
                if after.starts_with('-') && !after.starts_with("-]") {
                    return Err("bad character range".into());
                }
                write_shorthand(out, letter, ascii);
                rest = after;
                continue;
            }
            Item::Character(low, after) => (low, after),
        };
        rest = after;
        write_literal(out, low);
        let Some(after) = rest.strip_prefix('-').filter(|after| !after.starts_with(']')) else { continue };
        match member(after)? {
            Item::Character(high, after) if low <= high => {
                out.push('-');
                write_literal(out, high);
                rest = after;
            }
            _ => return Err("bad character range".into()),
        }
    }
}

fn member(text: &str) -> Result<Item<'_>> {
    let mut characters = text.chars();
    match characters.next() {
        None => Err("unterminated character set".into()),
        Some('\\') => escape(characters.as_str(), true),
        Some(character) => Ok(Item::Character(character, characters.as_str())),
    }
}

fn escape(text: &str, in_set: bool) -> Result<Item<'_>> {
    let mut characters = text.chars();
    let Some(letter) = characters.next() else { return Err("bad escape (end of pattern)".into()) };
    let rest = characters.as_str();
    let character = match letter {
        'd' | 'D' | 's' | 'S' | 'w' | 'W' => return Ok(Item::Shorthand(letter, rest)),
        'a' => '\x07',
        'b' if in_set => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        'x' => return hex(rest, 2),
        'u' => return hex(rest, 4),
        'U' => return hex(rest, 8),
        '0' => return Ok(octal_run(text, 3)),
        '1'..='7' if in_set => {
            let run = octal_run(text, 3);
            return match run {
                Item::Character('\0'..='\u{ff}', _) => Ok(run),
                _ => Err("octal escape value outside of range 0-0o377".into()),
            };
        }
        'a'..='z' | 'A'..='Z' | '0'..='9' => return Err(format!("bad escape \\{letter}")),
        other => other,
    };
    Ok(Item::Character(character, rest))
}

fn hex(text: &str, count: usize) -> Result<Item<'_>> {
    let bad = || "bad escape: not the number of a character".to_owned();
    let digits = text
        .get(..count)
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .ok_or_else(bad)?;
    let code = u32::from_str_radix(digits, 16).map_err(|_| bad())?;
    Ok(Item::Character(char::from_u32(code).ok_or_else(bad)?, &text[count..]))
}

/// Up to `most` octal digits.
fn octal_run(text: &str, most: usize) -> Item<'_> {
    let count = text.bytes().take(most).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    let code = text.bytes().take(count).fold(0, |sum, byte| sum * 8 + u32::from(byte - b'0'));
    Item::Character(char::from_u32(code).unwrap_or('\0'), &text[count..])
}

/// The character of exactly three octal digits, if they stand here: `\101` is `A`, not group 10.
pub(super) fn octal(text: &str) -> Result<Option<(char, &str)>> {
    match octal_run(text, 3) {
        Item::Character(character, rest) if text.len() - rest.len() == 3 => {
            if character > '\u{ff}' {
                return Err("octal escape value outside of range 0-0o377".into());
            }
            Ok(Some((character, rest)))
        }
        _ => Ok(None),
    }
}

/// The edge of a word, or a place that is none.
pub(super) fn boundary(edge: bool, ascii: bool, exact: bool) -> String {
    if !exact {
        let written = if edge { "\\b" } else { "\\B" };
        return if ascii { format!("(?-u:{written})") } else { written.into() };
    }
    let word = format!("[{}]", shorthand('w', ascii).unwrap_or_default());
    if edge {
        return format!("(?:(?<={word})(?!{word})|(?<!{word})(?={word}))");
    }
    // Python 3.11: `\B` does not match in empty text.
    format!("(?:(?!\\A\\z)(?:(?<={word})(?={word})|(?<!{word})(?!{word})))")
}

/// The name of a group is an identifier.
pub(super) fn check_name(name: &str) -> Result<()> {
    let mut characters = name.chars();
    let begins = characters.next().is_some_and(|first| first == '_' || first.is_alphabetic());
    if begins && characters.all(|one| one == '_' || one.is_alphanumeric()) {
        return Ok(());
    }
    Err(format!("bad character in group name `{name}`"))
}
