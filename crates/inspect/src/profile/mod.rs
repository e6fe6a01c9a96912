//! The numbers.

mod attribute;
mod cost;
mod keys;
mod size;
mod source;

pub use attribute::{Attribute, ValueType};
pub use cost::{Costs, OffloadSaving, Prices};
pub use keys::{KeyDistribution, Partition, RankShare};
pub use size::{Bucket, LargeItem, NearLimit, Sizes};
pub use source::{Source, SourceKind};

use serde::Serialize;

/// What is in a table, an export, or a stream of lines.
///
/// As JSON it is what `ddbkit inspect --output json` prints. Sizes are bytes by DynamoDB's own rule,
/// names included, unless they are said to be others. A KB is 1,024 bytes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Profile {
    /// What was looked at.
    pub source: Source,
    /// Items.
    pub items: u64,
    /// Their size, without the 100 bytes of storage that are billed for each.
    pub bytes: u64,
    /// Their size as compact lines of DynamoDB JSON, as exports have them.
    pub json_bytes: u64,
    /// The smallest, the largest, and what is between.
    pub size: Sizes,
    /// How many items are how large, ascending and without gaps.
    pub histogram: Vec<Bucket>,
    /// Attributes at the top and in maps and lists, those with the most bytes first.
    pub attributes: Vec<Attribute>,
    /// Values of attributes that have no row of their own, as there were too many names.
    pub attributes_left_out: u64,
    /// Bytes of these that stand at the top of an item; the rest is in rows of the maps around them.
    pub attributes_left_out_bytes: u64,
    /// The largest items, the largest first.
    pub largest: Vec<LargeItem>,
    /// How the items spread over partition keys; none where the key is not known.
    pub keys: Option<KeyDistribution>,
    /// How near items come to what DynamoDB refuses.
    pub limits: Vec<NearLimit>,
    /// What moving large attributes to S3 would change, by threshold, ascending.
    pub offload: Vec<OffloadSaving>,
    /// What it costs to keep and to move.
    pub costs: Costs,
}
