//! The options of a load.

use crate::Shard;
#[cfg(feature = "offload")]
use crate::TransferError;
use crate::load::expiry::Expired;
use crate::load::report::WritePath;
use crate::pacing::Pacing;
#[cfg(feature = "offload")]
use crate::pointers::{Copies, Offloaded, PointerRule, Pointers};
use aws_sdk_applicationautoscaling::Client as Scaling;
use aws_sdk_dynamodb::Client;
#[cfg(feature = "offload")]
use aws_sdk_dynamodb::types::TableDescription;
use ddbkit_export::Override;
#[cfg(feature = "offload")]
use ddbkit_export::{ExportReader, TableDescriptor};
#[cfg(feature = "offload")]
use ddbkit_flow::Control;
use ddbkit_flow::{Capacity, Pace, ProgressEvent};
#[cfg(feature = "offload")]
use ddbkit_offload::KeyLayout;
use ddbkit_store::Store;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
#[cfg(feature = "offload")]
use std::sync::Arc;
use std::time::SystemTime;

/// What happens to an item whose key is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum WriteMode {
    /// The item in the table stays; whether it is equal is counted. Each item is one PutItem with
    /// a condition, except into a table that this load itself created.
    #[default]
    SkipExisting,
    /// The item in the table is replaced. Items go in batches.
    Overwrite,
    /// The item in the table is replaced where this attribute of the new one is greater: numbers by
    /// value, strings by their UTF-8 bytes, as DynamoDB compares them. A new item is rejected where
    /// the attribute is missing or neither number nor string, in it or in the item in the table, or
    /// of another type there: which of them is newer is then not known, and the one in the table
    /// stays. Each item is one PutItem with a condition. Not for a table that the load creates, and
    /// not for an attribute of the key.
    IfNewer(String),
}

/// A load into one table, ready to run with [`Load::from_export`], [`Load::from_reader`] or
/// [`Load::from_source`].
///
/// ```
/// # async fn example(client: aws_sdk_dynamodb::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use ddbkit_export::ExportReader;
/// use ddbkit_flow::Control;
/// use ddbkit_store::Store;
/// use ddbkit_transfer::Load;
///
/// let dump = ExportReader::open(Store::directory("backups/orders")).await?;
/// let load = Load::builder(client, "Orders-copy").create_table(true).build();
/// let report = load.from_export(dump, &Control::new()).await?;
/// println!("{} written, {} rejected", report.written, report.rejected);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Load {
    pub(crate) options: LoadBuilder,
}

/// Sets the options of a [`Load`].
#[derive(Clone, Debug)]
pub struct LoadBuilder {
    pub(crate) client: Client,
    pub(crate) table: String,
    pub(crate) auto_scaling: Option<Scaling>,
    pub(crate) mode: WriteMode,
    pub(crate) workers: NonZeroUsize,
    pub(crate) write_capacity: Pace,
    pub(crate) budget_share: NonZeroU32,
    pub(crate) limit: Option<u64>,
    pub(crate) create_table: bool,
    pub(crate) settings: Vec<Override>,
    pub(crate) expired: Expired,
    pub(crate) now: Option<SystemTime>,
    pub(crate) rejects: Option<PathBuf>,
    pub(crate) max_errors: Option<u64>,
    pub(crate) state: Option<Store>,
    pub(crate) shard: Option<Shard>,
    #[cfg(feature = "offload")]
    pub(crate) offloaded: Option<Offloaded>,
}

const WORKERS: NonZeroUsize = NonZeroUsize::new(8).expect("not zero");

impl Load {
    /// A load into `table` with the default options: existing items stay, eight workers, half
    /// of the capacity.
    #[must_use]
    pub fn builder(client: Client, table: impl Into<String>) -> LoadBuilder {
        LoadBuilder {
            client,
            table: table.into(),
            auto_scaling: None,
            mode: WriteMode::default(),
            workers: WORKERS,
            write_capacity: Pace::default(),
            budget_share: NonZeroU32::MIN,
            limit: None,
            create_table: false,
            settings: Vec::new(),
            expired: Expired::default(),
            now: None,
            rejects: None,
            max_errors: None,
            state: None,
            shard: None,
            #[cfg(feature = "offload")]
            offloaded: None,
        }
    }
}

impl LoadBuilder {
    /// What happens to an item whose key is taken.
    #[must_use]
    pub fn mode(mut self, mode: WriteMode) -> Self {
        self.mode = mode;
        self
    }

    /// How many batches are written at the same time, 8 by default; conditional puts, which carry
    /// one item each, run eight times as many.
    #[must_use]
    pub fn workers(mut self, workers: NonZeroUsize) -> Self {
        self.workers = workers;
        self
    }

    /// The write capacity to use, on average over all workers: units per second, or a share of what
    /// the table and its indexes have, as `DescribeTable` tells every minute. Half of that by default;
    /// a table on demand without a maximum has no limit then. Throttles slow every pace down.
    #[must_use]
    pub fn write_capacity(mut self, pace: impl Into<Pace>) -> Self {
        self.write_capacity = pace.into();
        self
    }

    /// How many processes, this one among them, share the write capacity: each uses so many times
    /// less of it. 1 by default.
    #[must_use]
    pub fn budget_share(mut self, processes: NonZeroU32) -> Self {
        self.budget_share = processes;
        self
    }

    /// The client by which the capacity of a created table is put under Application Auto Scaling, as
    /// described. Without one that is listed as not applied.
    #[must_use]
    pub fn auto_scaling(mut self, client: Scaling) -> Self {
        self.auto_scaling = Some(client);
        self
    }

    /// Stops after this many items of the source.
    #[must_use]
    pub fn limit(mut self, items: u64) -> Self {
        self.limit = Some(items);
        self
    }

    /// Creates the table from the description beside the dump. It must not exist.
    ///
    /// Keys, indexes, billing, encryption, class and tags are those of the request; what would act on
    /// the items or keep the table from being deleted comes when the data is in: time to live, the
    /// stream, point-in-time recovery, deletion protection, the resource policy, Contributor
    /// Insights. The report lists what could not be applied.
    #[must_use]
    pub fn create_table(mut self, create_table: bool) -> Self {
        self.create_table = create_table;
        self
    }

    /// Settings that the created table gets other than described; wrong without
    /// [`create_table`](Self::create_table).
    #[must_use]
    pub fn settings(mut self, settings: impl IntoIterator<Item = Override>) -> Self {
        self.settings.extend(settings);
        self
    }

    /// What happens to items that have expired by the time to live of the table, where that is on or
    /// is turned on when the data is in.
    #[must_use]
    pub fn expired(mut self, expired: Expired) -> Self {
        self.expired = expired;
        self
    }

    /// The time by which items are expired; the start of the load by default.
    #[must_use]
    pub fn now(mut self, now: SystemTime) -> Self {
        self.now = Some(now);
        self
    }

    /// How many items may be rejected; the load stops at the next. Without it there is no limit.
    #[must_use]
    pub fn max_errors(mut self, rejects: u64) -> Self {
        self.max_errors = Some(rejects);
        self
    }

    /// The file for items that are refused; made only when there are any. Without one, the first
    /// refused item ends the load.
    #[must_use]
    pub fn rejects(mut self, file: impl Into<PathBuf>) -> Self {
        self.rejects = Some(file.into());
        self
    }

    /// Where the load keeps how far it came, for an export as its source: the same load with the same
    /// place goes on after a kill or an error. Nothing stays there when the load is done. The place
    /// is for this load alone, and never within the source. Loads with a limit keep nothing.
    #[must_use]
    pub fn state(mut self, store: Store) -> Self {
        self.state = Some(store);
        self
    }

    /// Loads a part of the data files of an export, for several processes that share one load. Needs
    /// a [state](Self::state), which all may share: each part keeps an object of its own there. The
    /// table must be there already.
    ///
    /// Of two items with one key in different files, whichever is written later stays: without shards
    /// that is so as well, because files are read at the same time.
    #[must_use]
    pub fn shard(mut self, shard: Shard) -> Self {
        self.budget_share = shard.count_nonzero();
        self.shard = Some(shard);
        self
    }

    /// Rejects items with a pointer to a large attribute in S3 that the table must not have: one that
    /// belongs to another table or another item, or whose object is gone. Each pointer is asked for
    /// with one `HeadObject`, 32 at a time. Without this client pointers are written as they stand.
    #[cfg(feature = "offload")]
    #[must_use]
    pub fn check_pointers(mut self, s3: aws_sdk_s3::Client) -> Self {
        self.offloaded = Some(Offloaded::Keep(PointerRule { s3, layout: None }));
        self
    }

    /// [`check_pointers`](Self::check_pointers) for a table whose objects have a layout of one's own: it is
    /// asked whose an object is, where otherwise the owner has to be a part of the path.
    #[cfg(feature = "offload")]
    #[must_use]
    pub fn check_pointers_with(
        mut self,
        s3: aws_sdk_s3::Client,
        layout: Arc<dyn KeyLayout>,
    ) -> Self {
        self.offloaded = Some(Offloaded::Keep(PointerRule { s3, layout: Some(layout) }));
        self
    }

    /// Writes the values of large attributes in S3 in the place of their pointers, whosever they are. An
    /// item that is then too large is rejected, and so is one whose object is gone or damaged.
    #[cfg(feature = "offload")]
    #[must_use]
    pub fn inline_pointers(mut self, s3: aws_sdk_s3::Client) -> Self {
        self.offloaded = Some(Offloaded::Inline(s3));
        self
    }

    /// Gives items with pointers to large attributes in S3 objects of their own below this prefix, which
    /// is claimed for the table: the value of each pointer is copied to a new object, then the item is
    /// written with pointers to the new ones and a new rev. Values are taken from the dump, if it was made
    /// with [`DumpBuilder::copy_pointers`](crate::DumpBuilder::copy_pointers), else from where the
    /// pointers lead. An item is rejected when one of its values is missing or damaged.
    ///
    /// Where existing items stay, an item with pointers is looked for first (one strong read), and
    /// nothing is copied when it is there; it counts as equal when it has the same values. Objects of
    /// items that are not written after all are left to the collector, and so are those of items that
    /// are written again after a kill.
    ///
    /// Memory: eight items are copied at the same time, one value of each; see
    /// [`upload`](ddbkit_offload::body::upload).
    #[cfg(feature = "offload")]
    #[must_use]
    pub fn copy_pointers(
        mut self,
        s3: aws_sdk_s3::Client,
        bucket: impl Into<String>,
        prefix: impl Into<String>,
    ) -> Self {
        let (bucket, prefix) = (bucket.into(), prefix.into());
        self.offloaded = Some(Offloaded::Copy { s3, bucket, prefix, values: None });
        self
    }

    /// As [`copy_pointers`](Self::copy_pointers), for a source other than a dump that has its values in
    /// a folder, as an archive does. They are taken from there alone.
    #[cfg(feature = "offload")]
    #[must_use]
    pub fn copy_pointers_from(
        mut self,
        values: ddbkit_offload::copy::BlobFolder,
        s3: aws_sdk_s3::Client,
        bucket: impl Into<String>,
        prefix: impl Into<String>,
    ) -> Self {
        let (bucket, prefix) = (bucket.into(), prefix.into());
        self.offloaded = Some(Offloaded::Copy { s3, bucket, prefix, values: Some(values) });
        self
    }

    /// The load with these options.
    #[must_use]
    pub fn build(self) -> Load {
        Load { options: self }
    }

    /// What is done about pointers, as checkpoints have it.
    #[cfg_attr(
        not(feature = "offload"),
        expect(clippy::unused_self, reason = "as with the feature")
    )]
    pub(crate) fn offloaded_name(&self) -> Option<String> {
        #[cfg(feature = "offload")]
        return self.offloaded.as_ref().map(Offloaded::name);
        #[cfg(not(feature = "offload"))]
        None
    }

    /// What is looked at in items with pointers for this table, which may not be there yet.
    #[cfg(feature = "offload")]
    pub(crate) async fn pointers(
        &self,
        table: &TableDescriptor,
        reader: Option<&ExportReader>,
    ) -> Result<Option<Pointers>, TransferError> {
        let Some(offloaded) = &self.offloaded else { return Ok(None) };
        // A table that is created has the name that was asked for, not that of its description.
        let name = if self.create_table { &*self.table } else { table.table_name() };
        Pointers::new(offloaded, name, table, reader).await.map(Some)
    }

    /// What copies values for items of this table.
    #[cfg(feature = "offload")]
    pub(crate) async fn copies(
        &self,
        table: &TableDescription,
        pointers: Option<&Pointers>,
        control: &Control,
    ) -> Result<Option<Copies>, TransferError> {
        let Some(Offloaded::Copy { s3, bucket, prefix, .. }) = &self.offloaded else {
            return Ok(None);
        };
        let Some(from) = pointers.and_then(Pointers::copy_source) else { return Ok(None) };
        Copies::begin(s3, bucket, prefix, table, from.clone(), control).await.map(Some)
    }

    /// How items are written, into a table that this load itself made or another.
    pub(crate) fn path(&self, is_own: bool) -> WritePath {
        match self.mode {
            WriteMode::Overwrite => WritePath::Batch,
            // Nothing can be replaced in a table that this very load made.
            WriteMode::SkipExisting if is_own => WritePath::Batch,
            WriteMode::SkipExisting | WriteMode::IfNewer(_) => WritePath::ConditionalPut,
        }
    }

    /// What is said at the beginning, for a source of so many items.
    pub(crate) fn started(&self, items: Option<u64>) -> ProgressEvent {
        let items = match (items, self.limit) {
            (Some(items), Some(limit)) => Some(items.min(limit)),
            (items, limit) => items.or(limit),
        };
        ProgressEvent::Started { items, bytes: None }
    }

    pub(crate) fn pacing(&self) -> Pacing {
        let (asked, budget) = (self.write_capacity, self.budget_share);
        Pacing { capacity: Capacity::Write, asked, budget }
    }
}
