//! Escapes characters that act on a terminal.
//!
//! A name can contain characters that move the cursor, change colors or reverse the direction of the text that
//! follows, so that the terminal shows something else than the name.

use std::borrow::Cow;

/// Whether a character only stands for itself: no control character, no separator of lines, no change of direction.
pub fn is_safe(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The text in one line, with escapes such as `\u{1b}` for all that is not inert.
pub fn inert(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_safe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match is_safe(c) {
            true => out.push(c),
            false => out.extend(c.escape_default()),
        }
    }
    Cow::Owned(out)
}

/// The text with another character of the same length for each that is longer than a byte and not inert: every byte
/// keeps its position.
pub fn veiled(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii() || is_safe(c);
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let veil = |c: char| match c.len_utf8() {
        _ if is_plain(c) => c,
        2 => '·',
        _ => char::REPLACEMENT_CHARACTER,
    };
    Cow::Owned(text.chars().map(veil).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_becomes_an_escape() {
        assert_eq!(inert("a\u{1b}[31m\n"), "a\\u{1b}[31m\\n");
        assert_eq!(
            inert("\u{9b}\u{7f}\u{202e}\u{2066}\u{200f}"),
            "\\u{9b}\\u{7f}\\u{202e}\\u{2066}\\u{200f}"
        );
        assert!(matches!(inert("försäkring 日本 👍"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_veil_keeps_every_byte_in_its_place() {
        let text = "a\u{9b}\u{61c}b\u{202e}c\u{2028}é\t\n";
        let veiled = veiled(text);
        assert_eq!(veiled, "a··b\u{fffd}c\u{fffd}é\t\n");
        assert_eq!(veiled.len(), text.len());
    }
}
