//! Timestamps as the manifests write them.

use jiff::Timestamp;
use std::time::SystemTime;

/// `YYYY-MM-DDTHH:MM:SS.mmmZ`: always three fraction digits, cut and not rounded, so that a time
/// and the export identifier made from it agree.
pub(crate) fn format(time: SystemTime) -> String {
    let millis = match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
    };
    let shown = Timestamp::from_millisecond(millis).unwrap_or(if millis < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    });
    format!("{shown:.3}")
}

/// Reads an RFC 3339 timestamp with any number of fraction digits.
pub(crate) fn parse(text: &str) -> Option<SystemTime> {
    text.parse::<Timestamp>().ok().map(SystemTime::from)
}

/// Reads a JSON number of seconds since 1970, or of milliseconds when it is too large for seconds:
/// some writers use these in place of text.
pub(crate) fn from_epoch_number(text: &str) -> Option<SystemTime> {
    /// Seconds beyond the year 5138 are taken for milliseconds (1973 and later).
    const FIRST_MILLIS: f64 = 1e11;
    let number: f64 = text.parse().ok()?;
    let seconds = if number.abs() >= FIRST_MILLIS { number / 1000.0 } else { number };
    // jiff takes whole numbers only; the cast saturates and the range check refuses what is left.
    #[expect(clippy::cast_possible_truncation)]
    let millis = (seconds * 1000.0).round() as i64;
    Timestamp::from_millisecond(millis).ok().map(SystemTime::from)
}

/// A [`SystemTime`] as text in serde documents.
pub(crate) mod serde_text {
    use serde::{Deserialize, Deserializer, Serializer};
    use std::time::SystemTime;

    pub(crate) fn serialize<S: Serializer>(time: &SystemTime, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&super::format(*time))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SystemTime, D::Error> {
        let text = String::deserialize(from)?;
        super::parse(&text).ok_or_else(|| serde::de::Error::custom("no RFC 3339 timestamp"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn at(millis: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(millis)
    }

    #[test]
    fn three_fraction_digits_always() {
        assert_eq!(format(at(1_768_385_930_622)), "2026-01-14T10:18:50.622Z");
        assert_eq!(format(at(1_768_386_924_000)), "2026-01-14T10:35:24.000Z");
        assert_eq!(format(at(0) + Duration::from_nanos(1_999_999)), "1970-01-01T00:00:00.001Z");
        assert_eq!(format(at(0) - Duration::from_millis(1)), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn text_and_epoch_numbers_are_read() {
        let expected = Some(at(1_668_227_450_456));
        assert_eq!(parse("2022-11-12T04:30:50.456Z"), expected);
        assert_eq!(parse("2022-11-12T05:30:50.456000+01:00"), expected);
        assert_eq!(from_epoch_number("1668227450.456"), expected);
        assert_eq!(from_epoch_number("1668227450456"), expected);
        for hostile in ["1e300", "-1e300", "NaN", "inf", "", "x"] {
            let _ = from_epoch_number(hostile);
            assert_eq!(parse(hostile), None);
        }
    }
}
