//! What a load did.

use crate::{CopiedValues, EarlierRejects, Shard};
use ddbkit_export::NotRead;
use ddbkit_flow::{CapacityUnits, PaceTaken};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// How items were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WritePath {
    /// One PutItem an item, with a condition.
    ConditionalPut,
    /// BatchWriteItem, up to 25 items a request.
    Batch,
}

/// A setting that a created table was to get and does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotApplied {
    /// Its name, as in [`AfterCreation::name`](ddbkit_export::AfterCreation::name) or in the input
    /// of `CreateTable`.
    pub setting: String,
    /// What the service said, or what the table has instead.
    pub reason: String,
}

/// What a finished load did. The counts add up:
/// `read = written + already_equal + skipped_different + not_newer + skipped_expired + rejected`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LoadReport {
    /// Which part of the source it was; `None` for the whole.
    pub shard: Option<Shard>,
    /// Data files of the source that were this load's; none for a stream.
    pub files: u64,
    /// The table.
    pub table: String,
    /// How items were written.
    pub path: WritePath,
    /// Whether the load created the table.
    pub created_table: bool,
    /// Items and other lines read from the source.
    pub read: u64,
    /// Items written.
    pub written: u64,
    /// Items that the table held already, equal.
    pub already_equal: u64,
    /// Items left out because the table holds another one of the same key.
    pub skipped_different: u64,
    /// Items that had expired when the load began, whatever became of them; they are in the other
    /// counts too.
    pub expired: u64,
    /// Items left out because they had expired.
    pub skipped_expired: u64,
    /// Items left out because the one in the table is newer or as new; see
    /// [`WriteMode::IfNewer`](crate::WriteMode::IfNewer).
    pub not_newer: u64,
    /// Lines that could not be written: no items, or refused by DynamoDB.
    pub rejected: u64,
    /// The file of the rejected lines, where there are any; beside it, with `.errors.jsonl` at the
    /// end of its name, the reason for each line.
    pub rejects: Option<PathBuf>,
    /// Lines that an earlier run of this load had settled, and that were not looked at again.
    pub resumed: u64,
    /// What earlier runs rejected of these.
    pub rejected_earlier: EarlierRejects,
    /// Whether an earlier run was for a table that was made anew since, so that everything was done
    /// again.
    pub table_was_replaced: bool,
    /// Bytes of the lines read.
    pub json_bytes: u64,
    /// What DynamoDB says that the writes consumed.
    pub consumed: CapacityUnits,
    /// What puts consumed that left the item in the table alone. DynamoDB does not say, so it is
    /// computed by its rule: the write units of the larger of both items.
    pub consumed_by_refused: CapacityUnits,
    /// What of it is of global secondary indexes, by their names.
    pub consumed_by_index: BTreeMap<String, CapacityUnits>,
    /// What DynamoDB says that looking for items with pointers consumed, in read units, where their
    /// values are copied. No pace is kept for it.
    pub consumed_by_reads: CapacityUnits,
    /// The values that were copied, where that was asked for. `there` counts those of items that the
    /// table held already.
    pub values: Option<CopiedValues>,
    /// What it was meant to consume, as known at the start.
    pub pace: PaceTaken,
    /// Answers that asked to slow down, those that the SDK retried included.
    pub throttles: u64,
    /// Items that came back in `UnprocessedItems` and were sent again.
    pub unprocessed: u64,
    /// Wall-clock time.
    pub elapsed: Duration,
    /// Settings that the created table has from its description, by their names.
    pub applied: Vec<String>,
    /// Settings of the description that the created table does not have, each with the reason.
    pub not_applied: Vec<NotApplied>,
    /// Settings that could not be read when the table was dumped and that were not given: whether it
    /// had them is not known, and the created table does not.
    pub not_read: Vec<NotRead>,
    /// What was told while the load ran, in the words of its events.
    pub warnings: Vec<String>,
    /// Whether the load ended because its limit was reached, so that the source may hold more.
    pub limited: bool,
}
