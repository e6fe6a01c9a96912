//! What a dump did.

use crate::SegmentReport;
use ddbkit_codec::ContentDigest;
use ddbkit_export::ExportId;
use ddbkit_flow::{CapacityUnits, PaceTaken};
use std::collections::BTreeMap;
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
    /// What of it is of global secondary indexes, by their names.
    pub consumed_by_index: BTreeMap<String, CapacityUnits>,
    /// What it was meant to consume, as known at the start.
    pub pace: PaceTaken,
    /// The segments that took longest, ten at most, the longest first.
    pub longest_segments: Vec<SegmentReport>,
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
}
