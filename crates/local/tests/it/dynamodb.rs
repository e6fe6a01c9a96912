//! What the proxy passes through.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use crate::clients::{TABLE, dynamodb, s};

#[tokio::test]
async fn item_of_many_types_comes_back_as_it_was() {
    let dynamodb = dynamodb().await;
    let client = dynamodb.client();
    let list = vec![AttributeValue::Bool(true), AttributeValue::Null(true), s("\u{2028}")];
    let put = client
        .put_item()
        .table_name(TABLE)
        .item("pk", s("a"))
        .item("number", AttributeValue::N("12345678901234567890123456789012345678".into()))
        .item("binary", AttributeValue::B(Blob::new([0, 255])))
        .item("list", AttributeValue::L(list));
    let item = put.get_item().clone().unwrap();
    put.send().await.unwrap();
    let answer = client.get_item().table_name(TABLE).key("pk", s("a")).send().await.unwrap();
    assert_eq!(answer.item, Some(item));
}

#[tokio::test]
async fn every_answer_has_the_crc_of_its_body() {
    let dynamodb = dynamodb().await;
    for (target, body, status) in [
        ("DynamoDB_20120810.ListTables", "{}", StatusCode::OK),
        ("DynamoDB_20120810.Scan", r#"{"TableName":"table"}"#, StatusCode::OK),
        ("DynamoDB_20120810.Scan", r#"{"TableName":"absent"}"#, StatusCode::BAD_REQUEST),
        ("DynamoDB_20120810.Nonsense", "{}", StatusCode::BAD_REQUEST),
    ] {
        let (parts, body) = call(&dynamodb.endpoint_url(), target, body).await;
        assert_eq!(parts.status, status, "{target}");
        let crc = parts.headers["x-amz-crc32"].to_str().unwrap();
        assert_eq!(crc, crc32fast::hash(&body).to_string(), "{target}");
        assert_eq!(parts.headers["content-length"], body.len().to_string(), "{target}");
    }
}

async fn call(
    endpoint_url: &str,
    target: &str,
    body: &'static str,
) -> (hyper::http::response::Parts, Bytes) {
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let request = Request::post(endpoint_url)
        .header("content-type", "application/x-amz-json-1.0")
        .header("x-amz-target", target)
        .header("x-amz-date", "20260101T000000Z")
        .header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
        )
        .body(Full::from(body))
        .unwrap();
    let (parts, body) = client.request(request).await.unwrap().into_parts();
    (parts, body.collect().await.unwrap().to_bytes())
}
