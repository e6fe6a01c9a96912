//! Archives what `DynamoDB`'s TTL deletes: each record in exactly one file, and losses told.

mod clock;
mod engine;
mod error;
mod layout;
mod lease;
mod lineage;
mod polling;
mod record;
mod sequence;
mod sink;
mod streams;

pub use clock::{Clock, SystemClock};
pub use ddbkit_codec::{EventName, SequenceNumber, StreamViewType, UserIdentity};
pub use engine::{
    ArchiveReport, ArchiverOptions, ClassCounts, OnGap, ShardProgress, StreamCalls, TtlArchiver,
};
pub use error::{ArchiveError, ArchiveErrorKind};
pub use layout::{
    ARCHIVE_KEY, ArchiveCompression, ArchiveDescriptor, ArchiveLayout, ClosedShard, DATA_PREFIX,
    FileMeta, GapCause, GapRecord, SeedRecord, SeedShard, Sidecar, SidecarLine, shard_created,
};
pub use lease::{Lease, LeaseState, LeaseStore, MemoryLeases};
pub use lineage::{LineagePlan, ShardLineage, list_shards};
pub use record::{ArchiveRecord, LineFormat, RecordClass, Replicated};
pub use sink::{ArchiveLine, ArchiveSink, Committed, LineBuffer};
pub use streams::{
    MOST_RECORDS, MOST_SHARDS, Position, RecordsPage, ShardInfo, StreamPage, StreamStatus,
    StreamsApi, StreamsError, StreamsErrorKind,
};
