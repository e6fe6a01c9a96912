//! Amazon Ion, as exports and imports of DynamoDB use it (feature `ion`).
//!
//! | DynamoDB | Ion |
//! |---|---|
//! | S | string |
//! | N | decimal: `103.`, `6d2`, `2.5`; integers are read too |
//! | B | blob |
//! | BOOL, NULL | bool, null |
//! | L, M | list, struct |
//! | SS, NS, BS | list with the annotation `$dynamodb_SS`, `$dynamodb_NS`, `$dynamodb_BS` |
//!
//! Text is read by [`IonTextReader`] and written by [`Item::write_ion_text`], binary by
//! [`IonBinaryReader`] and [`IonBinaryWriter`]. Both lead to the same [`Tape`] as DynamoDB JSON does,
//! so that an item of one format is written as another without building its values.
//!
//! Ion keeps the value of a number and not its spelling: what was read from Ion has DynamoDB's normal
//! form.
//!
//! [`Item::write_ion_text`]: crate::Item::write_ion_text
//! [`Tape`]: crate::Tape

mod binary;
#[cfg(feature = "ion-rs")]
mod element;
mod item;
mod symbols;
mod text;
mod tree;

pub use binary::{IonBinaryReader, IonBinaryWriter};
pub use text::IonTextReader;

pub(crate) use binary::{BinaryValues, Decimal, Next, VERSION};
pub(crate) use symbols::Symbol;
pub(crate) use text::{Found, TextValues, plain as plain_of_text, unescape};
