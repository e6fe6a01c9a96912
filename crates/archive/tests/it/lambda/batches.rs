//! Batches in other cuts, again, and side by side.

use crate::written::{EVENING, FIRST, STREAM, expired, number};
use ddbkit_archive::{
    ArchiveDescriptor, ArchiveErrorKind, ArchiveRecord, ArchiveVerifyOptions, LambdaArchiver,
    LambdaReport, Lease, LeaseStore, LineFormat, MemoryLeases, Sidecar, verify_archive,
};
use ddbkit_flow::Control;
use ddbkit_store::Store;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

fn record(n: u64) -> ArchiveRecord {
    let mut record = expired(&format!("item-{n}"), n, EVENING + n);
    record.user_identity = Some(ddbkit_archive::UserIdentity {
        kind: "Service".to_owned(),
        principal_id: "dynamodb.amazonaws.com".to_owned(),
    });
    record
}

/// What Lambda sends for these records.
pub(super) fn event(numbers: impl IntoIterator<Item = u64>) -> String {
    let records: Vec<String> = numbers
        .into_iter()
        .map(|n| {
            let mut line = Vec::new();
            record(n).write_line(LineFormat::Record, &mut line).unwrap();
            String::from_utf8(line).unwrap().trim_end().to_owned()
        })
        .collect();
    format!(
        r#"{{"Records":[{}],"shardId":"{FIRST}","eventSourceARN":"{STREAM}","state":{{}},
        "isFinalInvokeForWindow":false,"isWindowTerminatedEarly":false}}"#,
        records.join(",")
    )
}

async fn handle(archiver: &LambdaArchiver, numbers: impl IntoIterator<Item = u64>) -> LambdaReport {
    let report = archiver.handle(event(numbers).as_bytes()).await.unwrap();
    assert_eq!(report.records, report.archived + report.already_archived + report.left);
    report
}

async fn archiver() -> (LambdaArchiver, Store, MemoryLeases) {
    let (store, leases) = (Store::memory(), MemoryLeases::default());
    let sink = LambdaArchiver::sink(&store, STREAM).await.unwrap();
    (LambdaArchiver::new(sink, Arc::new(leases.clone())), store, leases)
}

/// How often each event is in a data file.
pub(super) async fn archived(store: &Store) -> BTreeMap<String, u64> {
    // Years later: that Lambda closes no shards is no fault, but told.
    let options = ArchiveVerifyOptions::at(UNIX_EPOCH + Duration::from_secs(2 * EVENING));
    let report = verify_archive(store, &options, &Control::new()).await.unwrap();
    assert!(report.is_whole(), "{:?}", report.faults);
    assert_eq!(report.not_to_the_end.len(), 1);
    let mut events = BTreeMap::new();
    for object in store.list("_meta/").await.unwrap() {
        let (_, bytes) = store.get(&object.key).await.unwrap();
        let sidecar: Sidecar = serde_json::from_slice(&bytes).unwrap();
        let file = store.head(&sidecar.data).await.unwrap();
        // Those of files that lost tell nothing.
        if file.is_some_and(|file| file.metadata["ddbkit-sha256"] == sidecar.sha256) {
            for line in sidecar.lines {
                *events.entry(line.event_id).or_default() += 1;
            }
        }
    }
    events
}

pub(super) fn once(numbers: impl IntoIterator<Item = u64>) -> BTreeMap<String, u64> {
    numbers.into_iter().map(|n| (format!("event-{n}"), 1)).collect()
}

#[tokio::test]
async fn batches_become_files_one_behind_the_other() {
    let (archiver, store, leases) = archiver().await;
    assert_eq!(handle(&archiver, 8..11).await.archived, 3);
    assert_eq!(handle(&archiver, 11..13).await.files, 1);
    assert_eq!(archived(&store).await, once(8..13));
    assert_eq!(store.list("data/").await.unwrap().len(), 2);
    let lease = leases.get(STREAM, FIRST).await.unwrap().unwrap();
    assert_eq!((lease.anchor, lease.counter), (Some(number(12)), 2));
    let archive = ArchiveDescriptor::read(&store).await.unwrap().unwrap();
    assert_eq!(archive.table, "t");
    // The end of a window.
    let report = archiver.handle(event([]).as_bytes()).await.unwrap();
    assert_eq!(
        (&report, report.response()),
        (&LambdaReport::default(), r#"{"state":{},"batchItemFailures":[]}"#)
    );
}

#[tokio::test]
async fn a_batch_that_comes_again_in_other_cuts_is_archived_once() {
    let (archiver, store, _) = archiver().await;
    handle(&archiver, 1..6).await;
    let report = handle(&archiver, 1..4).await;
    assert_eq!((report.archived, report.already_archived), (0, 3));
    // It reaches farther than before.
    let report = handle(&archiver, 3..9).await;
    assert_eq!((report.archived, report.already_archived), (3, 3));
    for from in 1..9 {
        handle(&archiver, from..9).await;
    }
    assert_eq!(archived(&store).await, once(1..9));
}

#[tokio::test]
async fn a_lease_that_was_not_moved_is_made_good() {
    let (archiver, store, leases) = archiver().await;
    handle(&archiver, 1..4).await;
    // As if the function had been killed between the file and the lease.
    let lease = leases.get(STREAM, FIRST).await.unwrap().unwrap();
    leases.delete(STREAM, FIRST, lease.counter).await.unwrap();
    let report = handle(&archiver, 2..7).await;
    assert_eq!((report.archived, report.already_archived), (3, 2));
    assert_eq!(archived(&store).await, once(1..7));
    let lease = leases.get(STREAM, FIRST).await.unwrap().unwrap();
    assert_eq!(lease.anchor, Some(number(6)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_events_at_the_same_time_in_other_cuts_are_archived_once() {
    for seed in 0..12 {
        let (archiver, store, _) = archiver().await;
        let mut random = fastrand::Rng::with_seed(seed);
        let mut first = 1;
        while first < 60 {
            // Several invocations have the batch, as after a timeout, and none ends where another
            // does; the next batch begins behind the shortest.
            let cuts: Vec<u64> = (0..3).map(|_| first + random.u64(1..8)).collect();
            let next = *cuts.iter().min().unwrap();
            let tasks: Vec<_> = cuts
                .into_iter()
                .map(|cut| {
                    let archiver = archiver.clone();
                    tokio::spawn(async move { handle(&archiver, first..cut).await })
                })
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
            first = next;
        }
        let events = archived(&store).await;
        assert_eq!(events, once(1..=events.len() as u64), "seed {seed}");
        assert!(events.len() as u64 >= first - 1);
    }
}

#[tokio::test]
async fn a_record_behind_later_ones_is_refused_and_not_taken_for_archived() {
    let (archiver, store, _) = archiver().await;
    // Two readers of one shard: each has every other record.
    handle(&archiver, [2, 4, 6]).await;
    let error = archiver.handle(event([1, 3, 5]).as_bytes()).await.unwrap_err();
    assert_eq!(error.kind(), ArchiveErrorKind::InvalidInput);
    assert!(error.to_string().contains("ParallelizationFactor"), "{error}");
    assert!(error.to_string().contains("record 1 of shardId-"), "{error}");
    assert_eq!(archived(&store).await, once([2, 4, 6]));
    // Also where the file was found to be there only when it was to be written.
    let (archiver, _, leases) = self::archiver().await;
    handle(&archiver, [2, 4, 6]).await;
    let lease = leases.get(STREAM, FIRST).await.unwrap().unwrap();
    leases.delete(STREAM, FIRST, lease.counter).await.unwrap();
    let error = archiver.handle(event([3, 5, 7]).as_bytes()).await.unwrap_err();
    assert!(error.to_string().contains("record 3"), "{error}");
}

#[tokio::test]
async fn what_was_not_deleted_by_time_to_live_is_left() {
    let (archiver, store, _) = archiver().await;
    let by_user = event([1, 2]).replacen(
        r#""userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"},"#,
        "",
        1,
    );
    let report = archiver.handle(by_user.as_bytes()).await.unwrap();
    assert_eq!((report.records, report.archived, report.left), (2, 1, 1));
    assert_eq!(archived(&store).await, once([2]));
}

#[tokio::test]
async fn an_archive_of_another_table_is_refused() {
    let (archiver, store, _) = archiver().await;
    handle(&archiver, [1]).await;
    let other = event([2]).replace("table/t/", "table/u/");
    let error = archiver.handle(other.as_bytes()).await.unwrap_err();
    assert_eq!(error.kind(), ArchiveErrorKind::ForeignArchive);
    assert_eq!(archived(&store).await, once([1]));
    let other = STREAM.replace("table/t/", "table/u/");
    let error = LambdaArchiver::sink(&store, &other).await.unwrap_err();
    assert_eq!(error.kind(), ArchiveErrorKind::ForeignArchive);
    // The stream of the same table, switched on again, goes on in the same archive.
    let again = STREAM.replace("2026-11-20", "2026-11-21");
    let sink = LambdaArchiver::sink(&store, &again).await.unwrap();
    assert_eq!(Some(sink.archive()), ArchiveDescriptor::read(&store).await.unwrap().as_ref());
    let error = LambdaArchiver::sink(&store, "orders").await.unwrap_err();
    assert_eq!(error.kind(), ArchiveErrorKind::InvalidInput);
}

#[tokio::test]
async fn what_another_program_notes_in_the_lease_stays() {
    let (archiver, _, leases) = archiver().await;
    let lease = Lease {
        owner: Some("worker".to_owned()),
        parent: Some("shardId-before".to_owned()),
        ..Lease::new(STREAM, FIRST)
    };
    leases.create_if_absent(&lease).await.unwrap();
    handle(&archiver, [1]).await;
    let found = leases.get(STREAM, FIRST).await.unwrap().unwrap();
    assert_eq!((found.owner, found.parent), (lease.owner, lease.parent));
}
