//! Where the time of day comes from.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The time of day.
///
/// It is used for what people read (how long until records are lost, when a gap was found) and
/// to tell whether the stream may have lost the beginning of a shard. No name of a file, no lease
/// and no decision about what is archived comes from it. Waiting goes through `tokio::time`.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The time now.
    fn now(&self) -> SystemTime;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// Milliseconds since 1970; 0 before.
pub(crate) fn unix_millis(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
