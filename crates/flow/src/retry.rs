//! How long to wait before work that was only partly accepted is sent again.

use std::time::Duration;

/// Exponential backoff with jitter: the wait before retry `n` lies between half of and all of
/// `base * 2^n`, capped.
///
/// The AWS SDK retries failed requests by itself. This policy is for what it does not see as
/// failed: `UnprocessedItems` in a successful answer.
///
/// ```
/// use ddbkit_flow::RetryPolicy;
/// use std::time::Duration;
///
/// let policy = RetryPolicy::default();
/// assert_eq!(policy.ceiling(2), Duration::from_millis(200));
/// assert!(policy.delay(2) >= Duration::from_millis(100));
///
/// let patient = RetryPolicy::new(Duration::from_secs(1), Duration::from_secs(60));
/// assert_eq!(patient.ceiling(10), Duration::from_secs(60));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    base: Duration,
    cap: Duration,
}

impl RetryPolicy {
    /// A policy that starts at `base` and never waits longer than `cap`.
    #[must_use]
    pub const fn new(base: Duration, cap: Duration) -> Self {
        Self { base, cap }
    }

    /// The longest wait before retry number `attempt` (0 is the first retry).
    #[must_use]
    pub fn ceiling(&self, attempt: u32) -> Duration {
        self.base.saturating_mul(1 << attempt.min(31)).min(self.cap)
    }

    /// The wait before retry number `attempt` (0 is the first retry): random, between half of the
    /// ceiling and the ceiling, so that workers that were refused together do not come back
    /// together.
    #[must_use]
    pub fn delay(&self, attempt: u32) -> Duration {
        self.ceiling(attempt).mul_f64(0.5 + fastrand::f64() / 2.0)
    }
}

impl Default for RetryPolicy {
    /// 50 ms doubling up to 10 s.
    fn default() -> Self {
        Self::new(Duration::from_millis(50), Duration::from_secs(10))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_are_capped() {
        let policy = RetryPolicy::default();
        assert_eq!(policy.ceiling(0), Duration::from_millis(50));
        assert_eq!(policy.ceiling(3), Duration::from_millis(400));
        for attempt in [8, 31, 32, u32::MAX] {
            assert_eq!(policy.ceiling(attempt), Duration::from_secs(10));
        }
    }

    #[test]
    fn jitter_stays_within_half_of_the_ceiling() {
        let policy = RetryPolicy::default();
        for _ in 0..1000 {
            let delay = policy.delay(2);
            assert!(delay >= Duration::from_millis(100) && delay <= Duration::from_millis(200));
        }
    }
}
