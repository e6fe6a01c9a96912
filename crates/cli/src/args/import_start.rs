//! `ddbkit import start`.

use super::{CompressionArg, InputFormatArg, WaitArgs};
use clap::Args;

/// What is imported, and into which table.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit import start s3://my-backups/orders Orders-copy --wait
  ddbkit import start s3://my-backups/orders/AWSDynamoDB/01768385930622-efd1a093 Copy --like Orders
  ddbkit import start s3://bucket/json/ Copy --like Orders --format dynamodb-json --compression none

It prints the ARN of the import. The new table is made like the one that the dump describes, or like
--like; what an import cannot bring back is told. An import reads every object below a prefix: of a dump
or export that is its data folder. Imports are billed by the size of the data.")]
pub(crate) struct ImportStartArgs {
    /// Dump or full export in S3: s3://bucket/prefix; with --format any prefix, as it stands
    pub(crate) source: String,
    /// Table to make
    pub(crate) table: String,
    /// Make it like this table, instead of like the one that the dump describes
    #[arg(long, value_name = "TABLE")]
    pub(crate) like: Option<String>,
    /// Take every object whose key begins with the prefix, written so
    #[arg(long, requires = "compression", requires = "like")]
    pub(crate) format: Option<InputFormatArg>,
    /// ... and compressed so
    #[arg(long, value_name = "KIND", requires = "format")]
    pub(crate) compression: Option<CompressionArg>,
    /// Account that owns the bucket, where it is another
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) bucket_owner: Option<String>,
    /// Token by which the same request, sent again within eight hours, starts nothing anew
    #[arg(long, value_name = "TOKEN")]
    pub(crate) client_token: Option<String>,
    /// Wait until the import is complete
    #[arg(long)]
    pub(crate) wait: bool,
    #[command(flatten)]
    pub(crate) waiting: WaitArgs,
}
