//! Large `DynamoDB` attributes in S3 that no crash or race can lose, and their garbage collection.

pub mod adopt;
pub mod body;
mod clock;
mod error;
mod gc;
mod inline;
mod item_key;
mod key_schema;
mod layout;
mod manifest;
mod metadata;
pub mod migrate;
mod offloader;
mod options;
mod pointer;
mod pointer_check;
mod policy;
mod prepared;
mod read;
mod seen;
mod timing;
mod transaction;
mod value;

pub use clock::{Clock, SystemClock};
pub use error::{OffloadError, OffloadErrorKind};
pub use gc::{
    Applied, ApplyOptions, ApplyReport, GarbageCollector, GarbageCollectorBuilder, ListedObject,
    ObjectPages, ObjectSource, PlanOptions, PlanPin, PlanReport, PlannedObject, PointerPage,
    PointerPages, PointerSource, Problem, ProblemKind, VerifyOptions, VerifyReport, plan_from,
};
pub use inline::inline_pointers;
pub use item_key::{ItemKey, OwnerHash};
pub use key_schema::{KeyAttribute, KeyAttributeType, KeySchema};
pub use layout::{DefaultLayout, KeyLayout, UniqueId, check_layout};
pub use manifest::{MANIFEST_NAME, MANIFEST_VERSION, Ownership};
pub use offloader::{ItemWrite, Offloader, OffloaderBuilder};
pub use options::AttributeOptions;
pub use pointer::{
    BlobKind, BlobPointer, Encoding, POINTER_MARKER, POINTER_VERSION, is_pointer_text,
};
pub use pointer_check::PointerCheck;
pub use policy::OffloadPolicy;
pub use prepared::{PreparedWrite, Resolution};
pub use read::{Items, LazyBlob, OffloadedItem};
pub use seen::Seen;
pub use timing::Timing;
