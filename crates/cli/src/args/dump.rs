//! `ddbkit dump`.

use super::size::size;
use clap::{Args, ValueEnum};
use ddbkit::flow::Pace;
use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};

/// The options of a dump.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit dump Orders backups/orders
  ddbkit dump Orders s3://my-backups/orders --compression zstd --read-capacity 200
  ddbkit dump Orders - | jq .Item.pk.S

A dump is made by a parallel Scan, so it is no point in time. It is whole when its
manifest-summary.json is there; `ddbkit info` tells.")]
pub(crate) struct DumpArgs {
    /// Table to read
    pub(crate) table: String,
    /// Directory, s3://bucket/prefix, or - for lines on standard output
    pub(crate) dest: String,
    /// TotalSegments of the parallel Scan [default: by the size of the table]
    #[arg(long, visible_alias = "total-segments", value_name = "N")]
    pub(crate) segments: Option<NonZeroU32>,
    /// Segments read at the same time
    #[arg(long, value_name = "N", default_value = "8")]
    pub(crate) workers: NonZeroUsize,
    /// Strongly consistent reads, at twice the capacity
    #[arg(long)]
    pub(crate) consistent_read: bool,
    /// Read capacity to use, on average: units per second like 200, a share of what the table and
    /// its indexes have like 50%, or none for no limit
    #[arg(long, value_name = "PACE", default_value = "50%")]
    pub(crate) read_capacity: Pace,
    /// Stop after this many items
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,
    /// JSON that goes into a data file before the next is begun, like 128MiB
    #[arg(long, value_name = "SIZE", value_parser = size, default_value = "128MiB")]
    pub(crate) file_size: NonZeroU64,
    /// Compression of the data files
    #[arg(long, value_name = "KIND", default_value = "gzip")]
    pub(crate) compression: CompressionArg,
    /// Record the content digest of all items beside the data
    #[arg(long)]
    pub(crate) digest: bool,
    /// Take only items for which this is true (it does not lower the cost)
    #[arg(long, value_name = "EXPRESSION")]
    pub(crate) filter_expression: Option<String>,
    /// Take only these attributes
    #[arg(long, value_name = "EXPRESSION")]
    pub(crate) projection_expression: Option<String>,
    /// Names in the expressions: {"#n":"name"}
    #[arg(long, value_name = "JSON")]
    pub(crate) expression_attribute_names: Option<String>,
    /// Values in the expressions, in DynamoDB JSON: {":v":{"S":"value"}}
    #[arg(long, value_name = "JSON")]
    pub(crate) expression_attribute_values: Option<String>,
    /// Where in S3 a dump in a directory will be copied to; the manifests name it
    #[arg(long, value_name = "s3://BUCKET/PREFIX")]
    pub(crate) s3_location: Option<String>,
    /// Leave exportType out of the summary, as AWS does for full exports
    #[arg(long)]
    pub(crate) strict_aws: bool,
}

/// Compression of data files. ImportTable takes all three.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum CompressionArg {
    /// What AWS writes, and every reader takes
    Gzip,
    /// Smaller and several times faster
    Zstd,
    /// Plain lines
    None,
}
