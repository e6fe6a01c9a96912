//! Stopping.

use crate::support::{filled, stop_after};
use ddbkit_export::{ExportErrorKind, ExportReader};
use ddbkit_flow::Control;
use ddbkit_store::Store;
use ddbkit_testkit::{Backend, KeySchema, backend, items, scan_all};
use ddbkit_transfer::{Apply, CompareOptions, Dump, Load, TransferErrorKind, compare_with_table};
use std::num::NonZeroU32;

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_dump_is_plainly_unfinished() {
    let backend = backend().await;
    let (table, _) = filled(&backend, "cancel", 3_000).await;
    let store = Store::memory();
    let dump = Dump::builder(backend.dynamodb.clone(), &table);
    let dump = dump.total_segments(NonZeroU32::new(8).unwrap()).build();
    let error = dump.to_store(store.clone(), &stop_after(10)).await.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Interrupted);
    let error = ExportReader::open(store.clone()).await.unwrap_err();
    assert!(matches!(error.kind(), ExportErrorKind::Unfinished { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_load_stops_and_what_it_wrote_is_right() {
    let backend = Backend::embedded_only().await;
    let table = backend.table("cancel", KeySchema::default()).await;
    let lines: String = (0..2_000).map(|n| items::item(7, n).to_dynamodb_json() + "\n").collect();
    let load = Load::builder(backend.dynamodb.clone(), &table).build();
    let error =
        load.from_reader(std::io::Cursor::new(lines), "-", &stop_after(100)).await.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Interrupted);
    let written = scan_all(&backend.dynamodb, &table).await;
    assert!((100..2_000).contains(&written.len()), "{}", written.len());
    let all: Vec<_> = (0..2_000).map(|n| items::item(7, n)).collect();
    assert!(written.iter().all(|item| all.contains(item)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_table_is_told_at_once() {
    let backend = backend().await;
    let dump = Dump::builder(backend.dynamodb.clone(), "no-such-table").build();
    let store = Store::memory();
    let error = dump.to_store(store.clone(), &Control::new()).await.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::TableNotFound);
    assert!(error.to_string().contains("no-such-table"), "{error}");
    assert!(
        store.list("").await.unwrap().is_empty(),
        "nothing is written before the table is known"
    );
}

/// A program may do the work on a task of its own, which moves between threads.
#[test]
fn the_work_can_be_spawned() {
    fn spawned<T: Send>(_: impl FnOnce(aws_sdk_dynamodb::Client, ExportReader, Store) -> T) {}
    spawned(|client, export, _| async move {
        Load::builder(client, "T").build().from_export(export, &Control::new()).await.map(drop)
    });
    spawned(|client, export, _| async move {
        Apply::builder(client, "T").build().run(vec![export], &Control::new()).await.map(drop)
    });
    spawned(|client, _, store| async move {
        Dump::builder(client, "T").build().to_store(store, &Control::new()).await.map(drop)
    });
    spawned(|client, export, _| async move {
        let options = CompareOptions::default();
        compare_with_table(&client, "T", export, options, &Control::new()).await.map(drop)
    });
}
