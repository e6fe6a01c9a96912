//! What is particular to directories.

use crate::support::{chain, when, write};
use ddbkit_store::{Condition, PutOptions, Store, StoreErrorKind};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn names(root: &Path) -> Vec<String> {
    let entries = fs::read_dir(root).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

fn with_metadata() -> PutOptions {
    let metadata = [("note".to_owned(), "kept".to_owned())].into();
    PutOptions { metadata, ..PutOptions::default() }
}

#[tokio::test]
async fn nothing_but_objects_is_left() {
    let root = tempfile::tempdir().unwrap();
    let store = Store::directory(root.path());
    store.put("a/b", "1".into(), PutOptions::default()).await.unwrap();
    let mut writer = store.writer("a/c", PutOptions::default()).await.unwrap();
    writer.write("2".into()).await.unwrap();
    assert_eq!(names(root.path()), [".ddbkit-store-tmp", "a"]);
    assert_eq!(store.list("").await.unwrap().len(), 1);
    writer.finish().await.unwrap();
    assert_eq!(names(root.path()), ["a"]);
    store.put("m", "3".into(), with_metadata()).await.unwrap();
    assert_eq!(names(root.path()), [".ddbkit-store-meta", "a", "m"]);
    for key in ["a/b", "a/c", "m"] {
        store.delete(key).await.unwrap();
    }
    let tag = ddbkit_store::ETag::new("none");
    let options = PutOptions { condition: Condition::IfMatch(tag), ..with_metadata() };
    store.put("not/there", "4".into(), options).await.unwrap_err();
    assert_eq!(names(root.path()), [""; 0]);
}

#[tokio::test]
async fn files_that_were_copied_in_are_objects() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("by")).unwrap();
    fs::write(root.path().join("by/hand"), "content").unwrap();
    let store = Store::directory(root.path());
    let (meta, content) = store.get("by/hand").await.unwrap();
    assert_eq!((content.as_ref(), meta.size, meta.metadata.len()), (&b"content"[..], 7, 0));
    let replaced = store.put("by/hand", "other".into(), when(Condition::IfMatch(meta.etag))).await;
    replaced.unwrap();
}

#[tokio::test]
async fn a_file_can_be_read_on_a_thread_of_the_caller() {
    let root = tempfile::tempdir().unwrap();
    let store = Store::directory(root.path());
    let content: Vec<u8> = (0..=250).cycle().take(2_500_000).collect();
    store.put("key", content.clone().into(), PutOptions::default()).await.unwrap();

    let mut file = store.read("key").await.unwrap().into_file().unwrap();
    let (mut read, mut part) = (Vec::new(), vec![0; 100_000]);
    loop {
        let length = file.read(&mut part).unwrap();
        if length == 0 {
            break;
        }
        read.extend_from_slice(&part[..length]);
    }
    assert!(read == content);

    // A piece was taken: the reader goes on as it was.
    let mut object = store.read("key").await.unwrap();
    let mut read = object.next_chunk().await.unwrap().unwrap().to_vec();
    let mut object = object.into_file().unwrap_err();
    while let Some(chunk) = object.next_chunk().await.unwrap() {
        read.extend_from_slice(&chunk);
    }
    assert!(read == content);

    let memory = Store::memory();
    memory.put("key", "content".into(), PutOptions::default()).await.unwrap();
    let mut object = memory.read("key").await.unwrap().into_file().unwrap_err();
    assert_eq!(object.next_chunk().await.unwrap().unwrap(), "content");
}

#[tokio::test]
async fn a_file_changed_by_another_program_has_another_tag_and_no_metadata() {
    let root = tempfile::tempdir().unwrap();
    let store = Store::directory(root.path());
    let etag = store.put("key", "mine!".into(), with_metadata()).await.unwrap();
    fs::write(root.path().join("key"), "their").unwrap();
    let meta = store.head("key").await.unwrap().unwrap();
    assert!(meta.etag != etag && meta.metadata.is_empty());
    let error = store.put("key", "x".into(), when(Condition::IfMatch(etag))).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::PreconditionFailed);
}

#[tokio::test]
async fn no_tag_comes_twice() {
    let root = tempfile::tempdir().unwrap();
    let store = Store::directory(root.path());
    let mut tags = BTreeSet::new();
    for _ in 0..200 {
        tags.insert(store.put("key", "same".into(), PutOptions::default()).await.unwrap());
    }
    assert_eq!(tags.len(), 200);
}

#[tokio::test]
async fn metadata_is_that_of_the_content_whoever_replaces_it() {
    let root = tempfile::tempdir().unwrap();
    let store = Store::directory(root.path());
    let options = |n: u32| PutOptions {
        metadata: [("n".to_owned(), n.to_string())].into(),
        ..PutOptions::default()
    };
    store.put("key", "0".into(), options(0)).await.unwrap();
    let writer = tokio::spawn({
        let store = store.clone();
        async move {
            for n in 1..200 {
                store.put("key", n.to_string().into(), options(n)).await.unwrap();
            }
        }
    });
    while !writer.is_finished() {
        let (meta, content) = store.get("key").await.unwrap();
        assert_eq!(meta.metadata["n"].as_bytes(), content);
        assert!(store.head("key").await.unwrap().unwrap().metadata.contains_key("n"));
    }
    writer.await.unwrap();
}

#[tokio::test]
async fn an_object_is_no_folder() {
    let root = tempfile::tempdir().unwrap();
    let store = Store::directory(root.path());
    store.put("a", "x".into(), PutOptions::default()).await.unwrap();
    store.put("b/c", "x".into(), PutOptions::default()).await.unwrap();
    let too_long = "k".repeat(300);
    for key in ["a/b", "b", &too_long] {
        for condition in [Condition::Always, Condition::IfAbsent] {
            let error = store.put(key, "x".into(), when(condition)).await.unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::InvalidKey, "{}", chain(&error));
            assert!(error.to_string().contains(root.path().to_str().unwrap()), "{error}");
        }
    }
    assert_eq!(names(root.path()), ["a", "b"]);
}

#[cfg(unix)]
#[tokio::test]
async fn links_to_files_are_objects_and_links_to_folders_are_not_followed() {
    use std::os::unix::fs::symlink;
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("file"), "content").unwrap();
    symlink("file", root.path().join("link")).unwrap();
    symlink(".", root.path().join("circle")).unwrap();
    symlink("nowhere", root.path().join("broken")).unwrap();
    let store = Store::directory(root.path());
    let keys: Vec<_> = store.list("").await.unwrap().into_iter().map(|meta| meta.key).collect();
    assert_eq!(keys, ["file", "link"]);
    assert_eq!(store.get("link").await.unwrap().1, "content");
    store.delete("broken").await.unwrap();
    assert!(store.head("circle").await.unwrap().is_none());
}

#[tokio::test]
async fn a_listing_of_what_is_not_there_is_empty() {
    let root = tempfile::tempdir().unwrap();
    let store = Store::directory(root.path().join("not/there"));
    assert!(store.list("").await.unwrap().is_empty());
    store.delete("a").await.unwrap();
    assert!(store.head("a").await.unwrap().is_none());
    assert_eq!(names(root.path()), [""; 0]);
}

#[tokio::test]
async fn a_write_that_was_cut_short_is_lost() {
    let root = tempfile::tempdir().unwrap();
    let store = Store::directory(root.path());
    let mut writer = store.writer("key", PutOptions::default()).await.unwrap();
    // Polled once: on its way on another thread, with nobody waiting for it.
    let cut = futures::FutureExt::now_or_never(writer.write(vec![0; 32 << 20].into()));
    if cut.is_none() {
        let error = writer.write("more".into()).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Io);
        assert_eq!(writer.finish().await.unwrap_err().kind(), StoreErrorKind::Io);
    }
    assert!(store.list("").await.unwrap().is_empty());
}

#[tokio::test]
async fn large_objects_are_written_and_read_in_pieces() {
    let root = tempfile::tempdir().unwrap();
    let store = Store::directory(root.path());
    write(&store, "key", &vec![7; 5 << 20], PutOptions::default()).await.unwrap();
    let mut reader = store.read("key").await.unwrap();
    let mut largest = 0;
    while let Some(chunk) = reader.next_chunk().await.unwrap() {
        largest = largest.max(chunk.len());
    }
    assert_eq!(largest, 1 << 20);
}

#[tokio::test]
async fn a_root_that_is_a_file_is_told() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("file"), "x").unwrap();
    let store = Store::directory(root.path().join("file"));
    let error = store.put("a", "x".into(), PutOptions::default()).await.unwrap_err();
    assert!(error.to_string().contains("file"), "{error}");
    assert!(store.list("").await.unwrap().is_empty());
    assert_eq!(names(root.path()), ["file"]);
}
