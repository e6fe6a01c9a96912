//! DynamoDB items in all their forms, exact, and fast.
//!
//! ```
//! use ddbkit_codec::{AttributeValue, Item, Tape, ValueRef};
//!
//! // An item of its own: an ordered map of values. Numbers have all their digits, and their text.
//! let text = br#"{"pk":{"S":"a"},"price":{"N":"19.90"},"tags":{"SS":["new","red"]}}"#;
//! let item = Item::from_dynamodb_json(text)?;
//! assert_eq!(item.get("price"), Some(&AttributeValue::N("19.9".parse()?)));
//! assert_eq!(item.to_dynamodb_json().as_bytes(), text);
//!
//! // Many items, borrowed: one tape, no allocation for an item.
//! let mut tape = Tape::new();
//! for line in [&br#"{"Item":{"pk":{"S":"a"}}}"#[..], br#"{"Item":{"pk":{"S":"b"}}}"#] {
//!     let item = tape.read_line(line)?;
//!     let Some(ValueRef::S(pk)) = item.get("pk") else { continue };
//!     assert_eq!(pk.get().len(), 1);
//! }
//!
//! // What DynamoDB would refuse is refused here, with the byte and the path.
//! let error = Item::from_dynamodb_json(br#"{"pk":{"S":"a"},"tags":{"SS":["x","x"]}}"#).unwrap_err();
//! assert_eq!(error.to_string(), "a set with a member twice at byte 29, attribute $.tags");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Which type for what
//!
//! | to | take |
//! |---|---|
//! | build and change items | [`Item`], [`AttributeValue`], [`Number`] |
//! | look at many items | [`Tape`], [`ItemRef`], [`ValueRef`] |
//! | move items, or look at a few attributes of each | [`RawItem`], [`RawItem::from_line_with`], [`RawItem::at`] |
//! | read and write files and streams of items | [`stream::ItemReader`], [`stream::ItemWriter`] |
//! | read lines of whatever, plain or compressed | [`lines::LineReader`] |
//! | read the old casing, `{"s":"a"}` | [`Item::from_dynamodb_json_v1`] |
//! | read and write JSON for people | [`Item::to_plain_json`], [`PlainOptions`] |
//! | read changes: of incremental exports, of streams, of Lambda events | [`IncrementalRecord`], [`StreamRecord`] |
//! | read and write Amazon Ion | the module `ion`, feature `ion` |
//! | check, measure and price items | [`rules`], [`Item::validate`], [`Item::size`], [`RawItem::size_of_line`] |
//! | use Rust structs | the module `serde`, feature `serde` |
//! | use the AWS SDK | `From` and `TryFrom` with its `AttributeValue`, feature `aws-sdk-dynamodb` |
//! | prove that two sets of items are equal | `ContentDigest`, feature `digest` |
//!
//! # What holds
//!
//! * Decoding never panics, whatever the bytes, needs no more stack for deeper input, and holds no
//!   more than the input and what it becomes.
//! * Nothing goes through a float. Numbers keep the text that they came with; they are equal, ordered
//!   and hashed by value.
//! * What is read is what DynamoDB takes: 38 digits, 32 levels, sets with members and none twice.
//!   Where readers of the field differ, [`DecodeOptions`] has a choice, and the service's is the
//!   default.
//! * [`DecodeError`] has the kind, the byte, the line, the path like `$.Orders[3].Tags.SS[0]`, and on
//!   request what stands there. Contents of items are in no message otherwise.
//! * No code of this crate is `unsafe`.
//!
//! # Features
//!
//! None is on by default; then the crate needs `memchr` and `base64` and nothing else.
//!
//! | feature | adds |
//! |---|---|
//! | `arbitrary` | `Arbitrary` for values, for fuzz targets |
//! | `aws-sdk-dynamodb` | conversion to and from `aws_sdk_dynamodb::types::AttributeValue` |
//! | `digest` | content digests of items |
//! | `gzip`, `zstd` | compressed streams |
//! | `libdeflate` | gzip in memory, faster, by a library in C |
//! | `ion` | Amazon Ion, text and binary, see the module `ion` |
//! | `ion-rs` | conversion to and from `ion_rs::Element` |
//! | `proptest` | generators of arbitrary values for property tests |
//! | `serde` | items to and from Rust types |

#[cfg(feature = "arbitrary")]
mod arbitrary;
#[cfg(feature = "digest")]
mod digest;
mod error;
#[cfg(feature = "ion")]
pub mod ion;
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
pub(crate) use item::Name;
pub use item::{IntoAttributes, Item};
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

/// The example of the page that a registry shows.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;

/// The examples of the guide.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/guides/use-the-codec-alone.md")]
struct GuideDoctests;
