//! `ddbkit offload migrate`.

use super::ObjectsArgs;
use crate::args::size::size;
use clap::Args;
use ddbkit::flow::Pace;
use ddbkit::store::Location;
use std::num::{NonZeroU32, NonZeroU64};

/// The options of a migration.
#[derive(Args, Debug)]
#[command(group = clap::ArgGroup::new("direction").required(true))]
#[command(after_help = "Examples:
  ddbkit offload migrate Pages --in --attribute html --above 8KiB --objects s3://my-blobs/pages
  ddbkit offload migrate Pages --out --attribute html --objects s3://my-blobs/pages

The table may be in use: each item is changed by one write, on condition that its attributes are as they
were read. What somebody else changes meanwhile stays theirs and is counted; run again with another
--state to look at it. An item that cannot be done, like one that would be larger than 400 KB with its
values in it, is listed below rejects/ in the state with its reason. The exit code is then 1.

After an interruption the same command goes on where it stopped.")]
pub(crate) struct MigrateArgs {
    /// Table
    pub(crate) table: String,
    /// Move attributes to S3
    #[arg(long = "in", group = "direction")]
    pub(crate) inward: bool,
    /// Bring attributes back into their items
    #[arg(long = "out", group = "direction", conflicts_with_all = ["above", "zstd"])]
    pub(crate) outward: bool,
    /// Move values that are larger than this [default: 4KiB]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) above: Option<NonZeroU64>,
    /// Compress with Zstandard, at a level from 1 to 22 [default level: 3]
    #[arg(long, value_name = "LEVEL", num_args = 0..=1, require_equals = true, default_missing_value = "3")]
    pub(crate) zstd: Option<i32>,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// How a whole table is gone through.
#[derive(Args, Debug)]
pub(crate) struct RunArgs {
    /// Attribute to move; may be given several times
    #[arg(long, value_name = "NAME", required = true)]
    pub(crate) attribute: Vec<String>,
    #[command(flatten)]
    pub(crate) objects: ObjectsArgs,
    /// Where the state and the list of rejects are kept: directory or s3://bucket/prefix [default: a
    /// folder named after table and work]
    #[arg(long, value_name = "LOCATION")]
    pub(crate) state: Option<Location>,
    /// Segments of the scan; those of the first run count
    #[arg(long, value_name = "N", default_value = "16")]
    pub(crate) segments: NonZeroU32,
    /// Read capacity to use, on average: units per second like 200, a share of what the table has
    /// like 50%, or none for no limit
    #[arg(long, value_name = "PACE", default_value = "50%")]
    pub(crate) read_capacity: Pace,
    /// Write capacity to use, on average
    #[arg(long, value_name = "PACE", default_value = "50%")]
    pub(crate) write_capacity: Pace,
}
