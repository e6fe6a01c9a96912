//! Records of changes: of incremental exports and of streams.

mod incremental;
#[cfg(feature = "ion")]
mod ion;
mod moment;
mod object;
mod raw;
mod sequence;
mod stream;

pub use incremental::IncrementalRecord;
pub use raw::RawRecord;
pub use sequence::{ParseSequenceNumberError, SequenceNumber};
pub use stream::{EventName, StreamRecord, StreamViewType, UserIdentity};
