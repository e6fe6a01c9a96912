//! `ddbkit archive verify`.

use clap::Args;
use std::num::NonZeroUsize;

/// The options of the proof of an archive.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit archive verify s3://my-archive/orders
  ddbkit archive verify archive/orders --output json

Each data file must have its checksum and count, and begin where the one before ends; each shard must
be read to its end, and those that go on from it must be there. Losses that the archiver recorded are
listed. The exit code is 1 when there is a fault or a loss.")]
pub(crate) struct ArchiveVerifyArgs {
    /// The archive: directory or s3://bucket/prefix
    pub(crate) archive: String,
    /// Files read at the same time
    #[arg(long, value_name = "N", default_value = "8")]
    pub(crate) workers: NonZeroUsize,
}
