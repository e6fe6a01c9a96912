//! Archives what `DynamoDB`'s TTL deletes: each record in exactly one file, and losses told.

mod engine;
mod error;
#[cfg(feature = "lambda")]
mod lambda;
mod layout;
mod lease;
mod lineage;
mod outlook;
mod polling;
mod preflight;
mod record;
mod restore;
mod sequence;
mod sink;
mod status;
mod streams;
mod unix_millis;
mod verify;

pub use ddbkit_codec::{EventName, SequenceNumber, StreamViewType, UserIdentity};
pub use ddbkit_flow::{Clock, SystemClock};
pub use engine::{
    ArchiveReport, ArchiverOptions, ClassCounts, OnGap, ShardProgress, StreamCalls, TtlArchiver,
};
pub use error::{ArchiveError, ArchiveErrorKind};
#[cfg(feature = "lambda")]
pub use lambda::{LambdaArchiver, LambdaReport};
pub use layout::{
    ARCHIVE_KEY, ArchiveCompression, ArchiveDescriptor, ArchiveLayout, ClosedShard, DATA_PREFIX,
    FileMeta, GapCause, GapRecord, SeedRecord, SeedShard, Sidecar, SidecarLine, shard_created,
};
pub use lease::{DynamoDbLeases, Lease, LeaseState, LeaseStore, MemoryLeases, StoreLeases};
pub use lineage::{LineagePlan, ShardLineage, list_shards};
pub use preflight::{ArchiveTarget, Preflight};
pub use record::{ArchiveRecord, LineFormat, RecordClass, Replicated};
pub use restore::{ArchivedItems, RestoreChoice, RestoreCounts, RestoredTtl};
pub use sink::{ArchiveLine, ArchiveSink, Committed, LineBuffer};
pub use status::{ArchiveStatus, ShardStatus, archived_streams};
pub use streams::{
    MOST_RECORDS, MOST_SHARDS, Position, RecordsPage, ShardInfo, StreamPage, StreamStatus,
    StreamsApi, StreamsError, StreamsErrorKind,
};
pub use verify::{
    ArchiveFault, ArchiveFaultKind, ArchiveVerifyOptions, ArchiveVerifyReport, OpenShard,
    verify_archive,
};

/// The example of the page that a registry shows.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
