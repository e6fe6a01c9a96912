//! The time of day.

use std::fmt;
use std::time::SystemTime;

/// The time of day, where work needs more than how long it takes: ages of objects, deadlines that
/// others count too, times that people read. Tests move a clock of their own; waiting goes through
/// `tokio::time`.
pub trait Clock: fmt::Debug + Send + Sync {
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
