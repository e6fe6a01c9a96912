//! `#[serde(with = "ddbkit_codec::serde::binary_set")]`: a sequence of binaries as a binary set.
//!
//! For `HashSet<Vec<u8>>, BTreeSet<[u8; 16]>` and their like, and for options of them.
//! An empty set and a member twice are errors, because DynamoDB refuses them: keep empty sets out
//! with `skip_serializing_if`, or in an `Option`. Sets are read without it as well; in other
//! formats a set is a sequence.

use super::names;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes a binary set.
///
/// # Errors
/// When the members are no binaries, there are none, or one is there twice.
pub fn serialize<T: Serialize + ?Sized, S: Serializer>(
    set: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_newtype_struct(names::BINARY_SET, set)
}

/// Reads a set or a list.
///
/// # Errors
/// When the value does not go with the type.
pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    T::deserialize(deserializer)
}
