//! How large items are.

use serde::Serialize;

/// Sizes of items in bytes; all 0 where there are no items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Sizes {
    /// The smallest item.
    pub min: u64,
    /// The largest item.
    pub max: u64,
    /// The mean.
    pub mean: f64,
    /// Half of the items are no larger. Percentiles are up to 1.6 % too large, and never too small.
    pub p50: u64,
    /// 90 % of the items are no larger.
    pub p90: u64,
    /// 99 % of the items are no larger.
    pub p99: u64,
}

/// The items with a size in a range.
///
/// DynamoDB rounds up: an item of 1,024 bytes takes one write unit, one of 1,025 takes two, and 409,600
/// bytes are allowed. So the upper border belongs to the range, and the lower does not. Borders are 0,
/// the powers of two from 64 on, and 409,600.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Bucket {
    /// Items are larger than this.
    pub above: u64,
    /// Items are not larger than this.
    pub up_to: u64,
    /// How many.
    pub items: u64,
    /// Their size.
    pub bytes: u64,
}

/// One of the largest items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LargeItem {
    /// Its key as plain JSON; none where keys are hidden or not known.
    pub key: Option<String>,
    /// Its size.
    pub bytes: u64,
}

/// How near items come to one limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NearLimit {
    /// What is limited: `item_size`, `partition_key`, `sort_key`, `nesting`, or `item_collection`, of
    /// which not items but partitions are counted.
    pub name: String,
    /// The limit.
    pub limit: u64,
    /// In what it is counted: `bytes` or `levels`.
    pub unit: String,
    /// Items at 80 % of it or more, those over it included.
    pub near: u64,
    /// Items over it.
    pub over: u64,
    /// The most that any has.
    pub max: u64,
}
