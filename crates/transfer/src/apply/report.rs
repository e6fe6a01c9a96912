//! What an apply did.

use crate::{EarlierRejects, NewerBy};
use ddbkit_flow::{CapacityUnits, PaceTaken};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// What a finished apply did. The counts add up:
/// `read = puts + deletes + already_applied + newer + rejected`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ApplyReport {
    /// The table.
    pub table: String,
    /// How it was known what is newer.
    pub newer_by: NewerBy,
    /// Incremental exports, those included that an earlier run had applied.
    pub windows: u64,
    /// The start of the first window.
    pub from: SystemTime,
    /// The end of the last window: the table is as it was then, as far as the windows go.
    pub to: SystemTime,
    /// Data files of all windows.
    pub files: u64,
    /// Records and other lines read.
    pub read: u64,
    /// Records whose item was put.
    pub puts: u64,
    /// Records whose item was deleted, or was not there.
    pub deletes: u64,
    /// Records left out because they themselves were applied before: in an earlier run or window
    /// that has been applied twice, or in this run where the answer to the write was lost.
    pub already_applied: u64,
    /// Records left out because the table has something newer of their key.
    pub newer: u64,
    /// Lines that could not be applied: no records, or refused by DynamoDB.
    pub rejected: u64,
    /// The file of the rejected lines, where there are any; beside it, with `.errors.jsonl` at the
    /// end of its name, the reason for each line.
    pub rejects: Option<PathBuf>,
    /// Lines that an earlier run had settled, and that were not looked at again.
    pub resumed: u64,
    /// What earlier runs rejected of these.
    pub rejected_earlier: EarlierRejects,
    /// Whether an earlier run was for a table that was made anew since, so that everything was done
    /// again.
    pub table_was_replaced: bool,
    /// Bytes of the lines read.
    pub json_bytes: u64,
    /// What DynamoDB says that writes to the table consumed.
    pub consumed: CapacityUnits,
    /// What writes consumed whose condition was false. DynamoDB does not say, so it is computed.
    pub consumed_by_refused: CapacityUnits,
    /// What of `consumed` is of global secondary indexes, by their names.
    pub consumed_by_index: BTreeMap<String, CapacityUnits>,
    /// The bookkeeping, where there is one.
    pub bookkeeping: Option<BookkeepingReport>,
    /// What was meant to be consumed, as known at the start.
    pub pace: PaceTaken,
    /// Answers that asked to slow down, those that the SDK retried included.
    pub throttles: u64,
    /// Writes that came back in `UnprocessedItems` and were sent again.
    pub unprocessed: u64,
    /// What was told while it ran, in the words of its events.
    pub warnings: Vec<String>,
    /// Wall-clock time.
    pub elapsed: Duration,
}

/// The table of the bookkeeping, and what it cost.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BookkeepingReport {
    /// Its name.
    pub table: String,
    /// Whether this run created it.
    pub created: bool,
    /// What DynamoDB says that writes to it consumed.
    pub consumed: CapacityUnits,
    /// What writes to it consumed whose condition was false, as computed.
    pub consumed_by_refused: CapacityUnits,
}
