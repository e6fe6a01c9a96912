//! Items from and to Rust types (feature `serde`).
//!
//! ```
//! use ddbkit_codec::{Item, Number};
//! use serde::{Deserialize, Serialize};
//! use std::collections::BTreeSet;
//!
//! #[derive(Serialize, Deserialize, PartialEq, Debug)]
//! struct Order {
//!     pk: String,
//!     price: Number, // exact, 38 digits
//!     count: u32,
//!     note: Option<String>,
//!     #[serde(with = "ddbkit_codec::serde::string_set")]
//!     tags: BTreeSet<String>,
//!     #[serde(with = "ddbkit_codec::serde::bytes")]
//!     digest: [u8; 3],
//! }
//!
//! let order = Order {
//!     pk: "order#1".to_owned(),
//!     price: "19.90".parse()?,
//!     count: 3,
//!     note: None,
//!     tags: ["new".to_owned(), "red".to_owned()].into(),
//!     digest: [1, 2, 3],
//! };
//! let item = ddbkit_codec::serde::to_item(&order)?;
//! assert_eq!(
//!     item.to_dynamodb_json(),
//!     r#"{"pk":{"S":"order#1"},"price":{"N":"19.90"},"count":{"N":"3"},"note":{"NULL":true},"tags":{"SS":["new","red"]},"digest":{"B":"AQID"}}"#
//! );
//! assert_eq!(ddbkit_codec::serde::from_item::<Order>(&item)?, order);
//!
//! // Types that borrow read without a copy, and errors name the attribute.
//! #[derive(Deserialize)]
//! struct Key<'a> {
//!     pk: &'a str,
//! }
//! let key: Key = ddbkit_codec::serde::from_item(&item)?;
//! assert_eq!(key.pk, "order#1");
//!
//! let wrong = Item::from_dynamodb_json(br#"{"pk":{"L":[{"S":"a"},{"S":"b"}]}}"#)?;
//! #[derive(Deserialize, Debug)]
//! struct Numbers {
//!     #[allow(dead_code)]
//!     pk: Vec<u32>,
//! }
//! let error = ddbkit_codec::serde::from_item::<Numbers>(&wrong).unwrap_err();
//! assert_eq!(error.to_string(), "expected u32, found a string, at $.pk[0]");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What becomes what
//!
//! | Rust | DynamoDB |
//! |---|---|
//! | `bool` | BOOL |
//! | integers up to 128 bits, `f32`, `f64`, [`Number`] | N |
//! | `char`, `str`, `String`, variants without fields | S |
//! | `None`, `()`, unit structs | NULL |
//! | sequences, tuples, tuple structs | L |
//! | structs, maps | M |
//! | other variants | M with the name of the variant, or as `#[serde(tag, untagged)]` say |
//! | [`bytes`], what serde calls bytes | B |
//! | [`string_set`], [`number_set`], [`binary_set`] | SS, NS, BS |
//! | [`Number`], [`AttributeValue`], [`Item`] | themselves, exactly |
//! | what prints and parses exactly, with [`number`] | N |
//!
//! To read, sets and binaries need no attribute: `Vec`, `HashSet` and `BTreeSet` read L and sets,
//! and `Vec<u8>` reads B. Keys of maps may be strings, characters, booleans, integers and variants
//! without fields. All formats that ask are told that this one is for people, so that dates and
//! UUIDs are strings.
//!
//! # Numbers
//!
//! * Integers are read from every spelling of an integer, `1.0` and `1e3` too. A number that does
//!   not fit the field, or has a fraction where the field has none, is an error.
//! * Floats are written with the fewest digits that read as the same float. NaN, infinity, and what
//!   DynamoDB does not hold, are errors. A field that is a float takes the nearest one.
//! * Where a type asks for anything (`untagged`, `flatten`, `serde_json::Value`), a number is given
//!   as `u64` or `i64` if it is such an integer, and as `f64` if that float is written as the same
//!   number again. Everything else is an error, never a rounded float; but a [`Number`] reads it
//!   exactly also there.
//!
//! # Where serde loses the types
//!
//! `#[serde(flatten)]`, `untagged` and `tag` read the attributes into a buffer of serde's before
//! the type asks for them, and that buffer knows no sets and no DynamoDB. [`AttributeValue`] cannot
//! be read from there and says so; strings, numbers, lists and maps can, and bytes with [`bytes`].
//!
//! # Our types in other formats
//!
//! [`AttributeValue`] and [`Item`] are written and read as DynamoDB JSON, `{"S":"a"}`: events of
//! AWS Lambda hold items like that. In formats that are not for people binaries are bytes in place
//! of Base64. A [`Number`] is written as text, `"1.50"`, because readers of JSON numbers round them;
//! it is read from text and from numbers. A JSON number with a fraction has gone through an `f64` by
//! then, unless `serde_json` is built with `arbitrary_precision`.
//!
//! [`Number`]: crate::Number

pub mod binary_set;
pub mod bytes;
mod error;
mod names;
pub mod number;
pub mod number_set;
mod read;
pub mod string_set;
mod values;
mod write;

use crate::{AttributeValue, Item, ItemRef, ValueRef};
use ::serde::de::DeserializeOwned;
use ::serde::{Deserialize, Serialize};
pub use error::{Error, ErrorKind};
use read::Source;
use write::ValueSerializer;

/// Writes a Rust value as an item.
///
/// # Errors
/// [`Error`] with the path, if the value is no struct or map, or holds something that DynamoDB
/// would refuse: a number beyond its limits, an empty set or one with a member twice, an empty name,
/// a thirty-third level.
pub fn to_item<T: Serialize + ?Sized>(value: &T) -> Result<Item, Error> {
    match value.serialize(ValueSerializer::at_level(0))? {
        AttributeValue::M(item) => Ok(item),
        other => Err(mismatch("a struct or map", &other)),
    }
}

fn mismatch(expected: &str, found: &AttributeValue) -> Error {
    Error::expected(expected, found.open().name())
}

/// Writes a Rust value as the value of an attribute.
///
/// # Errors
/// As [`to_item`], for whatever value.
///
/// ```
/// use ddbkit_codec::serde::{
///     ErrorKind, from_attribute_value, from_owned_attribute_value, from_owned_item,
///     to_attribute_value,
/// };
/// use ddbkit_codec::{AttributeValue, Item};
/// use std::collections::BTreeMap;
///
/// let value = to_attribute_value(&vec![Some(1), None])?;
/// assert_eq!(value, AttributeValue::L(vec![1.into(), AttributeValue::Null]));
/// assert_eq!(from_attribute_value::<Vec<Option<u8>>>(&value)?, [Some(1), None]);
///
/// // What is not needed any more gives its strings away.
/// assert_eq!(from_owned_attribute_value::<String>(AttributeValue::S("a".to_owned()))?, "a");
/// let item: Item = [("a", "b")].into_iter().collect();
/// let error = from_owned_item::<BTreeMap<String, u8>>(item).unwrap_err();
/// assert_eq!((error.kind(), error.path()), (ErrorKind::Type, "$.a"));
/// # Ok::<(), ddbkit_codec::serde::Error>(())
/// ```
pub fn to_attribute_value<T: Serialize + ?Sized>(value: &T) -> Result<AttributeValue, Error> {
    value.serialize(ValueSerializer::at_level(1))
}

/// Reads a Rust value from an item, which it may borrow from.
///
/// # Errors
/// [`Error`] with the path, if the item does not go with the type.
pub fn from_item<'de, T: Deserialize<'de>>(item: &'de Item) -> Result<T, Error> {
    T::deserialize(read::of_item(item))
}

/// Reads a Rust value from an item that is not needed any more: strings and binaries are moved.
///
/// # Errors
/// As [`from_item`].
pub fn from_owned_item<T: DeserializeOwned>(item: Item) -> Result<T, Error> {
    from_owned_attribute_value(AttributeValue::M(item))
}

/// Reads a Rust value from an item on a tape, without a step in between. It borrows from the text
/// what was written there without escapes.
///
/// ```
/// use ddbkit_codec::Tape;
///
/// let mut tape = Tape::new();
/// let item = tape.read_dynamodb_json(br#"{"pk":{"S":"a"},"n":{"N":"7"}}"#)?;
/// let (pk, n): (String, u8) = {
///     #[derive(serde::Deserialize)]
///     struct Row<'a> {
///         pk: &'a str,
///         n: u8,
///     }
///     let row: Row = ddbkit_codec::serde::from_item_ref(item)?;
///     (row.pk.to_owned(), row.n)
/// };
/// assert_eq!((pk.as_str(), n), ("a", 7));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`from_item`].
pub fn from_item_ref<'de, T: Deserialize<'de>>(item: ItemRef<'de>) -> Result<T, Error> {
    T::deserialize(ValueRef::M(item).open())
}

/// Reads a Rust value from the value of an attribute, which it may borrow from.
///
/// # Errors
/// As [`from_item`].
pub fn from_attribute_value<'de, T: Deserialize<'de>>(
    value: &'de AttributeValue,
) -> Result<T, Error> {
    T::deserialize(value.open())
}

/// Reads a Rust value from the value of an attribute that is not needed any more.
///
/// # Errors
/// As [`from_item`].
pub fn from_owned_attribute_value<T: DeserializeOwned>(value: AttributeValue) -> Result<T, Error> {
    T::deserialize(value.open())
}
