//! When a record was made, in the forms in which it is found.

use super::object::Part;
use crate::DecodeError;

/// From here on a number cannot be seconds (it is the year 5138), and from there on not
/// milliseconds.
const SECONDS: u64 = 100_000_000_000;
const MILLISECONDS: u64 = SECONDS * 1_000;
const MICROSECONDS: u64 = MILLISECONDS * 1_000;

/// Microseconds since 1970 of an `ApproximateCreationDateTime`.
///
/// The precision says what a number counts, where it is there; otherwise its size does. The
/// command line tool of AWS and scripts with boto3 print text as ISO 8601 has it.
pub(super) fn micros(time: Part<'_>, precision: Option<Part<'_>>) -> Result<u64, DecodeError> {
    if time.text.starts_with(b"\"") {
        return iso_8601(&time.string()?).ok_or_else(|| time.wrong_form());
    }
    let number = time.number()?;
    let text = number.normal_form();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let whole: u64 = whole.parse().map_err(|_| time.wrong_form())?;
    let places = match precision {
        Some(part) => match part.string()?.as_str() {
            "MILLISECOND" => 3,
            "MICROSECOND" => 0,
            _ => return Err(part.wrong_form()),
        },
        None if whole < SECONDS => 6,
        None if whole < MILLISECONDS => 3,
        None if whole < MICROSECONDS => 0,
        None => return Err(time.wrong_form()),
    };
    scaled(whole, fraction, places).ok_or_else(|| time.wrong_form())
}

/// A number with so many places behind the point made whole; none if it has more of them.
fn scaled(whole: u64, fraction: &str, places: usize) -> Option<u64> {
    if fraction.len() > places {
        return None;
    }
    let fraction: u64 = format!("0{fraction:0<places$}").parse().ok()?;
    let factor = 10_u64.pow(u32::try_from(places).ok()?);
    whole.checked_mul(factor)?.checked_add(fraction)
}

/// Like `2026-11-20T19:34:18.470415+01:00`, or with a space in the middle as Python prints it.
fn iso_8601(text: &str) -> Option<u64> {
    let (year, rest) = digits(text, 4)?;
    let (month, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let (day, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let (hour, rest) = digits(rest.strip_prefix(['T', ' '])?, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let (second, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let length = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let (fraction, zone) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(length(rest)),
        None => ("0", rest),
    };
    if fraction.is_empty() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = ((days(year, month, day)? * 24 + hour) * 60 + minute) * 60 + second;
    let seconds = seconds.checked_add_signed(-offset(zone)?)?;
    scaled(seconds, fraction.trim_end_matches('0'), 6)
}

/// So many seconds is a zone before Greenwich.
fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let (sign, rest) = zone.split_at_checked(1)?;
    let (hours, rest) = digits(rest, 2)?;
    let (minutes, rest) = digits(rest.strip_prefix(':').unwrap_or(rest), 2)?;
    let seconds = i64::try_from((hours * 60 + minutes) * 60).ok()?;
    match sign {
        _ if !rest.is_empty() || hours > 23 || minutes > 59 => None,
        "+" => Some(seconds),
        "-" => Some(-seconds),
        _ => None,
    }
}

/// The days from 1970 to a day of the Gregorian calendar; none if there is no such day.
fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let february = if is_leap { 29 } else { 28 };
    let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let before = usize::try_from(month).ok()?.checked_sub(1)?;
    if year < 1970 || day == 0 || day > *months.get(before)? {
        return None;
    }
    let leaps = |before: u64| before / 4 - before / 100 + before / 400;
    let years = (year - 1970) * 365 + leaps(year - 1) - leaps(1969);
    Some(years + months.iter().take(before).sum::<u64>() + day - 1)
}

/// So many digits and what is behind them.
fn digits(text: &str, count: usize) -> Option<(u64, &str)> {
    let (digits, rest) = text.split_at_checked(count)?;
    let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok());
    Some((number??, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(time: &str, precision: Option<&str>) -> Option<u64> {
        let precision = precision.map(|precision| format!("\"{precision}\""));
        let precision = precision.as_ref().map(|text| Part::whole(text.as_bytes()));
        micros(Part::whole(time.as_bytes()), precision).ok()
    }

    #[test]
    fn numbers_are_what_their_size_or_the_precision_says() {
        for (time, precision, micros) in [
            ("1479499740", None, 1_479_499_740_000_000),
            ("1.47949974E9", None, 1_479_499_740_000_000),
            ("1479499740.0", None, 1_479_499_740_000_000),
            ("1479499740.123456", None, 1_479_499_740_123_456),
            ("1479499740123", None, 1_479_499_740_123_000),
            ("1479499740123456", None, 1_479_499_740_123_456),
            ("0", None, 0),
            ("99999999999", None, 99_999_999_999_000_000),
            ("100000000000", None, 100_000_000_000_000),
            ("1479499740123", Some("MILLISECOND"), 1_479_499_740_123_000),
            ("1479499740123456", Some("MICROSECOND"), 1_479_499_740_123_456),
            ("5", Some("MICROSECOND"), 5),
        ] {
            assert_eq!(read(time, precision), Some(micros), "{time}");
        }
        for (time, precision) in [
            ("-1", None),
            ("1479499740.1234567", None),
            ("1479499740123456.5", None),
            ("100000000000000000", None),
            ("1e60", None),
            ("true", None),
            ("1479499740", Some("NANOSECOND")),
        ] {
            assert_eq!(read(time, precision), None, "{time}");
        }
    }

    #[test]
    fn text_is_iso_8601() {
        let read = |text: &str| read(&format!("\"{text}\""), None);
        for (text, micros) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2016-11-18T20:09:00+00:00", 1_479_499_740_000_000),
            ("2016-11-18 21:09:00.5+01:00", 1_479_499_740_500_000),
            ("2016-11-18T12:09:00.123456-0800", 1_479_499_740_123_456),
            ("2000-02-29T00:00:00Z", 951_782_400_000_000),
            ("2100-03-01T00:00:00Z", 4_107_542_400_000_000),
        ] {
            assert_eq!(read(text), Some(micros), "{text}");
        }
        for text in [
            "",
            "2016-11-18",
            "2016-11-18T20:09:00",
            "2016-11-18T20:09:00.Z",
            "2016-11-18T20:09:00.1234567Z",
            "2016-13-18T20:09:00Z",
            "2016-00-18T20:09:00Z",
            "2100-02-29T20:09:00Z",
            "1969-12-31T23:59:59Z",
            "1970-01-01T00:00:00+01:00",
            "2016-11-18T24:09:00Z",
            "2016-11-18T20:09:00+1:00",
            "２016-11-18T20:09:00Z",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
