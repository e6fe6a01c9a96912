//! An S3 that fails, breaks off and loses answers.

use aws_sdk_s3::config::retry::RetryConfig;
use bytes::Bytes;
use ddbkit_local::{Fault, When};
use ddbkit_store::{Condition, PutOptions, Store, StoreErrorKind};
use ddbkit_testkit::Backend;
use std::time::Duration;

/// More than a part.
const LARGE: usize = 9 * 1024 * 1024;

async fn store(backend: &Backend) -> Store {
    let retries = RetryConfig::standard().with_initial_backoff(Duration::from_millis(5));
    let config = backend.s3.config().to_builder().retry_config(retries).build();
    let bucket = backend.bucket().await;
    Store::s3(aws_sdk_s3::Client::from_conf(config), bucket, "p")
}

fn once() -> PutOptions {
    PutOptions { condition: Condition::IfAbsent, ..PutOptions::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_whose_answer_was_lost_is_ours() {
    let backend = Backend::embedded_only().await;
    let store = store(&backend).await;
    let rule = backend.faults().inject(Fault::LostAnswer, When::Once, "PutObject");
    let etag = store.put("a", "mine".into(), once()).await.unwrap();
    assert_eq!(rule.injected(), 1);
    assert_eq!(store.head("a").await.unwrap().unwrap().etag, etag);
    // The same for a replacement.
    let matching = PutOptions { condition: Condition::IfMatch(etag), ..PutOptions::default() };
    backend.faults().inject(Fault::LostAnswer, When::Once, "PutObject");
    store.put("a", "mine again".into(), matching).await.unwrap();
    assert_eq!(store.get("a").await.unwrap().1, "mine again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_of_somebody_else_is_not() {
    let backend = Backend::embedded_only().await;
    let store = store(&backend).await;
    store.put("a", "theirs".into(), once()).await.unwrap();
    backend.faults().inject(Fault::LostAnswer, When::Once, "PutObject");
    let error = store.put("a", "mine".into(), once()).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::PreconditionFailed);
    assert_eq!(store.get("a").await.unwrap().1, "theirs");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_whose_completion_was_lost_is_ours() {
    let backend = Backend::embedded_only().await;
    let store = store(&backend).await;
    let content = Bytes::from(vec![7; LARGE]);
    let mut writer = store.writer("large", once()).await.unwrap();
    writer.write(content.clone()).await.unwrap();
    let rule = backend.faults().inject(Fault::LostAnswer, When::Once, "CompleteMultipartUpload");
    let finished = writer.finish().await;
    assert_eq!(rule.injected(), 1);
    assert_eq!(store.get("large").await.unwrap().1, content);
    finished.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn passing_faults_are_passed() {
    let backend = Backend::embedded_only().await;
    let store = store(&backend).await;
    let content = Bytes::from(vec![3; LARGE]);
    for fault in [Fault::InternalServerError, Fault::Throttle, Fault::LostAnswer] {
        for operation in ["PutObject", "UploadPart", "GetObject", "ListObjectsV2", "HeadObject"] {
            backend.faults().inject(fault, When::Once, operation);
        }
        store.put("small", "x".into(), PutOptions::default()).await.unwrap();
        let mut writer = store.writer("large", PutOptions::default()).await.unwrap();
        writer.write(content.clone()).await.unwrap();
        writer.finish().await.unwrap();
        assert_eq!(store.get("large").await.unwrap().1, content, "{fault:?}");
        assert_eq!(store.list("").await.unwrap().len(), 2, "{fault:?}");
        assert!(store.head("small").await.unwrap().is_some(), "{fault:?}");
        assert_eq!(backend.faults().injected(), 5, "{fault:?}");
        backend.faults().clear();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_bytes_are_never_given_out_as_whole() {
    let backend = Backend::embedded_only().await;
    let store = store(&backend).await;
    store.put("a", Bytes::from("0123456789".repeat(1000)), PutOptions::default()).await.unwrap();
    for fault in [Fault::TornBody, Fault::WrongChecksum] {
        let rule = backend.faults().inject(fault, When::Every(1), "GetObject");
        let error = store.get("a").await.unwrap_err();
        assert!(rule.injected() > 0);
        assert_eq!(error.kind(), StoreErrorKind::Damaged, "{fault:?}: {error}");
        backend.faults().clear();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_the_bucket_is_told() {
    let backend = Backend::embedded_only().await;
    let nowhere = Store::s3(backend.s3.clone(), "no-such-bucket-here", "p");
    let error = nowhere.put("a", "x".into(), PutOptions::default()).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::NoSuchBucket);
    assert!(error.to_string().contains("s3://no-such-bucket-here/p/a"), "{error}");
    let wrong = aws_sdk_s3::config::Credentials::new("ddbkitlocal", "wrong", None, None, "test");
    let config = backend.s3.config().to_builder().credentials_provider(wrong).build();
    let store = Store::s3(aws_sdk_s3::Client::from_conf(config), backend.bucket().await, "");
    let error = store.list("").await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Credentials, "{error}");
}
