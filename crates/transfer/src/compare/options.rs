//! What to compare, and what came out.

use ddbkit_codec::{ContentDigest, Item};
use ddbkit_flow::{CapacityUnits, Pace};
use std::num::NonZeroUsize;

/// How a dump is compared with a table.
#[derive(Clone, Debug)]
pub struct CompareOptions {
    /// Whether the table may hold more than the source.
    pub contains: bool,
    /// How many differing keys to name.
    pub max_diff: usize,
    /// How many segments and files are read at the same time.
    pub workers: NonZeroUsize,
    /// The read capacity to use.
    pub read_capacity: Pace,
}

const WORKERS: NonZeroUsize = NonZeroUsize::new(8).expect("not zero");

impl Default for CompareOptions {
    /// Equality, 20 keys, eight workers, half of the capacity.
    fn default() -> Self {
        Self { contains: false, max_diff: 20, workers: WORKERS, read_capacity: Pace::default() }
    }
}

/// What a comparison found.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "a report of independent answers")]
pub struct Comparison {
    /// Items in the source.
    pub source_items: u64,
    /// Items in the table; those that were asked for when it may hold more.
    pub table_items: u64,
    /// Whether the table holds what the source holds, and nothing else unless it may.
    pub equal: bool,
    /// Whether the table was allowed to hold more: asked for, or because the dump was limited.
    pub contains: bool,
    /// The first keys that differ.
    pub differences: Vec<Difference>,
    /// Whether there are more differences than are named.
    pub more_differences: bool,
    /// The digest of the source.
    pub source_digest: ContentDigest,
    /// The digest of the table; `None` when it may hold more.
    pub table_digest: Option<ContentDigest>,
    /// What DynamoDB says that the reads consumed.
    pub consumed: CapacityUnits,
    /// Whether the table was read through the filter or projection of the dump.
    pub selection_applied: bool,
}

/// One key that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// In what way.
    pub kind: DifferenceKind,
    /// The key attributes.
    pub key: Item,
}

/// How a key differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DifferenceKind {
    /// The table lacks the item.
    OnlyInSource,
    /// The source lacks the item.
    OnlyInTable,
    /// Both have it, with other attributes or values.
    Different,
    /// The source has more than one item of this key.
    TwiceInSource,
}
