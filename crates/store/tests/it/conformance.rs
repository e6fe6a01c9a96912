//! The suite on every store.

use ddbkit_store::{Store, conformance};
use ddbkit_testkit::backend;

async fn conforms(store: &Store) {
    let failures = conformance::run(store).await;
    assert!(failures.is_empty(), "{failures:#?}");
    assert!(store.list("").await.unwrap().is_empty(), "the suite leaves nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn memory() {
    conforms(&Store::memory()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("not there yet");
    conforms(&Store::directory(&root)).await;
    let left: Vec<_> = std::fs::read_dir(&root).unwrap().collect();
    assert!(left.is_empty(), "no temporary file or folder is left: {left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s3() {
    let backend = backend().await;
    let bucket = backend.bucket().await;
    conforms(&Store::s3(backend.s3.clone(), &bucket, "some/prefix")).await;
    conforms(&Store::s3(backend.s3.clone(), &bucket, "")).await;
}
