//! Doubles as Python writes them: the shortest digits that read back as the same double.

use std::fmt::Write;

/// Python: `repr(number)`.
pub fn repr(number: f64) -> String {
    let mut out = String::with_capacity(24);
    write_repr(&mut out, number);
    out
}

/// Appends `repr(number)`.
pub(super) fn write_repr(out: &mut String, number: f64) {
    if let Some(word) = not_finite(number) {
        out.push_str(word);
        return;
    }
    if number.is_sign_negative() {
        out.push('-');
    }
    Decimal::shortest(number.abs()).write(out, Layout { exponent_from: 16, least_places: 1, padded: None });
}

/// Python's word for a number that has no digits.
pub(super) fn not_finite(number: f64) -> Option<&'static str> {
    match number {
        _ if number.is_nan() => Some("nan"),
        f64::INFINITY => Some("inf"),
        f64::NEG_INFINITY => Some("-inf"),
        _ => None,
    }
}

/// Decimal digits and the place of the point in front of which they start: `0.digits × 10^point`.
pub(super) struct Decimal {
    digits: String,
    point: i32,
}

/// The layout of a [`Decimal`] as text without a format type (`repr`, `g`).
pub(super) struct Layout {
    /// The exponent is written where the point stands further right than this.
    pub exponent_from: i32,
    /// The fewest digits after the point where no exponent is written.
    pub least_places: usize,
    /// Python's `#`: zeros up to this many digits, and the point in any case.
    pub padded: Option<usize>,
}

impl Decimal {
    /// The shortest digits that read back as `number`, which is finite and not negative.
    pub(super) fn shortest(number: f64) -> Self {
        Self::read(zmij::Buffer::new().format_finite(number))
    }

    /// `count` significant digits (at least one), ties to even, without zeros at the end.
    pub(super) fn significant(number: f64, count: usize) -> Self {
        Self::read(&format!("{number:.*e}", count.saturating_sub(1)))
    }

    /// Reads `12.5`, `0.001`, `1.25e-7`.
    fn read(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent: i32 = exponent.trim_start_matches('+').parse().unwrap_or(0);
        let all = [whole, fraction].concat();
        let digits = all.trim_start_matches('0');
        let leading = all.len() - digits.len();
        let digits = digits.trim_end_matches('0');
        if digits.is_empty() {
            return Decimal { digits: "0".into(), point: 1 };
        }
        let point = whole.len() as i32 - leading as i32 + exponent;
        Decimal { digits: digits.into(), point }
    }

    /// Appends the number.
    pub(super) fn write(&self, out: &mut String, layout: Layout) {
        let digits = self.digits.as_str();
        let wanted = layout.padded.unwrap_or(0).max(digits.len());
        if self.point <= -4 || self.point > layout.exponent_from {
            let (first, rest) = digits.split_at(1);
            out.push_str(first);
            if wanted > 1 || layout.padded.is_some() {
                out.push('.');
            }
            out.push_str(rest);
            zeros(out, wanted - digits.len());
            write_exponent(out, self.point - 1);
            return;
        }
        // From here on the number is written in full: at most `exponent_from` digits before the point.
        let before = usize::try_from(self.point).unwrap_or(0);
        let gap = usize::try_from(-self.point).unwrap_or(0);
        let (whole, fraction) = digits.split_at(before.min(digits.len()));
        out.push_str(if before == 0 { "0" } else { whole });
        zeros(out, before.saturating_sub(digits.len()));
        let places = (wanted + gap).saturating_sub(before).max(layout.least_places);
        if places > 0 || layout.padded.is_some() {
            out.push('.');
        }
        zeros(out, gap);
        out.push_str(fraction);
        zeros(out, places.saturating_sub(gap + fraction.len()));
    }
}

/// Appends `e+07`: the sign always, two digits at least.
pub(super) fn write_exponent(out: &mut String, exponent: i32) {
    let sign = if exponent < 0 { '-' } else { '+' };
    // Writing to a string cannot fail.
    let _ = write!(out, "e{sign}{:02}", exponent.unsigned_abs());
}

fn zeros(out: &mut String, count: usize) {
    out.extend(std::iter::repeat_n('0', count));
}

#[cfg(test)]
mod tests {
    use super::repr;

    #[test]
    fn the_exponent_starts_where_python_starts_it() {
        let cases = [
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.5e16, "1.5e+16"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (-0.0, "-0.0"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (123456.789, "123456.789"),
            (f64::NAN, "nan"),
            (f64::NEG_INFINITY, "-inf"),
        ];
        for (number, text) in cases {
            assert_eq!(repr(number), text);
        }
    }
}
