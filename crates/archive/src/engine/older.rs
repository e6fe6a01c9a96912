//! Streams that the table had before.

use super::OnGap;
use crate::unix_millis::unix_millis;
use crate::{
    ArchiveDescriptor, ArchiveError, ArchiveErrorKind, ArchiveSink, ClosedShard, GapCause,
    GapRecord, SeedRecord, TtlArchiver,
};
use std::collections::BTreeSet;

/// A table whose stream was switched off and on again has another stream; the one before can be read
/// for a day. Its records must not be forgotten in silence: it is archived to its end, or that is
/// written down, or the work does not begin.
pub(super) async fn check(
    archiver: &TtlArchiver,
    archive: &ArchiveDescriptor,
    current: &SeedRecord,
) -> Result<(), ArchiveError> {
    for stream in crate::archived_streams(&archiver.store).await? {
        let label = stream.rsplit('/').next().unwrap_or(&stream);
        let sink = ArchiveSink::new(archiver.store.clone(), archive.clone(), &stream, label);
        let seed: Option<SeedRecord> = sink.read_document(&sink.layout().seed_key()).await?;
        // Who archives the older stream need not care for the newer one.
        let Some(seed) = seed.filter(|seed| stream != current.stream && seed.began < current.began)
        else {
            continue;
        };
        for shard in unfinished(&sink, &seed).await? {
            if archiver.options.on_gap == OnGap::Fail {
                let message = format!(
                    "the table has another stream since, and shard {shard} of stream {stream} is not \
                     archived to its end; archive that stream first, as long as it can be read"
                );
                return Err(ArchiveError::new(ArchiveErrorKind::Gap, message));
            }
            let gap = GapRecord {
                version: 1,
                stream: stream.clone(),
                shard: shard.clone(),
                after: None,
                cause: GapCause::StreamGone,
                last_created: None,
                found: unix_millis(archiver.clock.now()),
                worker: archiver.owner.clone(),
            };
            let key = sink.layout().gap_key(&shard, None);
            if sink.document(&key, &gap).await? {
                archiver.counters.lock().report.gaps.push(gap);
            }
        }
    }
    Ok(())
}

/// The shards of a stream that are not archived to their end, and are not known to be lost.
async fn unfinished(
    sink: &ArchiveSink,
    seed: &SeedRecord,
) -> Result<BTreeSet<String>, ArchiveError> {
    let mut unfinished = BTreeSet::new();
    let mut visited = BTreeSet::new();
    let mut next: Vec<String> = seed.shards.iter().map(|shard| shard.id.clone()).collect();
    while let Some(shard) = next.pop() {
        if !visited.insert(shard.clone()) {
            continue;
        }
        let closed: Option<ClosedShard> =
            sink.read_document(&sink.layout().closed_key(&shard)).await?;
        if let Some(closed) = closed {
            next.extend(closed.children);
            continue;
        }
        let note: Option<GapRecord> =
            sink.read_document(&sink.layout().gap_key(&shard, None)).await?;
        if note.is_none_or(|note| note.cause != GapCause::StreamGone) {
            unfinished.insert(shard);
        }
    }
    Ok(unfinished)
}
