//! Each fault as an SDK client of S3 sees it.

use aws_sdk_s3::Client;
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::primitives::ByteStream;
use ddbkit_local::{Calls, Fault, When};

use crate::clients::{BUCKET, s3, s3_with_retries, s3_without_retries};

const BODY: &[u8] = &[b'x'; 100_000];

async fn put(client: &Client, key: &str) -> Result<(), aws_sdk_s3::Error> {
    let put = client.put_object().bucket(BUCKET).key(key);
    put.body(ByteStream::from_static(BODY)).send().await?;
    Ok(())
}

async fn exists(client: &Client, key: &str) -> bool {
    client.head_object().bucket(BUCKET).key(key).send().await.is_ok()
}

#[tokio::test]
async fn refused_calls_are_not_applied() {
    let s3 = s3().await;
    let client = s3_without_retries(&s3);
    for (fault, code) in
        [(Fault::Throttle, "SlowDown"), (Fault::InternalServerError, "InternalError")]
    {
        let rule = s3.faults().inject(fault, When::Once, Calls::of("PutObject").on_path("/key"));
        assert_eq!(put(&client, "key").await.unwrap_err().code(), Some(code));
        assert!(!exists(&client, "key").await);
        put(&client, "other").await.unwrap();
        assert_eq!(rule.injected(), 1);
    }
}

#[tokio::test]
async fn lost_answer_is_of_an_applied_write() {
    let s3 = s3().await;
    let client = s3_without_retries(&s3);
    let rule = s3.faults().inject(Fault::LostAnswer, When::Once, "PutObject");
    put(&client, "key").await.unwrap_err();
    assert!(exists(&client, "key").await);
    assert_eq!(rule.injected(), 1);
}

#[tokio::test]
async fn body_is_torn_or_corrupt() {
    let s3 = s3().await;
    let client = s3_without_retries(&s3);
    put(&client, "key").await.unwrap();
    for fault in [Fault::TornBody, Fault::WrongChecksum] {
        let rule = s3.faults().inject(fault, When::Once, "GetObject");
        let answer = client.get_object().bucket(BUCKET).key("key").send().await.unwrap();
        assert_eq!(answer.content_length(), Some(100_000));
        answer.body.collect().await.unwrap_err();
        assert_eq!(rule.injected(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn corrupt_range_passes_a_client_that_does_not_check() {
    let s3 = s3().await;
    let client = s3_without_retries(&s3);
    put(&client, "key").await.unwrap();
    s3.faults().inject(Fault::WrongChecksum, When::Once, "GetObject");
    let get = client.get_object().bucket(BUCKET).key("key").range("bytes=0-9");
    let body = get.send().await.unwrap().body.collect().await.unwrap().to_vec();
    assert_eq!(body.iter().filter(|byte| **byte != b'x').count(), 1);
}

#[tokio::test]
async fn answer_without_a_body_cannot_be_torn() {
    let s3 = s3().await;
    let client = s3_without_retries(&s3);
    let rule = s3.faults().inject(Fault::TornBody, When::Every(1), "PutObject");
    put(&client, "key").await.unwrap();
    assert_eq!(rule.injected(), 0);
}

#[tokio::test]
async fn client_with_retries_recovers() {
    let s3 = s3().await;
    let client = s3_with_retries(&s3);
    for fault in [Fault::Throttle, Fault::InternalServerError, Fault::LostAnswer] {
        let rule = s3.faults().inject(fault, When::Once, "PutObject");
        put(&client, "key").await.unwrap_or_else(|error| panic!("{fault:?}: {error:?}"));
        assert_eq!(rule.injected(), 1, "{fault:?}");
    }
}
