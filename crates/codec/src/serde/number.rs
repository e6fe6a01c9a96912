//! `#[serde(with = "ddbkit_codec::serde::number")]`: a type that prints and parses exactly, as N.
//!
//! For decimal and big integer types, which would be strings or floats otherwise. They are written
//! with `Display` and read with `FromStr` from digits without an exponent.

use super::names;
use crate::Number;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt::Display;
use std::str::FromStr;

/// Writes a number.
///
/// # Errors
/// When the type does not print a number that DynamoDB takes.
pub fn serialize<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_newtype_struct(names::NUMBER, &Printed(value))
}

/// Reads a number.
///
/// # Errors
/// When the value is no number, or the type cannot hold it.
pub fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: FromStr<Err: Display>,
    D: Deserializer<'de>,
{
    Number::deserialize(deserializer)?.to_normal_form().parse().map_err(D::Error::custom)
}

struct Printed<'a, T>(&'a T);

impl<T: Display> Serialize for Printed<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}
