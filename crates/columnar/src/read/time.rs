//! Dates and times as text of ISO 8601. None where the year is not in -9999 to 9999.

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Span};

/// A date, so many days after 1970-01-01.
pub(super) fn date(days: i32) -> Option<String> {
    let days = Span::new().try_days(days).ok()?;
    let date = Date::new(1970, 1, 1).ok()?.checked_add(days).ok()?;
    Some(date.to_string())
}

/// A time of day, so many nanoseconds after midnight.
pub(super) fn time(nanoseconds: i64) -> Option<String> {
    let time = Time::midnight().checked_add(SignedDuration::from_nanos(nanoseconds)).ok()?;
    Some(time.to_string())
}

/// A moment, so many parts of a second after 1970; what is no moment of UTC has no `Z`.
pub(super) fn timestamp(count: i64, parts_of_second: i64, is_utc: bool) -> Option<String> {
    let (seconds, rest) = (count.div_euclid(parts_of_second), count.rem_euclid(parts_of_second));
    let nanoseconds = i32::try_from(rest * (1_000_000_000 / parts_of_second)).ok()?;
    // Not by way of a moment, which ends a day before the last of the year 9999.
    let since = SignedDuration::new(seconds, nanoseconds);
    let moment = DateTime::new(1970, 1, 1, 0, 0, 0, 0).ok()?.checked_add(since).ok()?;
    Some(if is_utc { format!("{moment}Z") } else { moment.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments_are_texts() {
        assert_eq!(date(-1).unwrap(), "1969-12-31");
        assert_eq!(date(i32::MAX), None);
        assert_eq!(time(3_600_500_000_000).unwrap(), "01:00:00.5");
        assert_eq!(time(86_400_000_000_000), None);
        assert_eq!(timestamp(-1, 1000, true).unwrap(), "1969-12-31T23:59:59.999Z");
        assert_eq!(timestamp(1_500_000, 1_000_000, false).unwrap(), "1970-01-01T00:00:01.5");
        // The end of time of many systems.
        assert_eq!(timestamp(253_402_214_400, 1, false).unwrap(), "9999-12-31T00:00:00");
        assert_eq!(timestamp(i64::MAX, 1_000_000, true), None);
    }
}
