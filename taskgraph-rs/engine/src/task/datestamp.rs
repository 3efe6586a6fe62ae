//! Points in time that a definition counts from the creation of its task: `{"relative-datestamp": "4 days"}`.

use anyhow::{Result, anyhow, bail};

use crate::task::reference::fill_fields;
use taskgraph_compat::time::json_date;
use taskgraph_compat::value::{Map, Value};

/// The only key of a map that stands for a point in time.
pub const RELATIVE: &str = "relative-datestamp";

/// The year 10000, which has no place in a date of JSON.
const END: i64 = 253_402_300_800_000;

/// The definition with every relative datestamp in it resolved, `now` milliseconds after 1970.
pub fn resolve(definition: &Map, now: i64) -> Result<Map> {
    let filled = fill_fields(definition, &[RELATIVE], &mut |_, value| match value {
        Value::Str(span) => Ok(json_date(after(now, span)?).into()),
        other => bail!("`{RELATIVE}` must be a string, found {}", other.sort()),
    })?;
    Ok(filled.unwrap_or_else(|| definition.clone()))
}

/// The point in time a span after `now`, both in milliseconds after 1970.
pub fn after(now: i64, span: &str) -> Result<i64> {
    let then = milliseconds(span)?.checked_add(now).filter(|then| *then < END);
    then.ok_or_else(|| anyhow!("`{span}` is too long"))
}

/// Returns the length of `4 days`, `28d` or `1 year`.
pub fn milliseconds(span: &str) -> Result<i64> {
    // Python: the first digits that a word follows, wherever they stand.
    let found = span.char_indices().filter(|(_, letter)| letter.is_ascii_digit()).find_map(|(start, _)| {
        let rest = &span[start..];
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let word = rest[digits..].trim_start_matches(' ');
        let length = word.find(|letter: char| !letter.is_ascii_lowercase()).unwrap_or(word.len());
        // Python: a fraction is taken for the number as well, and is none.
        let is_whole = !span[..start].ends_with('.');
        (length > 0).then(|| (is_whole, &rest[..digits], &word[..length]))
    });
    let Some((true, number, unit)) = found else {
        bail!("`{span}` is no span of time: write a whole number and a unit, as in `4 days`")
    };
    let seconds: i64 = match unit {
        "s" | "second" | "seconds" => 1,
        "min" | "minute" | "minutes" => 60,
        "h" | "hour" | "hours" => 3_600,
        "d" | "day" | "days" => 86_400,
        // Python: months and years are rough.
        "mo" | "month" | "months" => 30 * 86_400,
        "y" | "year" | "years" => 365 * 86_400,
        _ => bail!(
            "`{unit}` in `{span}` is no unit of time: seconds, minutes, hours, days, months or years are"
        ),
    };
    let total = number.parse::<i64>().ok().and_then(|number| number.checked_mul(seconds * 1_000));
    total.ok_or_else(|| anyhow!("`{span}` is too long"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use taskgraph_compat::map;

    #[test]
    fn relative_datestamps_are_resolved_wherever_they_stand() {
        let stamp = |span: &str| Value::from(map! { "relative-datestamp" => span });
        let definition = map! {
            "created" => stamp("0 seconds"),
            "deadline" => stamp("1 day"),
            "payload" => map! { "artifacts" => vec![Value::from(map! { "expires" => stamp("28 days") })] },
            "kept" => map! { "relative-datestamp" => "1 day", "other" => 1 },
        };
        let resolved = resolve(&definition, 1_700_000_000_123).unwrap();
        let expected = map! {
            "created" => "2023-11-14T22:13:20.123Z",
            "deadline" => "2023-11-15T22:13:20.123Z",
            "payload" => map! {
                "artifacts" => vec![Value::from(map! { "expires" => "2023-12-12T22:13:20.123Z" })],
            },
            "kept" => map! { "relative-datestamp" => "1 day", "other" => 1 },
        };
        assert_eq!(resolved, expected);
    }

    #[test]
    fn spans_are_read_as_the_reference_reads_them() {
        for (span, seconds) in [
            ("2 seconds", 2),
            ("3min", 180),
            ("5  hours", 18_000),
            ("1d", 86_400),
            ("in 2 months", 5_184_000),
            ("6years", 189_216_000),
        ] {
            assert_eq!(milliseconds(span).unwrap(), seconds * 1_000, "{span}");
        }
        for span in [
            "",
            "days",
            "4",
            "4 weeks",
            "4 Days",
            "99999999999999999999 days",
            "9999999999999999 days",
            "1.5 days",
        ] {
            assert!(milliseconds(span).is_err(), "{span}");
        }
    }
}
