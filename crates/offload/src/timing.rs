//! The times on which the safety of the collector rests.

use crate::{OffloadError, OffloadErrorKind};
use std::time::Duration;

/// How long writers may take and how long the collector waits.
///
/// An object is deleted only when it is older than the grace and no item points to it. That is safe
/// because no write can still be on its way to such an object: a writer gives up `write_deadline`
/// after it began, and what it sent last dies with its signature, `request_lifetime` later.
///
/// ```
/// use ddbkit_offload::Timing;
/// use std::time::Duration;
///
/// let timing = Timing { write_deadline: Duration::from_mins(10), ..Timing::default() };
/// timing.validate()?;
/// assert_eq!(timing.shortest_grace(), Duration::from_mins(30));
/// let hasty = Timing { grace: Duration::from_mins(1), ..timing };
/// assert!(hasty.validate().is_err());
/// # Ok::<(), ddbkit_offload::OffloadError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// The longest time from the start of an upload to the write of the item: 1 hour.
    pub write_deadline: Duration,
    /// The age that garbage must have to be deleted: 7 days. It must also be longer than the oldest
    /// backup of the table that may be restored.
    pub grace: Duration,
    /// How long a request that was sent may still be carried out: 15 minutes, the longest that
    /// services of AWS take a signature for (S3 User Guide, "Authenticating Requests (AWS Signature
    /// Version 4)"). A fact about the service: only tests in scaled time have reason to change it.
    pub request_lifetime: Duration,
    /// How far the clocks of writers, collector and S3 may differ: 5 minutes.
    pub clock_skew: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            write_deadline: Duration::from_hours(1),
            grace: Duration::from_hours(7 * 24),
            request_lifetime: Duration::from_mins(15),
            clock_skew: Duration::from_mins(5),
        }
    }
}

impl Timing {
    /// The shortest grace that is safe: all the others together.
    #[must_use]
    pub fn shortest_grace(&self) -> Duration {
        self.write_deadline.saturating_add(self.request_lifetime).saturating_add(self.clock_skew)
    }

    /// Checks that the grace is long enough.
    ///
    /// # Errors
    /// [`GraceTooShort`](OffloadErrorKind::GraceTooShort) when it is not.
    pub fn validate(&self) -> Result<(), OffloadError> {
        let least = self.shortest_grace();
        if self.grace >= least {
            return Ok(());
        }
        let (grace, least) = (self.grace.as_secs_f64(), least.as_secs_f64());
        Err(OffloadError::new(
            OffloadErrorKind::GraceTooShort,
            format!(
                "a grace of {grace} s is not safe: deadline, request lifetime and clock skew need {least} s"
            ),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grace_may_be_as_short_as_the_other_times_and_no_shorter() {
        let timing = Timing::default();
        timing.validate().unwrap();
        let least = Timing { grace: timing.shortest_grace(), ..timing };
        least.validate().unwrap();
        let grace = least.grace.saturating_sub(Duration::from_millis(1));
        let short = Timing { grace, ..timing };
        let error = short.validate().unwrap_err();
        assert_eq!(error.kind(), OffloadErrorKind::GraceTooShort);
        assert!(error.to_string().contains("4800 s"), "{error}");
    }
}
