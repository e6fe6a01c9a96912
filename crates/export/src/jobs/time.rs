//! Times of the SDK.

use aws_sdk_dynamodb::primitives::DateTime;
use std::time::SystemTime;

/// None for a time that this machine cannot hold.
pub(super) fn from_sdk(time: Option<DateTime>) -> Option<SystemTime> {
    time.and_then(|time| SystemTime::try_from(time).ok())
}

/// A count of the service, which is never negative.
pub(super) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
