//! What the tests share.

use aws_sdk_s3::config::retry::RetryConfig;
use ddbkit_store::{Condition, PutOptions, Store, StoreError};
use ddbkit_testkit::Backend;
use std::error::Error;
use std::time::Duration;

pub(crate) fn when(condition: Condition) -> PutOptions {
    PutOptions { condition, ..PutOptions::default() }
}

/// The error and its causes, as a terminal would show them.
pub(crate) fn chain(error: &StoreError) -> String {
    let chain = std::iter::successors(Some(error as &dyn Error), |error| (*error).source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Writes in pieces of 1 MiB.
pub(crate) async fn write(
    store: &Store,
    key: &str,
    content: &[u8],
    options: PutOptions,
) -> Result<ddbkit_store::ETag, StoreError> {
    let mut writer = store.writer(key, options).await?;
    for piece in content.chunks(1 << 20) {
        writer.write(bytes::Bytes::copy_from_slice(piece)).await?;
    }
    writer.finish().await
}

/// A store in a new bucket, the bucket, and the client. The SDK tries three times, as it does by
/// default, without its second-long waits.
pub(crate) async fn s3(backend: &Backend) -> (Store, String, aws_sdk_s3::Client) {
    let bucket = backend.bucket().await;
    let retries =
        RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(1));
    let config = backend.s3.config().to_builder().retry_config(retries).build();
    let client = aws_sdk_s3::Client::from_conf(config);
    (Store::s3(client.clone(), &bucket, "some/prefix"), bucket, client)
}

/// The keys of uploads that were begun and neither completed nor aborted.
pub(crate) async fn open_uploads(client: &aws_sdk_s3::Client, bucket: &str) -> Vec<String> {
    let answer = client.list_multipart_uploads().bucket(bucket).send().await.unwrap();
    answer.uploads.unwrap_or_default().into_iter().filter_map(|upload| upload.key).collect()
}
