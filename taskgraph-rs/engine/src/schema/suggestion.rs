//! Suggestions for a value of the wrong type: `1` for `1.0`, the same in quotes, a map around it.

use crate::schema::{Field, Schema};
use taskgraph_compat::value::Value;

/// Returns the text to write instead of a value of the wrong type.
#[derive(Clone, Debug, PartialEq)]
pub enum Instead {
    /// The same in quotes, as the file spells it.
    Quoted,
    /// The whole number that the file spells with marks between thousands, or else this one.
    Whole(String),
    /// This.
    Text(String),
}

/// Returns the value that was meant by one of another type, where only one is possible.
pub fn instead(schema: &Schema, value: &Value) -> Option<Instead> {
    let text = |text: String| Some(Instead::Text(text));
    match (schema, value) {
        (
            Schema::Str,
            Value::Bool(_) | Value::Int(_) | Value::BigInt(_) | Value::Float(_) | Value::Time(_),
        ) => Some(Instead::Quoted),
        (Schema::Float, Value::Int(number)) => text(format!("{number}.0")),
        (Schema::Float, Value::Str(word)) => word
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
            .and_then(|it| text(format!("{it:?}"))),
        (Schema::Int, Value::Str(word)) => match word.parse::<i64>() {
            Ok(number) => text(number.to_string()),
            Err(_) => thousands(word).or_else(|| round(word.parse().ok()?)).and_then(text),
        },
        (Schema::Int, Value::Float(number)) => match round(*number) {
            Some(number) => Some(Instead::Whole(number)),
            // What is spelled `1.234` may still be a whole number.
            None => Some(Instead::Whole(String::new())),
        },
        (Schema::Bool, Value::Str(word)) => match word.to_lowercase().as_str() {
            "true" | "yes" | "on" | "y" => text("true".into()),
            "false" | "no" | "off" | "n" => text("false".into()),
            _ => None,
        },
        (Schema::List(item), _) if item.fits(value) => {
            scalar(value).and_then(|item| text(format!("[{item}]")))
        }
        (Schema::Map(fields) | Schema::Open(fields, _), _) => {
            let needed: Vec<&Field> = fields.iter().filter(|field| field.required).collect();
            let first = needed.first().filter(|field| field.schema.fits(value))?;
            let others =
                needed[1..].iter().map(|field| format!(", {}: <{}>", field.name, field.schema.in_words()));
            text(format!("{{{}: {}{}}}", first.name, scalar(value)?, others.collect::<String>()))
        }
        _ => None,
    }
}

/// A number without a fraction, in digits.
fn round(number: f64) -> Option<String> {
    (number.fract() == 0.0 && number.abs() < 1e15).then(|| format!("{number:.0}"))
}

/// The digits of a number with a mark between each three of them: `32.000`, `1,234,567`, `32 000`.
pub fn thousands(spelled: &str) -> Option<String> {
    let mark = ['.', ',', ' ', '\''].into_iter().find(|mark| spelled.contains(*mark))?;
    let mut groups = spelled.split(mark);
    let first = groups.next().filter(|first| (1..=3).contains(&first.len()) && !first.starts_with('0'))?;
    let rest: Vec<&str> = groups.collect();
    let are_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    (are_digits(first) && rest.iter().all(|group| group.len() == 3 && are_digits(group)))
        .then(|| first.to_owned() + &rest.concat())
}

/// Returns the explanation if YAML 1.1 reads a word or a number as something that other readers do not: `spelled` was
/// read as `value`. `None` where all readers agree.
pub fn surprise(spelled: &str, value: &Value) -> Option<String> {
    let digits = spelled.trim_start_matches(['-', '+']);
    match value {
        Value::Bool(flag) if !["true", "false"].contains(&spelled.to_lowercase().as_str()) => {
            Some(format!("YAML 1.1 reads `{spelled}` as the boolean {flag}"))
        }
        Value::Int(number) if spelled.contains(':') => {
            Some(format!("YAML 1.1 reads `{spelled}` in base 60, as the integer {number}"))
        }
        Value::Float(number) if spelled.contains(':') => {
            Some(format!("YAML 1.1 reads `{spelled}` in base 60, as the float {number:?}"))
        }
        Value::Int(number)
            if digits.len() > 1
                && digits.starts_with('0')
                && !digits.starts_with("0x")
                && !digits.starts_with("0b") =>
        {
            Some(format!("YAML 1.1 reads `{spelled}` in base 8, as the integer {number}"))
        }
        Value::Float(number) if thousands(spelled).is_some() => {
            Some(format!("YAML reads `{spelled}` as the float {number:?}: its dot begins a fraction"))
        }
        _ => None,
    }
}

/// A scalar as a file may spell it.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Str(text) if text.chars().count() <= 60 => Some(format!("{:?}", &**text)),
        Value::Int(number) => Some(number.to_string()),
        Value::Float(number) => Some(format!("{number:?}")),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{STRINGS, Violation, What, required};

    #[test]
    fn what_to_write_instead_is_reported() {
        const SENTENCES: Schema =
            Schema::Map(&[required("total", Schema::Int), required("per-dataset", Schema::Int)]);
        let instead = |schema: &Schema, value: Value| match &schema.check(&value)[..] {
            [Violation { what: What::Wrong { instead: Some(Instead::Whole(text)), .. }, .. }] => text.clone(),
            [Violation { what: What::Wrong { instead: Some(Instead::Text(text)), .. }, .. }] => text.clone(),
            [Violation { what: What::Wrong { instead: Some(Instead::Quoted), .. }, .. }] => "quotes".into(),
            _ => "nothing".into(),
        };
        assert_eq!(instead(&Schema::Float, 1.into()), "1.0");
        assert_eq!(instead(&Schema::Str, 2000.into()), "quotes");
        assert_eq!(instead(&Schema::Str, true.into()), "quotes");
        assert_eq!(instead(&Schema::Int, Value::Float(32.0)), "32");
        assert_eq!(instead(&Schema::Int, "32,000".into()), "32000");
        assert_eq!(instead(&Schema::Int, "1.234.567".into()), "1234567");
        assert_eq!(instead(&Schema::Int, "1e6".into()), "1000000");
        assert_eq!(instead(&Schema::Bool, "y".into()), "true");
        assert_eq!(instead(&Schema::Bool, "off".into()), "false");
        assert_eq!(instead(&Schema::Str, Value::list()), "nothing");
        assert_eq!(instead(&Schema::Int, "2".into()), "2");
        assert_eq!(instead(&Schema::Bool, "True".into()), "true");
        assert_eq!(instead(&STRINGS, "https://h".into()), "[\"https://h\"]");
        assert_eq!(instead(&SENTENCES, 100.into()), "{total: 100, per-dataset: <an integer>}");
    }

    #[test]
    fn marks_between_thousands_are_seen_for_what_they_are() {
        assert_eq!(thousands("32.000").as_deref(), Some("32000"));
        assert_eq!(thousands("200 000 000").as_deref(), Some("200000000"));
        for other in ["32", "32.0", "32.00", "0.500", "1234.567", "1.234,567", "a.000", ""] {
            assert_eq!(thousands(other), None, "{other}");
        }
    }

    #[test]
    fn what_yaml_1_1_reads_otherwise_is_said() {
        let said = |spelled: &str, value: Value| surprise(spelled, &value).unwrap_or_default();
        assert_eq!(said("no", false.into()), "YAML 1.1 reads `no` as the boolean false");
        assert_eq!(said("1:30", 90.into()), "YAML 1.1 reads `1:30` in base 60, as the integer 90");
        assert_eq!(said("010", 8.into()), "YAML 1.1 reads `010` in base 8, as the integer 8");
        assert_eq!(
            said("32.000", Value::Float(32.0)),
            "YAML reads `32.000` as the float 32.0: its dot begins a fraction"
        );
        for (spelled, value) in [
            ("true", true.into()),
            ("False", false.into()),
            ("0", 0.into()),
            ("0x10", 16.into()),
            ("1.5", Value::Float(1.5)),
        ] {
            assert_eq!(said(spelled, value), "", "{spelled}");
        }
    }
}
