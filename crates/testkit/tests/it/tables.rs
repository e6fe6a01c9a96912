//! Filling and reading tables.

use aws_sdk_dynamodb::types::ScalarAttributeType::{B, S};
use ddbkit_codec::{AttributeValue, Item};
use ddbkit_testkit::items::{edge_items, item};
use ddbkit_testkit::{Backend, Fault, KeySchema, When, backend, put_all, scan_all};

#[tokio::test]
async fn items_come_back_in_the_order_of_their_keys() {
    let backend = backend().await;
    let table = backend.table("ordered", KeySchema::default()).await;
    let items: Vec<Item> = (0..120).map(|n| item(1, n)).collect();
    put_all(&backend.dynamodb, &table, items.iter().rev().cloned()).await;
    assert_eq!(scan_all(&backend.dynamodb, &table).await, items);
}

#[tokio::test]
async fn edge_items_are_taken_and_come_back_as_they_were() {
    let backend = backend().await;
    let table = backend.table("edges", KeySchema::default()).await;
    let (names, mut items): (Vec<_>, Vec<_>) = edge_items().into_iter().unzip();
    put_all(&backend.dynamodb, &table, items.clone()).await;
    let pk = |item: &Item| format!("{:?}", item.get("pk"));
    items.sort_by_key(pk);
    let stored = scan_all(&backend.dynamodb, &table).await;
    assert_eq!(stored.len(), names.len());
    for (stored, item) in stored.iter().zip(&items) {
        assert!(stored == item, "{}", pk(item));
    }
}

#[tokio::test]
async fn unprocessed_items_are_put_again() {
    let backend = Backend::embedded_only().await;
    let table = backend.table("again", KeySchema::default()).await;
    let rule = backend.faults().inject(Fault::UnprocessedItems, When::Every(2), "BatchWriteItem");
    put_all(&backend.dynamodb, &table, (0..60).map(|n| item(1, n))).await;
    assert_eq!(scan_all(&backend.dynamodb, &table).await.len(), 60);
    assert!(rule.injected() > 0);
}

#[tokio::test]
async fn tables_have_the_keys_asked_for() {
    let backend = backend().await;
    let table = backend.table("binary", KeySchema::hash("id", S).range("digest", B)).await;
    let digests = [vec![1], vec![0, 2], vec![2]].map(|digest| {
        let id = AttributeValue::S("x".into());
        [("id".to_owned(), id), ("digest".to_owned(), AttributeValue::B(digest))]
            .into_iter()
            .collect()
    });
    let [one, zero, two]: [Item; 3] = digests;
    put_all(&backend.dynamodb, &table, [one.clone(), two.clone(), zero.clone()]).await;
    assert_eq!(scan_all(&backend.dynamodb, &table).await, [zero, one, two]);
    let hash_only = backend.table("binary", KeySchema::hash("id", S)).await;
    assert_ne!(hash_only, table);
    assert!(scan_all(&backend.dynamodb, &hash_only).await.is_empty());
}
