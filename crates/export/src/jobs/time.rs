//! Times of the SDK.

use aws_sdk_dynamodb::primitives::DateTime;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The service gives times as numbers of seconds with three digits; as floating-point numbers they
/// come out a nanosecond off. None for a time before 1970.
pub(super) fn from_sdk(time: Option<DateTime>) -> Option<SystemTime> {
    let nanos = u128::try_from(time?.as_nanos()).ok()?;
    let millis = u64::try_from((nanos + 500_000) / 1_000_000).ok()?;
    UNIX_EPOCH.checked_add(Duration::from_millis(millis))
}

/// A count of the service, which is never negative.
pub(super) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_exact_to_the_millisecond() {
        for seconds in [1_768_388_186.0, 1_768_388_492.779, 1_795_262_400.148, 0.001] {
            let read = from_sdk(Some(DateTime::from_secs_f64(seconds))).unwrap();
            let millis = read.duration_since(UNIX_EPOCH).unwrap();
            assert_eq!(millis.subsec_nanos() % 1_000_000, 0, "{seconds}");
            assert!((millis.as_secs_f64() - seconds).abs() < 0.000_5, "{seconds}");
        }
        assert_eq!(from_sdk(Some(DateTime::from_secs(-1))), None);
        assert_eq!(from_sdk(None), None);
    }
}
