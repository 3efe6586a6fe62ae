//! Types of scalars: those of YAML 1.1 as PyYAML derives them from the text, or as a tag names them.

use crate::python::base64;
use crate::yaml::node::Data;
use crate::yaml::{number, timestamp};

/// The prefix of the standard tags, which are written `!!str`.
const STANDARD: &str = "tag:yaml.org,2002:";

/// A scalar: data, or one of the two that mean something only as keys.
pub(super) enum Scalar {
    Data(Data),
    /// `<<`.
    Merge,
    /// `=`.
    Default,
}

/// The type that a text spells a value of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Null,
    Bool,
    Int,
    Float,
    Str,
    Time,
    Binary,
    Merge,
    Default,
}

/// The type of collection that a tag makes of a list or a map.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Collection {
    List,
    Map,
    Set,
}

/// Constructs a scalar. The error is a message without position.
pub(super) fn scalar(text: &str, tag: Option<&str>, plain: bool) -> Result<Scalar, String> {
    let kind = match tag {
        None | Some("!") if plain => implicit(text),
        None | Some("!") => Type::Str,
        Some(tag) => match tag.strip_prefix(STANDARD) {
            Some("str") => Type::Str,
            Some("null") => Type::Null,
            Some("bool") => Type::Bool,
            Some("int") => Type::Int,
            Some("float") => Type::Float,
            Some("timestamp") => Type::Time,
            Some("binary") => Type::Binary,
            Some("merge") => Type::Merge,
            Some("value") => Type::Default,
            Some("seq" | "omap" | "pairs") => {
                return Err(format!("{} needs a list, found a scalar", shown(tag)));
            }
            Some("map" | "set") => return Err(format!("{} needs a map, found a scalar", shown(tag))),
            _ => return Err(unknown(tag)),
        },
    };
    let data = match kind {
        Type::Str => Some(Data::Str(text.into())),
        Type::Null => Some(Data::Null),
        Type::Bool => boolean(text).map(Data::Bool),
        Type::Int => number::int(text),
        Type::Float => number::float(text).map(Data::Float),
        Type::Time => timestamp::parse(unbroken(text)).and_then(|parts| parts.timestamp()).map(Data::Time),
        Type::Binary => base64::decode(text).map(|bytes| Data::Bytes(bytes.into())),
        Type::Merge => return Ok(Scalar::Merge),
        Type::Default => return Ok(Scalar::Default),
    };
    data.map(Scalar::Data).ok_or_else(|| invalid(text, kind))
}

/// Checks the tag of a list (`found` is [`Collection::List`]) or of a map.
pub(super) fn collection(tag: Option<&str>, found: Collection) -> Result<Collection, String> {
    let Some(tag) = tag.filter(|tag| *tag != "!") else { return Ok(found) };
    let sort = if found == Collection::List { "a list" } else { "a map" };
    match (tag.strip_prefix(STANDARD), found) {
        (Some("seq"), Collection::List) | (Some("map"), Collection::Map) => Ok(found),
        (Some("set"), Collection::Map) => Ok(Collection::Set),
        (Some("omap" | "pairs"), Collection::List) => Err(format!("{} is not supported", shown(tag))),
        (Some("map" | "set"), _) => Err(format!("{} needs a map, found {sort}", shown(tag))),
        (Some("seq" | "omap" | "pairs"), _) => Err(format!("{} needs a list, found {sort}", shown(tag))),
        (Some("str" | "null" | "bool" | "int" | "float" | "timestamp" | "binary"), _) => {
            Err(format!("{} needs a scalar, found {sort}", shown(tag)))
        }
        _ => Err(unknown(tag)),
    }
}

/// A tag for a message: `!!str` for a standard one.
fn shown(tag: &str) -> String {
    match tag.strip_prefix(STANDARD) {
        Some(name) => format!("`!!{}`", start(name)),
        None => format!("`{}`", start(tag)),
    }
}

/// As much of a text as a message has room for.
fn start(text: &str) -> String {
    const ROOM: usize = 40;
    match text.char_indices().nth(ROOM) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn unknown(tag: &str) -> String {
    format!("unknown tag {}", shown(tag))
}

fn invalid(text: &str, kind: Type) -> String {
    let sort = match kind {
        Type::Bool => "a boolean",
        Type::Int => "an integer",
        Type::Float => "a float",
        Type::Time => {
            return format!("`{text}` reads as a date, but there is no such date: quote it if it is a text");
        }
        _ => "base64",
    };
    format!("`{}` cannot be read as {sort}", start(text))
}

fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "on" => Some(true),
        "no" | "false" | "off" => Some(false),
        _ => None,
    }
}

/// Python: `$` in PyYAML's patterns also matches before a line break at the end, as in `! "12\n"`.
fn unbroken(text: &str) -> &str {
    text.strip_suffix('\n').unwrap_or(text)
}

/// Returns the type that PyYAML gives a plain text.
pub(super) fn implicit(text: &str) -> Type {
    let Some(first) = text.bytes().next() else { return Type::Null };
    let text = unbroken(text);
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' => match text {
            "yes" | "Yes" | "YES" | "no" | "No" | "NO" | "true" | "True" | "TRUE" | "false" | "False"
            | "FALSE" | "on" | "On" | "ON" | "off" | "Off" | "OFF" => Type::Bool,
            "null" | "Null" | "NULL" => Type::Null,
            _ => Type::Str,
        },
        b'0'..=b'9' | b'-' | b'+' | b'.' => numeric(text),
        b'~' if text == "~" => Type::Null,
        b'<' if text == "<<" => Type::Merge,
        b'=' if text == "=" => Type::Default,
        _ => Type::Str,
    }
}

fn numeric(text: &str) -> Type {
    let bytes = text.as_bytes();
    if is_float(bytes) {
        Type::Float
    } else if is_int(bytes) {
        Type::Int
    } else if timestamp::parse(text).is_some_and(|parts| parts.is_implicit(text.len())) {
        Type::Time
    } else {
        Type::Str
    }
}

fn is_int(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
    let all = |digits: &[u8], test: fn(&u8) -> bool| !digits.is_empty() && digits.iter().all(test);
    match digits {
        b"0" => true,
        [b'0', b'b', rest @ ..] => all(rest, |byte| matches!(byte, b'0' | b'1' | b'_')),
        [b'0', b'x', rest @ ..] => all(rest, |byte| byte.is_ascii_hexdigit() || *byte == b'_'),
        [b'0', rest @ ..] => all(rest, |byte| matches!(byte, b'0'..=b'7' | b'_')),
        [b'1'..=b'9', ..] => {
            let rest = after_digits(digits);
            rest.is_empty() || after_sixties(rest).is_some_and(<[u8]>::is_empty)
        }
        _ => false,
    }
}

fn is_float(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
    let signed = digits.len() < text.len();
    match digits {
        b".inf" | b".Inf" | b".INF" => true,
        b".nan" | b".NaN" | b".NAN" => !signed,
        [b'.', b'0'..=b'9', ..] => !signed && is_exponent(after_digits(&digits[1..])),
        [b'0'..=b'9', ..] => match after_digits(digits) {
            [b'.', rest @ ..] => is_exponent(after_digits(rest)),
            rest => matches!(after_sixties(rest), Some([b'.', rest @ ..]) if after_digits(rest).is_empty()),
        },
        _ => false,
    }
}

/// `[0-9_]*` taken off.
fn after_digits(text: &[u8]) -> &[u8] {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'_').count();
    &text[length..]
}

/// `(:[0-5]?[0-9])+` taken off.
fn after_sixties(mut text: &[u8]) -> Option<&[u8]> {
    let mut found = None;
    while let [b':', rest @ ..] = text {
        text = match rest {
            [b'0'..=b'5', b'0'..=b'9', rest @ ..] | [b'0'..=b'9', rest @ ..] => rest,
            _ => return None,
        };
        found = Some(text);
    }
    found
}

/// `([eE][-+][0-9]+)?`.
fn is_exponent(text: &[u8]) -> bool {
    match text {
        [] => true,
        [b'e' | b'E', b'-' | b'+', digits @ ..] => {
            !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_texts_have_the_types_of_yaml_1_1() {
        for (texts, expected) in [
            ("yes No ON off true FALSE", Type::Bool),
            ("~ null Null NULL", Type::Null),
            ("0 -12 1_000 0755 0x1F 0b101 1:30 190:20:30 0_", Type::Int),
            ("1. .5 1.5e+3 1:30.5 -.inf .NaN 1_0.5", Type::Float),
            ("2024-01-01 2024-1-1T1:02:03.5Z 2024-01-01t01:02:03+1:30", Type::Time),
            ("y N tRue nUll 08 0o7 0X1f 1e5 1.5e3 -.5 +.nan 1:60 _1 2024-1-1 . .. - +", Type::Str),
            ("=", Type::Default),
            ("<<", Type::Merge),
        ] {
            for text in texts.split(' ') {
                assert!(implicit(text) == expected, "{text}");
            }
        }
    }
}
