//! What `pynamodb_mate` has stored, read as it is and taken over.
//!
//! It puts the text `s3://.../pk=../attr=../md5=..` into the item. [`ForeignText`] reads such a text,
//! [`download`] the value behind it, proven by its MD5.
//! [`Migration::adopting`](crate::migrate::Migration::adopting) copies the objects of a whole table to
//! keys that are written once and belong to one item, and makes pointers of the texts. Objects of the
//! old keys are never touched: other items, and writers of the old kind, may still use them.

mod download;
mod text;

pub use download::download;
pub use text::ForeignText;
