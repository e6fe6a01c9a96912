//! How fast work is meant to go.

use crate::CapacityUnits;
use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

/// The capacity that work may use, of a table and of each of its indexes.
///
/// As text: `200` units per second, `50%` of what is provisioned, or `none` for no limit.
///
/// ```
/// use ddbkit_flow::{CapacityUnits, Pace};
/// assert_eq!("200".parse::<Pace>()?, Pace::PerSecond(CapacityUnits::new(200.0)?));
/// assert_eq!("50%".parse::<Pace>()?, Pace::default());
/// assert!("150%".parse::<Pace>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// So many units per second of the table, and as many of each index.
    PerSecond(CapacityUnits),
    /// This part of what the table and each index have: of the units that are provisioned, or of
    /// the maximum that is set for requests on demand. Without either there is no limit.
    Share(Share),
    /// No limit.
    Unlimited,
}

impl Default for Pace {
    /// Half of what there is, so that those who use the table keep the other half.
    fn default() -> Self {
        Self::Share(Share(0.5))
    }
}

impl From<CapacityUnits> for Pace {
    fn from(per_second: CapacityUnits) -> Self {
        Self::PerSecond(per_second)
    }
}

impl Pace {
    /// What may be used per second, of what there is, by one of `budget` processes that share it.
    ///
    /// ```
    /// use ddbkit_flow::{CapacityLimits, CapacityUnits, Pace};
    /// use std::num::NonZeroU32;
    /// let table = Some(CapacityUnits::new(1000.0)?);
    /// let there_is = CapacityLimits { table, ..CapacityLimits::default() };
    /// let budget = NonZeroU32::new(4).expect("not zero");
    /// let limits = Pace::default().limits(&there_is, budget);
    /// assert_eq!(limits.table, Some(CapacityUnits::new(125.0)?));
    /// # Ok::<(), ddbkit_flow::InvalidCapacity>(())
    /// ```
    #[must_use]
    pub fn limits(&self, there_is: &CapacityLimits, budget: NonZeroU32) -> CapacityLimits {
        let budget = f64::from(budget.get());
        let limit = |there_is: Option<CapacityUnits>| match self {
            Self::PerSecond(units) => CapacityUnits::new(units.get() / budget).ok(),
            Self::Share(share) => {
                there_is.and_then(|units| CapacityUnits::new(units.get() * share.0 / budget).ok())
            }
            Self::Unlimited => None,
        };
        CapacityLimits {
            table: limit(there_is.table),
            indexes: there_is
                .indexes
                .iter()
                .map(|(name, has)| (name.clone(), limit(*has)))
                .collect(),
        }
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PerSecond(units) => units.fmt(f),
            Self::Share(share) => write!(f, "{}%", share.0 * 100.0),
            Self::Unlimited => f.write_str("none"),
        }
    }
}

impl FromStr for Pace {
    type Err = InvalidPace;

    fn from_str(text: &str) -> Result<Self, InvalidPace> {
        match text.strip_suffix('%') {
            Some(percent) => {
                let percent: f64 = percent.parse().map_err(|_| InvalidPace)?;
                Share::new(percent / 100.0).map(Self::Share)
            }
            None if text == "none" => Ok(Self::Unlimited),
            None => text.parse().map(Self::PerSecond).map_err(|_| InvalidPace),
        }
    }
}

/// A text that is no [`Pace`], or a share that is not more than nothing and at most all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidPace;

impl fmt::Display for InvalidPace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a pace is a number of units per second like 200, a share like 50%, or none")
    }
}

impl std::error::Error for InvalidPace {}

/// A part of a whole, more than nothing.
///
/// ```
/// use ddbkit_flow::{CapacityLimits, CapacityUnits, InvalidPace, Pace, Share};
///
/// let half = Pace::Share(Share::new(0.5)?);
/// assert_eq!("50%".parse(), Ok(half));
/// assert_eq!("150%".parse::<Pace>(), Err(InvalidPace));
///
/// let provisioned = CapacityUnits::new(400.0).unwrap();
/// let table = CapacityLimits { table: Some(provisioned), ..CapacityLimits::default() };
/// let four_processes = 4.try_into().unwrap();
/// assert_eq!(half.limits(&table, four_processes).table, CapacityUnits::new(50.0).ok());
/// # Ok::<(), InvalidPace>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Share(f64);

impl Share {
    /// A part of a whole, 1.0 being all of it.
    ///
    /// # Errors
    /// [`InvalidPace`] when it is not more than 0 and at most 1.
    pub fn new(share: f64) -> Result<Self, InvalidPace> {
        if share > 0.0 && share <= 1.0 { Ok(Self(share)) } else { Err(InvalidPace) }
    }

    /// The part as a number.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

/// Capacity units per second of a table and each of its global secondary indexes; `None` where
/// nothing limits them. Local indexes use the capacity of their table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CapacityLimits {
    /// Of the table.
    pub table: Option<CapacityUnits>,
    /// Of each index by its name.
    pub indexes: BTreeMap<String, Option<CapacityUnits>>,
}

/// The pace of an operation: what was asked for, and what that comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct PaceTaken {
    /// What was asked for.
    pub asked: Pace,
    /// How many processes share the budget, this one among them.
    pub budget: NonZeroU32,
    /// What this one may use per second.
    pub limits: CapacityLimits,
}

impl fmt::Display for PaceTaken {
    /// In words, like `500 units a second (50% of what the table has)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.limits.table {
            Some(units) => write!(f, "{units} units a second")?,
            None => f.write_str("no limit on units, but slower when throttled")?,
        }
        let mut why = Vec::new();
        if let (Pace::Share(_), Some(_)) = (self.asked, self.limits.table) {
            why.push(format!("{} of what the table has", self.asked));
        }
        if self.budget.get() > 1 && self.limits.table.is_some() {
            why.push(format!("shared by {}", self.budget));
        }
        if !why.is_empty() {
            write!(f, " ({})", why.join(", "))?;
        }
        for (name, units) in &self.limits.indexes {
            if let Some(units) = units.filter(|units| Some(*units) != self.limits.table) {
                write!(f, ", {units} of index {name}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: NonZeroU32 = NonZeroU32::MIN;

    fn units(n: f64) -> CapacityUnits {
        CapacityUnits::new(n).unwrap()
    }

    fn there_is() -> CapacityLimits {
        let indexes = [("a".to_owned(), Some(units(40.0))), ("b".to_owned(), None)].into();
        CapacityLimits { table: Some(units(1000.0)), indexes }
    }

    #[test]
    fn paces_are_read_and_written() {
        for text in ["200", "0.5", "50%", "12.5%", "100%", "none"] {
            assert_eq!(text.parse::<Pace>().unwrap().to_string(), text);
        }
        for text in ["", "%", "0%", "-1%", "101%", "NaN%", "-1", "fast", "50 %"] {
            assert!(text.parse::<Pace>().is_err(), "{text}");
        }
    }

    #[test]
    fn each_has_its_own_limit() {
        let half = Pace::default().limits(&there_is(), ONE);
        assert_eq!((half.table, half.indexes["a"]), (Some(units(500.0)), Some(units(20.0))));
        assert_eq!(half.indexes["b"], None);
        let fixed = Pace::from(units(60.0)).limits(&there_is(), NonZeroU32::new(3).unwrap());
        assert_eq!((fixed.table, fixed.indexes["b"]), (Some(units(20.0)), Some(units(20.0))));
        assert_eq!(Pace::Unlimited.limits(&there_is(), ONE).table, None);
    }

    #[test]
    fn what_is_taken_is_said_in_words() {
        let taken = |asked: Pace, budget: u32, there_is: &CapacityLimits| {
            let budget = NonZeroU32::new(budget).unwrap();
            PaceTaken { asked, budget, limits: asked.limits(there_is, budget) }.to_string()
        };
        let text = "500 units a second (50% of what the table has), 20 of index a";
        assert_eq!(taken(Pace::default(), 1, &there_is()), text);
        let text = "250 units a second (50% of what the table has, shared by 2), 10 of index a";
        assert_eq!(taken(Pace::default(), 2, &there_is()), text);
        assert_eq!(taken(Pace::from(units(7.0)), 1, &there_is()), "7 units a second");
        let text = "no limit on units, but slower when throttled";
        assert_eq!(taken(Pace::default(), 1, &CapacityLimits::default()), text);
    }
}
