//! `ddbkit offload gc`.

use crate::args::wait::duration;
use clap::{Args, Subcommand};
use ddbkit::store::Location;
use std::num::{NonZeroU16, NonZeroU32};
use std::path::PathBuf;
use std::time::Duration;

/// The garbage collector of large attributes.
#[derive(Debug, Subcommand)]
pub(crate) enum GcCommand {
    /// Find the objects that no item points to, and delete nothing [API: Scan, ListObjectsV2,
    /// ListMultipartUploads]
    Plan(GcPlanArgs),
    /// Delete what is in a plan, after another look at each object and its item [API: HeadObject,
    /// GetItem, DeleteObjects, AbortMultipartUpload]
    Apply(GcApplyArgs),
    /// Prove that every pointer of the table resolves [API: Scan, HeadObject, GetObject]
    Verify(GcVerifyArgs),
}

/// A table and the place of its objects.
#[derive(Args, Debug)]
pub(crate) struct PrefixArgs {
    /// Table whose items point to the objects
    pub(crate) table: String,
    /// Where its objects are: s3://bucket/prefix
    #[arg(long, value_name = "LOCATION")]
    pub(crate) objects: Location,
    /// Segments of the table that are scanned at once
    #[arg(long, value_name = "N", default_value = "8")]
    pub(crate) segments: NonZeroU16,
    /// Collect the objects of pynamodb_mate under the prefix too: nothing writes with it any more
    #[arg(long)]
    pub(crate) writers_stopped: bool,
}

/// The options of a plan.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit offload gc plan Orders --objects s3://my-blobs/orders --plan orders.jsonl
  ddbkit offload gc plan Orders --objects s3://my-blobs/orders --plan s3://plans/orders.jsonl --grace 1032h

An object is garbage when it was older than the grace at the time of the mark, and a strong scan that
began after that time found no item that points to it. The grace is that of the prefix; a longer one may
be given, a shorter one is refused. It must be longer than the age of any backup of the table that may
still be restored: a restored item points to the objects of its time.

The plan is a file of JSON lines: what it was made for, one object a line, an end. Writers may go on
while it is made and applied. A scan reads the whole table once, at full capacity cost.")]
pub(crate) struct GcPlanArgs {
    #[command(flatten)]
    pub(crate) prefix: PrefixArgs,
    /// File to write the plan to: a path or s3://bucket/key
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: String,
    /// Age that garbage must have [default: the grace of the prefix]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) grace: Option<Duration>,
    /// Share of all objects, from 0 to 1, above which garbage is taken for a sign that something is
    /// wrong
    #[arg(long, value_name = "SHARE", default_value = "0.5", value_parser = share)]
    pub(crate) max_garbage: f64,
    /// Folder for sorting, with room for the keys of all objects [default: the system's folder for
    /// temporary files]
    #[arg(long, value_name = "DIR")]
    pub(crate) scratch: Option<PathBuf>,
}

/// The options of an apply.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit offload gc apply Orders --objects s3://my-blobs/orders --plan orders.jsonl
  ddbkit offload gc apply Orders --objects s3://my-blobs/orders --plan orders.jsonl --rate 2000 --output json

Objects that were written again, or that an item points to, are kept and counted. What was deleted is
listed in files beside the plan, FILE.deleted-000001.jsonl and on. Multipart uploads that were begun
before the grace and never finished are given up. A run that was interrupted is continued by the same
command. The exit code is 1 when S3 refused to delete something.")]
pub(crate) struct GcApplyArgs {
    #[command(flatten)]
    pub(crate) prefix: PrefixArgs,
    /// The plan: a path or s3://bucket/key
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: String,
    /// Objects a second, at most
    #[arg(long, value_name = "N", default_value = "500")]
    pub(crate) rate: NonZeroU32,
}

/// The options of a verification.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit offload gc verify Orders --objects s3://my-blobs/orders
  ddbkit offload gc verify Orders --objects s3://my-blobs/orders --hashes --output json

Prints a line for each pointer whose object is gone, or has another length than the pointer says, or
belongs to another item: what is wrong, the hash of the item's key, the attribute, the key of the
object. The exit code is 1 when there are any.")]
pub(crate) struct GcVerifyArgs {
    #[command(flatten)]
    pub(crate) prefix: PrefixArgs,
    /// Read every object, and compare its SHA-256 with that of the pointer
    #[arg(long)]
    pub(crate) hashes: bool,
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "must be a number from 0 to 1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_between_none_and_all() {
        assert_eq!(share("0.25"), Ok(0.25));
        for wrong in ["1.1", "-1", "NaN", "half"] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
    }
}
