//! The options of a dump.

use crate::pacing::Pacing;
use crate::parallel_scan::ParallelScan;
#[cfg(feature = "offload")]
use crate::pointers::{Outgoing, PageCopies, PagePointers};
use crate::raw::Session;
use crate::{Selection, Shard, TransferError, TransferErrorKind};
use aws_sdk_applicationautoscaling::Client as Scaling;
use aws_sdk_dynamodb::Client;
#[cfg(feature = "offload")]
use ddbkit_export::ExportWriter;
use ddbkit_export::{Compression, OutputFormat, S3Location};
use ddbkit_flow::{Capacity, Pace};
use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
#[cfg(feature = "offload")]
use std::sync::Arc;

/// A dump of one table, ready to run with [`Dump::to_store`] or [`Dump::to_writer`].
#[derive(Clone, Debug)]
pub struct Dump {
    pub(crate) options: DumpBuilder,
}

/// Sets the options of a [`Dump`].
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct DumpBuilder {
    pub(crate) client: Client,
    pub(crate) table: String,
    pub(crate) auto_scaling: Option<Scaling>,
    pub(crate) total_segments: Option<NonZeroU32>,
    pub(crate) workers: NonZeroUsize,
    pub(crate) consistent_read: bool,
    pub(crate) read_capacity: Pace,
    pub(crate) budget_share: NonZeroU32,
    pub(crate) limit: Option<u64>,
    pub(crate) selection: Selection,
    pub(crate) format: OutputFormat,
    pub(crate) compression: Compression,
    pub(crate) file_size: u64,
    pub(crate) s3_location: Option<S3Location>,
    pub(crate) strict_aws: bool,
    pub(crate) digest: bool,
    pub(crate) dump_id: Option<String>,
    pub(crate) shard: Shard,
    pub(crate) resume: bool,
    pub(crate) sort_keys: bool,
    #[cfg(feature = "offload")]
    pub(crate) offloaded: Option<Outgoing>,
}

/// How much JSON goes into a data file before the next one is begun.
const FILE_SIZE: u64 = 128 * 1024 * 1024;
const WORKERS: NonZeroUsize = NonZeroUsize::new(8).expect("not zero");
/// A segment of this size takes a worker some hundred pages: long enough to be worth its first
/// request, short enough that the last one leaves no tail.
const SEGMENT_BYTES: u64 = 64 * 1024 * 1024;
const SEGMENTS_PER_WORKER: u64 = 4;
const MOST_SEGMENTS: u64 = 4096;

impl Dump {
    /// A dump of `table` with the default options: all items, eventually consistent reads, eight
    /// workers, half of the capacity, gzip.
    #[must_use]
    pub fn builder(client: Client, table: impl Into<String>) -> DumpBuilder {
        DumpBuilder {
            client,
            table: table.into(),
            auto_scaling: None,
            total_segments: None,
            workers: WORKERS,
            consistent_read: false,
            read_capacity: Pace::default(),
            budget_share: NonZeroU32::MIN,
            limit: None,
            selection: Selection::default(),
            format: OutputFormat::DynamodbJson,
            compression: Compression::Gzip,
            file_size: FILE_SIZE,
            s3_location: None,
            strict_aws: false,
            digest: false,
            dump_id: None,
            shard: Shard::WHOLE,
            resume: true,
            sort_keys: false,
            #[cfg(feature = "offload")]
            offloaded: None,
        }
    }
}

impl DumpBuilder {
    /// `TotalSegments` of the parallel Scan, 1 to 1,000,000. By default it follows the size of the
    /// table: about 64 MB a segment, at least four for each worker. A query is always one.
    #[must_use]
    pub fn total_segments(mut self, total_segments: NonZeroU32) -> Self {
        self.total_segments = Some(total_segments);
        self
    }

    /// How many segments are read at the same time; 8 by default.
    #[must_use]
    pub fn workers(mut self, workers: NonZeroUsize) -> Self {
        self.workers = workers;
        self
    }

    /// Strongly consistent reads, at twice the capacity.
    #[must_use]
    pub fn consistent_read(mut self, consistent_read: bool) -> Self {
        self.consistent_read = consistent_read;
        self
    }

    /// The read capacity to use, on average over all workers: units per second, or a share of what
    /// the table and its indexes have, as `DescribeTable` tells every minute. Half of that by default;
    /// a table on demand without a maximum has no limit then. Throttles slow every pace down.
    #[must_use]
    pub fn read_capacity(mut self, pace: impl Into<Pace>) -> Self {
        self.read_capacity = pace.into();
        self
    }

    /// How many processes, this one among them, share the read capacity: each uses so many times
    /// less of it. 1 by default.
    #[must_use]
    pub fn budget_share(mut self, processes: NonZeroU32) -> Self {
        self.budget_share = processes;
        self
    }

    /// The client by which the Application Auto Scaling of a provisioned table is read for its
    /// description. Without one that is listed as not read.
    #[must_use]
    pub fn auto_scaling(mut self, client: Scaling) -> Self {
        self.auto_scaling = Some(client);
        self
    }

    /// Stops after this many items, whichever come first. Such a dump is not resumed: it begins
    /// anew.
    #[must_use]
    pub fn limit(mut self, items: u64) -> Self {
        self.limit = Some(items);
        self
    }

    /// Takes a part of the items or of their attributes.
    #[must_use]
    pub fn selection(mut self, selection: Selection) -> Self {
        self.selection = selection;
        self
    }

    /// How the items are written in the data files; `DynamoDB` JSON by default. In Ion they are
    /// decoded on the way, at several times the cost, and numbers keep their value only.
    #[must_use]
    pub fn format(mut self, format: OutputFormat) -> Self {
        self.format = format;
        self
    }

    /// How the data files are compressed.
    #[must_use]
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// How many bytes of JSON go into a data file; 128 MiB by default. A file is closed at the
    /// first page boundary behind it.
    #[must_use]
    pub fn file_size(mut self, bytes: NonZeroU64) -> Self {
        self.file_size = bytes.get();
        self
    }

    /// The S3 location that the manifests name, for a tree that is written elsewhere and copied
    /// there.
    #[must_use]
    pub fn s3_location(mut self, bucket: impl Into<String>, prefix: impl Into<String>) -> Self {
        self.s3_location = Some(S3Location { bucket: bucket.into(), prefix: prefix.into() });
        self
    }

    /// Leaves `exportType` out of the summary, as AWS does in full exports; some readers want it.
    #[must_use]
    pub fn strict_aws(mut self, strict_aws: bool) -> Self {
        self.strict_aws = strict_aws;
        self
    }

    /// Records the content digest of the items beside the data. Costs the decoding of every item.
    #[must_use]
    pub fn digest(mut self, digest: bool) -> Self {
        self.digest = digest;
        self
    }

    /// The name by which other processes find the dump, and find that it is finished. Letters,
    /// digits, `.`, `-` and `_`.
    #[must_use]
    pub fn dump_id(mut self, name: impl Into<String>) -> Self {
        self.dump_id = Some(name.into());
        self
    }

    /// Reads only the segments of this shard; [`Dump::finish`] completes the dump when all shards
    /// are done. Needs a [`dump_id`](Self::dump_id), which all shards share. They share the read
    /// capacity too.
    #[must_use]
    pub fn shard(mut self, shard: Shard) -> Self {
        self.budget_share = shard.count_nonzero();
        self.shard = shard;
        self
    }

    /// Whether to go on with an unfinished dump of the same table with the same options that is at
    /// the destination, as by default. Otherwise that one is discarded.
    #[must_use]
    pub fn resume(mut self, resume: bool) -> Self {
        self.resume = resume;
        self
    }

    /// Puts the names of attributes in the order of their bytes, at every level of maps, so that an
    /// item that did not change is the same line in the next dump. Nothing else of a line changes:
    /// numbers, and the order of lists and sets, are as DynamoDB sends them. The order of lines does
    /// not change either. Costs the cutting of every item into its attributes.
    #[must_use]
    pub fn sort_keys(mut self, sort_keys: bool) -> Self {
        self.sort_keys = sort_keys;
        self
    }

    /// Writes the values of large attributes in S3 in the place of their pointers, so that the dump needs
    /// nothing beside it. A line may be longer than an item can be then: a load of it rejects such an
    /// item. A value of more than 16 MiB ends the dump, and so does one that is gone or damaged. Not with
    /// a digest, which is that of the table. Memory: four items with their values for each worker.
    #[cfg(feature = "offload")]
    #[must_use]
    pub fn inline_pointers(mut self, s3: aws_sdk_s3::Client) -> Self {
        self.offloaded = Some(Outgoing::Inline(s3));
        self
    }

    /// Copies the values of large attributes in S3 into the dump, each once, below `_ddbkit/blobs/`: a
    /// load can then give them to items of any table. The lines keep their pointers. A value is there
    /// before the file with its line counts; one that is there is not copied again. One that is gone or
    /// damaged ends the dump, which the same call goes on with. Not for streams.
    ///
    /// Memory: eight values are copied at the same time, each with one part of the store's writer (8
    /// MiB for less than 8 GB) and, where it is compressed, the window of Zstandard.
    #[cfg(feature = "offload")]
    #[must_use]
    pub fn copy_pointers(mut self, s3: aws_sdk_s3::Client) -> Self {
        self.offloaded = Some(Outgoing::Copy(s3));
        self
    }

    /// The dump with these options.
    #[must_use]
    pub fn build(self) -> Dump {
        Dump { options: self }
    }

    /// Whether values take the place of their pointers.
    #[cfg_attr(
        not(feature = "offload"),
        expect(clippy::unused_self, reason = "as with the feature")
    )]
    pub(crate) fn inlines_pointers(&self) -> bool {
        #[cfg(feature = "offload")]
        return matches!(self.offloaded, Some(Outgoing::Inline(_)));
        #[cfg(not(feature = "offload"))]
        false
    }

    /// Whether values are copied beside the data.
    #[cfg_attr(
        not(feature = "offload"),
        expect(clippy::unused_self, reason = "as with the feature")
    )]
    pub(crate) fn copies_pointers(&self) -> bool {
        #[cfg(feature = "offload")]
        return matches!(self.offloaded, Some(Outgoing::Copy(_)));
        #[cfg(not(feature = "offload"))]
        false
    }

    /// Refuses a digest of what is not in the table, and copies where there is no place for them.
    pub(crate) fn check_pointers(&self, has_place: bool) -> Result<(), TransferError> {
        let message = if self.digest && self.inlines_pointers() {
            "a digest is of what the table holds: pointers, not their values"
        } else if self.copies_pointers() && !has_place {
            "a stream has no place for copies of values; they are for a dump with data files"
        } else {
            return Ok(());
        };
        Err(TransferError::new(TransferErrorKind::Options, message))
    }

    /// What is done about pointers in a dump to this place.
    #[cfg(feature = "offload")]
    pub(crate) fn page_pointers(&self, export: &ExportWriter) -> Option<Arc<PagePointers>> {
        let pointers = match self.offloaded.clone()? {
            Outgoing::Inline(s3) => PagePointers::Inline(s3),
            Outgoing::Copy(s3) => PagePointers::Copy(PageCopies::new(s3, export)),
        };
        Some(Arc::new(pointers))
    }

    /// The same in a stream of lines.
    #[cfg(feature = "offload")]
    pub(crate) fn stream_pointers(&self) -> Option<Arc<PagePointers>> {
        match self.offloaded.clone()? {
            Outgoing::Inline(s3) => Some(Arc::new(PagePointers::Inline(s3))),
            Outgoing::Copy(_) => None,
        }
    }

    pub(crate) fn pacing(&self) -> Pacing {
        let (asked, budget) = (self.read_capacity, self.budget_share);
        Pacing { capacity: Capacity::Read, asked, budget }
    }

    pub(crate) fn scan(&self, session: &Session, total_segments: u32) -> ParallelScan {
        ParallelScan::new(session.clone(), total_segments, self.selection.clone())
            .consistent_read(self.consistent_read)
            .limit(self.limit)
            .workers(self.workers)
    }

    /// `TotalSegments` for a table of this size.
    pub(crate) fn segments_for(&self, table_bytes: u64) -> u32 {
        if self.selection.is_query() {
            return 1;
        }
        self.total_segments.map_or_else(
            || {
                let workers = self.workers.get() as u64 * u64::from(self.shard.count());
                let least = (workers * SEGMENTS_PER_WORKER).min(MOST_SEGMENTS);
                let segments = (table_bytes / SEGMENT_BYTES).clamp(least, MOST_SEGMENTS);
                u32::try_from(segments).unwrap_or(u32::MAX)
            },
            NonZeroU32::get,
        )
    }
}
