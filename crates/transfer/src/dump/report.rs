//! What a dump did.

use crate::SegmentReport;
use crate::dump::claim::Claim;
use crate::dump::finish::Contents;
use crate::raw::Session;
use ddbkit_codec::ContentDigest;
use ddbkit_export::{ExportId, NotRead};
use ddbkit_flow::{CapacityUnits, PaceTaken};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// Values of large attributes in S3 that were copied, by this run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CopiedValues {
    /// Values that were copied.
    pub copied: u64,
    /// Their bytes, as they are stored.
    pub bytes: u64,
    /// Values that were at their place already.
    pub there: u64,
}

/// What a finished dump did.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DumpReport {
    /// The export that was written; `None` for a stream of lines.
    pub export_id: Option<ExportId>,
    /// The table.
    pub table: String,
    /// Items written, by earlier runs of this dump too; those of the shard for a dump of one shard.
    pub items: u64,
    /// Bytes of their lines, before compression.
    pub json_bytes: u64,
    /// Bytes of the data files; of the lines for a stream.
    pub stored_bytes: u64,
    /// Items that earlier runs of this dump had written.
    pub items_before: u64,
    /// Whether an earlier run was gone on with.
    pub resumed: bool,
    /// Whether the dump is whole. That of one shard is not, until [`Dump::finish`](crate::Dump::finish)
    /// was called.
    pub finished: bool,
    /// Data files written; none for a stream.
    pub files: u64,
    /// What DynamoDB says that this run's scan consumed.
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
    /// The values that were copied beside the data, where that was asked for.
    pub values: Option<CopiedValues>,
    /// Whether the dump ended because its limit was reached, so that the table may hold more.
    pub limited: bool,
    /// Settings of the table that could not be read, so that the description beside the data does
    /// not have them, each with the reason. A stream has no description: nothing is asked for it.
    pub not_read: Vec<NotRead>,
    /// Settings that the table has and that no description brings back, by their names.
    pub not_covered: Vec<String>,
}

impl DumpReport {
    pub(crate) fn new(
        claim: &Claim,
        contents: Contents,
        session: &Session,
        started: Instant,
    ) -> Self {
        let plan = &claim.plan;
        Self {
            export_id: Some(claim.export.id()),
            table: plan.table_name.clone(),
            items: contents.items,
            json_bytes: contents.json_bytes,
            stored_bytes: contents.stored_bytes,
            items_before: contents.items_before,
            resumed: claim.is_resumed,
            finished: contents.is_whole,
            files: contents.files.len() as u64,
            consumed: session.consumed(),
            consumed_by_index: session.consumed_by_index(),
            pace: session.pace_taken(),
            longest_segments: session.segments().longest(),
            throttles: session.throttles(),
            total_segments: plan.total_segments,
            elapsed: started.elapsed(),
            digest: plan.digest.then_some(contents.digest),
            values: contents.values,
            limited: plan.limit == Some(contents.items),
            not_read: Vec::new(),
            not_covered: Vec::new(),
        }
    }
}
