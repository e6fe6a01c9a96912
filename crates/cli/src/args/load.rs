//! `ddbkit load`.

use super::{CsvDelimiter, OffloadedArg};
use clap::{Args, ValueEnum};
use ddbkit::export::Override;
use ddbkit::flow::Pace;
use ddbkit::store::Location;
use ddbkit::transfer::Shard;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// The options of a load.
#[allow(clippy::struct_excessive_bools, reason = "flags of a command line are independent")]
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit load backups/orders Orders-copy --create-table
  ddbkit load dump.tar.bz2 Orders --source-table orders
  ddbkit load s3://my-backups/orders Orders --mode overwrite --write-capacity 500
  ddbkit load orders.parquet Orders
  ddbkit load orders.csv Orders --from csv --delimiter semicolon
  ddbkit load backups/orders Orders --write-capacity 500 --dry-run
  ddbkit load backups/orders Orders --if-newer updatedAt
  ddbkit load backups/orders Orders --mode overwrite --delete-extra --yes --verify
  ddbkit load archive/data Orders --no-manifests
  ddbkit load backups/pages Pages-2 --offloaded copy --objects s3://my-blobs/pages-2
  ddbkit load s3://my-backups/orders Orders --shard 0/3 --state s3://my-backups/state
  zstdcat items.json.zst | ddbkit load - Orders

  ddbkit load backups/orders Orders-test --create-table --set billing=on-demand --set stream=off

After an interruption the same command goes on where it stopped.

A table that --create-table makes has keys, indexes, billing, encryption, class and tags from the
start; time to live, stream, point-in-time recovery, deletion protection, resource policy and
Contributor Insights and auto scaling come when the data is in. What could not be applied is listed, and the exit
code is then 1.

Items that cannot be written go to the rejects file, which can be loaded again, and the load goes
on; the exit code is then 1.")]
pub(crate) struct LoadArgs {
    /// Dump, native export, what dyndump, dynamodump, dynein or Data Pipeline wrote, Parquet or CSV:
    /// directory, file or s3://bucket/prefix; or - for lines on standard input
    pub(crate) source: String,
    /// Table to write to; may be left out with --create-table: the name in the dump
    #[arg(required_unless_present = "create_table")]
    pub(crate) table: Option<String>,
    /// The table in a backup of another tool that holds several
    #[arg(long, value_name = "NAME")]
    pub(crate) source_table: Option<String>,
    /// Read the source as CSV, whatever its name and first bytes say
    #[arg(long, value_name = "FORMAT")]
    pub(crate) from: Option<LoadFormat>,
    /// Read all files of the folder as data files: nothing proves that they are all, or whole; it
    /// goes on after an interruption where --state is given
    #[arg(long, conflicts_with_all = ["from", "source_table", "create_table", "delete_extra"])]
    pub(crate) no_manifests: bool,
    /// What stands between the cells of CSV
    #[arg(long, value_name = "NAME", default_value = "comma")]
    pub(crate) delimiter: CsvDelimiter,
    /// What becomes of values that another tool did not write: dyndump's {} for empty lists, maps
    /// and binaries, dynein's sentence for binaries
    #[arg(long, value_name = "POLICY", default_value = "reject")]
    pub(crate) lost_values: LostValuesArg,
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
    /// Name of the table to create, another way to say TABLE
    #[arg(long, value_name = "NAME", requires = "create_table", conflicts_with = "table")]
    pub(crate) rename: Option<String>,
    /// Create the table with another setting than in the dump:
    /// billing=on-demand|provisioned, read=UNITS, write=UNITS, class=standard|infrequent-access,
    /// sse=aws-owned|kms|KEY, warm-throughput=R:W, tags.NAME=VALUE, tags=off, ttl=ATTRIBUTE|off,
    /// stream=VIEW|off, pitr=on|off|DAYS, protection=on|off, contributor-insights=on|off,
    /// resource-policy=off, auto-scaling=off
    #[arg(long, value_name = "KEY=VALUE", requires = "create_table")]
    pub(crate) set: Vec<Override>,
    /// What becomes of attributes that `ddbkit offload` keeps in S3
    #[arg(long, value_name = "WHAT", default_value = "keep")]
    pub(crate) offloaded: OffloadedArg,
    /// Where the objects of this table are, and of no other, for --offloaded copy: s3://bucket/prefix
    #[arg(long, value_name = "LOCATION", required_if_eq("offloaded", "copy"))]
    pub(crate) objects: Option<Location>,
    /// What happens to items that have expired by the time to live of the table
    #[arg(long, value_name = "WHAT", default_value = "load")]
    pub(crate) expired: ExpiredArg,
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
    /// Stop when more items than this are rejected, by all runs of the load [default: no limit]
    #[arg(long, value_name = "N", conflicts_with = "dry_run")]
    pub(crate) max_errors: Option<u64>,
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

/// What a source is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LoadFormat {
    /// A header, and rows of strings; key attributes have the types of the table
    Csv,
}

/// What happens to an item whose key is taken.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Mode {
    /// It stays; one conditional PutItem an item, but batches into a table that this load creates
    SkipExisting,
    /// It is replaced; items go in batches
    Overwrite,
}

/// What happens to items whose time to live has passed.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ExpiredArg {
    /// They are written; DynamoDB deletes them again
    Load,
    /// They are left out
    Skip,
    /// They go to the rejects file
    Reject,
}

/// What becomes of values that another tool did not write.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LostValuesArg {
    /// Their items go to the rejects file
    Reject,
    /// They are left out
    Drop,
    /// An empty map stands in their place
    EmptyMap,
    /// An empty list stands in their place
    EmptyList,
    /// An empty binary stands in their place
    EmptyBinary,
}
