//! Which attributes there are.

use serde::Serialize;
use std::collections::BTreeMap;

/// All values at one path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Attribute {
    /// `address.city`; elements of a list are `tags[]`, and the attributes of a map with very many names
    /// are `prices.*`.
    pub path: String,
    /// How many names and lists the path goes through; 1 is an attribute of the item itself.
    pub depth: u32,
    /// How many values; at depth 1 that is how many items have it.
    pub presence: u64,
    /// How many values of each type.
    pub types: BTreeMap<ValueType, u64>,
    /// Bytes of names and values. Those of depth 1 add up to all items; deeper ones are part of them.
    pub bytes: u64,
    /// The smallest, name included.
    pub min_bytes: u64,
    /// The largest, name included.
    pub max_bytes: u64,
    /// About how many different strings, numbers and binaries there are; none where there are none.
    pub distinct: Option<u64>,
}

/// The type of a value, by its name in DynamoDB JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ValueType {
    /// A string.
    S,
    /// A number.
    N,
    /// A binary.
    B,
    /// True or false.
    Bool,
    /// Null.
    Null,
    /// A map.
    M,
    /// A list.
    L,
    /// A set of strings.
    Ss,
    /// A set of numbers.
    Ns,
    /// A set of binaries.
    Bs,
}
