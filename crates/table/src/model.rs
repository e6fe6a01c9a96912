//! What a Rust type says of its table.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A Rust type whose values are the items of a table.
///
/// serde says how fields become attributes (see [`ddbkit_codec::serde`]); this says which of them are
/// the key. Names are those of the attributes, after `#[serde(rename)]`.
///
/// ```
/// use ddbkit_table::Model;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Order {
///     customer: String,
///     number: u64,
///     version: u64,
/// }
///
/// impl Model for Order {
///     const HASH_KEY: &'static str = "customer";
///     const RANGE_KEY: Option<&'static str> = Some("number");
///     const VERSION: Option<&'static str> = Some("version");
/// }
/// ```
pub trait Model: Serialize + DeserializeOwned {
    /// The attribute that is the partition key.
    const HASH_KEY: &'static str;

    /// The attribute that is the sort key, where the table has one.
    const RANGE_KEY: Option<&'static str> = None;

    /// The attribute that counts the writes of an item, for [optimistic
    /// locking](crate::Table::save): an integer, 0 or absent in a value that was never saved.
    const VERSION: Option<&'static str> = None;

    /// The attributes whose values may be in S3, and how they are stored there; see
    /// [`Table::offloaded`](crate::Table::offloaded).
    #[cfg(feature = "offload")]
    #[must_use]
    fn offloaded() -> Vec<(&'static str, ddbkit_offload::AttributeOptions)> {
        Vec::new()
    }
}
