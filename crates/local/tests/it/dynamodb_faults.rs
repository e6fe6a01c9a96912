//! Each fault as an SDK client of `DynamoDB` sees it.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::batch_write_item::BatchWriteItemOutput;
use aws_sdk_dynamodb::types::{PutRequest, ReturnConsumedCapacity, WriteRequest};
use ddbkit_local::{Calls, Fault, When};

use crate::clients::{TABLE, dynamodb, exists, put, s, with_retries, without_retries};

async fn write_batch(client: &Client, keys: &[&str]) -> BatchWriteItemOutput {
    let requests = keys.iter().map(|key| {
        let put = PutRequest::builder().item("pk", s(key)).build().unwrap();
        WriteRequest::builder().put_request(put).build()
    });
    let batch = client.batch_write_item().request_items(TABLE, requests.collect());
    let batch = batch.return_consumed_capacity(ReturnConsumedCapacity::Total);
    batch.send().await.unwrap()
}

fn unprocessed(output: &BatchWriteItemOutput) -> Vec<&str> {
    let requests = output.unprocessed_items().unwrap().get(TABLE);
    let puts = requests.into_iter().flatten().map(|request| request.put_request().unwrap());
    puts.map(|put| put.item()["pk"].as_s().unwrap().as_str()).collect()
}

#[tokio::test]
async fn half_of_a_batch_is_unprocessed() {
    let dynamodb = dynamodb().await;
    let client = without_retries(&dynamodb);
    let rule = dynamodb.faults().inject(Fault::UnprocessedItems, When::Once, "BatchWriteItem");
    let output = write_batch(&client, &["a", "b", "c"]).await;
    assert_eq!(unprocessed(&output), ["b", "c"]);
    assert_eq!(output.consumed_capacity()[0].capacity_units(), Some(1.0));
    assert!(exists(&client, "a").await && !exists(&client, "b").await);
    assert!(unprocessed(&write_batch(&client, &["b", "c"]).await).is_empty());
    assert!(exists(&client, "c").await);
    assert_eq!(rule.injected(), 1);
}

#[tokio::test]
async fn all_of_a_batch_is_unprocessed() {
    let dynamodb = dynamodb().await;
    let client = without_retries(&dynamodb);
    let rule = dynamodb.faults().inject(Fault::AllUnprocessed, When::Once, Calls::all());
    assert_eq!(unprocessed(&write_batch(&client, &["a", "b"]).await), ["a", "b"]);
    assert!(!exists(&client, "a").await);
    assert_eq!(rule.injected(), 1);
    // A batch of one has no half to apply.
    dynamodb.faults().inject(Fault::UnprocessedItems, When::Once, Calls::all());
    assert_eq!(unprocessed(&write_batch(&client, &["a"]).await), ["a"]);
}

#[tokio::test]
async fn refused_calls_are_not_applied() {
    let dynamodb = dynamodb().await;
    let client = without_retries(&dynamodb);
    for (fault, code) in [
        (Fault::Throttle, "ProvisionedThroughputExceededException"),
        (Fault::InternalServerError, "InternalServerError"),
    ] {
        let rule = dynamodb.faults().inject(fault, When::Once, "PutItem");
        let error = put(&client, "a").await.unwrap_err();
        assert_eq!(error.code(), Some(code));
        assert!(!exists(&client, "a").await);
        assert_eq!(rule.injected(), 1);
    }
}

#[tokio::test]
async fn throttle_is_the_modelled_exception() {
    let dynamodb = dynamodb().await;
    dynamodb.faults().inject(Fault::Throttle, When::Once, "Scan");
    let error = without_retries(&dynamodb).scan().table_name(TABLE).send().await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 400);
    let error = error.into_service_error();
    assert!(error.is_provisioned_throughput_exceeded_exception());
    assert!(error.message().unwrap().starts_with("The level of configured provisioned throughput"));
}

#[tokio::test]
async fn torn_and_lost_answers_are_of_applied_calls() {
    let dynamodb = dynamodb().await;
    let client = without_retries(&dynamodb);
    for (fault, key) in [(Fault::TornBody, "torn"), (Fault::LostAnswer, "lost")] {
        let rule = dynamodb.faults().inject(fault, When::Once, "PutItem");
        let error =
            client.put_item().table_name(TABLE).item("pk", s(key)).send().await.unwrap_err();
        let seen = match error {
            SdkError::ResponseError(_) => Fault::TornBody,
            SdkError::DispatchFailure(_) => Fault::LostAnswer,
            other => panic!("{}", DisplayErrorContext(other)),
        };
        assert_eq!(seen, fault);
        assert!(exists(&client, key).await, "{key}");
        assert_eq!(rule.injected(), 1);
    }
}

#[tokio::test]
async fn wrong_checksum_passes_a_client_that_does_not_check() {
    let dynamodb = dynamodb().await;
    let client = without_retries(&dynamodb);
    put(&client, "1111111111").await.unwrap();
    let rule = dynamodb.faults().inject(Fault::WrongChecksum, When::Once, "GetItem");
    let get = client.get_item().table_name(TABLE).key("pk", s("1111111111"));
    let item = get.send().await.unwrap().item.unwrap();
    assert_ne!(item["pk"], s("1111111111"));
    assert_eq!(rule.injected(), 1);
}

#[tokio::test]
async fn delay_holds_the_answer_back() {
    let dynamodb = dynamodb().await;
    let delay = Duration::from_millis(200);
    let rule = dynamodb.faults().inject(Fault::Delay(delay), When::Once, "PutItem");
    let start = Instant::now();
    put(&without_retries(&dynamodb), "a").await.unwrap();
    assert!(start.elapsed() >= delay);
    assert_eq!(rule.injected(), 1);
}

#[tokio::test]
async fn client_with_retries_recovers() {
    let dynamodb = dynamodb().await;
    let client = with_retries(&dynamodb);
    for fault in [Fault::Throttle, Fault::InternalServerError, Fault::TornBody, Fault::LostAnswer] {
        let rule = dynamodb.faults().inject(fault, When::Once, "PutItem");
        put(&client, "a").await.unwrap_or_else(|error| panic!("{fault:?}: {error:?}"));
        assert_eq!(rule.injected(), 1, "{fault:?}");
    }
    assert_eq!(dynamodb.faults().injected(), 4);
}
