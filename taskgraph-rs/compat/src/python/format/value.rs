//! Values with a format specification.

use crate::python::format::error::FormatError;
use crate::python::format::number;
use crate::python::format::spec::{Spec, wrong};
use crate::python::text;
use crate::value::Value;

/// Appends `format(value, spec)`.
pub(super) fn format_value(out: &mut String, value: &Value, spec: &str) -> Result<(), FormatError> {
    if spec.is_empty() {
        text::write_str(out, value);
        return Ok(());
    }
    match value {
        Value::Str(text) => write_text(out, text, &Spec::parse(spec, '<')?),
        Value::Bool(flag) => number::write_int(out, if *flag { "1" } else { "0" }, &Spec::parse(spec, '>')?),
        Value::Int(number) => number::write_int(out, &number.to_string(), &Spec::parse(spec, '>')?),
        Value::BigInt(digits) => number::write_int(out, digits, &Spec::parse(spec, '>')?),
        Value::Float(number) => number::write_float(out, *number, &Spec::parse(spec, '>')?),
        Value::Null | Value::Time(_) | Value::List(_) | Value::Map(_) => {
            Err(FormatError::Type(format!("{} takes no format specification: `{spec}`", value.sort())))
        }
    }
}

fn write_text(out: &mut String, text: &str, spec: &Spec) -> Result<(), FormatError> {
    if !matches!(spec.form, None | Some('s')) {
        return spec.unknown("a string");
    }
    if spec.sign.is_some() || spec.no_negative_zero || spec.alternate || spec.align == '=' {
        return wrong("a string takes no sign, no `z`, no `#` and no `=` in its format specification");
    }
    let end = spec.precision.and_then(|most| text.char_indices().nth(most)).map_or(text.len(), |(at, _)| at);
    spec.pad(out, "", &text[..end]);
    Ok(())
}
