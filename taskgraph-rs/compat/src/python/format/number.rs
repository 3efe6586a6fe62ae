//! Formats numbers by a format specification.

use crate::python::float::{Decimal, Layout, not_finite, write_exponent};
use crate::python::format::error::FormatError;
use crate::python::format::spec::{Spec, wrong};

/// Python converts no integers with more digits than this.
const MOST_DIGITS: usize = 4300;

/// Appends an integer, given as decimal digits with an optional `-`.
pub(super) fn write_int(out: &mut String, digits: &str, spec: &Spec) -> Result<(), FormatError> {
    let form = spec.form.unwrap_or('d');
    if matches!(form, 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') {
        return match digits.parse::<f64>() {
            Ok(number) if number.is_finite() => write_float(out, number, spec),
            _ => Err(FormatError::Overflow("an integer is too large to become a float".into())),
        };
    }
    if !matches!(form, 'b' | 'c' | 'd' | 'o' | 'x' | 'X' | 'n') {
        return spec.unknown("an integer");
    }
    if spec.precision.is_some() || spec.no_negative_zero {
        return wrong("an integer takes no precision and no `z` in its format specification");
    }
    if form == 'c' {
        if spec.sign.is_some() || spec.alternate {
            return wrong("the format type `c` takes no sign and no `#`");
        }
        let Some(character) = digits.parse().ok().and_then(char::from_u32) else {
            return Err(FormatError::Overflow(format!("{digits} is not the number of a character")));
        };
        spec.pad(out, "", character.encode_utf8(&mut [0; 4]));
        return Ok(());
    }
    let negative = digits.starts_with('-');
    let digits = digits.trim_start_matches('-');
    if digits.len() > MOST_DIGITS {
        return wrong("an integer has too many digits to be formatted");
    }
    let (prefix, digits) = match form {
        'b' => ("0b", in_base(digits, 1)),
        'o' => ("0o", in_base(digits, 3)),
        'x' => ("0x", in_base(digits, 4)),
        'X' => ("0X", in_base(digits, 4).to_uppercase()),
        _ => ("", digits.to_owned()),
    };
    let head = [sign(spec, negative), if spec.alternate { prefix } else { "" }].concat();
    let group = if matches!(form, 'b' | 'o' | 'x' | 'X') { 4 } else { 3 };
    write_number(out, &head, &digits, "", group, spec);
    Ok(())
}

/// Appends a float.
pub(super) fn write_float(out: &mut String, number: f64, spec: &Spec) -> Result<(), FormatError> {
    let form = spec.form.unwrap_or('r');
    if !matches!(form.to_ascii_lowercase(), 'r' | 'e' | 'f' | 'g' | 'n' | '%')
        || matches!(form, 'R' | 'N')
        || spec.form == Some('r')
    {
        return spec.unknown("a float");
    }
    let number = if form == '%' { number * 100.0 } else { number };
    let mut body = match not_finite(number) {
        Some(word) => word.trim_start_matches('-').to_owned(),
        None => digits_of(number.abs(), form.to_ascii_lowercase(), spec),
    };
    let zero = !body.bytes().take_while(|byte| *byte != b'e').any(|byte| matches!(byte, b'1'..=b'9' | b'i'));
    let negative = number.is_sign_negative() && !number.is_nan() && !(spec.no_negative_zero && zero);
    if form.is_ascii_uppercase() {
        body = body.to_uppercase();
    }
    if form == '%' {
        body.push('%');
    }
    let end = body.find(|one: char| !one.is_ascii_digit()).unwrap_or(body.len());
    let (whole, rest) = body.split_at(end);
    write_number(out, sign(spec, negative), whole, rest, 3, spec);
    Ok(())
}

/// The digits, point and exponent of a finite number without a sign.
fn digits_of(number: f64, form: char, spec: &Spec) -> String {
    let mut out = String::new();
    let precision = spec.precision;
    match form {
        'f' | '%' => {
            let places = precision.unwrap_or(6);
            out = format!("{number:.places$}");
            if places == 0 && spec.alternate {
                out.push('.');
            }
        }
        'e' => {
            let places = precision.unwrap_or(6);
            let text = format!("{number:.places$e}");
            let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
            out.push_str(mantissa);
            if places == 0 && spec.alternate {
                out.push('.');
            }
            write_exponent(&mut out, exponent.parse().unwrap_or(0));
        }
        // No type: like repr, or, with a precision, like `g` but with a digit behind the point.
        'r' if precision.is_none() => {
            let layout = Layout { exponent_from: 16, least_places: 1, padded: spec.alternate.then_some(0) };
            Decimal::shortest(number).write(&mut out, layout);
        }
        _ => {
            let count = precision.unwrap_or(6).max(1);
            let bare = form == 'r';
            let layout = Layout {
                exponent_from: count as i32 - i32::from(bare),
                least_places: usize::from(bare),
                padded: spec.alternate.then_some(count),
            };
            Decimal::significant(number, count).write(&mut out, layout);
        }
    }
    out
}

fn sign(spec: &Spec, negative: bool) -> &'static str {
    match (negative, spec.sign) {
        (true, _) => "-",
        (false, Some('+')) => "+",
        (false, Some(' ')) => " ",
        (false, _) => "",
    }
}

/// Appends a number: its sign and prefix, its whole digits in groups, and the rest as it is.
fn write_number(out: &mut String, head: &str, whole: &str, rest: &str, group: usize, spec: &Spec) {
    // Zeros in front of the digits are digits: they are grouped with the others.
    let zeros = if spec.fill == '0' && spec.align == '=' { spec.width } else { 0 };
    let least = zeros.saturating_sub(head.chars().count() + rest.chars().count());
    let mut body = match spec.separator {
        _ if whole.is_empty() => String::new(),
        Some(separator) => grouped(whole, separator, group, least),
        None => format!("{whole:0>least$}"),
    };
    body.push_str(rest);
    spec.pad(out, head, &body);
}

/// Digits in groups from the right, with zeros in front until the text is at least `least` long.
fn grouped(digits: &str, separator: char, group: usize, least: usize) -> String {
    let mut reversed: Vec<u8> = Vec::with_capacity(least.max(digits.len() * 2));
    let mut left = digits.bytes().rev();
    let mut count = 0;
    loop {
        let digit = left.next();
        if digit.is_none() && reversed.len() >= least {
            break;
        }
        if count > 0 && count % group == 0 {
            reversed.push(separator as u8);
        }
        // A separator never comes first: one zero more than asked for stands before it.
        reversed.push(digit.unwrap_or(b'0'));
        count += 1;
    }
    reversed.iter().rev().map(|byte| char::from(*byte)).collect()
}

/// Decimal digits in base 2, 8 or 16, given as the number of bits to a digit.
fn in_base(decimal: &str, bits: usize) -> String {
    // Little-endian limbs.
    let mut limbs: Vec<u32> = Vec::new();
    for digit in decimal.bytes() {
        let mut carry = u64::from(digit - b'0');
        for limb in &mut limbs {
            let next = u64::from(*limb) * 10 + carry;
            *limb = next as u32;
            carry = next >> 32;
        }
        if carry > 0 {
            limbs.push(carry as u32);
        }
    }
    let total = limbs.len() * 32;
    let bit = |at: usize| limbs.get(at / 32).is_some_and(|limb| (limb >> (at % 32)) & 1 == 1);
    let digit =
        |at: usize| (0..bits).fold(0, |sum, offset| sum | (u32::from(bit(at * bits + offset)) << offset));
    let text: String =
        (0..total.div_ceil(bits)).rev().filter_map(|at| char::from_digit(digit(at), 16)).collect();
    match text.trim_start_matches('0') {
        "" => "0".into(),
        trimmed => trimmed.into(),
    }
}
