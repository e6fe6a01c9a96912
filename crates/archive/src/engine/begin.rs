//! What is done before anything is read.

use super::context::{Context, seeds_of};
use super::run::Run;
use super::{TtlArchiver, older};
use crate::unix_millis::unix_millis;
use crate::{
    ArchiveError, ArchiveErrorKind, ArchiveSink, Lease, SeedRecord, SeedShard, ShardInfo,
    StreamPage, list_shards,
};
use ddbkit_codec::StreamViewType;
use ddbkit_flow::Control;
use std::collections::BTreeSet;
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
        lease_unread(archiver, &sink, &seed, &listing.shards).await?;
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

/// Makes leases for shards of the beginning that the stream does not list any more, and that nobody has
/// read to their end: the worker that began the archive died before it had leases for them, or the
/// leases were lost. What is lost of them is found by who tries to read them.
async fn lease_unread(
    archiver: &TtlArchiver,
    sink: &ArchiveSink,
    seed: &SeedRecord,
    listed: &[ShardInfo],
) -> Result<(), ArchiveError> {
    let leases = archiver.leases.list(&archiver.stream).await?;
    let known = leases.iter().map(|lease| &lease.shard);
    let known: BTreeSet<&String> = known.chain(listed.iter().map(|shard| &shard.id)).collect();
    let unknown: Vec<_> = seed.shards.iter().filter(|shard| !known.contains(&shard.id)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    // Of an archive that is older than a day these are all; one listing tells that they are closed.
    let closed = sink.store().list(&sink.layout().shards_prefix()).await;
    let closed = closed.map_err(|error| ArchiveError::store("cannot list closed shards", error))?;
    let closed: BTreeSet<String> = closed.into_iter().map(|object| object.key).collect();
    for shard in unknown {
        if !closed.contains(&sink.layout().closed_key(&shard.id)) {
            let lease = Lease::new(&archiver.stream, &shard.id);
            let lease = Lease { parent: shard.parent.clone(), ..lease };
            archiver.leases.create_if_absent(&lease).await?;
        }
    }
    Ok(())
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
