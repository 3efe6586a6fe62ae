//! Quotes words for a shell, as Taskgraph does.

/// The words of a command line, quoted where the shell would read them otherwise, with a space between.
///
/// Taskgraph: `util/shell.py`, `quote`. An integer is given as its digits, which never need quotes.
pub fn quote<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    let mut out = String::new();
    for (position, word) in words.into_iter().enumerate() {
        if position > 0 {
            out.push(' ');
        }
        write_word(&mut out, word.as_ref());
    }
    out
}

fn write_word(out: &mut String, word: &str) {
    if !word.is_empty() && !word.starts_with('~') && !word.contains(is_special) {
        out.push_str(word);
        return;
    }
    out.push('\'');
    out.push_str(&word.replace('\'', r"'\''"));
    out.push('\'');
}

fn is_special(character: char) -> bool {
    "\\\t\r\n '\"#<>&|`(){}$;*?".contains(character)
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn only_what_needs_quotes_gets_them() {
        assert_eq!(quote(["a", "b c", "", "~", "it's", "1", "a~[!]"]), r"a 'b c' '' '~' 'it'\''s' 1 a~[!]");
    }
}
