//! The proof of an archive, and that it finds what is broken.

use crate::written::{EVENING, End, FIRST, SECOND, STREAM, Written, expired, number};
use ddbkit_archive::{
    ArchiveErrorKind, ArchiveFaultKind as Fault, ArchiveVerifyOptions, ArchiveVerifyReport,
    GapCause, GapRecord, LineFormat, verify_archive,
};
use ddbkit_flow::Control;
use ddbkit_store::{PutOptions, Store};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// Five hours after the first shard began: the second is still open.
async fn verify(archive: &Written) -> ArchiveVerifyReport {
    verify_later(archive, 5 * 3600).await
}

async fn verify_later(archive: &Written, seconds: u64) -> ArchiveVerifyReport {
    let options = ArchiveVerifyOptions::at(at(EVENING + seconds));
    verify_archive(&archive.store, &options, &Control::new()).await.unwrap()
}

fn kinds(report: &ArchiveVerifyReport) -> Vec<Fault> {
    report.faults.iter().map(|fault| fault.kind).collect()
}

/// Writes an object anew, with its own metadata.
async fn change(store: &Store, key: &str, change: impl FnOnce(String) -> String) {
    let (meta, bytes) = store.get(key).await.unwrap();
    let text = change(String::from_utf8(bytes.to_vec()).unwrap());
    let options = PutOptions { metadata: meta.metadata, ..PutOptions::default() };
    store.put(key, text.into(), options).await.unwrap();
}

async fn keys(archive: &Written, prefix: &str) -> Vec<String> {
    let objects = archive.store.list(prefix).await.unwrap();
    objects.into_iter().map(|object| object.key).collect()
}

#[tokio::test]
async fn a_whole_archive_has_no_faults() {
    for format in [LineFormat::Item, LineFormat::Record] {
        let archive = Written::two_shards(format).await;
        let report = verify(&archive).await;
        assert!(report.is_whole(), "{:?}", report.faults);
        assert_eq!((report.files, report.records, report.closed_shards), (4, 6, 1));
        assert!(report.not_to_the_end.is_empty());
        let [open] = &report.open_shards[..] else { panic!("{:?}", report.open_shards) };
        assert_eq!((open.shard.as_str(), open.last.as_ref()), (SECOND, Some(&number(20))));
    }
}

#[tokio::test]
async fn a_place_without_an_archive_is_told() {
    let options = ArchiveVerifyOptions::at(at(0));
    let error = verify_archive(&Store::memory(), &options, &Control::new()).await.unwrap_err();
    assert_eq!(error.kind(), ArchiveErrorKind::InvalidInput);
}

#[tokio::test]
async fn each_missing_file_is_named() {
    for missing in 0..4 {
        let archive = Written::two_shards(LineFormat::Item).await;
        let key = keys(&archive, "data/").await.swap_remove(missing);
        archive.store.delete(&key).await.unwrap();
        let report = verify(&archive).await;
        if key.contains(SECOND) {
            // Nothing tells that an open shard had a file: only its end will.
            assert!(report.is_whole());
        } else {
            assert_eq!(kinds(&report), [Fault::MissingFile], "{key}");
            assert!(!report.is_whole());
        }
    }
}

#[tokio::test]
async fn a_changed_byte_is_found_and_a_lost_line() {
    let archive = Written::two_shards(LineFormat::Item).await;
    let key = keys(&archive, "data/").await.swap_remove(0);
    change(&archive.store, &key, |text| text.replacen("item-8", "item-7", 1)).await;
    assert_eq!(kinds(&verify(&archive).await), [Fault::Checksum]);
    change(&archive.store, &key, |text| text.lines().take(1).map(|l| format!("{l}\n")).collect())
        .await;
    assert_eq!(kinds(&verify(&archive).await), [Fault::Checksum, Fault::Count]);
    change(&archive.store, &key, |text| text.replacen("{\"Item\"", "{\"item\"", 1)).await;
    let report = verify(&archive).await;
    assert_eq!(kinds(&report), [Fault::Checksum, Fault::Count, Fault::InvalidLine]);
    assert_eq!(report.faults[2].place, key);
    assert!(report.faults[2].detail.starts_with("line 1: "), "{}", report.faults[2]);
}

#[tokio::test]
async fn a_sidecar_tells_the_same_as_its_file() {
    let archive = Written::two_shards(LineFormat::Record).await;
    let key = keys(&archive, "_meta/").await.swap_remove(0);
    change(&archive.store, &key, |text| text.replacen("event-", "other-", 1)).await;
    assert_eq!(kinds(&verify(&archive).await), [Fault::InvalidLine]);
    change(&archive.store, &key, |text| text.replacen("\"sequence\":\"1", "\"sequence\":\"2", 1))
        .await;
    assert!(kinds(&verify(&archive).await).contains(&Fault::Sidecar));
    change(&archive.store, &key, |_| "{}".to_owned()).await;
    assert_eq!(kinds(&verify(&archive).await), [Fault::Sidecar]);
    archive.store.delete(&key).await.unwrap();
    let found = kinds(&verify(&archive).await);
    assert_eq!(found[0], Fault::MissingSidecar);
}

#[tokio::test]
async fn what_a_worker_left_that_lost_is_no_fault() {
    let archive = Written::two_shards(LineFormat::Item).await;
    let key = archive.layout.sidecar_key(SECOND, Some(&number(20)), &"ab".repeat(32));
    archive.document(&key, &serde_json::json!({"version": 1})).await;
    assert!(verify(&archive).await.is_whole());
}

#[tokio::test]
async fn a_file_that_is_there_twice_is_named() {
    let archive = Written::two_shards(LineFormat::Item).await;
    // As with the hour of a clock in the name: both are behind the same record.
    let end = End { anchor: Some(number(9)), created: Some(EVENING) };
    let key = archive.data_key(FIRST, &end);
    let (meta, bytes) = archive.store.get(&key).await.unwrap();
    let options = PutOptions { metadata: meta.metadata, ..PutOptions::default() };
    let other = key.replace("hh=20", "hh=21");
    archive.store.put(&other, bytes, options).await.unwrap();
    let found = kinds(&verify(&archive).await);
    assert!(found.contains(&Fault::SecondFile), "{found:?}");
    archive.store.delete(&key).await.unwrap();
    assert!(kinds(&verify(&archive).await).contains(&Fault::WrongHour));
}

#[tokio::test]
async fn the_end_of_a_shard_is_proven_by_its_closing_record() {
    let archive = Written::two_shards(LineFormat::Item).await;
    archive.close(FIRST, None, &[SECOND], &End { anchor: Some(number(10)), created: None }).await;
    assert_eq!(kinds(&verify(&archive).await), [Fault::ClosedShard]);
    archive.close(FIRST, None, &[SECOND], &End { anchor: Some(number(13)), created: None }).await;
    assert_eq!(kinds(&verify(&archive).await), [Fault::MissingFile]);
    archive.document(&archive.layout.closed_key(FIRST), &"no object").await;
    assert!(kinds(&verify(&archive).await).contains(&Fault::ClosedShard));
}

#[tokio::test]
async fn a_child_that_was_never_read_is_named_when_it_must_have_ended() {
    let archive = Written::new(Store::memory(), LineFormat::Item).await;
    archive.seed(&[FIRST]).await;
    let end = archive.file(FIRST, &End::default(), &[expired("a", 8, EVENING)]).await;
    archive.close(FIRST, None, &[SECOND], &end).await;
    assert!(verify_later(&archive, 24 * 3600).await.is_whole());
    let report = verify_later(&archive, 72 * 3600).await;
    assert_eq!(kinds(&report), [Fault::UnfinishedShard]);
    assert_eq!(report.faults[0].place, SECOND);
}

#[tokio::test]
async fn a_shard_of_which_nobody_tells_is_named() {
    let archive = Written::two_shards(LineFormat::Item).await;
    archive.close(SECOND, None, &[], &End { anchor: Some(number(20)), created: None }).await;
    assert!(verify_later(&archive, 96 * 3600).await.is_whole());
    // As if the shard between had been lost with its records.
    let (_, bytes) = archive.store.get(&archive.layout.closed_key(FIRST)).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap().replace(SECOND, "shardId-other");
    let options = PutOptions::default();
    archive.store.put(&archive.layout.closed_key(FIRST), text.into(), options).await.unwrap();
    let report = verify_later(&archive, 96 * 3600).await;
    assert_eq!(kinds(&report), [Fault::MissingParent], "{:?}", report.faults);
    assert_eq!(report.faults[0].place, SECOND);
}

#[tokio::test]
async fn losses_that_are_known_are_listed() {
    let archive = Written::two_shards(LineFormat::Item).await;
    let gap = GapRecord {
        version: 1,
        stream: STREAM.to_owned(),
        shard: SECOND.to_owned(),
        after: Some(number(20)),
        cause: GapCause::Trimmed,
        last_created: None,
        found: 0,
        worker: "w".to_owned(),
    };
    archive.document(&archive.layout.gap_key(SECOND, Some(&number(20))), &gap).await;
    let report = verify(&archive).await;
    assert_eq!((report.gaps.len(), report.fault_count()), (1, 0));
    assert!(!report.is_whole());
    archive.document(&archive.layout.gap_key(FIRST, None), &"broken").await;
    assert_eq!(kinds(&verify(&archive).await), [Fault::GapRecord]);
}

#[tokio::test]
async fn faults_are_counted_where_they_are_not_kept() {
    let archive = Written::two_shards(LineFormat::Item).await;
    for key in keys(&archive, "_meta/").await {
        archive.store.delete(&key).await.unwrap();
    }
    let mut options = ArchiveVerifyOptions::at(at(EVENING));
    options.max_faults = 1;
    let report = verify_archive(&archive.store, &options, &Control::new()).await.unwrap();
    assert_eq!((report.faults.len(), report.counts[&Fault::MissingSidecar]), (1, 4));
    let control = Control::new();
    control.cancel();
    let error = verify_archive(&archive.store, &options, &control).await.unwrap_err();
    assert_eq!(error.kind(), ArchiveErrorKind::Canceled);
}

#[tokio::test]
async fn strange_objects_are_named() {
    let archive = Written::two_shards(LineFormat::Item).await;
    for key in ["data/notes.txt", "_meta/x", "_shards/l/y"] {
        archive.store.put(key, "x".into(), PutOptions::default()).await.unwrap();
    }
    let report = verify(&archive).await;
    assert_eq!(report.counts[&Fault::Stray], 3, "{:?}", report.faults);
    // A copy that lost the metadata.
    let key = keys(&archive, "data/dt").await.swap_remove(0);
    let (_, bytes) = archive.store.get(&key).await.unwrap();
    archive.store.put(&key, bytes, PutOptions::default()).await.unwrap();
    assert!(kinds(&verify(&archive).await).contains(&Fault::Metadata));
}
