//! What the tasks of a worker share.

use super::counters::Counters;
use super::{ArchiverOptions, OnGap};
use crate::unix_millis::unix_millis;
use crate::{
    ArchiveError, ArchiveErrorKind, ArchiveSink, Clock, GapCause, GapRecord, LeaseStore,
    SeedRecord, StreamsApi,
};
use ddbkit_codec::SequenceNumber;
use ddbkit_flow::{Control, ProgressEvent};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use tokio::sync::Semaphore;

/// Within so many seconds an archive has begun: what the stream loses meanwhile, because old shards
/// are not all read at once, it had lost before.
const TIME_TO_BEGIN: u64 = 3600;

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

    /// Whether the stream may have lost the beginning of a shard of which nothing was read.
    ///
    /// That pages of it were empty tells nothing: a shard may have empty pages before its records.
    pub(super) fn is_too_late(&self, shard: &str) -> bool {
        let (now, born) = (self.now(), crate::shard_created(shard) / 1000);
        // What a shard of the beginning lost before the archive began is no loss of the archive; but
        // what it had then, it must not lose unread.
        let begins_now =
            self.seeds.contains(shard) && now <= self.began.saturating_add(TIME_TO_BEGIN);
        // Ids without a time: all that is known is that it was not there when the archive began.
        let since = if begins_now || born == 0 { self.began.max(born) } else { born };
        now.saturating_sub(since) > self.options.retention.as_secs()
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
        GapCause::ChildrenNeverSeen => {
            "the shard is archived to its end, but the stream no longer has it, nor the shards that \
             went on from it, which were never seen"
        }
        GapCause::StreamGone => "the table has another stream since",
    }
}
