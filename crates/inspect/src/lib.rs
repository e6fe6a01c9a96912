//! What is in a `DynamoDB` table or dump, as numbers.
//!
//! A [`Profile`] has the sizes of items, which attributes take the room, the largest items, the hottest
//! partitions, items near limits, what moving large attributes to S3 would save, and what things cost.

mod profile;

pub use profile::{
    Attribute, Bucket, Costs, KeyDistribution, LargeItem, NearLimit, OffloadSaving, Partition,
    Prices, Profile, RankShare, Sizes, Source, SourceKind, ValueType,
};

/// The example of the page that a registry shows.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
