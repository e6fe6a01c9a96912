//! `ddbkit apply`.

use clap::Args;
use ddbkit::flow::Pace;
use ddbkit::store::Location;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// The options of an apply.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit apply s3://my-exports/monday s3://my-exports/tuesday Orders-copy
  ddbkit apply s3://my-exports/orders Orders-copy --bookkeeping Orders-copy-applied
  ddbkit apply exports/AWSDynamoDB/01768388186000-4a2fc3ff Orders-copy --dry-run
  ddbkit apply exports Orders-copy --timestamp-attribute appliedAt --write-capacity 500

The windows of the exports are put in order and must follow each other without a gap. The first has
to begin at or before the time of what the table was loaded from.

How newer data in the table is known:
  --bookkeeping          by a table that keeps the time of what was applied to each key, also of
                         deletes. Windows may be applied again and in any order; what others write to
                         the table is not known. A record costs a transaction: twice the units
  --timestamp-attribute  by an attribute that each item put gets. It cannot remember deletes: apply
                         windows only in order and once, or an older window puts back what is gone
  neither                not at all: every record is written, in batches. Apply windows only in order
                         and once, to a table that nobody else writes to

After an interruption the same command goes on where it stopped.

Records that cannot be written go to the rejects file, as they stand in the export, and the work
goes on; the exit code is then 1.")]
pub(crate) struct ApplyArgs {
    /// Incremental exports: a directory or s3://bucket/prefix that holds one or several, or the folder
    /// of one
    #[arg(required = true, num_args = 1.., value_name = "INCREMENTAL")]
    pub(crate) exports: Vec<Location>,
    /// Table to write to
    #[arg(required = true)]
    pub(crate) table: String,
    /// Keep in this table when what was applied to each key had been written, and leave out what is
    /// older; it is created where it is not there
    #[arg(long, value_name = "TABLE", conflicts_with = "timestamp_attribute")]
    pub(crate) bookkeeping: Option<String>,
    /// Keep the time of each item that is put in this attribute of it, and leave items alone that have
    /// a later one. Only in order and once: what was deleted is not remembered
    #[arg(long, value_name = "ATTR")]
    pub(crate) timestamp_attribute: Option<String>,
    /// Read the exports and tell what would be put, deleted and left out, and what it costs (without
    /// what indexes cost); write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Batches written at the same time (single writes: eight times as many)
    #[arg(long, value_name = "N", default_value = "8")]
    pub(crate) workers: NonZeroUsize,
    /// Write capacity to use, on average: units per second like 200, a share of what the table and
    /// its indexes have like 50%, or none for no limit
    #[arg(long, value_name = "PACE", default_value = "50%")]
    pub(crate) write_capacity: Pace,
    /// Where to keep how far it came: a directory or s3://bucket/prefix [default:
    /// <table>-apply-<first export>]
    #[arg(long, value_name = "LOCATION")]
    pub(crate) state: Option<Location>,
    /// File for records that are refused [default: <table>-rejects-<time>.json]
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
}
