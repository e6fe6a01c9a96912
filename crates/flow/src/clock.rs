//! The time of day.

use std::fmt;
use std::time::SystemTime;

/// The time of day, where work needs more than how long it takes: ages of objects, deadlines that
/// others count too, times that people read. Tests move a clock of their own; waiting goes through
/// `tokio::time`.
///
/// ```
/// use ddbkit_flow::{Clock, SystemClock};
/// use std::time::{Duration, SystemTime};
///
/// #[derive(Debug)]
/// struct Tomorrow;
///
/// impl Clock for Tomorrow {
///     fn now(&self) -> SystemTime {
///         SystemTime::now() + Duration::from_hours(24)
///     }
/// }
///
/// assert!(Tomorrow.now() > SystemClock.now());
/// ```
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
