//! What a load did.

use ddbkit_flow::{CapacityUnits, PaceTaken};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// How items were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WritePath {
    /// One PutItem an item, with a condition that its key is free.
    ConditionalPut,
    /// BatchWriteItem, up to 25 items a request.
    Batch,
}

/// What a finished load did. The counts add up:
/// `read = written + already_equal + skipped_different + rejected`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LoadReport {
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
    /// Lines that could not be written: no items, or refused by DynamoDB.
    pub rejected: u64,
    /// The file of the rejected lines, where there are any; beside it, with `.errors.jsonl` at the
    /// end of its name, the reason for each line.
    pub rejects: Option<PathBuf>,
    /// Lines that an earlier run of this load had settled, and that were not looked at again.
    pub resumed: u64,
    /// Whether an earlier run was for a table that was made anew since, so that everything was done
    /// again.
    pub table_was_replaced: bool,
    /// Bytes of the lines read.
    pub json_bytes: u64,
    /// What DynamoDB says that the writes consumed. Of a put whose key was taken it says nothing; for
    /// that the units of the item that is there are counted, which is the service's rule.
    pub consumed: CapacityUnits,
    /// What of it is of global secondary indexes, by their names.
    pub consumed_by_index: BTreeMap<String, CapacityUnits>,
    /// What it was meant to consume, as known at the start.
    pub pace: PaceTaken,
    /// Answers that asked to slow down, those that the SDK retried included.
    pub throttles: u64,
    /// Items that came back in `UnprocessedItems` and were sent again.
    pub unprocessed: u64,
    /// Wall-clock time.
    pub elapsed: Duration,
    /// Settings of the table that could not be applied after it was created, each with the reason.
    pub not_applied: Vec<String>,
    /// Whether the load ended because its limit was reached, so that the source may hold more.
    pub limited: bool,
}
