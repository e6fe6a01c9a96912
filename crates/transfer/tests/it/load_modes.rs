//! What happens to items that are there.

use crate::support::{dump, filled, load, open};
use ddbkit_codec::{AttributeValue, Item};
use ddbkit_flow::Control;
use ddbkit_store::Store;
use ddbkit_testkit::{KeySchema, backend, items, put_all, scan_all};
use ddbkit_transfer::{Load, TransferErrorKind, WriteMode, WritePath};

fn changed(n: u64) -> Item {
    let mut item = items::item(7, n);
    item.insert("changed", AttributeValue::Bool(true));
    item
}

#[tokio::test(flavor = "multi_thread")]
async fn existing_items_stay_and_are_told_apart() {
    let backend = backend().await;
    let (table, items) = filled(&backend, "skip", 100).await;
    let store = Store::memory();
    dump(&backend.dynamodb, &table, &store).await;
    let target = backend.table("skip-target", KeySchema::default()).await;
    put_all(&backend.dynamodb, &target, (0..20).map(|n| items::item(7, n))).await;
    put_all(&backend.dynamodb, &target, (20..30).map(changed)).await;

    let report = load(&backend.dynamodb, &target, &store, |load| load).await;
    assert_eq!(report.path, WritePath::ConditionalPut);
    assert_eq!(
        (report.read, report.written, report.already_equal, report.skipped_different),
        (100, 70, 20, 10)
    );
    let after = scan_all(&backend.dynamodb, &target).await;
    assert_eq!(after.iter().filter(|item| item.contains("changed")).count(), 10);
    assert_eq!(after.len(), items.len());

    // A second load finds everything there.
    let report = load(&backend.dynamodb, &target, &store, |load| load).await;
    assert_eq!((report.written, report.already_equal, report.skipped_different), (0, 90, 10));
}

#[tokio::test(flavor = "multi_thread")]
async fn overwrite_replaces() {
    let backend = backend().await;
    let (table, items) = filled(&backend, "over", 60).await;
    let store = Store::memory();
    dump(&backend.dynamodb, &table, &store).await;
    let target = backend.table("over-target", KeySchema::default()).await;
    put_all(&backend.dynamodb, &target, (0..60).map(changed)).await;
    let report = load(&backend.dynamodb, &target, &store, |l| l.mode(WriteMode::Overwrite)).await;
    assert_eq!((report.path, report.written), (WritePath::Batch, 60));
    assert_eq!(scan_all(&backend.dynamodb, &target).await, items);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_equal_keys_the_later_wins_also_in_one_batch() {
    let backend = backend().await;
    let target = backend.table("twice", KeySchema::default()).await;
    let mut lines = String::new();
    for version in 0..5 {
        for n in 0..40 {
            // The same number in five spellings is one key.
            let sk = ["1", "1.0", "01", "1e0", "10e-1"][version];
            lines += &format!(
                "{{\"Item\":{{\"pk\":{{\"S\":\"k{n}\"}},\"sk\":{{\"N\":\"{sk}\"}},\
                 \"version\":{{\"N\":\"{version}\"}}}}}}\n"
            );
        }
    }
    let load = Load::builder(backend.dynamodb.clone(), &target).mode(WriteMode::Overwrite).build();
    let reader = std::io::Cursor::new(lines);
    let report = load.from_reader(reader, "-", &Control::new()).await.unwrap();
    assert_eq!((report.read, report.written), (200, 200));
    let after = scan_all(&backend.dynamodb, &target).await;
    assert_eq!(after.len(), 40);
    let last: AttributeValue = AttributeValue::N("4".parse().unwrap());
    assert!(after.iter().all(|item| item.get("version") == Some(&last)), "{after:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_a_batch_and_more_than_16_megabytes_go_through() {
    let backend = backend().await;
    let target = backend.table("large", KeySchema::default()).await;
    // Control characters take six bytes of JSON each: 25 such items are 39 MB of text.
    let text = "\\u0001".repeat(260_000);
    let lines: String = (0..30)
        .map(|n| {
            format!(
                "{{\"pk\":{{\"S\":\"k\"}},\"sk\":{{\"N\":\"{n}\"}},\"t\":{{\"S\":\"{text}\"}}}}\n"
            )
        })
        .collect();
    let one = std::num::NonZeroUsize::MIN;
    let load = Load::builder(backend.dynamodb.clone(), &target).mode(WriteMode::Overwrite);
    let reader = std::io::Cursor::new(lines);
    let report = load.workers(one).build().from_reader(reader, "-", &Control::new()).await.unwrap();
    assert_eq!((report.read, report.written, report.rejected), (30, 30, 0));
    assert_eq!(scan_all(&backend.dynamodb, &target).await.len(), 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_with_another_key_is_refused_before_the_first_item() {
    let backend = backend().await;
    let (table, _) = filled(&backend, "keys", 10).await;
    let store = Store::memory();
    dump(&backend.dynamodb, &table, &store).await;
    let string = aws_sdk_dynamodb::types::ScalarAttributeType::S;
    let target = backend.table("keys-target", KeySchema::hash("id", string)).await;
    let load = Load::builder(backend.dynamodb.clone(), &target).build();
    let error = load.from_export(open(&store).await, &Control::new()).await.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::KeySchemaMismatch);
    assert_eq!(
        error.to_string(),
        "the items have the key pk (S) + sk (N), but the table has the key id (S)"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn create_table_refuses_a_table_that_is_there() {
    let backend = backend().await;
    let (table, _) = filled(&backend, "there", 5).await;
    let store = Store::memory();
    dump(&backend.dynamodb, &table, &store).await;
    let load = Load::builder(backend.dynamodb.clone(), &table).create_table(true).build();
    let error = load.from_export(open(&store).await, &Control::new()).await.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::TableExists);
}
