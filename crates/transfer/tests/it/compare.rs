//! Proof of equality, and the names of what differs.

use crate::support::{compare, dump, filled};
use ddbkit_codec::AttributeValue;
use ddbkit_store::Store;
use ddbkit_testkit::{Backend, backend, items, put_all};
use ddbkit_transfer::DifferenceKind;

async fn delete(backend: &Backend, table: &str, n: u64) {
    let item = items::item(7, n);
    let mut delete = backend.dynamodb.delete_item().table_name(table);
    for name in ["pk", "sk"] {
        delete = delete.key(name, item.get(name).unwrap().clone().into());
    }
    delete.send().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn differing_keys_are_named() {
    let backend = backend().await;
    let (table, _) = filled(&backend, "differ", 300).await;
    let store = Store::memory();
    dump(&backend.dynamodb, &table, &store).await;
    assert!(compare(&backend.dynamodb, &table, &store, false).await.equal);

    delete(&backend, &table, 5).await;
    let mut changed = items::item(7, 6);
    changed.insert("changed", AttributeValue::Null);
    put_all(&backend.dynamodb, &table, [changed, items::item(7, 300)]).await;
    let found = compare(&backend.dynamodb, &table, &store, false).await;
    assert!(!found.equal && !found.more_differences);
    assert_eq!((found.source_items, found.table_items), (300, 300));
    let mut kinds: Vec<_> = found
        .differences
        .iter()
        .map(|difference| (difference.kind, difference.key.get("sk").unwrap().clone()))
        .collect();
    kinds.sort_by_key(|(kind, _)| format!("{kind:?}"));
    let sk = |n| items::item(7, n).get("sk").unwrap().clone();
    assert_eq!(
        kinds,
        [
            (DifferenceKind::Different, sk(6)),
            (DifferenceKind::OnlyInSource, sk(5)),
            (DifferenceKind::OnlyInTable, sk(300)),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_may_hold_more_when_that_is_allowed() {
    let backend = backend().await;
    let (table, _) = filled(&backend, "more", 250).await;
    let store = Store::memory();
    dump(&backend.dynamodb, &table, &store).await;
    put_all(&backend.dynamodb, &table, (250..300).map(|n| items::item(7, n))).await;
    assert!(!compare(&backend.dynamodb, &table, &store, false).await.equal);
    let found = compare(&backend.dynamodb, &table, &store, true).await;
    assert!(found.equal, "{found:?}");
    assert_eq!((found.source_items, found.table_items), (250, 250));

    delete(&backend, &table, 17).await;
    let found = compare(&backend.dynamodb, &table, &store, true).await;
    assert!(!found.equal);
    assert_eq!(found.differences.len(), 1);
    assert_eq!(found.differences[0].kind, DifferenceKind::OnlyInSource);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_so_many_keys_are_named() {
    let backend = backend().await;
    let (table, _) = filled(&backend, "many", 100).await;
    let store = Store::memory();
    dump(&backend.dynamodb, &table, &store).await;
    for n in 0..30 {
        delete(&backend, &table, n).await;
    }
    for contains in [false, true] {
        let found = compare(&backend.dynamodb, &table, &store, contains).await;
        assert_eq!((found.equal, found.differences.len()), (false, 20));
        assert!(found.more_differences);
    }
}
