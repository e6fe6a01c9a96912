//! What the tasks of a worker share.

use super::counters::Counters;
use super::{ArchiverOptions, OnGap};
use crate::clock::unix_millis;
use crate::{
    ArchiveError, ArchiveErrorKind, ArchiveSink, Clock, GapCause, GapRecord, Lease, LeaseStore,
    SeedRecord, StreamsApi,
};
use ddbkit_codec::SequenceNumber;
use ddbkit_flow::{Control, ProgressEvent};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use tokio::sync::Semaphore;

pub(super) struct Context {
    pub(super) api: Arc<dyn StreamsApi>,
    pub(super) leases: Arc<dyn LeaseStore>,
    pub(super) sink: ArchiveSink,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) owner: String,
    pub(super) stream: String,
    pub(super) options: ArchiverOptions,
    pub(super) control: Control,
    pub(super) counters: Arc<Counters>,
    /// When the archive of the stream began, in seconds since 1970.
    pub(super) began: u64,
    /// The shards that were there then, and their parents.
    pub(super) seeds: BTreeSet<String>,
    /// Bytes of lines in the buffers of all shards.
    pub(super) buffered: Arc<AtomicU64>,
    /// Bounds how many shards have a page, or a file that is being written, in memory.
    pub(super) permits: Semaphore,
}

impl Context {
    /// Seconds since 1970.
    pub(super) fn now(&self) -> u64 {
        unix_millis(self.clock.now()) / 1000
    }

    pub(super) fn warn(&self, message: impl Into<String>) {
        self.control.emit(&ProgressEvent::Warning(message.into()));
    }

    /// A loss: it is written down, and ends the work unless the work is to go on.
    pub(super) async fn gap(
        &self,
        shard: &str,
        after: Option<&SequenceNumber>,
        last_created: Option<u64>,
        cause: GapCause,
    ) -> Result<(), ArchiveError> {
        let gap = GapRecord {
            version: 1,
            stream: self.stream.clone(),
            shard: shard.to_owned(),
            after: after.cloned(),
            cause,
            last_created,
            found: unix_millis(self.clock.now()),
            worker: self.owner.clone(),
        };
        let key = self.sink.layout().gap_key(shard, after);
        // Another worker may have found it as well: the first note stays.
        self.sink.document(&key, &gap).await?;
        self.counters.lock().report.gaps.push(gap);
        let note = self.sink.store().describe(&key);
        let after =
            after.map_or("from its beginning on".to_owned(), |after| format!("behind {after}"));
        let message =
            format!("records of {shard} {after} are lost or may be ({}); see {note}", why(cause));
        match self.options.on_gap {
            OnGap::Fail => Err(ArchiveError::new(ArchiveErrorKind::Gap, message)),
            OnGap::Record => {
                self.warn(message);
                Ok(())
            }
        }
    }

    /// The time from which on the stream may have had records of a shard that nobody read, in
    /// seconds since 1970.
    pub(super) fn unread_since(&self, lease: &Lease) -> u64 {
        let born = crate::shard_created(&lease.shard) / 1000;
        // What a shard of the beginning lost before the archive began is no loss of the archive.
        let born = if self.seeds.contains(&lease.shard) { self.began.max(born) } else { born };
        // Ids without a time: all that is known is that it was not there when the archive began.
        let born = if born == 0 { self.began } else { born };
        born.max(lease.covered.unwrap_or_default())
    }
}

pub(super) fn seeds_of(seed: &SeedRecord) -> BTreeSet<String> {
    let parents = seed.shards.iter().filter_map(|shard| shard.parent.clone());
    seed.shards.iter().map(|shard| shard.id.clone()).chain(parents).collect()
}

fn why(cause: GapCause) -> &'static str {
    match cause {
        GapCause::Trimmed => "the stream keeps records for 24 hours and no longer has these",
        GapCause::ShardVanished => "the stream no longer has the shard",
        GapCause::BeganTooLate => "the shard was first read after more than 24 hours",
        GapCause::ShardNeverSeen => "the stream no longer has the shard, and it was never read",
        GapCause::StreamGone => "the table has another stream since",
    }
}
