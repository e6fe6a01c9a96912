//! What is in a `DynamoDB` table or dump, as numbers and as a page with pictures.
//!
//! A [`Profile`] has the sizes of items, which attributes take the room, the largest items, the hottest
//! partitions, items near limits, what moving large attributes to S3 would save, and what things cost.
//!
//! * [`Profiler`] counts items one by one, in bounded memory, and is merged with others.
//! * [`profile_export`] reads a dump or native export, proven while it is read, several files at a time.
//! * [`profile_lines`] reads a stream of lines.
//! * [`HtmlReport`] is a page with pictures.

mod error;
mod html;
mod profile;
mod profiler;
mod read;

pub use error::{InspectError, InspectErrorKind};
pub use html::HtmlReport;
pub use profile::{
    Attribute, Bucket, Costs, KeyDistribution, LargeItem, NearLimit, OffloadSaving, Partition,
    Prices, Profile, RankShare, Sizes, Source, SourceKind, ValueType,
};
pub use profiler::{KeyNames, ProfileOptions, Profiler};
pub use read::{profile_export, profile_lines};

#[allow(clippy::cast_precision_loss, reason = "counts are shown, and far below 2^53")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

/// A part of a whole; 0 where there is no whole.
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { as_f64(part) / as_f64(whole) }
}

/// The example of the page that a registry shows.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
