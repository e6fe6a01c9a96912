//! `ddbkit archive run`.

use crate::args::wait::duration;
use crate::args::{CompressionArg, size};
use clap::{Args, ValueEnum};
use ddbkit::archive::{LineFormat, OnGap};
use ddbkit::store::Location;
use std::num::{NonZeroU64, NonZeroUsize};
use std::time::Duration;

/// How an archive is made.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit archive run --table Orders --dest s3://my-archive/orders
  ddbkit archive run --table Orders --dest s3://my-archive/orders --lease-table Orders-archive
  ddbkit archive run --table Orders --dest archive/orders --once
  ddbkit archive run --table Orders --dest archive/orders --enable --ttl-attribute expires --yes
  ddbkit archive run --table Orders --dest s3://my-archive/orders --on-gap record
  ddbkit archive run --table Orders --dest s3://my-archive/orders --status-every 1m > status.jsonl

It reads the stream of the table and keeps each item that time to live deletes in exactly one file;
deletes by users, new items and changes are counted and left. It runs until it is stopped (Ctrl-C or
SIGTERM), writes what it has read, and goes on from there the next time. It may be killed at any
moment. Any number of them may work on one archive: they share the shards of the stream.

The stream keeps records for 24 hours. When records were lost, or may have been, that is written down
in the archive and the work ends; with --on-gap record it goes on. The exit code is 1 in both cases.

How far it is, is kept in the archive itself, or in a table: cheaper for more than some ten shards.")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct ArchiveRunArgs {
    /// Table whose expired items are archived
    #[arg(long, value_name = "TABLE")]
    pub(crate) table: String,
    /// The archive: directory or s3://bucket/prefix; it is begun, or goes on
    #[arg(long, value_name = "LOCATION")]
    pub(crate) dest: Location,
    /// Shards read, and files written, at the same time
    #[arg(long, value_name = "N", default_value = "8")]
    pub(crate) workers: NonZeroUsize,
    /// End when everything that the stream has now is archived
    #[arg(long)]
    pub(crate) once: bool,
    /// What to do when records were lost, or may have been
    #[arg(long, value_name = "WHAT", default_value = "fail")]
    pub(crate) on_gap: OnGapArg,
    /// Table that says who reads which shard and how far; it is created where it is not there
    /// [default: objects in the archive]
    #[arg(long, value_name = "TABLE")]
    pub(crate) lease_table: Option<String>,
    /// Name of this process in leases: started again under the same name it has its shards at once
    /// [default: a random one]
    #[arg(long, value_name = "NAME")]
    pub(crate) owner: Option<String>,
    /// Shards of a process that died are taken over after this time
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = duration)]
    pub(crate) lease_duration: Duration,
    /// Switch on the stream (with old images) and time to live, where they are off
    #[arg(long)]
    pub(crate) enable: bool,
    /// Switch them on without asking; needed where standard input is no terminal
    #[arg(long, short, requires = "enable")]
    pub(crate) yes: bool,
    /// Attribute that time to live goes by: to switch it on, or to be sure that it is this one
    #[arg(long, value_name = "ATTR")]
    pub(crate) ttl_attribute: Option<String>,
    /// What stands on each line; fixed when the archive begins
    #[arg(long, value_name = "FORM", default_value = "item")]
    pub(crate) format: ArchiveFormatArg,
    /// How files are compressed; fixed when the archive begins
    #[arg(long, value_name = "HOW", default_value = "gzip")]
    pub(crate) compression: CompressionArg,
    /// Time after which a record is read at the latest; each shard costs a call in this time
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = duration)]
    pub(crate) latency: Duration,
    /// Age at which a file is written, counted from its first record
    #[arg(long, value_name = "TIME", default_value = "15m", value_parser = duration)]
    pub(crate) file_age: Duration,
    /// Size at which a file is written, before compression
    #[arg(long, value_name = "SIZE", default_value = "16MiB", value_parser = size::size)]
    pub(crate) file_size: NonZeroU64,
    /// Memory for records that are in no file yet, of all shards
    #[arg(long, value_name = "SIZE", default_value = "256MiB", value_parser = size::size)]
    pub(crate) buffer_size: NonZeroU64,
    /// Print how it stands this often, as a JSON object on a line of standard output: for each shard how
    /// far it is behind, and the time until records are lost
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) status_every: Option<Duration>,
    /// Archive also what may have been deleted by time to live in another region of a global table:
    /// deletes of items that had expired, marked as a guess. A user who deletes an expired item looks
    /// the same; the certain way is an archive in each region
    #[arg(long)]
    pub(crate) guess_replicated: bool,
    /// Stream to archive, where the table has a newer one since [default: that of the table]
    #[arg(long, value_name = "ARN")]
    pub(crate) stream: Option<String>,
}

/// What to do when records were lost.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum OnGapArg {
    /// Write it down in the archive and stop
    Fail,
    /// Write it down in the archive and go on
    Record,
}

impl From<OnGapArg> for OnGap {
    fn from(arg: OnGapArg) -> Self {
        match arg {
            OnGapArg::Fail => Self::Fail,
            OnGapArg::Record => Self::Record,
        }
    }
}

/// What stands on each line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ArchiveFormatArg {
    /// The item, as in exports: `load`, ImportTable and Athena read it
    Item,
    /// The whole record of the stream
    Record,
}

impl From<ArchiveFormatArg> for LineFormat {
    fn from(arg: ArchiveFormatArg) -> Self {
        match arg {
            ArchiveFormatArg::Item => Self::Item,
            ArchiveFormatArg::Record => Self::Record,
        }
    }
}
