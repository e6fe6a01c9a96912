//! Who reads which shard, and how far.

mod dynamodb;
mod memory;
mod row;
mod store;

pub use dynamodb::DynamoDbLeases;
pub use memory::MemoryLeases;
pub use store::StoreLeases;

use crate::{ArchiveError, ArchiveErrorKind};
use async_trait::async_trait;
use ddbkit_codec::SequenceNumber;
use serde::{Deserialize, Serialize};

/// How far a shard is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum LeaseState {
    /// It may have records that were not read.
    #[default]
    Open,
    /// All of its records are read and archived; its children are not all known.
    Drained,
    /// It is archived, its children have leases, and the destination has its closing record.
    Closed,
}

impl LeaseState {
    /// Its name in lease tables and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Drained => "drained",
            Self::Closed => "closed",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Open, Self::Drained, Self::Closed].into_iter().find(|state| state.as_str() == name)
    }
}

/// The row of a shard in a lease store.
///
/// There are two sequence numbers, and they are not one for a reason: the *anchor* is the last
/// record of the last file, by which the next file is named; *read* says up to where there is
/// nothing more to archive behind the anchor. Were the anchor moved by records that are not
/// archived, a worker that still holds the older anchor could write the same record under another
/// name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The ARN of the stream.
    pub stream: String,
    /// The id of the shard.
    pub shard: String,
    /// The worker that reads the shard.
    pub owner: Option<String>,
    /// Grows by one with every update, so that each update can be made on the condition that there
    /// was none since. A lease whose counter stands still for long is free to be taken.
    pub counter: u64,
    /// The last record of the last file; `None` before the first file.
    #[serde(with = "crate::sequence::option")]
    pub anchor: Option<SequenceNumber>,
    /// The time of that record, in seconds since 1970.
    pub anchor_created: Option<u64>,
    /// Up to here the shard was read, and behind the anchor nothing is to be archived.
    #[serde(with = "crate::sequence::option")]
    pub read: Option<SequenceNumber>,
    /// All records up to this time, in seconds since 1970, are archived or need not be. It tells
    /// people how long it takes until records are lost, and nothing is decided by it: pages without
    /// records count as the end of the shard here, which they need not be.
    pub covered: Option<u64>,
    /// How far the shard is.
    pub state: LeaseState,
    /// The shard that this one goes on from.
    pub parent: Option<String>,
    /// The shards that go on from this one, as far as they are known.
    pub children: Vec<String>,
}

impl Lease {
    /// The row of a shard of which nothing was read.
    #[must_use]
    pub fn new(stream: impl Into<String>, shard: impl Into<String>) -> Self {
        Self { stream: stream.into(), shard: shard.into(), ..Self::default() }
    }

    /// From where reading goes on: the later of both sequence numbers.
    #[must_use]
    pub fn position(&self) -> Option<&SequenceNumber> {
        self.anchor.as_ref().max(self.read.as_ref())
    }
}

/// Keeps the leases of one archive.
///
/// Updates are conditional on the counter, so that of two workers who think that they have a lease
/// only one can move it. Nothing of the promise that each record is in exactly one file hangs on
/// them: that is kept by the names of the files.
///
/// ```
/// use ddbkit_archive::{Lease, LeaseState, LeaseStore, MemoryLeases, ShardLineage};
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), ddbkit_archive::ArchiveError> {
/// let leases: &dyn LeaseStore = &MemoryLeases::default();
/// for (shard, parent) in [("a", None), ("b", Some("a"))] {
///     let mut lease = Lease::new("arn", shard);
///     lease.parent = parent.map(str::to_owned);
///     assert!(leases.create_if_absent(&lease).await?);
/// }
///
/// // A shard may begin when its parent is archived.
/// let lineage = ShardLineage::new("arn", leases.list("arn").await?);
/// let may_begin: Vec<bool> = lineage.leases().map(|lease| lineage.may_begin(lease)).collect();
/// assert_eq!(may_begin, [true, false]);
/// assert_eq!(LeaseState::named("drained"), Some(LeaseState::Drained));
/// # Ok(())
/// # }
/// ```
#[async_trait]
pub trait LeaseStore: Send + Sync {
    /// All leases of a stream.
    ///
    /// # Errors
    /// When they cannot be read.
    async fn list(&self, stream: &str) -> Result<Vec<Lease>, ArchiveError>;

    /// The lease of a shard, as the last update left it.
    ///
    /// # Errors
    /// When it cannot be read.
    async fn get(&self, stream: &str, shard: &str) -> Result<Option<Lease>, ArchiveError>;

    /// Writes the lease of a shard that has none; `false` when it has one.
    ///
    /// # Errors
    /// When it cannot be written.
    async fn create_if_absent(&self, lease: &Lease) -> Result<bool, ArchiveError>;

    /// Replaces a lease whose counter is `expected`. The new one has the next counter.
    ///
    /// # Errors
    /// [`LeaseLost`](ArchiveErrorKind::LeaseLost) when the counter is another or the lease is gone,
    /// or when it cannot be written.
    async fn update(&self, lease: &Lease, expected: u64) -> Result<(), ArchiveError>;

    /// Deletes a lease whose counter is `expected`; that there is none is no error.
    ///
    /// # Errors
    /// As [`LeaseStore::update`].
    async fn delete(&self, stream: &str, shard: &str, expected: u64) -> Result<(), ArchiveError>;
}

pub(crate) fn lost(shard: &str) -> ArchiveError {
    let message = format!("the lease of {shard} was taken by another worker");
    ArchiveError::new(ArchiveErrorKind::LeaseLost, message)
}
