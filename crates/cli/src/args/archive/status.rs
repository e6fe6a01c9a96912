//! `ddbkit archive status`.

use clap::Args;
use ddbkit::store::Location;

/// Which archive is looked at.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit archive status s3://my-archive/orders
  ddbkit archive status s3://my-archive/orders --lease-table Orders-archive --output json

It tells how far each shard is, and how long it takes, if nothing is done, until the stream loses
records that are not archived. The exit code is 1 when records were lost, or that time is over.")]
pub(crate) struct ArchiveStatusArgs {
    /// The archive: directory or s3://bucket/prefix
    pub(crate) archive: Location,
    /// Table that says how far it is, where `archive run` was given one
    #[arg(long, value_name = "TABLE")]
    pub(crate) lease_table: Option<String>,
}
