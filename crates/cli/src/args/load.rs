//! `ddbkit load`.

use clap::{Args, ValueEnum};
use ddbkit::flow::CapacityUnits;
use ddbkit::store::Location;
use ddbkit::transfer::Shard;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// The options of a load.
#[allow(clippy::struct_excessive_bools, reason = "flags of a command line are independent")]
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit load backups/orders Orders-copy --create-table
  ddbkit load s3://my-backups/orders Orders --mode overwrite --write-capacity 500
  ddbkit load backups/orders Orders --write-capacity 500 --dry-run
  ddbkit load backups/orders Orders --if-newer updatedAt
  ddbkit load backups/orders Orders --mode overwrite --delete-extra --yes --verify
  ddbkit load s3://my-backups/orders Orders --shard 0/3 --state s3://my-backups/state
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
    /// Replace an item only by one whose ATTR (number or string) is greater; items that cannot be
    /// compared by it are rejected
    #[arg(long, value_name = "ATTR", conflicts_with_all = ["mode", "create_table"])]
    pub(crate) if_newer: Option<String>,
    /// Create the table from the description in the dump; it must not exist
    #[arg(long)]
    pub(crate) create_table: bool,
    /// Read the source and tell what would be written and rejected, and what it costs (without what
    /// indexes cost); write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Compare at the end what was loaded with the table, which may hold more unless it was created
    /// or --delete-extra was given
    #[arg(long, conflicts_with_all = ["if_newer", "limit", "dry_run"])]
    pub(crate) verify: bool,
    /// Then delete the items of the table whose key is not in the source. Nobody else may write to
    /// the table meanwhile: what they write is deleted too. Keys of both sides go to the temporary
    /// directory while it runs [env: TMPDIR]
    #[arg(long, conflicts_with_all = ["create_table", "limit"])]
    pub(crate) delete_extra: bool,
    /// Do not ask whether to delete
    #[arg(long, requires = "delete_extra")]
    pub(crate) yes: bool,
    /// Batches written at the same time (single puts: eight times as many)
    #[arg(long, value_name = "N", default_value = "8")]
    pub(crate) workers: NonZeroUsize,
    /// Write capacity units to use per second, on average [default: no limit]
    #[arg(long, value_name = "UNITS")]
    pub(crate) write_capacity: Option<CapacityUnits>,
    /// Stop after this many items of the source
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,
    /// Where to keep how far the load came: a directory or s3://bucket/prefix [default:
    /// <table>-load-<export>]
    #[arg(long, value_name = "LOCATION")]
    pub(crate) state: Option<Location>,
    /// Load the data files f with f % N == I only, one of N parts of a load that others share; their
    /// --state may be the same place
    #[arg(
        long,
        value_name = "I/N",
        requires = "state",
        conflicts_with_all = ["create_table", "limit", "delete_extra", "verify"]
    )]
    pub(crate) shard: Option<Shard>,
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
