//! How a table becomes a mirror, and what came out.

use ddbkit_codec::Item;
use ddbkit_flow::{CapacityUnits, Pace};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

/// How the items of a table that the source does not have are deleted.
#[derive(Clone, Debug)]
pub struct MirrorOptions {
    /// Counts them and deletes nothing.
    pub dry_run: bool,
    /// How many segments, files and batches are read or written at the same time.
    pub workers: NonZeroUsize,
    /// The read capacity units to use per second for the scan of the table.
    pub read_capacity: Pace,
    /// The write capacity units to use per second for the deletes.
    pub write_capacity: Pace,
    /// The folder for the files of keys while it runs. They go into a new folder in it, which is
    /// removed at the end.
    pub scratch: PathBuf,
}

const WORKERS: NonZeroUsize = NonZeroUsize::new(8).expect("not zero");

impl MirrorOptions {
    /// Deletes with eight workers and no limit.
    #[must_use]
    pub fn new(scratch: impl Into<PathBuf>) -> Self {
        Self {
            dry_run: false,
            workers: WORKERS,
            read_capacity: Pace::default(),
            write_capacity: Pace::default(),
            scratch: scratch.into(),
        }
    }
}

/// What was found and deleted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ExtraReport {
    /// Items in the source.
    pub source_items: u64,
    /// Items that the table had.
    pub table_items: u64,
    /// Items of the table that the source does not have.
    pub extra: u64,
    /// How many of them were deleted: all, or none in a dry run.
    pub deleted: u64,
    /// The keys of some of them, 20 at most.
    pub examples: Vec<Item>,
    /// What DynamoDB says that the scan consumed.
    pub read_units: CapacityUnits,
    /// What DynamoDB says that the deletes consumed.
    pub write_units: CapacityUnits,
    /// Answers that asked to slow down.
    pub throttles: u64,
    /// Wall-clock time.
    pub elapsed: Duration,
}
