//! A clock that can be moved forward.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dynoxide::storage_backend::Clock;

/// The system's time plus what it was advanced by; clones share the offset.
#[derive(Clone, Debug, Default)]
pub(super) struct MovableClock {
    ahead_millis: Arc<AtomicU64>,
}

impl MovableClock {
    pub(super) fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        // The closure always answers, so the update cannot fail.
        let _ = self.ahead_millis.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |ahead| {
            Some(ahead.saturating_add(millis))
        });
    }

    pub(super) fn now(&self) -> SystemTime {
        let ahead = Duration::from_millis(self.ahead_millis.load(Ordering::Relaxed));
        let now = SystemTime::now();
        now.checked_add(ahead).unwrap_or(now)
    }

    fn since_epoch(&self) -> Duration {
        self.now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }
}

/// The time that a server goes by: its own, or that of the system where the database is in a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServerClock(pub(super) Option<MovableClock>);

impl ServerClock {
    pub(crate) fn now(&self) -> SystemTime {
        self.0.as_ref().map_or_else(SystemTime::now, MovableClock::now)
    }
}

impl Clock for MovableClock {
    fn now_unix_secs(&self) -> u64 {
        self.since_epoch().as_secs()
    }

    fn now_unix_secs_f64(&self) -> f64 {
        self.since_epoch().as_secs_f64()
    }
}
