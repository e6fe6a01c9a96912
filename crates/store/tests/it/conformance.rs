//! The suite, on every place there is.

use crate::support::{open_uploads, s3};
use ddbkit_store::conformance::{self, Effort};
use ddbkit_store::{PutOptions, Store};

async fn assert_conforms(store: &Store) {
    let failures = conformance::run(store).await;
    assert!(failures.is_empty(), "{failures:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory() {
    assert_conforms(&Store::memory()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn directory() {
    let root = tempfile::tempdir().unwrap();
    assert_conforms(&Store::directory(root.path().join("made/by the store"))).await;
    let left: Vec<_> = std::fs::read_dir(root.path().join("made/by the store")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

/// The embedded server, or the one that the environment names.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s3_server() {
    let backend = ddbkit_testkit::backend().await;
    let (store, bucket, client) = s3(&backend).await;
    assert_conforms(&store).await;
    // Without a prefix, the store is the bucket.
    let whole = Store::s3(client.clone(), &bucket, "");
    whole.put("key", "x".into(), PutOptions::default()).await.unwrap();
    assert_eq!(whole.list("").await.unwrap().len(), 1);
    // Writers that were dropped clean up in the background.
    for _ in 0..100 {
        if open_uploads(&client, &bucket).await.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(open_uploads(&client, &bucket).await, [""; 0]);
    let report = store.probe().await.unwrap();
    assert_eq!(report.passed.len(), 8, "{report:?}");
}

#[tokio::test]
async fn probes_pass_in_memory_and_in_a_directory() {
    let root = tempfile::tempdir().unwrap();
    for store in [Store::memory(), Store::directory(root.path())] {
        assert_eq!(store.probe().await.unwrap().passed.len(), 8);
        assert!(store.list("").await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_place_that_is_not_empty_is_left_alone() {
    let store = Store::memory();
    store.put("mine", "x".into(), PutOptions::default()).await.unwrap();
    let effort = Effort { objects: 10, ..Effort::default() };
    let failures = conformance::run_with(&store, effort).await;
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].rule, "the place is empty");
    assert_eq!(store.list("").await.unwrap().len(), 1);
}
