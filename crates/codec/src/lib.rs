//! DynamoDB items as values and as text, exact.
//!
//! * [`Item`], [`AttributeValue`] and [`Number`] hold what DynamoDB holds: ten types, numbers of 38
//!   digits as they were written, empty strings, lists, maps and binaries.
//! * [`Item::from_dynamodb_json`] reads what the service would take and refuses what it would
//!   refuse, with the byte and the attribute in the error; it never panics.
//! * [`RawItem`] moves items as bytes, with their brackets matched and nothing decoded.
//! * [`ContentDigest`] proves that two sets of items are equal, whatever their order.
//! * [`IncrementalRecord`] and [`StreamRecord`] are changes: of exports, of streams, of Lambda events.
//! * [`stream::ItemReader`] and [`stream::ItemWriter`] read and write streams of items;
//!   [`lines::LineReader`] cuts plain, gzip and zstd streams into lines.
//!
//! ```
//! use ddbkit_codec::{AttributeValue, Item};
//!
//! let text = br#"{"pk":{"S":"a"},"price":{"N":"19.90"},"tags":{"SS":["new","red"]}}"#;
//! let item = Item::from_dynamodb_json(text)?;
//! assert_eq!(item.get("price"), Some(&AttributeValue::N("19.9".parse()?)));
//! assert_eq!(item.to_dynamodb_json().as_bytes(), text); // the text of numbers is kept
//!
//! let error = Item::from_dynamodb_json(br#"{"pk":{"S":"a"},"tags":{"SS":["x","x"]}}"#).unwrap_err();
//! assert_eq!(error.to_string(), "a set with a member twice at byte 29, attribute $.tags");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `arbitrary` | `Arbitrary` for values, for fuzz targets |
//! | `aws-sdk-dynamodb` | conversion to and from `aws_sdk_dynamodb::types::AttributeValue` |
//! | `serde` | items to and from Rust types, see the module `serde` |
//! | `proptest` | generators of arbitrary values for property tests |

#[cfg(feature = "arbitrary")]
mod arbitrary;
#[cfg(feature = "digest")]
mod digest;
mod error;
mod item;
mod json;
pub mod lines;
mod number;
mod options;
mod plain;
mod raw;
mod record;
pub mod rules;
mod scan;
#[cfg(feature = "aws-sdk-dynamodb")]
mod sdk;
#[cfg(feature = "serde")]
pub mod serde;
#[cfg(any(test, feature = "proptest"))]
pub mod strategies;
pub mod stream;
mod tape;
mod value;

#[cfg(feature = "digest")]
pub use digest::{ContentDigest, item_digest};
pub use error::{DecodeError, DecodeErrorKind};
pub use item::Item;
pub use number::{Number, ParseNumberError};
pub use options::{BareNumbers, DecodeOptions, Duplicates, SpareBits, Surrogates, TypedNulls};
pub use plain::{PlainBinaries, PlainNumbers, PlainOptions, PlainSets};
pub use raw::{RawItem, split_items};
pub use record::{
    EventName, IncrementalRecord, ParseSequenceNumberError, RawRecord, SequenceNumber,
    StreamRecord, StreamViewType, UserIdentity,
};
#[cfg(feature = "aws-sdk-dynamodb")]
pub use sdk::FromSdkError;
pub use tape::{
    Attributes, BinaryRef, Elements, ItemRef, ListRef, NumberRef, SetRef, Tape, TextRef, ValueRef,
};
pub use value::AttributeValue;
