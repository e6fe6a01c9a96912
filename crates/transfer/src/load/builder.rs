//! The options of a load.

use crate::pacing::{Capacity, Pacing};
use aws_sdk_dynamodb::Client;
use ddbkit_flow::Pace;
use ddbkit_store::Store;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;

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

/// A load into one table, ready to run with [`Load::from_export`] or [`Load::from_reader`].
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
    pub(crate) write_capacity: Pace,
    pub(crate) budget_share: NonZeroU32,
    pub(crate) limit: Option<u64>,
    pub(crate) create_table: bool,
    pub(crate) rejects: Option<PathBuf>,
    pub(crate) state: Option<Store>,
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
            mode: WriteMode::default(),
            workers: WORKERS,
            write_capacity: Pace::default(),
            budget_share: NonZeroU32::MIN,
            limit: None,
            create_table: false,
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

    /// Stops after this many items of the source.
    #[must_use]
    pub fn limit(mut self, items: u64) -> Self {
        self.limit = Some(items);
        self
    }

    /// Creates the table from the description beside the dump. It must not exist.
    #[must_use]
    pub fn create_table(mut self, create_table: bool) -> Self {
        self.create_table = create_table;
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

    pub(crate) fn pacing(&self) -> Pacing {
        let (asked, budget) = (self.write_capacity, self.budget_share);
        Pacing { capacity: Capacity::Write, asked, budget }
    }
}
