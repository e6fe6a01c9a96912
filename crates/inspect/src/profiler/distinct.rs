//! About how many different values there are.
//!
//! A `HyperLogLog` with the estimator of O. Ertl, "New cardinality estimation algorithms for `HyperLogLog`
//! sketches" (2017). The crate `datasketches` is well kept, but what its sketch estimates depends on the
//! order in which values came and sketches were merged; here it depends on the set of values alone.

use std::f64::consts::LN_2;
use twox_hash::XxHash3_64;

/// So many values are counted exactly.
const FEW: usize = 128;

/// The hash of a value. The tag keeps the string `1` and the number 1 apart.
pub(super) fn hash(tag: u8, bytes: &[u8]) -> u64 {
    XxHash3_64::oneshot_with_seed(u64::from(tag), bytes)
}

/// A set of hashes of which only the number is wanted.
#[derive(Clone, Debug)]
pub(super) struct Distinct {
    /// `2^precision` registers.
    precision: u8,
    /// All hashes in order, while they are few.
    few: Vec<u64>,
    /// The longest run of zeros in front, for each register; empty while there are few.
    registers: Vec<u8>,
}

impl Distinct {
    /// Counts with a standard error of `1.04 / sqrt(2^precision)`, in `2^precision` bytes at most.
    pub(super) fn new(precision: u8) -> Self {
        Self { precision, few: Vec::new(), registers: Vec::new() }
    }

    pub(super) fn add(&mut self, hash: u64) {
        if !self.registers.is_empty() {
            return self.register(hash);
        }
        if let Err(at) = self.few.binary_search(&hash) {
            self.few.insert(at, hash);
        }
        if self.few.len() > FEW {
            self.registers = vec![0; 1 << self.precision];
            for hash in std::mem::take(&mut self.few) {
                self.register(hash);
            }
        }
    }

    fn register(&mut self, hash: u64) {
        let rest = hash << self.precision;
        let zeros = rest.leading_zeros().min(self.longest_run());
        let index = usize::try_from(hash >> (64 - u32::from(self.precision))).unwrap_or_default();
        if let (Some(register), Ok(run)) = (self.registers.get_mut(index), u8::try_from(zeros + 1))
        {
            *register = (*register).max(run);
        }
    }

    /// The bits that a run of zeros may have.
    fn longest_run(&self) -> u32 {
        64 - u32::from(self.precision)
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for hash in &other.few {
            self.add(*hash);
        }
        if other.registers.is_empty() {
            return;
        }
        if self.registers.is_empty() {
            self.registers.clone_from(&other.registers);
            for hash in std::mem::take(&mut self.few) {
                self.register(hash);
            }
            return;
        }
        for (own, other) in self.registers.iter_mut().zip(&other.registers) {
            *own = (*own).max(*other);
        }
    }

    /// None where nothing was added.
    pub(super) fn count(&self) -> Option<u64> {
        if self.registers.is_empty() {
            return (!self.few.is_empty()).then_some(self.few.len() as u64);
        }
        let mut runs = [0_u32; 66];
        for run in &self.registers {
            if let Some(count) = runs.get_mut(usize::from(*run)) {
                *count += 1;
            }
        }
        let longest = usize::try_from(self.longest_run()).unwrap_or_default();
        let count = |run: usize| f64::from(runs.get(run).copied().unwrap_or_default());
        #[expect(clippy::cast_precision_loss, reason = "a few thousand registers")]
        let registers = self.registers.len() as f64;
        let mut sum = registers * tau(1.0 - count(longest + 1) / registers);
        for run in (1..=longest).rev() {
            sum = 0.5 * (sum + count(run));
        }
        sum += registers * sigma(count(0) / registers);
        let estimate = registers * registers / (2.0 * LN_2 * sum);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "`as` saturates"
        )]
        let estimate = estimate.round() as u64;
        Some(estimate)
    }
}

/// `x + sum of x^(2^k) * 2^(k-1)` for k from 1 on.
fn sigma(mut x: f64) -> f64 {
    if x >= 1.0 {
        return f64::INFINITY;
    }
    let (mut power, mut sum) = (1.0, x);
    loop {
        x *= x;
        let before = sum;
        sum += x * power;
        power += power;
        if sum <= before {
            return sum;
        }
    }
}

/// `(1 - x - sum of (1 - x^(2^-k))^2 * 2^-k) / 3` for k from 1 on.
fn tau(mut x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return 0.0;
    }
    let (mut power, mut sum) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = sum;
        power *= 0.5;
        sum -= (1.0 - x).powi(2) * power;
        if sum >= before {
            return sum / 3.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: impl IntoIterator<Item = u64>) -> Distinct {
        let mut distinct = Distinct::new(10);
        values.into_iter().for_each(|value| distinct.add(hash(b'N', &value.to_le_bytes())));
        distinct
    }

    #[test]
    fn few_are_counted_exactly_and_many_within_ten_percent() {
        assert_eq!(of([]).count(), None);
        assert_eq!(of((0..1000).map(|n| n % FEW as u64)).count(), Some(FEW as u64));
        for n in [200_u64, 1_000, 3_000, 10_000, 200_000] {
            let estimate = of(0..n).count().unwrap();
            // Three times the standard error of 1,024 registers.
            assert!(estimate.abs_diff(n) * 10 <= n, "{estimate} of {n}");
        }
    }

    #[test]
    fn the_estimate_depends_on_the_values_alone() {
        let whole = of(0..5000).count();
        for split in [1, 100, 2500, 4950] {
            for (first, second) in
                [(of(0..split), of(split..5000)), (of(split..5000), of(0..split))]
            {
                let mut merged = first;
                merged.merge(&second);
                merged.merge(&second);
                assert_eq!(merged.count(), whole, "{split}");
            }
        }
        assert_eq!(of((0..5000).rev()).count(), whole);
    }

    #[test]
    fn one_text_of_two_types_is_two_values() {
        assert_ne!(hash(b'S', b"1"), hash(b'N', b"1"));
    }
}
