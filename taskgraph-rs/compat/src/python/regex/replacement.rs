//! Replacement templates of `re.sub`, with their escapes and group references.

use anyhow::{Result, bail};

/// Python: `re.sub`, where the expression has no groups and found `found`.
pub fn replacement(template: &str, found: &str) -> Result<String> {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = escape(&rest[at + 1..], found, &mut out)?;
    }
    out.push_str(rest);
    Ok(out)
}

/// Reads what follows a backslash. What it means goes to `out`; the rest comes back.
fn escape<'t>(text: &'t str, found: &str, out: &mut String) -> Result<&'t str> {
    let Some(first) = text.chars().next() else { bail!("a backslash ends the text: write `\\\\` for one") };
    let rest = &text[first.len_utf8()..];
    let control = match first {
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        '\\' => '\\',
        '0'..='9' => return octal(text, out),
        'g' => {
            // Only the whole has a name.
            let name = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
            let Some((name, rest)) = name.filter(|(name, _)| !name.is_empty()) else {
                bail!("`\\g` needs the name of a group, as in `\\g<0>`");
            };
            if name.bytes().any(|byte| byte != b'0') {
                bail!("`\\g<{name}>` refers to a group that is not there");
            }
            out.push_str(found);
            return Ok(rest);
        }
        letter if letter.is_ascii_alphabetic() => {
            bail!("`\\{letter}` is not an escape: write `\\\\` for a backslash")
        }
        other => {
            out.extend(['\\', other]);
            return Ok(rest);
        }
    };
    out.push(control);
    Ok(rest)
}

/// A character by its octal number: one or two digits behind a zero, or three.
fn octal<'t>(text: &'t str, out: &mut String) -> Result<&'t str> {
    let digits = text.bytes().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    if !text.starts_with('0') && digits < 3 {
        bail!("`\\{}` refers to a group that is not there", &text[..1]);
    }
    let code = u32::from_str_radix(&text[..digits], 8)?;
    match char::from_u32(code).filter(|_| code <= 0o377) {
        Some(character) => out.push(character),
        None => bail!("`\\{}` is beyond `\\377`", &text[..digits]),
    }
    Ok(&text[digits..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_mean_what_they_mean_to_python() {
        // (template, what Python 3.11 makes of it in the place of `$A`)
        let table = [
            ("12", Some("12")),
            (r"\g<0>é\g<00>", Some("$Aé$A")),
            (r"a\nb\\", Some("a\nb\\")),
            (r"\0\00\08", Some("\0\0\u{0}8")),
            (r"\012\123\377", Some("\nS\u{ff}")),
            (r"\.\é\_\ \-", Some(r"\.\é\_\ \-")),
            (r"\a\f\v\b\t\r", Some("\x07\x0c\x0b\x08\t\r")),
            (r"\1", None),
            (r"\9", None),
            (r"\12x", None),
            (r"\400", None),
            (r"\q", None),
            (r"\x41", None),
            ("\\", None),
            (r"\g", None),
            (r"\g<>", None),
            (r"\g<1>", None),
            (r"\g<x>", None),
        ];
        for (template, expected) in table {
            assert_eq!(replacement(template, "$A").ok().as_deref(), expected, "{template}");
        }
    }
}
