//! Python's `int()` of a value.

use std::borrow::Cow;
use std::fmt;

use crate::python::digit::decimal;
use crate::value::Value;

/// Python refuses to read integers with more digits than this.
const MOST_DIGITS: usize = 4300;

/// The reason why a value is not an integer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntError {
    /// Text that does not read as an integer.
    Text(String),
    /// A float without an integer part: not a number, or infinite.
    Float(&'static str),
    /// A value of another sort, in words: `a list`.
    Sort(&'static str),
}

impl fmt::Display for IntError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IntError::Text(text) => write!(f, "`{text}` is not an integer"),
            IntError::Float(word) => write!(f, "`{word}` is not an integer"),
            IntError::Sort(sort) => write!(f, "expected an integer, found {sort}"),
        }
    }
}

impl std::error::Error for IntError {}

/// Python: `int(value)`. The answer is [`Value::Int`], or [`Value::BigInt`] beyond 64 bits.
pub fn int(value: &Value) -> Result<Value, IntError> {
    match value {
        Value::Int(_) | Value::BigInt(_) => Ok(value.clone()),
        Value::Bool(flag) => Ok(Value::Int(i64::from(*flag))),
        Value::Float(number) if number.is_nan() => Err(IntError::Float("nan")),
        Value::Float(number) if number.is_infinite() => Err(IntError::Float("inf")),
        // In full digits and exact, so that what is beyond 64 bits loses nothing.
        Value::Float(number) => Ok(from_digits(&format!("{:.0}", number.trunc()))),
        Value::Str(text) => parse_int(text),
        Value::Null | Value::Time(_) | Value::List(_) | Value::Map(_) => Err(IntError::Sort(value.sort())),
    }
}

/// Python: `int(text)`: spaces around it, a sign, single underscores between digits.
pub fn parse_int(text: &str) -> Result<Value, IntError> {
    let refused = || IntError::Text(shortened(text));
    let ascii = in_ascii(text);
    let trimmed = ascii.trim_matches(|one: char| one.is_ascii_whitespace() || one == '\x0b');
    let digits = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
    let mut after_digit = false;
    let mut count = 0;
    for byte in digits.bytes() {
        match byte {
            b'0'..=b'9' => {
                after_digit = true;
                count += 1;
            }
            b'_' if after_digit => after_digit = false,
            _ => return Err(refused()),
        }
    }
    if !after_digit || count > MOST_DIGITS {
        return Err(refused());
    }
    Ok(from_digits(&trimmed.replace('_', "")))
}

/// Digits and spaces of any script as those of ASCII.
fn in_ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    text.chars()
        .map(|one| if one.is_whitespace() && !one.is_ascii() { ' ' } else { decimal(one).unwrap_or(one) })
        .collect()
}

/// The integer of decimal digits with an optional sign, in its one spelling.
fn from_digits(digits: &str) -> Value {
    if let Ok(number) = digits.parse() {
        return Value::Int(number);
    }
    let bare = digits.trim_start_matches(['+', '-']).trim_start_matches('0');
    let sign = if digits.starts_with('-') { "-" } else { "" };
    Value::BigInt([sign, bare].concat().into())
}

/// The text, cut where it would fill the screen.
fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_reads_as_python_reads_it() {
        for (text, number) in
            [("12", 12), (" -3\n", -3), ("+1_000", 1000), ("007", 7), ("-0", 0), ("\u{2003}٣", 3)]
        {
            assert_eq!(parse_int(text), Ok(Value::Int(number)), "{text:?}");
        }
        for text in ["", " ", "_1", "1_", "1__0", "1.0", "0x10", "- 1", "+-1", "one"] {
            assert!(parse_int(text).is_err(), "{text:?}");
        }
        assert_eq!(parse_int("-00100000000000000000000"), Ok(Value::BigInt("-100000000000000000000".into())));
    }

    #[test]
    fn floats_lose_their_fraction_and_lists_are_refused() {
        assert_eq!(int(&Value::Float(-2.9)), Ok(Value::Int(-2)));
        assert_eq!(int(&Value::Float(1e20)), Ok(Value::BigInt("100000000000000000000".into())));
        assert_eq!(int(&Value::Bool(true)), Ok(Value::Int(1)));
        assert!(int(&Value::Float(f64::NAN)).is_err());
        assert_eq!(int(&Value::list()).unwrap_err().to_string(), "expected an integer, found a list");
    }
}
