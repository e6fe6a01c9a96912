//! Large `DynamoDB` attributes in S3 that no crash or race can lose, and their garbage collection.

mod clock;
mod error;
mod gc;
mod item_key;
mod key_schema;
mod layout;
mod manifest;
mod pointer;
mod timing;

pub use clock::{Clock, SystemClock};
pub use error::{OffloadError, OffloadErrorKind};
pub use gc::{
    Applied, ApplyOptions, ApplyReport, GarbageCollector, GarbageCollectorBuilder, ListedObject,
    ObjectPages, ObjectSource, PlanOptions, PlanPin, PlanReport, PlannedObject, PointerPage,
    PointerPages, PointerSource, Problem, ProblemKind, VerifyOptions, VerifyReport, plan_from,
};
pub use item_key::{ItemKey, OwnerHash};
pub use key_schema::{KeyAttribute, KeyAttributeType, KeySchema};
pub use layout::{DefaultLayout, KeyLayout, UniqueId, check_layout};
pub use manifest::{MANIFEST_NAME, MANIFEST_VERSION, Ownership};
pub use pointer::{
    BlobKind, BlobPointer, Encoding, POINTER_MARKER, POINTER_VERSION, is_pointer_text,
};
pub use timing::Timing;
