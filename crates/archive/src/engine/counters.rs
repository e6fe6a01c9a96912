//! What is counted while an archive is made.

use crate::outlook::Outlook;
use crate::{GapRecord, LeaseState, RecordClass};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Records by what they are. All of them together are the records that were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassCounts {
    /// Deletes by time to live: archived.
    pub ttl_deletes: u64,
    /// Deletes that may be replicas of such: archived, where that was asked for.
    pub probable_ttl_deletes: u64,
    /// Deletes by users: left.
    pub user_deletes: u64,
    /// New items: left.
    pub inserts: u64,
    /// Changed items: left.
    pub modifies: u64,
}

impl ClassCounts {
    pub(super) fn add(&mut self, class: RecordClass) {
        *match class {
            RecordClass::TtlDelete => &mut self.ttl_deletes,
            RecordClass::ProbableTtlDelete => &mut self.probable_ttl_deletes,
            RecordClass::UserDelete => &mut self.user_deletes,
            RecordClass::Insert => &mut self.inserts,
            RecordClass::Modify => &mut self.modifies,
        } += 1;
    }

    pub(super) fn add_all(&mut self, more: &Self) {
        self.ttl_deletes += more.ttl_deletes;
        self.probable_ttl_deletes += more.probable_ttl_deletes;
        self.user_deletes += more.user_deletes;
        self.inserts += more.inserts;
        self.modifies += more.modifies;
    }
}

/// Calls of `DynamoDB` Streams.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamCalls {
    /// `GetRecords`: each is a read request unit.
    pub get_records: u64,
    /// `GetShardIterator`: free.
    pub shard_iterators: u64,
    /// `DescribeStream`: free.
    pub describe_stream: u64,
}

impl StreamCalls {
    /// The list price of 100,000 `GetRecords` calls in us-east-1, in US dollars. (AWS pricing page for
    /// `DynamoDB` on-demand, "`DynamoDB` Streams"; the first 2.5 million in a month are free, prices
    /// of other regions differ.)
    pub const LIST_PRICE_PER_100_000: f64 = 0.02;

    /// What the calls cost by that list price, in US dollars, as if none were free.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "a cost is no exact number")]
    pub fn cost(&self) -> f64 {
        self.get_records as f64 / 100_000.0 * Self::LIST_PRICE_PER_100_000
    }
}

/// How far a shard is, as its worker knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardProgress {
    /// The shard.
    pub shard: String,
    /// All records up to this time, in seconds since 1970, are archived or need not be.
    pub covered: Option<u64>,
    /// How far it is.
    pub state: LeaseState,
    /// Records that are read and in no file yet.
    pub buffered: u64,
    /// How far the archive is behind, where there may be more to archive.
    pub lag: Option<Duration>,
    /// How long it takes, if nothing is done, until the stream may lose records of the shard; zero when
    /// that may have happened. `None` where nothing can be lost any more.
    pub until_loss: Option<Duration>,
    /// Since when no call for the shard has succeeded. After
    /// [`stalled_after`](crate::ArchiverOptions::stalled_after) it is begun again.
    pub silent: Duration,
}

/// What an archive run did, so far or in all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArchiveReport {
    /// Records that were read, by what they are. What another worker wrote meanwhile, or a worker
    /// that lost its lease read, counts where it was read: it may be more than is archived.
    pub read: ClassCounts,
    /// Records in the files that this run wrote.
    pub archived: u64,
    /// Files that this run wrote.
    pub files: u64,
    /// Their bytes as stored.
    pub bytes: u64,
    /// Files that were found behind an anchor, written by another worker or an earlier run.
    pub adopted_files: u64,
    /// Archived items whose TTL attribute was missing or no number when they were deleted.
    pub without_expiry: u64,
    /// Losses that were found.
    pub gaps: Vec<GapRecord>,
    /// Shards that were archived to their end.
    pub closed_shards: u64,
    /// Leases that another worker took.
    pub lost_leases: u64,
    /// Calls that were refused because of too many.
    pub throttled: u64,
    /// Shards that were begun again because nothing of them came through.
    pub stalled: u64,
    /// The calls.
    pub calls: StreamCalls,
    /// The shards that this worker reads.
    pub shards: Vec<ShardProgress>,
    /// Whether the run ended by itself: everything was archived that the stream had (`once`), or
    /// the stream was switched off and is archived to its end.
    pub finished: bool,
}

/// Counters of a worker. The lock is held for moments only.
#[derive(Debug, Default)]
pub(super) struct Counters(Mutex<Counted>);

#[derive(Debug, Default)]
pub(super) struct Counted {
    pub(super) report: ArchiveReport,
    pub(super) shards: BTreeMap<String, Watched>,
}

/// A shard that is being read.
#[derive(Debug)]
pub(super) struct Watched {
    pub(super) covered: Option<u64>,
    pub(super) state: LeaseState,
    pub(super) buffered: u64,
    /// From when on records may be in no file, in seconds since 1970.
    pub(super) since: u64,
    /// When a call for it last succeeded.
    pub(super) alive: Instant,
}

impl Counters {
    pub(super) fn lock(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The report at a time, in seconds since 1970, of a stream that keeps records for so long.
    pub(super) fn report(&self, now: u64, retention: Duration) -> ArchiveReport {
        let counted = self.lock();
        let shards = counted.shards.iter().map(|(shard, watched)| {
            let outlook = Outlook::of(watched.state, watched.since, now, retention);
            ShardProgress {
                shard: shard.clone(),
                covered: watched.covered,
                state: watched.state,
                buffered: watched.buffered,
                lag: outlook.lag,
                until_loss: outlook.until_loss,
                silent: watched.alive.elapsed(),
            }
        });
        ArchiveReport { shards: shards.collect(), ..counted.report.clone() }
    }
}
