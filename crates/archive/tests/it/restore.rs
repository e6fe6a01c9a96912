//! The way back into a table.

use crate::written::{EVENING, End, FIRST, Written, expired};
use aws_sdk_dynamodb::types::ScalarAttributeType::S;
use ddbkit_archive::{ArchivedItems, LineFormat, RestoreChoice, RestoredTtl};
use ddbkit_codec::{AttributeValue, Item};
use ddbkit_flow::Control;
use ddbkit_store::{PutOptions, Store};
use ddbkit_testkit::{Backend, KeySchema, backend, put_all, scan_all};
use ddbkit_transfer::{Load, LoadReport, TransferErrorKind};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

async fn table(backend: &Backend) -> String {
    backend.table("restore", KeySchema::hash("pk", S)).await
}

/// Restores into a table; the counts must add up.
async fn restore(
    archive: &Written,
    choice: RestoreChoice,
    ttl: RestoredTtl,
    backend: &Backend,
    table: &str,
) -> LoadReport {
    let items = ArchivedItems::open(archive.store.clone(), choice, ttl).await.unwrap();
    let counts = items.counts();
    let load = Load::builder(backend.dynamodb.clone(), table).build();
    let report = load.from_source(items, &Control::new()).await.unwrap();
    assert_eq!(counts.read(), counts.left_out() + report.read);
    report
}

fn keys(items: &[Item]) -> Vec<String> {
    let mut keys: Vec<_> = items
        .iter()
        .map(|item| match item.get("pk") {
            Some(AttributeValue::S(key)) => key.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    keys.sort();
    keys
}

#[tokio::test(flavor = "multi_thread")]
async fn items_come_back_without_their_ttl() {
    let backend = backend().await;
    for format in [LineFormat::Item, LineFormat::Record] {
        let table = table(&backend).await;
        let archive = Written::two_shards(format).await;
        let (all, ttl) = (RestoreChoice::all(), RestoredTtl::dropped("ttl"));
        let report = restore(&archive, all.clone(), ttl.clone(), &backend, &table).await;
        assert_eq!((report.read, report.written, report.rejected), (6, 6, 0));
        let items = scan_all(&backend.dynamodb, &table).await;
        assert_eq!(items.len(), 6);
        assert!(items.iter().all(|item| item.contains("v") && !item.contains("ttl")));
        // Again it finds everything there.
        let report = restore(&archive, all, ttl, &backend, &table).await;
        assert_eq!((report.written, report.already_equal), (0, 6));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn items_come_back_with_a_new_ttl_or_as_they_were() {
    let backend = backend().await;
    let archive = Written::two_shards(LineFormat::Item).await;
    for (ttl, value) in [
        (RestoredTtl::set("ttl", at(4_000_000_000)), "4000000000".to_owned()),
        (RestoredTtl::kept(), (EVENING - 60).to_string()),
    ] {
        let table = table(&backend).await;
        let key = Item::from_iter([("pk", "item-8")]);
        let choice = RestoreChoice::all().keys([key]).unwrap();
        let report = restore(&archive, choice, ttl, &backend, &table).await;
        assert_eq!((report.read, report.written), (1, 1));
        let items = scan_all(&backend.dynamodb, &table).await;
        let expected = AttributeValue::N(value.parse().unwrap());
        assert_eq!(items[0].get("ttl"), Some(&expected));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_of_time_is_that_of_the_deletes() {
    let backend = backend().await;
    for format in [LineFormat::Item, LineFormat::Record] {
        let archive = Written::two_shards(format).await;
        for (choice, expected) in [
            (RestoreChoice::all().deleted_from(at(EVENING + 3600)), "10 11 12 20"),
            (RestoreChoice::all().deleted_until(at(EVENING + 3600)), "8 9"),
            (
                RestoreChoice::all()
                    .deleted_from(at(EVENING + 1))
                    .deleted_until(at(EVENING + 4 * 3600)),
                "10 11 12",
            ),
        ] {
            let table = table(&backend).await;
            restore(&archive, choice, RestoredTtl::kept(), &backend, &table).await;
            let mut expected: Vec<_> = expected.split(' ').map(|n| format!("item-{n}")).collect();
            expected.sort();
            assert_eq!(keys(&scan_all(&backend.dynamodb, &table).await), expected);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_item_that_expired_twice_the_newest_comes_back() {
    let backend = backend().await;
    let table = table(&backend).await;
    let archive = Written::new(Store::memory(), LineFormat::Item).await;
    let mut end = End::default();
    // The texts of 8 and 10 are not in the order of the numbers, and both files in one hour.
    for sequences in [&[7, 8][..], &[9, 10], &[11, 12]] {
        let records: Vec<_> =
            sequences.iter().map(|n| expired("the one", *n, EVENING + n)).collect();
        end = archive.file(FIRST, &end, &records).await;
    }
    let ttl = RestoredTtl::dropped("ttl");
    let report = restore(&archive, RestoreChoice::all(), ttl.clone(), &backend, &table).await;
    assert_eq!((report.read, report.written, report.skipped_different), (6, 1, 5));
    let items = scan_all(&backend.dynamodb, &table).await;
    assert_eq!(items[0].get("v"), Some(&AttributeValue::N("12".parse().unwrap())));
    // As it was at a time.
    let table = self::table(&backend).await;
    let choice = RestoreChoice::all().deleted_until(at(EVENING + 11));
    restore(&archive, choice, ttl, &backend, &table).await;
    let items = scan_all(&backend.dynamodb, &table).await;
    assert_eq!(items[0].get("v"), Some(&AttributeValue::N("10".parse().unwrap())));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_again_stays() {
    let backend = backend().await;
    let table = table(&backend).await;
    let archive = Written::two_shards(LineFormat::Item).await;
    put_all(&backend.dynamodb, &table, [Item::from_iter([("pk", "item-8"), ("v", "new")])]).await;
    let (all, ttl) = (RestoreChoice::all(), RestoredTtl::dropped("ttl"));
    let report = restore(&archive, all, ttl, &backend, &table).await;
    assert_eq!((report.written, report.skipped_different), (5, 1));
    let items = scan_all(&backend.dynamodb, &table).await;
    let new = AttributeValue::S("new".to_owned());
    assert!(items.iter().any(|item| item.get("v") == Some(&new)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_writes_nothing() {
    let backend = backend().await;
    let table = table(&backend).await;
    let archive = Written::two_shards(LineFormat::Item).await;
    let ttl = RestoredTtl::dropped("ttl");
    let items = ArchivedItems::open(archive.store.clone(), RestoreChoice::all(), ttl);
    let load = Load::builder(backend.dynamodb.clone(), &table).build();
    let estimate = load.estimate_source(items.await.unwrap(), &Control::new()).await.unwrap();
    assert_eq!(estimate.read, 6);
    assert!(scan_all(&backend.dynamodb, &table).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_the_table_refuses_goes_to_the_rejects_file() {
    let backend = backend().await;
    let table = backend.table("restore", KeySchema::hash("ttl", S)).await;
    let archive = Written::two_shards(LineFormat::Item).await;
    let ttl = RestoredTtl::dropped("ttl");
    let items = ArchivedItems::open(archive.store.clone(), RestoreChoice::all(), ttl);
    let dir = tempfile::tempdir().unwrap();
    let rejects = dir.path().join("rejects.json");
    let load = Load::builder(backend.dynamodb.clone(), &table).rejects(&rejects).build();
    let report = load.from_source(items.await.unwrap(), &Control::new()).await.unwrap();
    assert_eq!((report.read, report.rejected), (6, 6));
    let reasons = std::fs::read_to_string(dir.path().join("rejects.json.errors.jsonl")).unwrap();
    assert!(reasons.contains("\"source\":\"data/dt=2026-11-20/hh="), "{reasons}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_ends_the_restore() {
    let backend = backend().await;
    let table = table(&backend).await;
    let archive = Written::two_shards(LineFormat::Item).await;
    let key = archive.data_key(FIRST, &End::default());
    let (meta, bytes) = archive.store.get(&key).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap().replace("item-8", "item-7");
    let options = PutOptions { metadata: meta.metadata, ..PutOptions::default() };
    archive.store.put(&key, text.into(), options).await.unwrap();
    let items =
        ArchivedItems::open(archive.store, RestoreChoice::all(), RestoredTtl::dropped("ttl"));
    let load = Load::builder(backend.dynamodb.clone(), &table).build();
    let error = load.from_source(items.await.unwrap(), &Control::new()).await.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Source);
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("does not have its checksum"), "{cause}");
}
