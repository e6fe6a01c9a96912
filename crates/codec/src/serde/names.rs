//! Names of newtype structs by which our types are known to our own serializer and deserializer.
//! Other formats write and read what is inside of them.

/// The text of a number.
pub(super) const NUMBER: &str = "$ddbkit::N";
/// A value in the shape of DynamoDB JSON.
pub(super) const VALUE: &str = "$ddbkit::Value";
/// Sequences that are sets.
pub(super) const STRING_SET: &str = "$ddbkit::SS";
pub(super) const NUMBER_SET: &str = "$ddbkit::NS";
pub(super) const BINARY_SET: &str = "$ddbkit::BS";

/// What numbers of `serde_json` with its feature `arbitrary_precision` go by: the name of a struct
/// and of its only field, a text.
pub(super) const JSON_NUMBER: &str = "$serde_json::private::Number";
