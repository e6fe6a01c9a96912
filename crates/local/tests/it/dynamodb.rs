//! What the proxy passes through.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use ddbkit_local::{Fault, When};
use hyper::StatusCode;

use crate::clients::{TABLE, call, dynamodb, s};

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
    // Answers of the embedded database, of the proxy, and of both.
    let faults = dynamodb.faults();
    faults.inject(Fault::Throttle, When::Once, "GetItem");
    faults.inject(Fault::AllUnprocessed, When::Nth(2), "BatchWriteItem");
    // The third call is the second that the rule above leaves to this one.
    faults.inject(Fault::UnprocessedItems, When::Nth(2), "BatchWriteItem");
    let put = r#"{"PutRequest":{"Item":{"pk":{"S":"a"}}}}"#;
    let put_other = r#"{"PutRequest":{"Item":{"pk":{"S":"b"}}}}"#;
    let batch = format!(r#"{{"RequestItems":{{"table":[{put},{put_other}]}}}}"#);
    for (operation, body, status) in [
        ("ListTables", "{}", StatusCode::OK),
        ("Scan", r#"{"TableName":"table"}"#, StatusCode::OK),
        ("Scan", r#"{"TableName":"absent"}"#, StatusCode::BAD_REQUEST),
        ("Nonsense", "{}", StatusCode::BAD_REQUEST),
        ("GetItem", "{}", StatusCode::BAD_REQUEST),
        ("BatchWriteItem", &batch, StatusCode::OK),
        ("BatchWriteItem", &batch, StatusCode::OK),
        ("BatchWriteItem", &batch, StatusCode::OK),
    ] {
        let target = format!("DynamoDB_20120810.{operation}");
        let (parts, _) = call(&dynamodb.endpoint_url(), &target, body).await;
        assert_eq!(parts.status, status, "{operation}");
    }
    assert_eq!(faults.injected(), 3);
}
