//! The options of a load.

use crate::load::expiry::Expired;
use aws_sdk_dynamodb::Client;
use ddbkit_export::Override;
use ddbkit_flow::{CapacityLimiter, CapacityUnits};
use ddbkit_store::Store;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::SystemTime;

/// What happens to an item whose key is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WriteMode {
    /// The item in the table stays; whether it is equal is counted. Each item is one PutItem with
    /// a condition, except into a table that this load itself created.
    #[default]
    SkipExisting,
    /// The item in the table is replaced. Items go in batches.
    Overwrite,
}

/// A load into one table, ready to run with [`Load::from_export`], [`Load::from_reader`] or
/// [`Load::from_source`].
#[derive(Clone, Debug)]
pub struct Load {
    pub(crate) options: LoadBuilder,
}

/// Sets the options of a [`Load`].
#[derive(Clone, Debug)]
pub struct LoadBuilder {
    pub(crate) client: Client,
    pub(crate) table: String,
    pub(crate) mode: WriteMode,
    pub(crate) workers: NonZeroUsize,
    pub(crate) write_capacity: Option<CapacityUnits>,
    pub(crate) limit: Option<u64>,
    pub(crate) create_table: bool,
    pub(crate) settings: Vec<Override>,
    pub(crate) expired: Expired,
    pub(crate) now: Option<SystemTime>,
    pub(crate) rejects: Option<PathBuf>,
    pub(crate) state: Option<Store>,
}

const WORKERS: NonZeroUsize = NonZeroUsize::new(8).expect("not zero");

impl Load {
    /// A load into `table` with the default options: existing items stay, eight workers, no limit.
    #[must_use]
    pub fn builder(client: Client, table: impl Into<String>) -> LoadBuilder {
        LoadBuilder {
            client,
            table: table.into(),
            mode: WriteMode::default(),
            workers: WORKERS,
            write_capacity: None,
            limit: None,
            create_table: false,
            settings: Vec::new(),
            expired: Expired::default(),
            now: None,
            rejects: None,
            state: None,
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

    /// The write capacity units to use per second, on average over all workers.
    #[must_use]
    pub fn write_capacity(mut self, per_second: CapacityUnits) -> Self {
        self.write_capacity = Some(per_second);
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

    /// The load with these options.
    #[must_use]
    pub fn build(self) -> Load {
        Load { options: self }
    }

    pub(crate) fn limiter(&self) -> CapacityLimiter {
        self.write_capacity.map_or_else(CapacityLimiter::unlimited, CapacityLimiter::per_second)
    }
}
