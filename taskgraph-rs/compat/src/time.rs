//! Times in the formats of routes and parameters, in UTC.

/// `20231121214324`.
pub fn compact_date(seconds: i64) -> String {
    let [year, month, day, hour, minute, second] = civil(seconds);
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")
}

/// `2023.11.21.20231121214324`, as in index paths.
pub fn index_date(seconds: i64) -> String {
    let [year, month, day, ..] = civil(seconds);
    format!("{year:04}.{month:02}.{day:02}.{}", compact_date(seconds))
}

/// `2023-11-21T21:43:24.000Z`, as JSON has it, of milliseconds after 1970.
pub fn json_date(milliseconds: i64) -> String {
    let [year, month, day, hour, minute, second] = civil(milliseconds.div_euclid(1_000));
    let rest = milliseconds.rem_euclid(1_000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{rest:03}Z")
}

/// Microseconds since 1970, from a point in time as Taskcluster writes it. The fraction of the second may be missing.
pub fn parse_json_date(text: &str) -> Option<i64> {
    let rest = text.strip_suffix('Z')?;
    let (rest, fraction) = rest.split_once('.').unwrap_or((rest, "0"));
    let mut numbers = rest.split(['-', 'T', ':']).map(|part| part.parse::<i64>().ok());
    let mut next = || numbers.next()?;
    let (year, month, day, hour, minute, second) = (next()?, next()?, next()?, next()?, next()?, next()?);
    let is_fraction = (1..=9).contains(&fraction.len()) && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let is_shaped = rest.len() == 19 && rest.as_bytes().get(10) == Some(&b'T') && is_fraction;
    let seconds = seconds_of(year, month, day) + hour * 3_600 + minute * 60 + second;
    // What does not come out as it went in was no point in time: the 30th of February.
    if !is_shaped || civil(seconds) != [year, month, day, hour, minute, second] {
        return None;
    }
    let micros = format!("{fraction:0<6}")[..6].parse::<i64>().ok()?;
    Some(seconds * 1_000_000 + micros)
}

/// Seconds from 1970 to the start of a day.
fn seconds_of(year: i64, month: i64, day: i64) -> i64 {
    // Counted from 0000-03-01, as in `civil`.
    let (year, shifted) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    (era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468) * 86_400
}

/// Year, month, day, hour, minute and second of the Gregorian calendar.
fn civil(seconds: i64) -> [i64; 6] {
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Counted from 0000-03-01, so that the day that comes and goes is the last of its year.
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    [year, month, of_year - (153 * shifted + 2) / 5 + 1, rest / 3_600, rest / 60 % 60, rest % 60]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_in_the_index() {
        assert_eq!(index_date(1_700_603_004), "2023.11.21.20231121214324");
        assert_eq!(compact_date(951_782_400), "20000229000000");
        assert_eq!(compact_date(0), "19700101000000");
        assert_eq!(json_date(1_700_603_004_007), "2023-11-21T21:43:24.007Z");
    }

    #[test]
    fn a_point_in_time_is_read_back() {
        for (text, micros) in [
            ("1970-01-01T00:00:00.000Z", 0),
            ("2000-02-29T23:59:59.999Z", 951_868_799_999_000),
            ("2026-11-25T02:35:01.120Z", 1_795_574_101_120_000),
            ("1969-12-31T23:59:59.500Z", -500_000),
        ] {
            assert_eq!(parse_json_date(text), Some(micros), "{text}");
            assert_eq!(json_date(micros.div_euclid(1_000)), text);
        }
        assert_eq!(parse_json_date("1970-01-01T00:00:01Z"), Some(1_000_000));
        assert_eq!(parse_json_date("1970-01-01T00:00:00.0000019Z"), Some(1));
    }

    #[test]
    fn what_is_no_point_in_time_is_not_read() {
        for text in [
            "",
            "2026-02-30T00:00:00.000Z",
            "2026-01-01T24:00:00.000Z",
            "2026-01-01 00:00:00.000Z",
            "2026-01-01T00:00:00.000",
            "2026-01-01T00:00:00.+1Z",
            "2026-1-01T00:00:00.000Z",
            "-026-01-01T00:00:00.000Z",
        ] {
            assert_eq!(parse_json_date(text), None, "{text}");
        }
    }
}
