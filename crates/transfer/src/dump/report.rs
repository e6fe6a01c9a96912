//! What a dump did.

use ddbkit_codec::ContentDigest;
use ddbkit_export::{ExportId, NotRead};
use ddbkit_flow::CapacityUnits;
use std::time::Duration;

/// What a finished dump did.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DumpReport {
    /// The export that was written; `None` for a stream of lines.
    pub export_id: Option<ExportId>,
    /// The table.
    pub table: String,
    /// Items written.
    pub items: u64,
    /// Bytes of their lines, before compression.
    pub json_bytes: u64,
    /// Bytes of the data files; of the lines for a stream.
    pub stored_bytes: u64,
    /// Data files written; none for a stream.
    pub files: u64,
    /// What DynamoDB says that the scan consumed.
    pub consumed: CapacityUnits,
    /// Answers that asked to slow down, those that the SDK retried included.
    pub throttles: u64,
    /// `TotalSegments` of the scan.
    pub total_segments: u32,
    /// Wall-clock time.
    pub elapsed: Duration,
    /// The content digest, where one was asked for.
    pub digest: Option<ContentDigest>,
    /// Whether the dump ended because its limit was reached, so that the table may hold more.
    pub limited: bool,
    /// Settings of the table that could not be read, so that the description beside the data does
    /// not have them, each with the reason. A stream has no description: nothing is asked for it.
    pub not_read: Vec<NotRead>,
    /// Settings that the table has and that no description brings back, by their names.
    pub not_covered: Vec<String>,
}
