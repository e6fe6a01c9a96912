//! Sequence numbers, as wide and as uneven as the service may make them.

use std::fmt;

use fastrand::Rng;

/// Decimal digits of the low part.
const LOW_DIGITS: usize = 20;
const LOW_END: u128 = 10_u128.pow(20);
/// Digits of the longest number that the service gives. (AWS docs, `StreamRecord`: 21 to 40.)
const LONGEST: u32 = 40;

/// A number of 21 to 40 digits: more than fit a `u128`, hence in two parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sequence {
    high: u128,
    low: u128,
}

impl Sequence {
    pub(super) fn first(random: &mut Rng) -> Self {
        Self { high: random.u128(7..10), low: random.u128(0..LOW_END) }
    }

    /// A greater number. Now and then it is a digit longer, and then less than this one by the order
    /// of texts.
    pub(super) fn next(self, random: &mut Rng) -> Self {
        let digits = self.high.ilog10() + 1;
        if random.u32(0..150) == 0 && digits + 20 < LONGEST {
            return Self { high: 10_u128.pow(digits), low: random.u128(0..LOW_END) };
        }
        let low = self.low + random.u128(1..10_u128.pow(16));
        Self { high: self.high + low / LOW_END, low: low % LOW_END }
    }

    /// Reads what [`fmt::Display`] wrote; leading zeros are allowed.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim_start_matches('0');
        let (high, low) = text.split_at_checked(text.len().checked_sub(LOW_DIGITS)?)?;
        Some(Self { high: high.parse().ok()?, low: low.parse().ok()? })
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:020}", self.high, self.low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_grow_and_texts_do_not() {
        let mut random = Rng::with_seed(1);
        let mut last = Sequence::first(&mut random);
        let (mut shorter, mut longest) = (0, 0);
        for _ in 0..10_000 {
            let next = last.next(&mut random);
            assert!(next > last);
            assert_eq!(Sequence::parse(&format!("0{next}")), Some(next));
            let (text, before) = (next.to_string(), last.to_string());
            assert!((21..=40).contains(&text.len()));
            shorter += usize::from(text < before);
            longest = longest.max(text.len());
            last = next;
        }
        assert!(shorter > 5);
        assert_eq!(longest, 40);
    }
}
