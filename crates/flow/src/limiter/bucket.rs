//! One bucket: of the table, or of an index.

use crate::CapacityUnits;
use std::time::Duration;
use tokio::time::Instant;

/// The time over which consumption is averaged, in seconds.
const LATELY: f64 = 5.0;
/// How long there must have been consumption before its average says anything.
const LEARNING: f64 = 1.0;
/// The least rate: a unit per hour. Nothing hangs for ever.
const LEAST: f64 = 1.0 / 3600.0;

#[derive(Debug)]
pub(super) struct Bucket {
    target: Option<f64>,
    /// Units per second that were too many, where there is no target.
    learned: Option<f64>,
    /// What is left to spend; a debt when negative.
    balance: f64,
    /// Units consumed lately, fading.
    recent: f64,
    started: Instant,
}

impl Bucket {
    pub(super) fn new(now: Instant) -> Self {
        Self { target: None, learned: None, balance: 0.0, recent: 0.0, started: now }
    }

    pub(super) fn set_target(&mut self, target: Option<CapacityUnits>) {
        self.target = target.map(|units| units.get().max(LEAST));
        if self.target.is_some() {
            self.learned = None;
        }
    }

    pub(super) fn has_target(&self) -> bool {
        self.target.is_some()
    }

    pub(super) fn is_learned(&self) -> bool {
        self.learned.is_some()
    }

    /// Units per second, at this share of the full rate.
    pub(super) fn rate(&self, share: f64) -> Option<f64> {
        let target = self.target.map(|target| target * share.min(1.0));
        target.or_else(|| self.learned.map(|learned| learned * share))
    }

    pub(super) fn refill(&mut self, share: f64, elapsed: f64) {
        self.recent *= (-elapsed / LATELY).exp();
        if let Some(rate) = self.rate(share) {
            self.balance = (self.balance + rate * elapsed).min(rate);
        }
    }

    pub(super) fn charge(&mut self, used: f64) {
        self.recent += used;
        if self.target.is_some() || self.learned.is_some() {
            self.balance -= used;
        }
    }

    /// Takes what was consumed lately as too much, where there is no target.
    pub(super) fn learn(&mut self, now: Instant) {
        let age = now.duration_since(self.started).as_secs_f64();
        // Once it is learned, further throttles lower the share of it, which has a floor.
        if self.target.is_some() || self.learned.is_some() || age < LEARNING {
            return;
        }
        // The average of a fading sum that began with nothing.
        let rate = self.recent / (LATELY * (1.0 - (-age / LATELY).exp()));
        if rate > LEAST {
            self.learned = Some(rate);
            self.balance = self.balance.min(0.0);
        }
    }

    pub(super) fn forget(&mut self) {
        if self.learned.take().is_some() {
            self.balance = 0.0;
        }
    }

    pub(super) fn wait(&self, share: f64) -> Option<Duration> {
        let rate = self.rate(share)?;
        // A nanosecond's worth of debt is rounding, and a sleep of zero would spin.
        (self.balance < -rate * 1e-9)
            .then(|| Duration::from_secs_f64(-self.balance / rate).max(Duration::from_millis(1)))
    }
}
