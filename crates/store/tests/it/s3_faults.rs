//! S3 through a network that loses answers, refuses and tears.

use crate::support::{chain, open_uploads, s3, when, write};
use ddbkit_local::{Fault, When};
use ddbkit_store::{Condition, PutOptions, Store, StoreErrorKind};
use ddbkit_testkit::Backend;

/// More than one part.
const LARGE: usize = 9 << 20;

async fn embedded() -> (Backend, Store, String, aws_sdk_s3::Client) {
    let backend = Backend::embedded_only().await;
    let (store, bucket, client) = s3(&backend).await;
    (backend, store, bucket, client)
}

#[tokio::test]
async fn a_lost_answer_to_our_own_write_is_no_loss() {
    let (backend, store, ..) = embedded().await;
    let lost = backend.faults().inject(Fault::LostAnswer, When::Once, "PutObject");
    let etag = store.put("key", "mine".into(), when(Condition::IfAbsent)).await.unwrap();
    assert_eq!(lost.injected(), 1);
    let meta = store.head("key").await.unwrap().unwrap();
    assert_eq!((meta.etag.clone(), meta.metadata.len()), (etag, 0));

    let lost = backend.faults().inject(Fault::LostAnswer, When::Once, "PutObject");
    let replaced = store.put("key", "again".into(), when(Condition::IfMatch(meta.etag))).await;
    assert_eq!(lost.injected(), 1);
    assert_eq!(store.head("key").await.unwrap().unwrap().etag, replaced.unwrap());

    let error = store.put("key", "yours".into(), when(Condition::IfAbsent)).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::PreconditionFailed);
    assert_eq!(store.get("key").await.unwrap().1, "again");
}

#[tokio::test]
async fn a_write_whose_answers_are_all_lost_is_found_by_its_nonce() {
    let (backend, store, ..) = embedded().await;
    let lost = backend.faults().inject(Fault::LostAnswer, When::Next(3), "PutObject");
    store.put("key", "mine".into(), when(Condition::IfAbsent)).await.unwrap();
    assert_eq!(lost.injected(), 3);
    assert_eq!(store.get("key").await.unwrap().1, "mine");
}

#[tokio::test]
async fn a_lost_answer_to_a_large_object_is_no_loss() {
    let (backend, store, bucket, client) = embedded().await;
    let content = vec![1; LARGE];
    for condition in [Condition::IfAbsent, Condition::Always] {
        let lost =
            backend.faults().inject(Fault::LostAnswer, When::Once, "CompleteMultipartUpload");
        let etag = write(&store, "key", &content, when(condition)).await.unwrap();
        assert_eq!(lost.injected(), 1);
        assert_eq!(store.head("key").await.unwrap().unwrap().etag, etag);
    }
    let error = write(&store, "key", &content, when(Condition::IfAbsent)).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::PreconditionFailed);
    assert_eq!(open_uploads(&client, &bucket).await, [""; 0]);
}

#[tokio::test]
async fn the_sdk_gets_over_single_refusals() {
    let (backend, store, ..) = embedded().await;
    let faults = backend.faults();
    let rules = ["PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"]
        .map(|operation| faults.inject(Fault::InternalServerError, When::Once, operation));
    let slow = ["GetObject", "HeadObject", "ListObjectsV2", "DeleteObject"]
        .map(|operation| faults.inject(Fault::Throttle, When::Once, operation));
    store.put("small", "x".into(), when(Condition::IfAbsent)).await.unwrap();
    write(&store, "large", &vec![2; LARGE], when(Condition::IfAbsent)).await.unwrap();
    assert_eq!(store.get("small").await.unwrap().1, "x");
    assert_eq!(store.head("large").await.unwrap().unwrap().size, LARGE as u64);
    assert_eq!(store.list("").await.unwrap().len(), 2);
    store.delete("small").await.unwrap();
    assert!(rules.iter().chain(&slow).all(|rule| rule.injected() == 1));
}

#[tokio::test]
async fn a_server_that_is_busy_for_long_is_unavailable() {
    let (backend, store, bucket, client) = embedded().await;
    let busy = backend.faults().inject(Fault::Throttle, When::Every(1), "UploadPart");
    let error = write(&store, "key", &vec![1; LARGE], PutOptions::default()).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    let expected = format!("cannot write s3://{bucket}/some/prefix/key: SlowDown (503)");
    assert!(error.to_string().starts_with(&expected), "{error}");
    assert_eq!(busy.injected(), 3);
    // The upload is given up before the error is told.
    assert_eq!(open_uploads(&client, &bucket).await, [""; 0]);
    assert!(store.list("").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_writer_that_failed_does_not_go_on() {
    let (backend, store, ..) = embedded().await;
    let mut writer = store.writer("key", PutOptions::default()).await.unwrap();
    backend.faults().inject(Fault::InternalServerError, When::Next(3), "UploadPart");
    writer.write(vec![1; LARGE].into()).await.unwrap_err();
    assert_eq!(writer.write("x".into()).await.unwrap_err().kind(), StoreErrorKind::Io);
    assert_eq!(writer.finish().await.unwrap_err().kind(), StoreErrorKind::Io);
    assert!(store.list("").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_body_that_changes_on_the_way_is_damaged() {
    let (backend, store, ..) = embedded().await;
    store.put("key", "0123456789".into(), PutOptions::default()).await.unwrap();
    let wrong = backend.faults().inject(Fault::WrongChecksum, When::Once, "GetObject");
    let error = store.get("key").await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Damaged, "{}", chain(&error));
    assert_eq!(wrong.injected(), 1);
    assert_eq!(store.get("key").await.unwrap().1, "0123456789");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_taken_for_whole() {
    let (backend, store, ..) = embedded().await;
    store.put("key", vec![1; 1 << 20].into(), PutOptions::default()).await.unwrap();
    let torn = backend.faults().inject(Fault::TornBody, When::Next(2), "GetObject");
    let error = store.get("key").await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{}", chain(&error));
    let error = store.read_range("key", 10..1000).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{}", chain(&error));
    assert_eq!(torn.injected(), 2);
}

#[tokio::test]
async fn a_dropped_writer_cleans_up_in_the_background() {
    let (_backend, store, bucket, client) = embedded().await;
    let mut writer = store.writer("key", PutOptions::default()).await.unwrap();
    writer.write(vec![1; LARGE].into()).await.unwrap();
    assert_eq!(open_uploads(&client, &bucket).await, ["some/prefix/key"]);
    drop(writer);
    for _ in 0..100 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        if open_uploads(&client, &bucket).await.is_empty() {
            return;
        }
    }
    panic!("the upload is still there");
}

#[tokio::test]
async fn what_fits_one_part_is_one_request() {
    let (backend, store, ..) = embedded().await;
    let parts = backend.faults().inject(Fault::InternalServerError, When::Every(1), "UploadPart");
    write(&store, "key", &vec![1; 8 << 20], PutOptions::default()).await.unwrap();
    assert_eq!(parts.injected(), 0);
}

#[tokio::test]
async fn folder_markers_are_passed_over() {
    let (_backend, store, bucket, client) = embedded().await;
    for key in ["some/prefix/", "some/prefix/folder/"] {
        client.put_object().bucket(&bucket).key(key).send().await.unwrap();
    }
    store.put("folder/key", "x".into(), PutOptions::default()).await.unwrap();
    let keys: Vec<_> = store.list("").await.unwrap().into_iter().map(|meta| meta.key).collect();
    assert_eq!(keys, ["folder/key"]);
}

#[tokio::test]
async fn a_create_of_somebody_else_stays_theirs() {
    let (backend, store, ..) = embedded().await;
    store.put("key", "theirs".into(), when(Condition::IfAbsent)).await.unwrap();
    let lost = backend.faults().inject(Fault::LostAnswer, When::Once, "PutObject");
    let error = store.put("key", "mine".into(), when(Condition::IfAbsent)).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::PreconditionFailed);
    assert_eq!(lost.injected(), 1);
    assert_eq!(store.get("key").await.unwrap().1, "theirs");
}

#[tokio::test]
async fn lost_answers_to_reads_are_asked_for_again() {
    let (backend, store, ..) = embedded().await;
    let faults = backend.faults();
    let rules = ["UploadPart", "GetObject", "HeadObject", "ListObjectsV2", "DeleteObject"]
        .map(|operation| faults.inject(Fault::LostAnswer, When::Once, operation));
    write(&store, "key", &vec![3; LARGE], PutOptions::default()).await.unwrap();
    assert_eq!(store.get("key").await.unwrap().1.len(), LARGE);
    assert!(store.head("key").await.unwrap().is_some());
    assert_eq!(store.list("").await.unwrap().len(), 1);
    store.delete("key").await.unwrap();
    assert!(rules.iter().all(|rule| rule.injected() == 1));
}

#[tokio::test]
async fn what_is_wrong_with_the_bucket_is_told() {
    let (_backend, _, bucket, client) = embedded().await;
    let nowhere = Store::s3(client.clone(), "no-such-bucket-here", "p");
    let error = nowhere.put("a", "x".into(), PutOptions::default()).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::NoSuchBucket);
    assert!(error.to_string().contains("s3://no-such-bucket-here/p/a"), "{error}");
    assert_eq!(nowhere.get("a").await.unwrap_err().kind(), StoreErrorKind::NoSuchBucket);
    assert_eq!(nowhere.list("").await.unwrap_err().kind(), StoreErrorKind::NoSuchBucket);
    let wrong = aws_sdk_s3::config::Credentials::new("ddbkitlocal", "wrong", None, None, "test");
    let config = client.config().to_builder().credentials_provider(wrong).build();
    let store = Store::s3(aws_sdk_s3::Client::from_conf(config), bucket, "");
    let error = store.list("").await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Credentials, "{error}");
}
