//! What a person meant by a value of the wrong sort: `1.0` for `1`, the same in quotes, a map around it.

use crate::shape::{Field, Shape};
use crate::value::Value;

/// What to write instead of a value of the wrong sort.
#[derive(Clone, Debug, PartialEq)]
pub enum Instead {
    /// The same in quotes, as the file spells it.
    Quoted,
    /// This.
    Text(String),
}

/// What was meant by a value of another sort, where only one thing can have been.
pub fn instead(shape: &Shape, value: &Value) -> Option<Instead> {
    let text = |text: String| Some(Instead::Text(text));
    match (shape, value) {
        // YAML has many words for the two; those who read text know one each.
        (Shape::Str, Value::Bool(flag)) => text(format!("\"{flag}\"")),
        (Shape::Str, Value::Int(_) | Value::BigInt(_) | Value::Float(_) | Value::Time(_)) => {
            Some(Instead::Quoted)
        }
        (Shape::Float, Value::Int(number)) => text(format!("{number}.0")),
        (Shape::Float, Value::Str(word)) => word
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
            .and_then(|it| text(format!("{it:?}"))),
        (Shape::Int, Value::Str(word)) => {
            word.parse::<i64>().ok().and_then(|number| text(number.to_string()))
        }
        (Shape::Int, Value::Float(number)) if number.fract() == 0.0 && number.abs() < 1e15 => {
            text(format!("{number:.0}"))
        }
        (Shape::Bool, Value::Str(word)) => match word.to_lowercase().as_str() {
            word @ ("true" | "false") => text(word.into()),
            _ => None,
        },
        (Shape::List(item), _) if item.fits(value) => {
            scalar(value).and_then(|item| text(format!("[{item}]")))
        }
        (Shape::Map(fields) | Shape::Open(fields, _), _) => {
            let needed: Vec<&Field> = fields.iter().filter(|field| field.required).collect();
            let first = needed.first().filter(|field| field.shape.fits(value))?;
            let others =
                needed[1..].iter().map(|field| format!(", {}: <{}>", field.name, field.shape.in_words()));
            text(format!("{{{}: {}{}}}", first.name, scalar(value)?, others.collect::<String>()))
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
    use crate::shape::{Misfit, STRINGS, What, required};

    #[test]
    fn what_to_write_instead_is_told() {
        const SENTENCES: Shape =
            Shape::Map(&[required("total", Shape::Int), required("per-dataset", Shape::Int)]);
        let instead = |shape: &Shape, value: Value| match &shape.check(&value)[..] {
            [Misfit { what: What::Wrong { instead: Some(Instead::Text(text)), .. }, .. }] => text.clone(),
            [Misfit { what: What::Wrong { instead: Some(Instead::Quoted), .. }, .. }] => "quotes".into(),
            _ => "nothing".into(),
        };
        assert_eq!(instead(&Shape::Float, 1.into()), "1.0");
        assert_eq!(instead(&Shape::Str, 2000.into()), "quotes");
        assert_eq!(instead(&Shape::Str, true.into()), "\"true\"");
        assert_eq!(instead(&Shape::Str, Value::list()), "nothing");
        assert_eq!(instead(&Shape::Int, "2".into()), "2");
        assert_eq!(instead(&Shape::Bool, "True".into()), "true");
        assert_eq!(instead(&STRINGS, "https://h".into()), "[\"https://h\"]");
        assert_eq!(instead(&SENTENCES, 100.into()), "{total: 100, per-dataset: <an integer>}");
    }
}
