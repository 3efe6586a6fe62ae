//! Points in time as routes and parameters write them, in UTC.

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
}
