//! What is done before anything is read.

use super::context::{Context, seeds_of};
use super::run::Run;
use super::{TtlArchiver, older};
use crate::unix_millis::unix_millis;
use crate::{
    ArchiveError, ArchiveErrorKind, ArchiveSink, SeedRecord, SeedShard, ShardInfo, StreamPage,
    list_shards,
};
use ddbkit_codec::StreamViewType;
use ddbkit_flow::Control;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use tokio::sync::Semaphore;

impl Run {
    /// Finds the shards and begins the archive, or goes on with it.
    pub(super) async fn begin(
        archiver: &TtlArchiver,
        control: &Control,
    ) -> Result<Self, ArchiveError> {
        let mut calls = 0;
        let listing = list_shards(archiver.api.as_ref(), &archiver.stream, &mut calls);
        let listing = control.run(listing).await?;
        archiver.counters.lock().report.calls.describe_stream += calls;
        let listing = listing?;
        check_view(&listing, &archiver.stream)?;
        let archive = archiver.archive.clone().begin(&archiver.store).await?;
        let sink =
            ArchiveSink::new(archiver.store.clone(), archive, &archiver.stream, &listing.label);
        #[cfg(feature = "offload")]
        let sink = match &archiver.values {
            Some(values) => sink.with_values(values.clone()),
            None => sink,
        };
        let began = unix_millis(archiver.clock.now());
        let seed = seed(&sink, &archiver.stream, began, &listing.shards).await?;
        older::check(archiver, sink.archive(), &seed).await?;
        let ctx = Context {
            api: archiver.api.clone(),
            leases: archiver.leases.clone(),
            sink,
            clock: archiver.clock.clone(),
            owner: archiver.owner.clone(),
            stream: archiver.stream.clone(),
            options: archiver.options.clone(),
            // The first failure stops the work on all shards.
            control: control.child(),
            counters: archiver.counters.clone(),
            began: seed.began / 1000,
            seeds: seeds_of(&seed),
            buffered: Arc::new(AtomicU64::new(0)),
            permits: Semaphore::new(archiver.options.workers.get()),
        };
        Ok(Self::new(Arc::new(ctx), listing))
    }
}

/// A stream without old images has nothing of what TTL deletes.
fn check_view(listing: &StreamPage, stream: &str) -> Result<(), ArchiveError> {
    match listing.view_type {
        Some(StreamViewType::OldImage | StreamViewType::NewAndOldImages) => Ok(()),
        other => {
            let message = format!(
                "the stream {stream} has {}; it must have OLD_IMAGE or NEW_AND_OLD_IMAGES",
                other.map_or("a view type that is not known", view_name)
            );
            Err(ArchiveError::new(ArchiveErrorKind::Preflight, message))
        }
    }
}

fn view_name(view: StreamViewType) -> &'static str {
    match view {
        StreamViewType::KeysOnly => "KEYS_ONLY",
        StreamViewType::NewImage => "NEW_IMAGE",
        StreamViewType::OldImage => "OLD_IMAGE",
        StreamViewType::NewAndOldImages => "NEW_AND_OLD_IMAGES",
    }
}

/// The shards with which the archive of the stream began: those of now, if it begins now.
async fn seed(
    sink: &ArchiveSink,
    stream: &str,
    began: u64,
    shards: &[ShardInfo],
) -> Result<SeedRecord, ArchiveError> {
    let key = sink.layout().seed_key();
    if let Some(seed) = sink.read_document::<SeedRecord>(&key).await? {
        return Ok(seed);
    }
    let seed_shard =
        |shard: &ShardInfo| SeedShard { id: shard.id.clone(), parent: shard.parent.clone() };
    let shards = shards.iter().map(seed_shard).collect();
    let seed = SeedRecord { version: 1, stream: stream.to_owned(), began, shards };
    if sink.document(&key, &seed).await? {
        return Ok(seed);
    }
    let name = sink.store().describe(&key);
    let gone = || ArchiveError::corrupt(format!("{name} was there and is gone"));
    sink.read_document(&key).await?.ok_or_else(gone)
}
