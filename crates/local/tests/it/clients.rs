//! Clients and tables of the tests.

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ScalarAttributeType, StreamSpecification, StreamViewType,
};
use bytes::Bytes;
use ddbkit_local::{LocalDynamoDb, LocalS3, LocalS3Options};
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

pub(crate) const TABLE: &str = "table";
pub(crate) const BUCKET: &str = "bucket";

/// A server with an empty table, with key `pk` (S) and a stream.
pub(crate) async fn dynamodb() -> LocalDynamoDb {
    let dynamodb = LocalDynamoDb::start().await.unwrap();
    create_table(&dynamodb).await;
    dynamodb
}

pub(crate) async fn create_table(dynamodb: &LocalDynamoDb) {
    let stream = StreamSpecification::builder()
        .stream_enabled(true)
        .stream_view_type(StreamViewType::NewAndOldImages);
    let key = KeySchemaElement::builder().attribute_name("pk").key_type(KeyType::Hash);
    let attribute =
        AttributeDefinition::builder().attribute_name("pk").attribute_type(ScalarAttributeType::S);
    dynamodb
        .client()
        .create_table()
        .table_name(TABLE)
        .billing_mode(BillingMode::PayPerRequest)
        .key_schema(key.build().unwrap())
        .attribute_definitions(attribute.build().unwrap())
        .stream_specification(stream.build().unwrap())
        .send()
        .await
        .unwrap();
}

/// A client that shows what the server answers, since it does not try again.
pub(crate) fn without_retries(dynamodb: &LocalDynamoDb) -> aws_sdk_dynamodb::Client {
    let client = dynamodb.client();
    let config = client.config().to_builder().retry_config(RetryConfig::disabled());
    aws_sdk_dynamodb::Client::from_conf(config.build())
}

/// A client that tries again at once.
pub(crate) fn with_retries(dynamodb: &LocalDynamoDb) -> aws_sdk_dynamodb::Client {
    let client = dynamodb.client();
    let config = client.config().to_builder().retry_config(fast_retries());
    aws_sdk_dynamodb::Client::from_conf(config.build())
}

pub(crate) async fn put(
    client: &aws_sdk_dynamodb::Client,
    pk: &str,
) -> Result<(), aws_sdk_dynamodb::Error> {
    client.put_item().table_name(TABLE).item("pk", s(pk)).send().await?;
    Ok(())
}

pub(crate) async fn exists(client: &aws_sdk_dynamodb::Client, pk: &str) -> bool {
    let get = client.get_item().table_name(TABLE).key("pk", s(pk));
    get.send().await.unwrap().item.is_some()
}

pub(crate) fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// A server with an empty bucket.
pub(crate) async fn s3() -> LocalS3 {
    let s3 = LocalS3::start(LocalS3Options::default()).await.unwrap();
    s3.create_bucket(BUCKET).await.unwrap();
    s3
}

pub(crate) fn s3_without_retries(s3: &LocalS3) -> aws_sdk_s3::Client {
    let client = s3.client();
    let config = client.config().to_builder().retry_config(RetryConfig::disabled());
    aws_sdk_s3::Client::from_conf(config.build())
}

pub(crate) fn s3_with_retries(s3: &LocalS3) -> aws_sdk_s3::Client {
    let client = s3.client();
    let config = client.config().to_builder().retry_config(fast_retries());
    aws_sdk_s3::Client::from_conf(config.build())
}

fn fast_retries() -> RetryConfig {
    RetryConfig::standard().with_initial_backoff(std::time::Duration::from_millis(1))
}

/// Calls without an SDK and checks the length and the CRC-32 of the answer.
pub(crate) async fn call(
    endpoint_url: &str,
    target: &str,
    body: &str,
) -> (hyper::http::response::Parts, Bytes) {
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let authorization = "AWS4-HMAC-SHA256 \
        Credential=x/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";
    let request = Request::post(endpoint_url)
        .header("content-type", "application/x-amz-json-1.0")
        .header("x-amz-target", target)
        .header("x-amz-date", "20260101T000000Z")
        .header("authorization", authorization)
        .body(Full::from(body.to_owned()))
        .unwrap();
    let (parts, body) = client.request(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let crc = parts.headers["x-amz-crc32"].to_str().unwrap();
    assert_eq!(crc, crc32fast::hash(&body).to_string(), "{target}");
    assert_eq!(parts.headers["content-length"], body.len().to_string(), "{target}");
    (parts, body)
}
