//! `ddbkit verify`.

use clap::Args;
use ddbkit::flow::Pace;
use std::num::NonZeroUsize;

/// The options of a verification.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit verify s3://my-backups/orders           # checksums, counts, every line
  ddbkit verify backups/orders Orders            # and the same items as in the table
  ddbkit verify backups/orders Orders --contains # the table may hold more
  ddbkit verify exports/AWSDynamoDB/01768388186000-4a2fc3ff    # one export of several
  ddbkit verify copied/data --no-manifests       # data files without their manifests

The exit code is 1 when a fault or a difference is found.")]
pub(crate) struct VerifyArgs {
    /// Dump or native export: directory or s3://bucket/prefix
    pub(crate) source: String,
    /// Table to compare with; it is read with strongly consistent reads
    pub(crate) table: Option<String>,
    /// Read all files of the folder as data files: nothing proves that they are all, or whole
    #[arg(long, conflicts_with = "table")]
    pub(crate) no_manifests: bool,
    /// Allow other items in the table
    #[arg(long, requires = "table")]
    pub(crate) contains: bool,
    /// Differing keys to name
    #[arg(long, value_name = "N", default_value = "20", requires = "table")]
    pub(crate) max_diff: usize,
    /// Files and segments read at the same time
    #[arg(long, value_name = "N", default_value = "8")]
    pub(crate) workers: NonZeroUsize,
    /// Read capacity to use, on average: units per second like 200, a share of what the table and
    /// its indexes have like 50%, or none for no limit
    #[arg(long, value_name = "PACE", default_value = "50%", requires = "table")]
    pub(crate) read_capacity: Pace,
}
