//! `ddbkit dump`.

use super::OffloadedArg;
use super::size::size;
use clap::{Args, ValueEnum};
use ddbkit::export::Compression;
use ddbkit::flow::Pace;
use ddbkit::transfer::Shard;
use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};

/// The options of a dump.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit dump Orders backups/orders
  ddbkit dump Orders s3://my-backups/orders --compression zstd --read-capacity 200
  ddbkit dump Orders - | jq .Item.pk.S
  ddbkit dump Pages backups/pages --offloaded copy

A dump that was interrupted, killed or failed goes on when the same command is given again: the
unfinished dump of the same table at the destination is taken up, --no-resume discards it.

  Many machines, without talking to each other; each goes on after a restart:
  ddbkit dump Orders s3://my-backups/orders --dump-id nightly-0314 --shard 0/4
  ddbkit dump Orders s3://my-backups/orders --dump-id nightly-0314 --finish

A dump is made by a parallel Scan, so it is no point in time. It is whole when its
manifest-summary.json is there; `ddbkit info` tells.")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
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
    /// Tell how much would be read and what it costs, by numbers of DynamoDB that may be six hours
    /// old; read and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Prove the files at the end, and compare them with the table, which is read once more; what
    /// others wrote meanwhile is a difference
    #[arg(long, conflicts_with = "shard")]
    pub(crate) verify: bool,
    /// JSON that goes into a data file before the next is begun, like 128MiB
    #[arg(long, value_name = "SIZE", value_parser = size, default_value = "128MiB")]
    pub(crate) file_size: NonZeroU64,
    /// How the items are written; Ion keeps the value of numbers, not their spelling
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    pub(crate) format: DumpFormat,
    /// Compression of the data files
    #[arg(long, value_name = "KIND", default_value = "gzip")]
    pub(crate) compression: CompressionArg,
    /// Record the content digest of all items beside the data
    #[arg(long)]
    pub(crate) digest: bool,
    /// Put the names of attributes in order, for diffs of dumps
    #[arg(long)]
    pub(crate) sort_keys: bool,
    /// What becomes of attributes that `ddbkit offload` keeps in S3
    #[arg(long, value_name = "WHAT", default_value = "keep")]
    pub(crate) offloaded: OffloadedArg,
    /// Read this index instead of the table: its items, with the attributes that it projects. A global
    /// index cannot be read strongly consistently
    #[arg(long, value_name = "NAME")]
    pub(crate) index_name: Option<String>,
    /// Query one partition instead of scanning: by one worker, in one segment
    #[arg(long, value_name = "EXPRESSION", conflicts_with = "segments")]
    pub(crate) key_condition_expression: Option<String>,
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
    /// Name by which other processes find this dump, or find that it is finished
    #[arg(long, value_name = "NAME")]
    pub(crate) dump_id: Option<String>,
    /// Read only part I of N, counted from 0; every part needs the same --dump-id
    #[arg(long, value_name = "I/N", requires = "dump_id")]
    pub(crate) shard: Option<Shard>,
    /// Write the manifests of a dump whose shards are done; names those that are missing
    #[arg(long, requires = "dump_id", conflicts_with = "shard")]
    pub(crate) finish: bool,
    /// Discard an unfinished dump of this table at the destination instead of going on with it
    #[arg(long, conflicts_with = "finish")]
    pub(crate) no_resume: bool,
    /// Leave exportType out of the summary, as AWS does for full exports
    #[arg(long)]
    pub(crate) strict_aws: bool,
}

/// Form of the items in data files. ImportTable takes both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DumpFormat {
    /// DynamoDB JSON
    Json,
    /// Amazon Ion, as text
    Ion,
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

impl From<CompressionArg> for Compression {
    fn from(arg: CompressionArg) -> Self {
        match arg {
            CompressionArg::Gzip => Self::Gzip,
            CompressionArg::Zstd => Self::Zstd,
            CompressionArg::None => Self::None,
        }
    }
}
