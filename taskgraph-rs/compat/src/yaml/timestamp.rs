//! Dates and timestamps, as PyYAML reads and Python writes them.

use std::sync::Arc;

use crate::value::{Str, Timestamp};

/// The parts of a text that looks like a date; whether there is such a day is not yet known.
pub(super) struct Parts {
    year: u32,
    month: u32,
    day: u32,
    time: Option<Time>,
}

struct Time {
    hour: u32,
    minute: u32,
    second: u32,
    microsecond: u32,
    /// Minutes east of Greenwich.
    zone: Option<i32>,
}

/// Takes a text apart, as PyYAML's `timestamp_regexp` does.
pub(super) fn parse(text: &str) -> Option<Parts> {
    let mut rest = text.as_bytes();
    let year = digits(&mut rest, 4, 4)?;
    literal(&mut rest, b'-')?;
    let month = digits(&mut rest, 1, 2)?;
    literal(&mut rest, b'-')?;
    let day = digits(&mut rest, 1, 2)?;
    let time = if rest.is_empty() { None } else { Some(time(rest)?) };
    Some(Parts { year, month, day, time })
}

fn time(mut rest: &[u8]) -> Option<Time> {
    if matches!(rest, [b'T' | b't', ..]) {
        rest = &rest[1..];
    } else if blanks(&mut rest) == 0 {
        return None;
    }
    let hour = digits(&mut rest, 1, 2)?;
    literal(&mut rest, b':')?;
    let minute = digits(&mut rest, 2, 2)?;
    literal(&mut rest, b':')?;
    let second = digits(&mut rest, 2, 2)?;
    let mut microsecond = 0;
    if literal(&mut rest, b'.').is_some() {
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (fraction, after) = rest.split_at(length);
        for position in 0..6 {
            microsecond =
                microsecond * 10 + u32::from(fraction.get(position).map_or(0, |digit| digit - b'0'));
        }
        rest = after;
    }
    let zone = if rest.is_empty() { None } else { Some(zone(rest)?) };
    Some(Time { hour, minute, second, microsecond, zone })
}

fn zone(mut rest: &[u8]) -> Option<i32> {
    blanks(&mut rest);
    let sign = match rest {
        b"Z" => return Some(0),
        [b'+', ..] => 1,
        [b'-', ..] => -1,
        _ => return None,
    };
    rest = &rest[1..];
    let hours = digits(&mut rest, 1, 2)?;
    let minutes = if literal(&mut rest, b':').is_some() { digits(&mut rest, 2, 2)? } else { 0 };
    rest.is_empty().then_some(sign * (hours * 60 + minutes) as i32)
}

fn digits(rest: &mut &[u8], least: usize, most: usize) -> Option<u32> {
    let length = rest.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
    let (number, after) = rest.split_at(length);
    *rest = after;
    (length >= least).then(|| number.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
}

fn literal(rest: &mut &[u8], byte: u8) -> Option<()> {
    *rest = rest.strip_prefix(&[byte])?;
    Some(())
}

fn blanks(rest: &mut &[u8]) -> usize {
    let length = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    *rest = &rest[length..];
    length
}

impl Parts {
    /// Whether PyYAML takes the plain text, of this length, for a date.
    pub(super) fn is_implicit(&self, length: usize) -> bool {
        self.time.is_some() || length == "2024-01-01".len()
    }

    /// The point in time, if there is one: `datetime` refuses the 30th of February.
    pub(super) fn timestamp(&self) -> Option<Arc<Timestamp>> {
        let Parts { year, month, day, time } = self;
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        if *year == 0 || !(1..=days).contains(day) {
            return None;
        }
        let date = format!("{year:04}-{month:02}-{day:02}");
        let Some(time) = time else {
            let repr = format!("datetime.date({year}, {month}, {day})");
            let date: Str = date.into();
            return Some(Arc::new(Timestamp { text: date.clone(), iso: date, repr: repr.into() }));
        };
        let clock = time.clock()?;
        let repr = format!("datetime.datetime({year}, {month}, {day}, {})", time.arguments());
        Some(Arc::new(Timestamp {
            text: format!("{date} {clock}").into(),
            iso: format!("{date}T{clock}").into(),
            repr: repr.into(),
        }))
    }
}

impl Time {
    /// `12:30:00.500000+02:00`.
    fn clock(&self) -> Option<String> {
        let Time { hour, minute, second, microsecond, zone } = self;
        if *hour > 23 || *minute > 59 || *second > 59 || zone.is_some_and(|zone| zone.abs() >= 24 * 60) {
            return None;
        }
        let mut clock = format!("{hour:02}:{minute:02}:{second:02}");
        if *microsecond > 0 {
            clock.push_str(&format!(".{microsecond:06}"));
        }
        if let Some(zone) = zone {
            let sign = if *zone < 0 { '-' } else { '+' };
            clock.push_str(&format!("{sign}{:02}:{:02}", zone.abs() / 60, zone.abs() % 60));
        }
        Some(clock)
    }

    /// The arguments after the day, as Python's `repr()` lists them.
    fn arguments(&self) -> String {
        let mut text = format!("{}, {}", self.hour, self.minute);
        if self.second > 0 || self.microsecond > 0 {
            text.push_str(&format!(", {}", self.second));
        }
        if self.microsecond > 0 {
            text.push_str(&format!(", {}", self.microsecond));
        }
        match self.zone {
            None => {}
            Some(0) => text.push_str(", tzinfo=datetime.timezone.utc"),
            Some(zone) => {
                let days = if zone < 0 { "days=-1, " } else { "" };
                let seconds = (zone * 60).rem_euclid(86400);
                text.push_str(&format!(
                    ", tzinfo=datetime.timezone(datetime.timedelta({days}seconds={seconds}))"
                ));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<[String; 3]> {
        let time = parse(text)?.timestamp()?;
        Some([time.text.to_string(), time.iso.to_string(), time.repr.to_string()])
    }

    #[test]
    fn points_in_time_are_written_as_python_writes_them() {
        let [text, iso, repr] = read("2024-1-2 3:04:05.25 -1:30").unwrap();
        assert_eq!(text, "2024-01-02 03:04:05.250000-01:30");
        assert_eq!(iso, "2024-01-02T03:04:05.250000-01:30");
        let zone = "datetime.timezone(datetime.timedelta(days=-1, seconds=81000))";
        assert_eq!(repr, format!("datetime.datetime(2024, 1, 2, 3, 4, 5, 250000, tzinfo={zone})"));
        assert_eq!(read("2024-02-29").unwrap()[2], "datetime.date(2024, 2, 29)");
        let utc = read("2024-01-01T00:00:00-00:00").unwrap();
        assert_eq!(utc[2], "datetime.datetime(2024, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)");
        assert_eq!(utc[0], "2024-01-01 00:00:00+00:00");
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for text in
            ["2023-02-29", "0000-01-01", "2024-13-01", "2024-01-01 24:00:00", "2024-01-01 00:00:00+24"]
        {
            assert!(parse(text).is_some() && read(text).is_none(), "{text}");
        }
        for text in ["2024-01-01x", "2024-01-01 00:00", "2024-01-01T 00:00:00", "2024-01-01 00:00:00z"] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
