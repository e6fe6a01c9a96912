//! `ddbkit archive restore`.

use clap::{Args, ValueEnum};
use ddbkit::codec::Item;
use ddbkit::flow::Pace;
use ddbkit::store::Location;
use jiff::Timestamp;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// What comes back, and with what.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit archive restore s3://my-archive/orders Orders
  ddbkit archive restore archive/orders Orders --key \"$KEY\"   # '{\"pk\":{\"S\":\"a\"}}'
  ddbkit archive restore archive/orders Orders \
  --from 2026-03-14T00:00:00Z --until 2026-03-15T00:00:00Z --expires 2027-01-01T00:00:00Z
  ddbkit archive restore archive/orders Orders-2025 --ttl-attribute expires --dry-run
  ddbkit archive restore s3://my-archive/orders Orders --offloaded copy --objects s3://my-blobs/orders

Items that the table has stay as they are. Of an item that is in the archive several times the newest
comes back; --until takes an earlier one. What comes back has no TTL attribute, or it would expire at
once; --expires gives it another.

After an interruption the same command goes on: what is in the table already is found there. Items
that cannot be written go to the rejects file; the exit code is then 1.")]
pub(crate) struct ArchiveRestoreArgs {
    /// The archive: directory or s3://bucket/prefix
    pub(crate) archive: String,
    /// Table to write to
    pub(crate) table: String,
    /// Restore the item of this key only, as DynamoDB JSON; may be given several times. All files
    /// of the range of time are read for it
    #[arg(long = "key", value_name = "JSON", value_parser = key)]
    pub(crate) keys: Vec<Item>,
    /// Restore what was deleted at this time or later
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<Timestamp>,
    /// Restore what was deleted before this time
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<Timestamp>,
    /// The TTL attribute [default: that of the table]
    #[arg(long, value_name = "NAME", conflicts_with = "keep_ttl")]
    pub(crate) ttl_attribute: Option<String>,
    /// Give restored items this time in the TTL attribute
    #[arg(long, value_name = "TIME", conflicts_with = "keep_ttl")]
    pub(crate) expires: Option<Timestamp>,
    /// Restore items as they were, with a TTL that has passed
    #[arg(long)]
    pub(crate) keep_ttl: bool,
    /// What becomes of attributes that `ddbkit offload` kept in S3
    #[arg(long, value_name = "WHAT", default_value = "keep")]
    pub(crate) offloaded: RestoredValuesArg,
    /// Where the objects of this table are, and of no other, for --offloaded copy: s3://bucket/prefix
    #[arg(long, value_name = "LOCATION", required_if_eq("offloaded", "copy"))]
    pub(crate) objects: Option<Location>,
    /// Read the archive and tell what would be written; write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Stop when more items than this are rejected [default: no limit]
    #[arg(long, value_name = "N", conflicts_with = "dry_run")]
    pub(crate) max_errors: Option<u64>,
    /// Lanes of single puts, eight at a time each
    #[arg(long, value_name = "N", default_value = "8")]
    pub(crate) workers: NonZeroUsize,
    /// Write capacity to use, on average: units per second like 200, a share of what the table and
    /// its indexes have like 50%, or none for no limit
    #[arg(long, value_name = "PACE", default_value = "50%")]
    pub(crate) write_capacity: Pace,
    /// File for items that are refused [default: <table>-rejects-<time>.json]
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
}

fn key(text: &str) -> Result<Item, String> {
    Item::from_dynamodb_json(text.as_bytes()).map_err(|error| error.to_string())
}

/// What becomes of pointers in items that come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RestoredValuesArg {
    /// The pointers stay; an item is rejected when one of its objects is gone
    Keep,
    /// The items get new objects of their own below --objects, with the values that lie in the archive
    Copy,
}
