//! What workers write is what the proof calls whole, and no object of it can go unseen.

use crate::scripted::{BEGAN, STREAM, Scripted, TokioClock, id, ttl, user_delete};
use ddbkit_archive::{
    ArchiveCompression, ArchiveDescriptor, ArchiveFaultKind as Fault, ArchiveVerifyOptions,
    ArchiveVerifyReport, ArchiverOptions, LineFormat, MemoryLeases, OnGap, TtlArchiver,
    verify_archive,
};
use ddbkit_flow::Control;
use ddbkit_store::{PutOptions, Store};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

async fn run(api: &Arc<Scripted>, leases: &MemoryLeases, store: &Store) {
    let archive = ArchiveDescriptor::new("t", "arn:t", LineFormat::Item, ArchiveCompression::Gzip);
    let options = ArchiverOptions {
        once: true,
        file_records: 40,
        on_gap: OnGap::Record,
        ..ArchiverOptions::default()
    };
    let archiver =
        TtlArchiver::new(api.clone(), Arc::new(leases.clone()), store.clone(), archive, STREAM)
            .clock(Arc::new(TokioClock::new()))
            .options(options);
    archiver.run(&Control::new()).await.unwrap();
}

/// So many hours after the stream began.
async fn verify(store: &Store, hours: u64) -> ArchiveVerifyReport {
    let now = UNIX_EPOCH + Duration::from_secs(BEGAN + hours * 3600);
    verify_archive(store, &ArchiveVerifyOptions::at(now), &Control::new()).await.unwrap()
}

/// A shard, its child that had nothing to archive, and two children of that, one still
/// open and one with a child of its own.
async fn archived() -> (Arc<Scripted>, Store) {
    let (api, leases, store) =
        (Arc::new(Scripted::new()), MemoryLeases::default(), Store::memory());
    api.state().page_of_records = 25;
    api.shard(0, None);
    api.add(0, (0..130).map(ttl));
    run(&api, &leases, &store).await;
    api.add(0, (200..260).map(ttl));
    api.change(0, |shard| shard.is_closed = true);
    api.shard(4, Some(0));
    api.add(4, (300..310).map(user_delete));
    api.change(4, |shard| shard.is_closed = true);
    for (child, first) in [(8, 400), (9, 500)] {
        api.shard(child, Some(4));
        api.add(child, (first..first + 60).map(ttl));
    }
    api.change(8, |shard| shard.is_closed = true);
    api.shard(12, Some(8));
    run(&api, &leases, &store).await;
    (api, store)
}

#[tokio::test(start_paused = true)]
async fn what_workers_write_is_whole() {
    let (_, store) = archived().await;
    let report = verify(&store, 12).await;
    assert!(report.is_whole(), "{:?} {:?}", report.faults, report.gaps);
    assert_eq!((report.records, report.closed_shards), (130 + 60 + 120, 3));
    let open: Vec<_> = report.open_shards.iter().map(|open| open.shard.clone()).collect();
    assert_eq!(open, [id(9), id(12)]);
    assert!(report.files >= 6 && report.not_to_the_end.is_empty());
    // Nobody reads any more.
    assert_eq!(verify(&store, 100).await.counts[&Fault::UnfinishedShard], 2);
}

#[tokio::test(start_paused = true)]
async fn each_object_that_goes_is_missed() {
    let (_, store) = archived().await;
    let open = id(9);
    let whole = verify(&store, 100).await.faults;
    for object in store.list("").await.unwrap() {
        let key = object.key;
        if key == "_archive.json" || key.starts_with("_leases/") {
            continue;
        }
        let (meta, content) = store.get(&key).await.unwrap();
        store.delete(&key).await.unwrap();
        let report = verify(&store, 100).await;
        let is_missed = report.faults != whole || !report.not_to_the_end.is_empty();
        // The end of a shard that is open is not known; its other files are.
        let is_last_of_open = key.contains(&open) && key.starts_with("data/");
        assert!(is_missed || is_last_of_open, "{key}");
        let options = PutOptions { metadata: meta.metadata, ..PutOptions::default() };
        store.put(&key, content, options).await.unwrap();
    }
    assert_eq!(verify(&store, 100).await.faults, whole);
}

#[tokio::test(start_paused = true)]
async fn a_loss_that_workers_record_is_listed() {
    let (api, store) = archived().await;
    api.add(9, (600..610).map(ttl));
    api.change(9, |shard| shard.trimmed = 65);
    run(&api, &MemoryLeases::default(), &store).await;
    let report = verify(&store, 12).await;
    assert_eq!((report.gaps.len(), report.fault_count()), (1, 0), "{:?}", report.faults);
    assert_eq!(report.gaps[0].shard, id(9));
    assert!(!report.is_whole());
}
