//! Damaged exports: always a named error, never a wrong item.

use super::exports::{
    base, full, full_store, item, merge, merge_of, puts, record, window, window_store,
};
use crate::support::{get, put};
use ddbkit_export::{ExportError, ExportErrorKind, ExportReader};
use ddbkit_flow::Control;
use ddbkit_store::Store;

async fn failure(base: ExportReader, windows: Vec<ExportReader>) -> ExportError {
    let store = Store::memory();
    let error = merge_of(base, windows).run(store.clone(), &Control::new()).await.unwrap_err();
    assert_eq!(store.list("").await.unwrap(), [], "{error}");
    error
}

#[tokio::test]
async fn two_items_or_records_of_one_key_in_one_export_are_named() {
    let items = [item("a", "0"), item("b", "0"), item("a", "1")];
    let windows = vec![window(0, 15, &puts(&[("b", "1")])).await];
    let error = failure(full(0, &items).await, windows).await;
    assert_eq!(*error.kind(), ExportErrorKind::DuplicateKey);
    assert_eq!(error.line(), Some(1));
    assert_eq!(error.to_string().matches(".json:1").count(), 2, "{error}");

    let records = [record("a", Some("1")), record("b", Some("1")), record("a", None)];
    let error = failure(base(0, &[]).await, vec![window(0, 15, &records).await]).await;
    assert_eq!((error.kind(), error.line()), (&ExportErrorKind::DuplicateKey, Some(3)));
    assert!(error.to_string().contains("cs7ahitfvy7cvcukoarpvv6fu4.json:1 has it too"), "{error}");
}

#[tokio::test]
async fn lines_that_are_something_else_are_named() {
    let other_key = record("a", Some("1"))
        .replace(r#""NewImage":{"pk":{"S":"a"}"#, r#""NewImage":{"pk":{"S":"b"}"#);
    let two_keys =
        record("a", None).replace(r#"{"pk":{"S":"a"}}"#, r#"{"pk":{"S":"a"},"sk":{"S":"a"}}"#);
    for (bad, says) in [
        (format!("{{\"Item\":{}}}", item("a", "1")), "Metadata"),
        ("{".to_owned(), ""),
        ("null".to_owned(), ""),
        (other_key, "another key"),
        (two_keys, "2 attributes"),
        (
            record("a", Some("1"))
                .replace(r#""Keys":{"pk":{"S":"a"}}"#, r#""Keys":{"pk":{"BOOL":true}}"#),
            "pk",
        ),
    ] {
        let records = [record("x", Some("1")), bad.clone()];
        let error = failure(base(0, &[]).await, vec![window(0, 15, &records).await]).await;
        assert_eq!((error.kind(), error.line()), (&ExportErrorKind::InvalidLine, Some(2)), "{bad}");
        assert!(error.to_string().contains(says), "{error}");
    }
    for bad in [r#"{"v":{"S":"no key"}}"#, r#"{"pk":{"SS":["a"]}}"#, r#"{"pk":7}"#] {
        let windows = vec![window(0, 15, &puts(&[("a", "1")])).await];
        let error = failure(full(0, &[bad.to_owned()]).await, windows).await;
        assert_eq!((error.kind(), error.line()), (&ExportErrorKind::InvalidLine, Some(1)), "{bad}");
    }
}

/// Each object of the base: cut, flipped and removed.
#[tokio::test]
async fn every_damaged_object_of_the_base_is_found() {
    let items = [item("a", "0"), item("b", "0")];
    let objects = full_store(0, &items).await.list("").await.unwrap();
    // File names are random, so the objects are known by their place in the listing.
    for (n, object) in objects.iter().enumerate() {
        for damage in ["cut", "flip", "remove"] {
            let store = full_store(0, &items).await;
            let key = store.list("").await.unwrap()[n].key.clone();
            let is_optional = object.key.contains(".md5") || object.key.contains("_started");
            let mut bytes = get(&store, &key).await.to_vec();
            match damage {
                "remove" => store.delete(&key).await.unwrap(),
                _ if bytes.is_empty() => continue,
                "cut" => {
                    bytes.pop();
                    put(&store, &key, bytes).await;
                }
                _ => {
                    let middle = bytes.len() / 2;
                    bytes[middle] ^= 1;
                    put(&store, &key, bytes).await;
                }
            }
            let result = match ExportReader::open(store).await {
                Ok(base) => {
                    let windows = vec![window(0, 15, &puts(&[("c", "1")])).await];
                    merge(base, windows).await.map(|(_, report)| report.items)
                }
                Err(error) => Err(error),
            };
            match result {
                Ok(items) => {
                    assert!(is_optional && damage == "remove", "{damage} {key}");
                    assert_eq!(items, 3);
                }
                Err(error) => assert!(!is_optional || damage != "remove", "{key}: {error}"),
            }
        }
    }
}

#[tokio::test]
async fn records_that_are_missing_or_too_many_are_found_by_their_count() {
    for records in [0, 1, 3] {
        let store = window_store(0, 15, &puts(&[("a", "1"), ("b", "1")])).await;
        let lines: String =
            (0..records).map(|n| record(&n.to_string(), Some("1")) + "\n").collect();
        put(&store, "AWSDynamoDB/data/cs7ahitfvy7cvcukoarpvv6fu4.json", lines).await;
        let window = ExportReader::open(store).await.unwrap();
        let error = failure(base(0, &[]).await, vec![window]).await;
        assert_eq!(*error.kind(), ExportErrorKind::ItemCountMismatch, "{error}");
    }
    let store = window_store(0, 15, &puts(&[("a", "1")])).await;
    store.delete("AWSDynamoDB/data/cs7ahitfvy7cvcukoarpvv6fu4.json").await.unwrap();
    let window = ExportReader::open(store).await.unwrap();
    let error = failure(base(0, &[]).await, vec![window]).await;
    assert_eq!(*error.kind(), ExportErrorKind::MissingDataFile);
}

#[tokio::test]
async fn a_scratch_folder_that_is_not_there_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let scratch = dir.path().join("none");
    let windows = vec![window(0, 15, &puts(&[("a", "1")])).await];
    let merge = ddbkit_export::Merge::new(base(0, &[]).await, windows, &scratch);
    let error = merge.run(Store::memory(), &Control::new()).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::Scratch);
    assert!(error.to_string().contains("none"), "{error}");
}
