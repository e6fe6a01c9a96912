//! What was done, in numbers that add up.

use super::Outcome;
use serde::{Deserialize, Serialize};

/// Counts of a migration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MigrationCounts {
    /// Items that were read.
    pub read: u64,
    /// Items that were written.
    pub changed: u64,
    /// Items with nothing to do, also those that were done before.
    pub unchanged: u64,
    /// Items that somebody else changed or deleted between their read and their write: they are as
    /// they were left. Run again to look at them.
    pub changed_by_others: u64,
    /// Items that cannot be done; the reasons are in the store.
    pub rejected: u64,
    /// Values that moved.
    pub values: u64,
    /// Bytes of these values.
    pub bytes: u64,
}

impl MigrationCounts {
    /// Whether every item that was read is accounted for.
    #[must_use]
    pub fn add_up(&self) -> bool {
        self.read == self.changed + self.unchanged + self.changed_by_others + self.rejected
    }

    pub(super) fn add(&mut self, outcome: &Outcome) {
        self.read += 1;
        match outcome {
            Outcome::Changed { values, bytes, .. } => {
                self.changed += 1;
                self.values += values;
                self.bytes += bytes;
            }
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::ChangedByOthers => self.changed_by_others += 1,
            Outcome::Rejected(_) => self.rejected += 1,
        }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            read: self.read + other.read,
            changed: self.changed + other.changed,
            unchanged: self.unchanged + other.unchanged,
            changed_by_others: self.changed_by_others + other.changed_by_others,
            rejected: self.rejected + other.rejected,
            values: self.values + other.values,
            bytes: self.bytes + other.bytes,
        }
    }
}
