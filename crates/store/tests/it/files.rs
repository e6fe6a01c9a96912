//! What only a directory has: files of other programs, processes that die.

use bytes::Bytes;
use ddbkit_store::{Condition, PutOptions, Store, StoreErrorKind};
use std::path::Path;

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_that_dies_before_the_end_leaves_no_object() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::directory(dir.path());
    let mut writer = store.writer("a/b", PutOptions::default()).await.unwrap();
    writer.write(Bytes::from_static(b"half")).await.unwrap();
    // As SIGKILL would: nothing is cleaned.
    std::mem::forget(writer);
    assert_eq!(store.head("a/b").await.unwrap(), None);
    assert!(store.list("").await.unwrap().is_empty());
    // And the next writer is not in its way.
    store.put("a/b", "whole".into(), PutOptions::default()).await.unwrap();
    assert_eq!(store.get("a/b").await.unwrap().1, "whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_other_programs_are_objects() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("sub")).unwrap();
    std::fs::write(dir.path().join("sub/copied.json"), "x").unwrap();
    let store = Store::directory(dir.path());
    let meta = store.head("sub/copied.json").await.unwrap().unwrap();
    assert_eq!((meta.size, meta.metadata.len()), (1, 0));
    assert_eq!(store.list("sub/").await.unwrap().len(), 1);
    let changed = PutOptions { condition: Condition::IfMatch(meta.etag), ..PutOptions::default() };
    store.put("sub/copied.json", "y".into(), changed).await.unwrap();
    assert_eq!(std::fs::read(dir.path().join("sub/copied.json")).unwrap(), b"y");
    // A folder is no object.
    assert_eq!(store.head("sub").await.unwrap(), None);
    assert_eq!(store.get("sub").await.unwrap_err().kind(), StoreErrorKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_where_a_folder_should_be_is_told() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("file"), "x").unwrap();
    let store = Store::directory(dir.path());
    let error = store.put("file/below", "x".into(), PutOptions::default()).await.unwrap_err();
    assert!(error.to_string().contains("file"), "{error}");
    assert_eq!(names(dir.path()), ["file"]);
    let in_a_file = Store::directory(dir.path().join("file"));
    assert!(in_a_file.put("a", "x".into(), PutOptions::default()).await.is_err());
    assert!(in_a_file.list("").await.unwrap().is_empty());
}
