//! How items spread over partition keys.

use serde::Serialize;

/// How items spread over partition keys.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct KeyDistribution {
    /// The attribute that is the partition key.
    pub hash_key: String,
    /// The attribute that is the sort key, if there is one.
    pub range_key: Option<String>,
    /// About how many different partition keys there are.
    pub partitions: u64,
    /// The partition keys with the most bytes, the most first.
    pub hottest: Vec<Partition>,
    /// What share of all items the hottest partition keys hold together, by items.
    pub share_by_rank: Vec<RankShare>,
    /// Items by a hash of their partition key, in 64 buckets: even, unless few keys have many items.
    pub spread: Vec<u64>,
}

/// The items of one partition key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Partition {
    /// The value of the partition key as plain JSON; none where keys are hidden.
    pub key: Option<String>,
    /// Items seen.
    pub items: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Bytes that may be missing in `bytes`, at most, with 100 for each item missing in `items`: 0 while
    /// there are few partition keys, and for those that were always among the larger ones.
    pub missed: u64,
}

/// The share of some of the hottest partition keys together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RankShare {
    /// How many partition keys.
    pub partitions: u64,
    /// Their share of all items, 0 to 1.
    pub items: f64,
    /// Their share of all bytes, 0 to 1.
    pub bytes: f64,
}
