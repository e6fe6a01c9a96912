//! The layout of native `DynamoDB` exports: manifests, verified reading, atomic writing.
//!
//! `DynamoDB` exports a table to S3 as compressed lines of `DynamoDB` JSON with two manifests that
//! carry their checksums and counts. ddbkit writes its dumps in the same layout, so that
//! `ImportTable`, Athena, Glue, Spark and other readers of exports take them, and it reads the
//! exports that `DynamoDB` and other programs wrote, wherever the tree was copied to.
//!
//! * [`ExportWriter`] writes an export whose summary comes last: one that broke off is never taken
//!   for a whole one.
//! * [`ExportReader`] opens an export and reads the lines of its data files, one by one or several at
//!   a time, proving every checksum and count on the way; [`list_exports`] tells what lies at a location.
//! * [`ChangeKind`] tells what a record of an incremental export says.
//! * [`verify()`] lists every fault of an export, not only the first.
//! * [`lint`] tells offline what `ImportTable` would do with a prefix.
//! * [`Merge`] makes a new full export of a full one and the incremental ones after it.
//! * [`Deletion`] deletes an export, after proving that it is one.
//! * [`TableDescriptor`] holds what is needed to create the table again (feature `aws-sdk` for the
//!   way from `DescribeTable` and to `CreateTable`); [`DigestFile`] holds a digest of all items.
//! * `jobs` (feature `aws-sdk`) starts, lists and follows the exports and imports of the service.
//!
//! Data files are read as lines of `DynamoDB` JSON, whether they hold that or Amazon Ion. The lines of
//! incremental exports are change records.

mod change;
mod checksum;
mod deletion;
mod descriptor;
mod error;
mod files;
mod format;
mod id;
#[cfg(feature = "aws-sdk")]
pub mod jobs;
mod layout;
pub mod lint;
mod merge;
mod reader;
mod sidecar;
mod summary;
mod time;
mod verify;
mod writer;

pub use change::{ChangeKind, OutputView};
pub use deletion::{Deleted, Deletion};
pub use descriptor::{
    AfterCreation, AttributeDefinition, AutoScaling, ContributorInsights, GlobalSecondaryIndex,
    KeyAttribute, KeySchema, KeySchemaElement, KmsKey, LocalSecondaryIndex, NotRead,
    OnDemandThroughput, Override, PointInTimeRecovery, Projection, ProvisionedThroughput,
    ScaledCapacity, ScalingPolicy, SseSpecification, StreamSpecification, TableDefinition,
    TableDescriptor, Tag, TimeToLive, WarmThroughput,
};
pub use error::{ExportError, ExportErrorKind, JobFailure};
pub use files::DataFile;
pub use format::{Compression, GZIP_LEVEL, OutputFormat, ZSTD_LEVEL};
pub use id::ExportId;
pub use merge::{Merge, MergeCounts, MergeRefusal, MergeReport, MergedWindow};
pub use reader::{
    ExportReader, ExportState, ExportSummaryEntry, FileBatch, LineBatch, LineStream, ManifestCheck,
    ReadOptions, RefusedValue, list_exports, named_export,
};
pub use sidecar::{DigestFile, RunState};
pub use summary::{ExportKind, ManifestSummary};
pub use verify::{Check, FaultKind, VerifyFault, VerifyOptions, VerifyReport, verify};
pub use writer::{
    ClosedFile, DataFileWriter, ExportWriter, IncrementalWindow, S3Location, SummaryFields,
    WriterOptions,
};

/// The example of the page that a registry shows.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
