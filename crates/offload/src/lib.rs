//! Large `DynamoDB` attributes in S3 that no crash or race can lose, and their garbage collection.

pub mod body;
mod clock;
mod error;
mod item_key;
mod key_schema;
mod layout;
mod manifest;
mod pointer;
mod timing;

pub use clock::{Clock, SystemClock};
pub use error::{OffloadError, OffloadErrorKind};
pub use item_key::{ItemKey, OwnerHash};
pub use key_schema::{KeyAttribute, KeyAttributeType, KeySchema};
pub use layout::{DefaultLayout, KeyLayout, UniqueId, check_layout};
pub use manifest::{MANIFEST_NAME, MANIFEST_VERSION, Ownership};
pub use pointer::{
    BlobKind, BlobPointer, Encoding, POINTER_MARKER, POINTER_VERSION, is_pointer_text,
};
pub use timing::Timing;
