//! `ddbkit load`.

use clap::{Args, ValueEnum};
use ddbkit::flow::Pace;
use ddbkit::store::Location;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// The options of a load.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit load backups/orders Orders-copy --create-table
  ddbkit load s3://my-backups/orders Orders --mode overwrite --write-capacity 500
  zstdcat items.json.zst | ddbkit load - Orders

After an interruption the same command goes on where it stopped.

Items that cannot be written go to the rejects file, which can be loaded again, and the load goes
on; the exit code is then 1.")]
pub(crate) struct LoadArgs {
    /// Dump or native export: directory or s3://bucket/prefix; or - for lines on standard input
    pub(crate) source: String,
    /// Table to write to
    pub(crate) table: String,
    /// What happens to an item whose key is taken
    #[arg(long, value_name = "MODE", default_value = "skip-existing")]
    pub(crate) mode: Mode,
    /// Create the table from the description in the dump; it must not exist
    #[arg(long)]
    pub(crate) create_table: bool,
    /// Batches written at the same time (single puts: eight times as many)
    #[arg(long, value_name = "N", default_value = "8")]
    pub(crate) workers: NonZeroUsize,
    /// Write capacity to use, on average: units per second like 200, a share of what the table and
    /// its indexes have like 50%, or none for no limit
    #[arg(long, value_name = "PACE", default_value = "50%")]
    pub(crate) write_capacity: Pace,
    /// Stop after this many items of the source
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,
    /// Where to keep how far the load came: a directory or s3://bucket/prefix [default:
    /// <table>-load-<export>]
    #[arg(long, value_name = "LOCATION")]
    pub(crate) state: Option<Location>,
    /// File for items that are refused [default: <table>-rejects-<time>.json]
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
}

/// What happens to an item whose key is taken.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Mode {
    /// It stays; one conditional PutItem an item, but batches into a table that this load creates
    SkipExisting,
    /// It is replaced; items go in batches
    Overwrite,
}
