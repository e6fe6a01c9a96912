//! A limiter of capacity that is paid after the fact.

use crate::limiter::bucket::Bucket;
use crate::{CapacityLimits, CapacityUnits};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

mod bucket;

/// What a throttle leaves of the rate.
const DECREASE: f64 = 0.5;
/// Throttles that come together are one: many requests of one moment are refused at once.
const DECREASE_EVERY: Duration = Duration::from_secs(1);
/// The slowest that throttles make it, as a share of the target.
const SLOWEST: f64 = 0.05;
/// The time in which a whole target is won back, bit by bit.
const RECOVERY: Duration = Duration::from_mins(1);
/// So many times the rate at which it was throttled, work without a target forgets that it was.
const FORGOTTEN: f64 = 2.0;
/// The pause after a throttle when there is no target.
const PAUSE: Duration = Duration::from_millis(250);

/// Post-paid token buckets in capacity units per second, one for the table and one for each index,
/// shared by all workers of an operation.
///
/// What a request costs is known only when DynamoDB answers, so requests start while no bucket is
/// in debt, are charged with what `ConsumedCapacity` says, and the debt is waited out before the
/// next request. The average is the target rate whatever single requests cost. Unused capacity is
/// kept for one second. A write to a table that has indexes is charged to each that it touches, so
/// the one with the least capacity sets the pace.
///
/// Throttles halve the rate, once a second at most and not below 5 % of the target; the rate is won
/// back over a minute in equal steps. Without a target, the first throttle takes half of what was
/// consumed lately as the rate, and the limit goes when the rate has grown to twice that.
/// Clones share one set of buckets. Memory is a few numbers for each index.
#[derive(Clone, Debug)]
pub struct CapacityLimiter {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    table: Bucket,
    indexes: BTreeMap<String, Bucket>,
    /// The share of the targets that is used now, lowered by throttles.
    share: f64,
    refilled: Instant,
    decreased: Option<Instant>,
    /// Nobody starts before, after a throttle without a target.
    paused_until: Option<Instant>,
}

impl CapacityLimiter {
    /// A limiter that never waits, except after a throttle.
    #[must_use]
    pub fn unlimited() -> Self {
        let now = Instant::now();
        let state = State {
            table: Bucket::new(now),
            indexes: BTreeMap::new(),
            share: 1.0,
            refilled: now,
            decreased: None,
            paused_until: None,
        };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// A limiter that keeps the average of the table at `rate` per second. A rate of zero is no
    /// rate: it is taken as one unit per hour rather than as a hang without end.
    #[must_use]
    pub fn per_second(rate: CapacityUnits) -> Self {
        let limiter = Self::unlimited();
        limiter.set_limits(&CapacityLimits { table: Some(rate), ..CapacityLimits::default() });
        limiter
    }

    /// Sets the targets, at any time. What is owed stays owed.
    ///
    /// A table with an index that has less capacity: the index sets the pace.
    ///
    /// ```
    /// use ddbkit_flow::{CapacityLimiter, CapacityLimits, CapacityUnits};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), ddbkit_flow::InvalidCapacity> {
    /// let limiter = CapacityLimiter::unlimited();
    /// limiter.set_limits(&CapacityLimits {
    ///     table: Some(CapacityUnits::new(1000.0)?),
    ///     indexes: [("by-date".to_owned(), Some(CapacityUnits::new(10.0)?))].into(),
    /// });
    /// limiter.charge(CapacityUnits::new(30.0)?);
    /// limiter.charge_index("by-date", CapacityUnits::new(30.0)?);
    /// let before = tokio::time::Instant::now();
    /// limiter.ready().await;
    /// assert!(before.elapsed().as_secs_f64() > 1.9);
    ///
    /// limiter.throttled(); // an answer asked to slow down: half the rate, won back over a minute
    /// assert_eq!(limiter.rate(), Some(CapacityUnits::new(500.0)?));
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_limits(&self, limits: &CapacityLimits) {
        let now = Instant::now();
        let mut state = self.lock();
        state.refill(now);
        state.table.set_target(limits.table);
        state.indexes.retain(|name, _| limits.indexes.contains_key(name));
        for (name, limit) in &limits.indexes {
            let bucket = state.indexes.entry(name.clone()).or_insert_with(|| Bucket::new(now));
            bucket.set_target(*limit);
        }
    }

    /// The rate per second of the table that is aimed at now, lower than asked for after throttles;
    /// `None` without a limit.
    #[must_use]
    pub fn rate(&self) -> Option<CapacityUnits> {
        let mut state = self.lock();
        state.refill(Instant::now());
        state.table.rate(state.share).and_then(|rate| CapacityUnits::new(rate).ok())
    }

    /// Waits until no bucket is in debt. May be dropped at any time.
    pub async fn ready(&self) {
        loop {
            let wait = self.lock().wait(Instant::now());
            let Some(wait) = wait else { return };
            tokio::time::sleep(wait).await;
        }
    }

    /// Charges what an answer says was consumed of the table, its local indexes included.
    pub fn charge(&self, used: CapacityUnits) {
        let now = Instant::now();
        let mut state = self.lock();
        state.refill(now);
        state.table.charge(used.get());
    }

    /// Charges what an answer says was consumed of a global index.
    pub fn charge_index(&self, name: &str, used: CapacityUnits) {
        let now = Instant::now();
        let mut state = self.lock();
        state.refill(now);
        if let Some(bucket) = state.indexes.get_mut(name) {
            bucket.charge(used.get());
        }
    }

    /// Notes that DynamoDB asked to slow down.
    pub fn throttled(&self) {
        let now = Instant::now();
        let mut state = self.lock();
        state.refill(now);
        state.throttled(now);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic cannot leave the numbers in a state worse than any other.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn buckets(&mut self) -> impl Iterator<Item = &mut Bucket> {
        std::iter::once(&mut self.table).chain(self.indexes.values_mut())
    }

    fn refill(&mut self, now: Instant) {
        let elapsed = now.duration_since(self.refilled).as_secs_f64();
        self.refilled = now;
        let share = self.share;
        self.buckets().for_each(|bucket| bucket.refill(share, elapsed));
        let grown = share + elapsed / RECOVERY.as_secs_f64();
        let most = if self.buckets().any(|bucket| bucket.is_learned()) { FORGOTTEN } else { 1.0 };
        self.share = grown.min(most);
        if grown >= FORGOTTEN {
            self.buckets().for_each(Bucket::forget);
            self.share = 1.0;
        }
    }

    fn throttled(&mut self, now: Instant) {
        if self.buckets().all(|bucket| !bucket.has_target()) {
            self.paused_until = Some(now + PAUSE);
        }
        if self.decreased.is_some_and(|last| now.duration_since(last) < DECREASE_EVERY) {
            return;
        }
        self.decreased = Some(now);
        let share = self.share.min(1.0);
        self.buckets().for_each(|bucket| bucket.learn(now));
        self.share = (share * DECREASE).max(SLOWEST);
    }

    /// How long to wait from now on; `None` when a request may start.
    fn wait(&mut self, now: Instant) -> Option<Duration> {
        self.refill(now);
        if let Some(until) = self.paused_until.filter(|until| *until > now) {
            return Some(until - now);
        }
        let share = self.share;
        self.buckets().filter_map(|bucket| bucket.wait(share)).max()
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
    async fn throttles_halve_the_rate_and_it_is_won_back_evenly() {
        let limiter = CapacityLimiter::per_second(units(120.0));
        let rate = || limiter.rate().unwrap().get();
        // All workers of one moment are throttled together.
        (0..8).for_each(|_| limiter.throttled());
        assert!((rate() - 60.0).abs() < 0.1, "{}", rate());
        tokio::time::sleep(Duration::from_secs(15)).await;
        assert!((rate() - 90.0).abs() < 0.1, "{}", rate());
        for _ in 0..100 {
            limiter.throttled();
            tokio::time::sleep(DECREASE_EVERY).await;
        }
        assert!(rate() < 120.0 * 0.08, "{}", rate());
        tokio::time::sleep(RECOVERY).await;
        assert!((rate() - 120.0).abs() < 0.1, "{}", rate());
    }

    #[tokio::test(start_paused = true)]
    async fn the_index_with_the_least_capacity_sets_the_pace() {
        let limiter = CapacityLimiter::per_second(units(1000.0));
        let slow = ("slow".to_owned(), Some(units(10.0)));
        let indexes = [slow, ("free".to_owned(), None)].into();
        limiter.set_limits(&CapacityLimits { table: Some(units(1000.0)), indexes });
        let start = Instant::now();
        for _ in 0..100 {
            limiter.ready().await;
            limiter.charge(units(5.0));
            limiter.charge_index("slow", units(2.0));
            limiter.charge_index("free", units(500.0));
        }
        let seconds = start.elapsed().as_secs_f64();
        assert!((seconds - 20.0).abs() < 1.5, "200 units at 10 a second took {seconds} s");
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_limit_counts_from_now_on() {
        let limiter = CapacityLimiter::per_second(units(1.0));
        limiter.charge(units(100.0));
        limiter.set_limits(&CapacityLimits { table: Some(units(50.0)), ..Default::default() });
        let start = Instant::now();
        limiter.ready().await;
        assert!((start.elapsed().as_secs_f64() - 2.0).abs() < 0.1, "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn work_without_a_limit_backs_off_to_half_of_what_it_did_and_forgets() {
        let limiter = CapacityLimiter::unlimited();
        for _ in 0..100 {
            limiter.charge(units(20.0));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(limiter.rate(), None);
        limiter.throttled();
        let rate = limiter.rate().unwrap().get();
        assert!((90.0..=110.0).contains(&rate), "200 a second were too many, now {rate}");
        tokio::time::sleep(RECOVERY).await;
        assert!(limiter.rate().unwrap().get() > 250.0);
        tokio::time::sleep(RECOVERY).await;
        assert_eq!(limiter.rate(), None);
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
