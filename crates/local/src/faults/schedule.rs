//! When a rule fires.

/// Which of the calls that a rule is about it strikes.
///
/// Calls are counted from 1 since the rule was added, without those that an earlier rule struck.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum When {
    /// The first call.
    Once,
    /// The first `n` calls.
    Next(u64),
    /// The `n`th call alone.
    Nth(u64),
    /// The `n`th call and all behind it.
    From(u64),
    /// Every `n`th call: `Every(1)` is all of them, `Every(0)` none.
    Every(u64),
    /// Each call with this probability, between 0 and 1. One seed gives one sequence of decisions.
    Probability {
        /// The share of the calls to strike.
        probability: f64,
        /// The seed of the random numbers.
        seed: u64,
    },
}

/// A [`When`] and how far it has come.
#[derive(Debug)]
pub(super) struct Schedule {
    when: When,
    calls: u64,
    random: fastrand::Rng,
}

impl Schedule {
    pub(super) fn new(when: When) -> Self {
        let seed = match when {
            When::Probability { seed, .. } => seed,
            _ => 0,
        };
        Self { when, calls: 0, random: fastrand::Rng::with_seed(seed) }
    }

    /// Counts a call and says whether it is struck.
    pub(super) fn next(&mut self) -> bool {
        self.calls += 1;
        match self.when {
            When::Once => self.calls == 1,
            When::Next(n) => self.calls <= n,
            When::Nth(n) => self.calls == n,
            When::From(n) => self.calls >= n,
            When::Every(n) => n > 0 && self.calls.is_multiple_of(n),
            When::Probability { probability, .. } => self.random.f64() < probability,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn struck(when: When, calls: u64) -> Vec<u64> {
        let mut schedule = Schedule::new(when);
        (1..=calls).filter(|_| schedule.next()).collect()
    }

    #[test]
    fn each_schedule_strikes_its_calls() {
        assert_eq!(struck(When::Once, 5), [1]);
        assert_eq!(struck(When::Next(2), 5), [1, 2]);
        assert_eq!(struck(When::Nth(3), 5), [3]);
        assert_eq!(struck(When::From(4), 5), [4, 5]);
        assert_eq!(struck(When::Every(2), 5), [2, 4]);
        assert!(struck(When::Every(0), 5).is_empty());
    }

    #[test]
    fn probability_follows_its_seed() {
        let half = |seed| When::Probability { probability: 0.5, seed };
        assert_eq!(struck(half(7), 1000), struck(half(7), 1000));
        assert_ne!(struck(half(7), 1000), struck(half(8), 1000));
        let count = struck(half(7), 1000).len();
        assert!((400..600).contains(&count), "{count} of 1000");
        assert!(struck(When::Probability { probability: 0.0, seed: 1 }, 100).is_empty());
    }
}
