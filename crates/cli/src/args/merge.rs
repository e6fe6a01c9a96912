//! `ddbkit merge`.

use super::CompressionArg;
use super::size::size;
use clap::Args;
use std::num::NonZeroU64;
use std::path::PathBuf;

/// The options of a merge.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit merge exports/full exports/monday exports/tuesday merged
  ddbkit merge s3://exports/orders s3://exports/orders s3://my-backups/orders
  ddbkit merge backups/orders exports/week merged --scratch /mnt/disk --digest

The result shows the table at the end of the last window. A place that holds several exports, as
the prefix of all exports of a table does, stands for its one full export as BASE, and for all its
incremental exports as INCREMENTAL. The windows have to follow each other without gap or overlap.

The result is exact when BASE is a native full export whose exportTime is the exportFromTime of one
of the windows. A base that was taken within a window, and any dump by scan, may hold an item that
was made before it was read and deleted after that, both in one window: incremental exports have no
record of such an item, so it stays. Such a merge warns, and its result is marked.

Everything is read and proven before anything is written. DEST may hold other exports; the result
is one more. A merge that was interrupted leaves nothing, and begins anew.")]
pub(crate) struct MergeArgs {
    /// Native full export, dump, or result of a merge: directory or s3://bucket/prefix
    pub(crate) base: String,
    /// Incremental exports, in any order
    #[arg(required = true, value_name = "INCREMENTAL")]
    pub(crate) incrementals: Vec<String>,
    /// Directory or s3://bucket/prefix to write the new full export to
    pub(crate) dest: String,
    /// Key attributes of the table [default: by the table description of BASE, or by the records]
    #[arg(long, value_name = "HASH[,RANGE]")]
    pub(crate) key: Option<String>,
    /// Take the key from this table, where neither BASE nor a record tells it [API: DescribeTable]
    #[arg(long, value_name = "TABLE", conflicts_with = "key")]
    pub(crate) key_of: Option<String>,
    /// Folder for sorting, with room for all that is merged [default: beside a DEST that is a
    /// directory, else the system's folder for temporary files]
    #[arg(long, value_name = "DIR")]
    pub(crate) scratch: Option<PathBuf>,
    /// JSON that goes into a data file before the next is begun, like 128MiB
    #[arg(long, value_name = "SIZE", value_parser = size, default_value = "128MiB")]
    pub(crate) file_size: NonZeroU64,
    /// Compression of the data files
    #[arg(long, value_name = "KIND", default_value = "gzip")]
    pub(crate) compression: CompressionArg,
    /// Record the content digest of all items beside the data
    #[arg(long)]
    pub(crate) digest: bool,
    /// Where in S3 a result in a directory will be copied to; the manifests name it
    #[arg(long, value_name = "s3://BUCKET/PREFIX")]
    pub(crate) s3_location: Option<String>,
    /// Leave exportType out of the summary, as AWS does for full exports
    #[arg(long)]
    pub(crate) strict_aws: bool,
}
