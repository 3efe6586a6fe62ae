//! Python's `str.format` with named arguments.

pub(crate) mod error;
pub(crate) mod number;
pub(crate) mod spec;
pub(crate) mod value;

use std::borrow::Cow;

use memchr::memchr2;

use crate::python::digit::decimals;
use crate::python::text;
use crate::value::Value;
use error::FormatError;
use value::format_value;

/// The most bytes one template may grow to: a few nested fields could else fill the memory.
const MOST_OUTPUT: usize = 64 << 20;

/// The depth to which Python lets fields nest: `{a:{width}}` and no further.
const DEPTH: usize = 2;

/// The values that are filled in.
#[derive(Clone, Copy)]
pub struct Names<'n, 'v> {
    /// Returns the value under a name.
    pub find: &'n dyn Fn(&str) -> Option<&'v Value>,
    /// Whether a missing name stands for itself: see [`format_partial`].
    pub is_partial: bool,
}

/// Python: `template.format(**names)`. A template without braces comes back as it is.
pub fn format<'t, 'v>(
    template: &'t str,
    names: impl Fn(&str) -> Option<&'v Value>,
) -> Result<Cow<'t, str>, FormatError> {
    filled(template, Names { find: &names, is_partial: false })
}

fn filled<'t>(template: &'t str, names: Names<'_, '_>) -> Result<Cow<'t, str>, FormatError> {
    if !has_braces(template) {
        return Ok(Cow::Borrowed(template));
    }
    let mut out = String::with_capacity(template.len() + 32);
    append_format(&mut out, template, names)?;
    Ok(Cow::Owned(out))
}

/// Appends a template with names filled in.
pub fn append_format(out: &mut String, template: &str, names: Names<'_, '_>) -> Result<(), FormatError> {
    fill(out, template, names, DEPTH).map_err(|error| match error {
        // Python: a map has no positions at all, where `format` has none that fits.
        FormatError::Position(field) if names.is_partial => {
            FormatError::Value(format!("no value for `{{{field}}}`: fields have names here"))
        }
        other => other,
    })
}

/// Whether formatting changes a text at all.
pub fn has_braces(template: &str) -> bool {
    memchr2(b'{', b'}', template.as_bytes()).is_some()
}

/// Python: `template.format_map(names)` where a missing name stands for itself: `{missing}` stays `{missing}`.
///
/// A missing name becomes the text `{missing}`, so a format specification applies to that text.
pub fn format_partial<'t, 'v>(
    template: &'t str,
    names: impl Fn(&str) -> Option<&'v Value>,
) -> Result<Cow<'t, str>, FormatError> {
    filled(template, Names { find: &names, is_partial: true })
}

impl Names<'_, '_> {
    /// The value under a name.
    fn value(self, name: &str) -> Result<Value, FormatError> {
        match (self.find)(name) {
            Some(value) => Ok(value.clone()),
            None if self.is_partial => Ok(format!("{{{name}}}").into()),
            None => Err(FormatError::Name(name.into())),
        }
    }

    /// Appends the value under a name.
    fn append(self, out: &mut String, name: &str) -> Result<(), FormatError> {
        match (self.find)(name) {
            Some(Value::Str(text)) => out.push_str(text),
            Some(other) => format_value(out, other, "")?,
            None if self.is_partial => {
                out.push('{');
                out.push_str(name);
                out.push('}');
            }
            None => return Err(FormatError::Name(name.into())),
        }
        Ok(())
    }
}

fn fill(out: &mut String, template: &str, names: Names<'_, '_>, depth: usize) -> Result<(), FormatError> {
    if depth == 0 {
        return wrong("fields are nested too deeply");
    }
    let mut rest = template;
    while let Some(at) = memchr2(b'{', b'}', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let brace = rest.as_bytes()[at];
        let after = &rest[at + 1..];
        if after.as_bytes().first() == Some(&brace) {
            out.push(char::from(brace));
            rest = &after[1..];
        } else if brace == b'}' {
            return wrong("single `}`: a brace that means itself is written twice");
        } else if after.is_empty() {
            return wrong("single `{`: a brace that means itself is written twice");
        } else if let Some(name) = template_name(after) {
            names.append(out, name)?;
            rest = &after[name.len() + 1..];
        } else {
            let (field, remaining) = Field::parse(after)?;
            field.write(out, names, depth)?;
            rest = remaining;
        }
        if out.len() > MOST_OUTPUT {
            return Err(FormatError::too_long());
        }
    }
    out.push_str(rest);
    Ok(())
}

/// Returns the name of a field that is nothing but a name, as nearly all are.
fn template_name(text: &str) -> Option<&str> {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let bytes = text.as_bytes();
    let length = bytes.iter().position(|byte| !is_letter(*byte) && !byte.is_ascii_digit())?;
    (bytes[length] == b'}' && is_letter(bytes[0])).then(|| &text[..length])
}

/// A field: the text between two braces.
struct Field<'t> {
    path: &'t str,
    conversion: Option<char>,
    spec: &'t str,
}

impl<'t> Field<'t> {
    /// Reads a field from behind its opening brace on. The rest begins behind the closing one.
    fn parse(text: &'t str) -> Result<(Self, &'t str), FormatError> {
        let end = path_end(text)?;
        let (path, after) = (&text[..end], &text[end + 1..]);
        let mut conversion = None;
        let spec = match text.as_bytes()[end] {
            b'}' => return Ok((Field { path, conversion, spec: "" }, after)),
            b'!' => {
                let mut characters = after.chars();
                conversion = characters.next();
                match (conversion, characters.next()) {
                    (Some(_), Some('}')) => {
                        return Ok((Field { path, conversion, spec: "" }, characters.as_str()));
                    }
                    (Some(_), Some(':') | None) => characters.as_str(),
                    (Some(_), Some(_)) => return wrong("expected `:` behind the conversion"),
                    (None, _) => return wrong("expected a conversion behind `!`: `r`, `s` or `a`"),
                }
            }
            _ => after,
        };
        let mut open = 1;
        for (at, byte) in spec.bytes().enumerate() {
            match byte {
                b'{' => open += 1,
                b'}' => open -= 1,
                _ => {}
            }
            if open == 0 {
                return Ok((Field { path, conversion, spec: &spec[..at] }, &spec[at + 1..]));
            }
        }
        wrong("a format specification does not end: expected `}`")
    }

    fn write(&self, out: &mut String, names: Names<'_, '_>, depth: usize) -> Result<(), FormatError> {
        let mut value = look_up(self.path, names)?;
        value = match self.conversion {
            None => value,
            Some('s') => text::str(&value).into(),
            Some('r') => text::repr(&value).into(),
            Some('a') => text::ascii(&value).into(),
            Some(other) => {
                return wrong(format!("unknown conversion `!{other}`: allowed are `!r`, `!s` and `!a`"));
            }
        };
        if has_braces(self.spec) {
            let mut spec = String::new();
            fill(&mut spec, self.spec, names, depth - 1)?;
            return format_value(out, &value, &spec);
        }
        format_value(out, &value, self.spec)
    }
}

/// Returns the end of the path of a field: the `!`, `:` or `}` that is not inside brackets.
fn path_end(text: &str) -> Result<usize, FormatError> {
    let mut in_brackets = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b']' if in_brackets => in_brackets = false,
            _ if in_brackets => {}
            b'[' => in_brackets = true,
            b'{' => return wrong("unexpected `{` in the name of a field"),
            b'}' | b':' | b'!' => return Ok(at),
            _ => {}
        }
    }
    wrong("a field does not end: expected `}`")
}

/// The value at `name[key][0]…`.
fn look_up(path: &str, names: Names<'_, '_>) -> Result<Value, FormatError> {
    let (name, mut rest) = path.split_at(path.find(['.', '[']).unwrap_or(path.len()));
    if name.is_empty() || index(name)?.is_some() {
        return Err(FormatError::Position(path.into()));
    }
    let mut value = names.value(name)?;
    while let Some(first) = rest.chars().next() {
        let step = &rest[first.len_utf8()..];
        let (key, after) = match first {
            '.' => step.split_at(step.find(['.', '[']).unwrap_or(step.len())),
            '[' => step
                .split_once(']')
                .ok_or_else(|| FormatError::Value(format!("missing `]` in `{{{path}}}`")))?,
            _ => return wrong(format!("only `[` may follow `]` in `{{{path}}}`")),
        };
        if key.is_empty() {
            return wrong(format!("empty name in `{{{path}}}`"));
        }
        if first == '.' {
            return Err(FormatError::Attribute { attribute: key.into(), field: path.into() });
        }
        value = item(&value, key, path)?;
        rest = after;
    }
    Ok(value)
}

/// Python: `value[key]`, where a key of digits is an integer.
fn item(value: &Value, key: &str, path: &str) -> Result<Value, FormatError> {
    let missing = || FormatError::Key { key: key.into(), field: path.into() };
    let beyond = || FormatError::Index(format!("no item `{key}` for `{{{path}}}`"));
    let position = index(key)?;
    match (value, position) {
        // Keys of maps are text, never integers: `{a[0]}` finds nothing, not even the key "0".
        (Value::Map(_), Some(_)) => Err(missing()),
        (Value::Map(map), None) => map.get(key).cloned().ok_or_else(missing),
        (Value::List(items), Some(position)) => items.get(position).cloned().ok_or_else(beyond),
        (Value::Str(text), Some(position)) => {
            text.chars().nth(position).map(|one| one.to_string().into()).ok_or_else(beyond)
        }
        _ => Err(FormatError::Type(format!("`{{{path}}}`: {} has no item `{key}`", value.sort()))),
    }
}

/// The integer that a key of digits is.
fn index(key: &str) -> Result<Option<usize>, FormatError> {
    let Some(digits) = decimals(key) else { return Ok(None) };
    match digits.parse::<i64>() {
        Ok(number) => Ok(usize::try_from(number).ok()),
        Err(_) => wrong("an index has too many digits"),
    }
}

fn wrong<T>(what: impl Into<String>) -> Result<T, FormatError> {
    Err(FormatError::Value(what.into()))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::map;
    use crate::value::Map;

    fn names(name: &str) -> Option<&'static Value> {
        static NAMES: LazyLock<Map> =
            LazyLock::new(|| map! { "a" => "x", "n" => 42, "l" => [1, 2].into_iter().collect::<Value>() });
        NAMES.get(name)
    }

    fn partial(template: &str) -> Result<String, FormatError> {
        format_partial(template, names).map(Cow::into_owned)
    }

    #[test]
    fn a_template_without_braces_is_not_copied() {
        assert!(matches!(format("$HOME/a", names), Ok(Cow::Borrowed("$HOME/a"))));
    }

    #[test]
    fn a_missing_name_is_known_by_name() {
        let error = format("{urls}", names).unwrap_err();
        assert_eq!(error.missing(), Some("urls"));
        assert_eq!(error.to_string(), "no value for `{urls}`");
    }

    #[test]
    fn a_missing_name_stands_for_itself() {
        assert_eq!(partial("{a} {missing} {{}}").unwrap(), "x {missing} {}");
        assert_eq!(partial("{missing:>12}|").unwrap(), "   {missing}|");
        assert_eq!(partial("{missing[1]}").unwrap(), "m");
        assert_eq!(partial("{missing!r}").unwrap(), "'{missing}'");
        assert_eq!(partial("{missing.b}").unwrap_err().kind(), "AttributeError");
        assert_eq!(partial("{}").unwrap_err().kind(), "ValueError");
        assert_eq!(partial("{missing[x]}").unwrap_err().kind(), "TypeError");
    }

    #[test]
    fn harmful_templates_are_refused() {
        for template in [
            "{n:99999}",
            "{n:.99999f}",
            "{n:999999999999999999999}",
            "{a:{n:{n}}}",
            "{a[99999999999999999999]}",
        ] {
            assert_eq!(format(template, names).unwrap_err().kind(), "ValueError", "{template}");
        }
        assert_eq!(format(&"{n:9999}".repeat(10_000), names).unwrap_err().kind(), "ValueError");
    }
}
