//! Deleting backups of dyndump.

use crate::support::{found, store};
use ddbkit_flow::Control;
use ddbkit_foreign::{ForeignErrorKind, detect};
use ddbkit_store::{PutOptions, Store};

const META: &[u8] = br#"{"table_name":"t","table_arn":"","status":"completed","backup_type":"full",
    "uncompressed_bytes":1,"compressed_bytes":1,"item_count":0,"part_count":2}"#;

async fn backups() -> Store {
    store([
        ("b/x-meta.json", META),
        ("b/x-part-000000001.json.gz", b"1"),
        ("b/x-part-000000002.json.gz", b"2"),
        ("b/x-photo.jpg", b"y"),
        ("b/x2-meta.json", META),
        ("b/x2-part-000000001.json.gz", b"1"),
    ])
    .await
}

async fn keys(store: &Store) -> Vec<String> {
    store.list("").await.unwrap().into_iter().map(|object| object.key).collect()
}

#[tokio::test]
async fn the_parts_go_first_the_description_last_and_nothing_else() {
    let store = backups().await;
    let deletion = found(&store, "b/x").await.deletion(None).await.unwrap();
    let objects: Vec<String> = deletion.objects().map(|(object, _)| object).collect();
    assert_eq!(objects.len(), 3);
    assert!(objects[2].ends_with("b/x-meta.json"), "{objects:?}");
    assert_eq!(deletion.run(&Control::new()).await.unwrap().objects, 3);
    let left = ["b/x-photo.jpg", "b/x2-meta.json", "b/x2-part-000000001.json.gz"];
    assert_eq!(keys(&store).await, left);
}

#[tokio::test]
async fn one_that_was_deleted_in_part_is_found_again() {
    let store = backups().await;
    store.delete("b/x-part-000000001.json.gz").await.unwrap();
    let deletion = found(&store, "b").await.deletion(Some("x")).await.unwrap();
    assert_eq!(deletion.run(&Control::new()).await.unwrap().objects, 2);
    assert!(detect(&store, "b/x").await.unwrap().is_none());
}

#[tokio::test]
async fn what_is_not_proven_stays() {
    let store = backups().await;
    store.put("b/x-part-notes.txt", "".into(), PutOptions::default()).await.unwrap();
    store.put("c/a.json", "{\"pk\":{\"S\":\"a\"}}".into(), PutOptions::default()).await.unwrap();
    let before = keys(&store).await;
    for name in ["b/x", "c/a.json", "c"] {
        let error = found(&store, name).await.deletion(None).await.unwrap_err();
        assert_eq!(error.kind(), ForeignErrorKind::NotProven, "{name}");
    }
    let error = found(&store, "b").await.deletion(None).await.unwrap_err();
    assert_eq!(error.kind(), ForeignErrorKind::SeveralTables);
    assert_eq!(keys(&store).await, before);
}
