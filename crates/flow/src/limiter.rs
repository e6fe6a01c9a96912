//! A limiter of capacity that is paid after the fact.

use crate::CapacityUnits;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How much a throttle takes off the rate.
const THROTTLE_FACTOR: f64 = 0.7;
/// The slowest that throttles make it, as a share of the target.
const SLOWEST: f64 = 0.05;
/// The time in which a full recovery from the slowest rate is made.
const RECOVERY: Duration = Duration::from_mins(1);
/// The pause after a throttle when there is no rate to lower.
const PAUSE: Duration = Duration::from_millis(250);

/// A post-paid token bucket in capacity units per second, shared by all workers of an operation.
///
/// What a request costs is known only when DynamoDB answers, so requests start while the bucket is
/// not in debt, are charged with what `ConsumedCapacity` says, and the debt is waited out before
/// the next request. The average is the target rate whatever single requests cost. Unused capacity
/// is kept for one second.
///
/// A throttle lowers the rate by 30 %, not below 5 % of the target, and the rate recovers over a
/// minute. Clones share one bucket.
#[derive(Clone, Debug)]
pub struct CapacityLimiter {
    bucket: Arc<Mutex<Bucket>>,
}

#[derive(Debug)]
struct Bucket {
    /// Units per second to reach; `None` is no limit.
    target: Option<f64>,
    /// The share of the target that is used now, lowered by throttles.
    share: f64,
    /// What is left to spend; a debt when negative.
    balance: f64,
    refilled: Instant,
    /// Nobody starts before, after a throttle without a target.
    paused_until: Option<Instant>,
}

impl CapacityLimiter {
    /// A limiter that never waits, except a moment after a throttle.
    #[must_use]
    pub fn unlimited() -> Self {
        Self::new(None)
    }

    /// A limiter that keeps the average at `rate` per second. A rate of zero is no rate: it is
    /// taken as one unit per hour rather than as a hang without end.
    #[must_use]
    pub fn per_second(rate: CapacityUnits) -> Self {
        Self::new(Some(rate.get().max(1.0 / 3600.0)))
    }

    fn new(target: Option<f64>) -> Self {
        let now = Instant::now();
        let bucket = Bucket { target, share: 1.0, balance: 0.0, refilled: now, paused_until: None };
        Self { bucket: Arc::new(Mutex::new(bucket)) }
    }

    /// The rate per second that is aimed at now, lower than asked for after throttles; `None`
    /// without a limit.
    #[must_use]
    pub fn rate(&self) -> Option<CapacityUnits> {
        let mut bucket = self.lock();
        bucket.refill(Instant::now());
        bucket.rate().and_then(|rate| CapacityUnits::new(rate).ok())
    }

    /// Waits until the bucket is out of debt. May be dropped at any time.
    pub async fn ready(&self) {
        loop {
            let wait = self.lock().wait(Instant::now());
            let Some(wait) = wait else { return };
            tokio::time::sleep(wait).await;
        }
    }

    /// Charges what an answer says was consumed.
    pub fn charge(&self, used: CapacityUnits) {
        let mut bucket = self.lock();
        bucket.refill(Instant::now());
        if bucket.target.is_some() {
            bucket.balance -= used.get();
        }
    }

    /// Notes that DynamoDB asked to slow down.
    pub fn throttled(&self) {
        let now = Instant::now();
        let mut bucket = self.lock();
        bucket.refill(now);
        if bucket.target.is_some() {
            bucket.share = (bucket.share * THROTTLE_FACTOR).max(SLOWEST);
        } else {
            bucket.paused_until = Some(now + PAUSE);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Bucket> {
        // A panic cannot leave the numbers in a state worse than any other.
        self.bucket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bucket {
    fn rate(&self) -> Option<f64> {
        self.target.map(|target| target * self.share)
    }

    fn refill(&mut self, now: Instant) {
        let elapsed = now.duration_since(self.refilled).as_secs_f64();
        self.refilled = now;
        if let Some(rate) = self.rate() {
            self.balance = (self.balance + rate * elapsed).min(rate);
            self.share = (self.share + elapsed / RECOVERY.as_secs_f64()).min(1.0);
        }
    }

    /// How long to wait from now on; `None` when a request may start.
    fn wait(&mut self, now: Instant) -> Option<Duration> {
        self.refill(now);
        if let Some(until) = self.paused_until.filter(|until| *until > now) {
            return Some(until - now);
        }
        let rate = self.rate()?;
        // A nanosecond's worth of debt is rounding, and a sleep of zero would spin.
        (self.balance < -rate * 1e-9)
            .then(|| Duration::from_secs_f64(-self.balance / rate).max(Duration::from_millis(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(n: f64) -> CapacityUnits {
        CapacityUnits::new(n).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn the_average_is_the_rate_whatever_a_request_costs() {
        let limiter = CapacityLimiter::per_second(units(10.0));
        let start = Instant::now();
        for cost in [0.5, 128.0, 7.5, 64.0, 100.0].repeat(4) {
            limiter.ready().await;
            limiter.charge(units(cost));
        }
        limiter.ready().await;
        let seconds = start.elapsed().as_secs_f64();
        assert!((seconds - 120.0).abs() < 2.0, "1200 units at 10 a second took {seconds} s");
    }

    #[tokio::test(start_paused = true)]
    async fn workers_share_one_bucket() {
        let limiter = CapacityLimiter::per_second(units(100.0));
        let start = Instant::now();
        let workers = (0..8).map(|_| {
            let limiter = limiter.clone();
            tokio::spawn(async move {
                for _ in 0..25 {
                    limiter.ready().await;
                    limiter.charge(units(5.0));
                }
            })
        });
        for worker in workers.collect::<Vec<_>>() {
            worker.await.unwrap();
        }
        let seconds = start.elapsed().as_secs_f64();
        assert!((8.0..=11.0).contains(&seconds), "1000 units at 100 a second took {seconds} s");
    }

    #[tokio::test(start_paused = true)]
    async fn idle_time_saves_up_one_second_only() {
        let limiter = CapacityLimiter::per_second(units(10.0));
        tokio::time::sleep(Duration::from_hours(1)).await;
        limiter.ready().await;
        limiter.charge(units(30.0));
        let start = Instant::now();
        limiter.ready().await;
        assert!((start.elapsed().as_secs_f64() - 2.0).abs() < 0.01);
    }

    #[tokio::test(start_paused = true)]
    async fn throttles_slow_down_and_recover() {
        let limiter = CapacityLimiter::per_second(units(100.0));
        for _ in 0..3 {
            limiter.throttled();
        }
        let slow = limiter.rate().unwrap().get();
        assert!((slow - 34.3).abs() < 0.1, "{slow}");
        for _ in 0..100 {
            limiter.throttled();
        }
        assert!((limiter.rate().unwrap().get() - 5.0).abs() < 0.1);
        tokio::time::sleep(RECOVERY).await;
        assert!((limiter.rate().unwrap().get() - 100.0).abs() < 0.1);
    }

    #[tokio::test(start_paused = true)]
    async fn no_limit_waits_only_after_a_throttle() {
        let limiter = CapacityLimiter::unlimited();
        let start = Instant::now();
        limiter.charge(units(1e12));
        limiter.ready().await;
        assert_eq!(start.elapsed(), Duration::ZERO);
        limiter.throttled();
        limiter.ready().await;
        assert!(start.elapsed() >= PAUSE && start.elapsed() < 2 * PAUSE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_of_zero_still_moves() {
        let limiter = CapacityLimiter::per_second(CapacityUnits::ZERO);
        limiter.charge(units(1.0));
        tokio::time::timeout(Duration::from_secs(4000), limiter.ready()).await.unwrap();
    }
}
