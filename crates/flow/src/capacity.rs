//! Read and write capacity units as DynamoDB counts them.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};
use std::str::FromStr;
use std::time::Duration;

/// A number of read or write capacity units, as `ConsumedCapacity.CapacityUnits` reports them.
///
/// Never negative, never infinite; halves exist, because an eventually consistent read of up to
/// 4 KB costs 0.5 units.
///
/// ```
/// use ddbkit_flow::CapacityUnits;
/// let page: CapacityUnits = "128.5".parse()?;
/// assert_eq!(page + page, CapacityUnits::new(257.0)?);
/// # Ok::<(), ddbkit_flow::InvalidCapacity>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct CapacityUnits(f64);

impl CapacityUnits {
    /// No capacity at all.
    pub const ZERO: Self = Self(0.0);

    /// Capacity of this many units.
    ///
    /// # Errors
    /// [`InvalidCapacity`] when `units` is negative, infinite or no number.
    pub fn new(units: f64) -> Result<Self, InvalidCapacity> {
        if units.is_finite() && units >= 0.0 { Ok(Self(units)) } else { Err(InvalidCapacity) }
    }

    /// How long these units take at so many a second; `None` where that is more than a duration holds,
    /// as with none a second.
    ///
    /// ```
    /// use ddbkit_flow::CapacityUnits;
    /// use std::time::Duration;
    ///
    /// let (units, pace) = (CapacityUnits::new(150.0)?, CapacityUnits::new(100.0)?);
    /// assert_eq!(units.time_at(pace), Some(Duration::from_millis(1_500)));
    /// assert_eq!(units.time_at(CapacityUnits::ZERO), None);
    /// # Ok::<(), ddbkit_flow::InvalidCapacity>(())
    /// ```
    #[must_use]
    pub fn time_at(self, per_second: Self) -> Option<Duration> {
        Duration::try_from_secs_f64(self.0 / per_second.0).ok()
    }

    /// The units as a number.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl Add for CapacityUnits {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for CapacityUnits {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sum for CapacityUnits {
    fn sum<I: Iterator<Item = Self>>(units: I) -> Self {
        units.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for CapacityUnits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for CapacityUnits {
    type Err = InvalidCapacity;
    fn from_str(text: &str) -> Result<Self, InvalidCapacity> {
        text.parse().map_err(|_| InvalidCapacity).and_then(Self::new)
    }
}

/// A number of capacity units that cannot be: negative, infinite, or no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidCapacity;

impl fmt::Display for InvalidCapacity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("capacity units must be a finite number of zero or more")
    }
}

impl std::error::Error for InvalidCapacity {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_kept_and_nonsense_is_refused() {
        assert_eq!("0.5".parse::<CapacityUnits>().unwrap().get().to_string(), "0.5");
        for bad in ["-1", "NaN", "inf", "", "5 RCU"] {
            assert_eq!(bad.parse::<CapacityUnits>(), Err(InvalidCapacity), "{bad}");
        }
    }

    #[test]
    fn units_sum() {
        let pages = ["1.5", "0.5", "128"].map(|text| text.parse::<CapacityUnits>().unwrap());
        assert_eq!(pages.into_iter().sum::<CapacityUnits>().to_string(), "130");
    }
}
