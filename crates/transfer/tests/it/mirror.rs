//! Deleting what a table has and a dump has not.

use crate::support::{compare, dump, filled, load, open};
use ddbkit_codec::Item;
use ddbkit_flow::Control;
use ddbkit_local::{Fault, When};
use ddbkit_store::Store;
use ddbkit_testkit::{Backend, items, put_all, scan_all};
use ddbkit_transfer::{
    Dump, ExtraReport, MirrorOptions, Selection, TransferError, TransferErrorKind, delete_extra,
};

async fn mirror(
    backend: &Backend,
    table: &str,
    source: &Store,
    dry_run: bool,
) -> Result<ExtraReport, TransferError> {
    let scratch = tempfile::tempdir().unwrap();
    let options = MirrorOptions { dry_run, ..MirrorOptions::new(scratch.path()) };
    let reader = open(source).await;
    let done = delete_extra(&backend.dynamodb, table, reader, options, &Control::new()).await;
    // Nothing is left of it, whether it went well or not.
    assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0);
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_becomes_the_mirror_of_a_dump() {
    let backend = Backend::embedded_only().await;
    let (table, before) = filled(&backend, "mirror", 200).await;
    let source = Store::memory();
    dump(&backend.dynamodb, &table, &source).await;
    // Others come, and one of the old ones goes.
    put_all(&backend.dynamodb, &table, (1_000..1_130).map(|n| items::item(7, n))).await;
    let first = before[0].clone();
    let keys: Item =
        ["pk", "sk"].map(|name| (name, first.get(name).unwrap().clone())).into_iter().collect();
    let delete = backend.dynamodb.delete_item().table_name(&table);
    delete.set_key(Some(keys.into())).send().await.unwrap();

    let told = mirror(&backend, &table, &source, true).await.unwrap();
    assert_eq!((told.source_items, told.table_items), (200, 329));
    assert_eq!((told.extra, told.deleted, told.examples.len()), (130, 0, 20));
    assert_eq!(scan_all(&backend.dynamodb, &table).await.len(), 329);

    load(&backend.dynamodb, &table, &source, |load| load).await;
    let unprocessed =
        backend.faults().inject(Fault::UnprocessedItems, When::Every(2), "BatchWriteItem");
    let done = mirror(&backend, &table, &source, false).await.unwrap();
    assert!(unprocessed.injected() > 0);
    backend.faults().clear();
    assert_eq!((done.table_items, done.extra, done.deleted), (330, 130, 130));
    assert!(done.read_units.get() > 0.0 && done.write_units.get() >= 130.0, "{done:?}");
    assert_eq!(scan_all(&backend.dynamodb, &table).await, before);
    assert!(compare(&backend.dynamodb, &table, &source, false).await.equal);

    let again = mirror(&backend, &table, &source, false).await.unwrap();
    assert_eq!((again.extra, again.deleted), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_of_a_part_deletes_nothing() {
    let backend = Backend::embedded_only().await;
    let (table, _) = filled(&backend, "mirror-part", 60).await;
    let deletes =
        backend.faults().inject(Fault::UnprocessedItems, When::Every(1), "BatchWriteItem");
    let projection =
        Selection { projection_expression: Some("pk, sk".to_owned()), ..Selection::default() };
    let base = || Dump::builder(backend.dynamodb.clone(), &table);
    for part in [base().limit(10), base().selection(projection)] {
        let source = Store::memory();
        part.build().to_store(source.clone(), &Control::new()).await.unwrap();
        let error = mirror(&backend, &table, &source, false).await.unwrap_err();
        assert_eq!(error.kind(), TransferErrorKind::Options);
        assert!(error.to_string().contains("part of its table"), "{error}");
    }
    assert_eq!(deletes.injected(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_source_deletes_nothing() {
    let backend = Backend::embedded_only().await;
    let (table, _) = filled(&backend, "mirror-damage", 60).await;
    let deletes =
        backend.faults().inject(Fault::UnprocessedItems, When::Every(1), "BatchWriteItem");
    let source = Store::memory();
    dump(&backend.dynamodb, &table, &source).await;
    let keys = source.list("").await.unwrap();
    let data = keys.iter().find(|object| object.key.contains("/data/")).unwrap();
    source.delete(&data.key).await.unwrap();
    let error = mirror(&backend, &table, &source, false).await.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Source);
    assert_eq!(deletes.injected(), 0);
    assert_eq!(scan_all(&backend.dynamodb, &table).await.len(), 60);
}
