//! Points in time that count from the creation of a task: `relative-datestamp: 14 days`.

use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};

use crate::placeholder::fill_fields;
use crate::shape::found;
use crate::time::json_time;
use crate::value::{Map, Value};

/// The key that stands for a point in time.
pub const RELATIVE: &str = "relative-datestamp";

static SPAN: LazyLock<regex::Regex> = LazyLock::new(|| {
    regex::Regex::new(r"((?:[0-9]+)?\.?[0-9]+) *([a-z]+)").expect("a pattern of this program compiles")
});

const DAY: i64 = 86_400;

/// A span of time in seconds, out of a number and a unit: `1 day`, `2 hours`, `6mo`. Months have 30 days and years
/// 365. Python: `taskgraph.util.time.value_of`.
pub fn seconds(text: &str) -> Result<i64> {
    let groups =
        SPAN.captures(text).with_context(|| format!("`{text}` is no span of time, such as `14 days`"))?;
    let (number, unit) = (&groups[1], &groups[2]);
    let each = match unit {
        "seconds" | "second" | "s" => 1,
        "minutes" | "minute" | "min" => 60,
        "hours" | "hour" | "h" => 3_600,
        "days" | "day" | "d" => DAY,
        "months" | "month" | "mo" => 30 * DAY,
        "years" | "year" | "y" => 365 * DAY,
        _ => bail!("`{unit}` is no unit of time: seconds, minutes, hours, days, months and years are"),
    };
    // Python: a number with a fraction is found, and then refused.
    let number: i64 = number.parse().with_context(|| format!("`{number}` in `{text}` is no whole number"))?;
    number
        .checked_mul(each)
        .filter(|seconds| *seconds <= MOST)
        .with_context(|| format!("`{text}` is too long"))
}

/// The longest span: with it, every point in time has a year of four digits for a long time to come.
const MOST: i64 = 5_000 * 365 * DAY;

/// Milliseconds from 1970 to a span of time after `now`.
pub fn after(now: SystemTime, text: &str) -> Result<i64> {
    let since = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
    Ok(since + 1_000 * seconds(text)?)
}

/// A definition in which all points in time are fixed.
pub fn resolve(definition: &Map, now: SystemTime) -> Result<Map> {
    let filled = fill_fields(definition, &[RELATIVE], &mut |_, value| match value {
        Value::Str(text) => Ok(json_time(after(now, text)?).into()),
        other => bail!("`{RELATIVE}` must be a string, found {}", found(other)),
    })?;
    Ok(filled.unwrap_or_else(|| definition.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map;

    #[test]
    fn spans_are_read_as_the_reference_reads_them() {
        for (text, expected) in [
            ("14 days", 14 * DAY),
            ("1y", 365 * DAY),
            ("6mo", 180 * DAY),
            ("2  hours", 7_200),
            ("in 3 minutes or so", 180),
            ("30s", 30),
            ("1 2 days", 2 * DAY),
            ("0 seconds", 0),
        ] {
            assert_eq!(seconds(text).unwrap(), expected, "{text}");
        }
        for text in [
            "",
            "days",
            "14",
            "14 Days",
            "2 weeks",
            "1.5 days",
            ".5 days",
            "99999999999999999999 s",
            "9999 years",
        ] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn points_in_time_are_fixed_at_every_depth() {
        let now = UNIX_EPOCH + std::time::Duration::from_micros(1_700_000_000_123_456);
        let definition = map! {
            "created" => map! { RELATIVE => "0 seconds" },
            "payload" => map! { "artifacts" => vec![Value::from(map! { "expires" => map! { RELATIVE => "1 day" } })] },
            "other" => map! { RELATIVE => "1 day", "more" => 1 },
        };
        let resolved = resolve(&definition, now).unwrap();
        assert_eq!(resolved["created"], "2023-11-14T22:13:20.123Z".into());
        assert_eq!(
            format!("{:?}", resolved["payload"]),
            r#"{"artifacts": [{"expires": "2023-11-15T22:13:20.123Z"}]}"#
        );
        assert_eq!(resolved["other"], definition["other"]);
    }

    #[test]
    fn a_span_that_is_no_text_is_refused() {
        let error = resolve(&map! { "deadline" => map! { RELATIVE => 3 } }, UNIX_EPOCH).unwrap_err();
        assert_eq!(error.to_string(), "`relative-datestamp` must be a string, found the integer 3");
    }
}
