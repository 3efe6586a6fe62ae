//! Integers and floats as PyYAML constructs them from text.

use std::borrow::Cow;

use crate::yaml::node::Data;

/// Python refuses to convert longer texts (`sys.get_int_max_str_digits`).
const MAX_DIGITS: usize = 4300;

/// The integer that PyYAML's `construct_yaml_int` makes of a text. None where Python raises.
pub(super) fn int(text: &str) -> Option<Data> {
    let text = without_underscores(text);
    let (negative, digits) = sign(&text);
    if digits == "0" {
        return Some(Data::Int(0));
    }
    let number = if let Some(binary) = digits.strip_prefix("0b") {
        Number::parse(binary, 2)?
    } else if let Some(hex) = digits.strip_prefix("0x") {
        Number::parse(hex, 16)?
    } else if digits.starts_with('0') {
        Number::parse(digits, 8)?
    } else if digits.contains(':') {
        sexagesimal(digits)?
    } else {
        Number::parse(digits, 10)?
    };
    Some(number.data(negative))
}

/// The float that PyYAML's `construct_yaml_float` makes of a text. None where Python raises.
pub(super) fn float(text: &str) -> Option<f64> {
    let text = without_underscores(text);
    let (negative, digits) = sign(&text);
    let digits = digits.to_ascii_lowercase();
    let number = match digits.as_str() {
        ".inf" => f64::INFINITY,
        ".nan" => return Some(f64::NAN),
        _ if digits.contains(':') => {
            let (mut sum, mut base) = (0.0, 1.0);
            for part in digits.rsplit(':') {
                // Python: the base is an integer, and `OverflowError` once it is not a float.
                if base == f64::INFINITY {
                    return None;
                }
                sum += python_float(part)? * base;
                base *= 60.0;
            }
            sum
        }
        _ => python_float(&digits)?,
    };
    Some(if negative { -number } else { number })
}

fn python_float(text: &str) -> Option<f64> {
    trim(text).parse().ok()
}

fn without_underscores(text: &str) -> Cow<'_, str> {
    if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) }
}

fn sign(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

/// Python's `int()` and `float()` overlook these, the four separators included.
fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c))
}

fn sexagesimal(digits: &str) -> Option<Number> {
    let mut sum = Number::default();
    for part in digits.split(':') {
        let part = Number::parse(part, 10)?;
        if part.negative {
            return None;
        }
        sum.times_plus(60, &part.limbs);
        // Each step costs as much as the number is long.
        if sum.limbs.len() * 9 > MAX_DIGITS {
            return None;
        }
    }
    Some(sum)
}

/// An integer of any size: its sign, and its value in base 10⁹, the lowest limb first.
#[derive(Default)]
struct Number {
    negative: bool,
    limbs: Vec<u32>,
}

impl Number {
    /// Python: `int(text, radix)` for a text without underscores.
    fn parse(text: &str, radix: u32) -> Option<Self> {
        let (negative, rest) = sign(trim(text));
        let prefixes = match radix {
            2 => ["0b", "0B"],
            8 => ["0o", "0O"],
            _ => ["0x", "0X"],
        };
        let prefix = prefixes.iter().find_map(|prefix| rest.strip_prefix(prefix));
        let digits = prefix.filter(|_| radix != 10).unwrap_or(rest);
        if digits.is_empty() || digits.len() > MAX_DIGITS {
            return None;
        }
        let mut number = Number { negative, limbs: Vec::new() };
        for digit in digits.chars() {
            number.times_plus(radix, &[digit.to_digit(radix)?]);
        }
        Some(number)
    }

    /// Multiplies by a small factor and adds a number.
    fn times_plus(&mut self, factor: u32, addend: &[u32]) {
        const LIMB: u64 = 1_000_000_000;
        let mut carry = 0;
        for position in 0..self.limbs.len().max(addend.len()) {
            let limb = self.limbs.get(position).copied().unwrap_or(0);
            let sum = u64::from(limb) * u64::from(factor)
                + u64::from(addend.get(position).copied().unwrap_or(0))
                + carry;
            carry = sum / LIMB;
            let low = (sum % LIMB) as u32;
            match self.limbs.get_mut(position) {
                Some(limb) => *limb = low,
                None => self.limbs.push(low),
            }
        }
        if carry > 0 {
            self.limbs.push(carry as u32);
        }
    }

    fn data(mut self, negative: bool) -> Data {
        while self.limbs.last() == Some(&0) {
            self.limbs.pop();
        }
        let mut text = String::new();
        if negative != self.negative && !self.limbs.is_empty() {
            text.push('-');
        }
        text.push_str(&self.limbs.last().copied().unwrap_or(0).to_string());
        for limb in self.limbs.iter().rev().skip(1) {
            text.push_str(&format!("{limb:09}"));
        }
        match text.parse() {
            Ok(number) => Data::Int(number),
            Err(_) => Data::BigInt(text.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_read_as_python_reads_them() {
        for (text, expected) in
            [("-0b101", -5), ("0x1_F", 31), ("0755", 493), ("190:20:30", 685_230), ("-0", 0)]
        {
            assert_eq!(int(text), Some(Data::Int(expected)), "{text}");
        }
        assert_eq!(int("-9223372036854775808"), Some(Data::Int(i64::MIN)));
        assert_eq!(int("9223372036854775808"), Some(Data::BigInt("9223372036854775808".into())));
        assert_eq!(int("0x10000000000000000"), Some(Data::BigInt("18446744073709551616".into())));
        for text in ["", "-", "0b_", "0b", "12a", "1:a"] {
            assert_eq!(int(text), None, "{text}");
        }
        assert_eq!(int(&"9".repeat(4301)), None);
    }

    #[test]
    fn floats_read_as_python_reads_them() {
        for (text, expected) in
            [("1_0.5", 10.5), ("1:30.5", 90.5), ("1.e+3", 1000.0), ("-.INF", f64::NEG_INFINITY)]
        {
            assert_eq!(float(text), Some(expected), "{text}");
        }
        assert_eq!(float("x"), None);
    }
}
