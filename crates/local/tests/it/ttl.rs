//! Expiry, as a reader of the stream sees it.

use std::time::{Duration, UNIX_EPOCH};

use aws_sdk_dynamodb::types::{AttributeValue, TimeToLiveSpecification};
use aws_sdk_dynamodbstreams::types::{OperationType, Record, ShardIteratorType};
use ddbkit_local::{LocalDynamoDb, LocalDynamoDbOptions, LocalErrorKind};

use crate::clients::{TABLE, call, dynamodb, exists, put, s};

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn expired_item_goes_and_its_record_names_the_service() {
    let dynamodb = dynamodb().await;
    let client = dynamodb.client();
    let ttl = TimeToLiveSpecification::builder().attribute_name("ttl").enabled(true);
    let enable = client.update_time_to_live().table_name(TABLE);
    enable.time_to_live_specification(ttl.build().unwrap()).send().await.unwrap();
    let due = (dynamodb.now() + HOUR).duration_since(UNIX_EPOCH).unwrap().as_secs();
    let expiring = client.put_item().table_name(TABLE).item("pk", s("expires"));
    expiring.item("ttl", AttributeValue::N(due.to_string())).send().await.unwrap();
    put(&client, "stays").await.unwrap();
    put(&client, "deleted").await.unwrap();
    client.delete_item().table_name(TABLE).key("pk", s("deleted")).send().await.unwrap();
    assert_eq!(dynamodb.sweep_ttl().unwrap(), 0);

    dynamodb.advance_clock(2 * HOUR).unwrap();
    // Nobody calls for a sweep: the server makes one.
    for _ in 0..100 {
        if !exists(&client, "expires").await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(!exists(&client, "expires").await);
    assert!(exists(&client, "stays").await);

    let removals: Vec<_> = records(&dynamodb)
        .await
        .into_iter()
        .filter(|record| record.event_name == Some(OperationType::Remove))
        .collect();
    let [by_user, by_service] = removals.as_slice() else {
        panic!("{} removals", removals.len());
    };
    assert!(by_user.user_identity.is_none());
    let identity = by_service.user_identity.as_ref().unwrap();
    assert_eq!(identity.r#type.as_deref(), Some("Service"));
    assert_eq!(identity.principal_id.as_deref(), Some("dynamodb.amazonaws.com"));
    let old_image = by_service.dynamodb.as_ref().unwrap().old_image.as_ref().unwrap();
    assert!(old_image.contains_key("ttl"));
}

async fn records(dynamodb: &LocalDynamoDb) -> Vec<Record> {
    let streams = dynamodb.streams_client();
    let listed = streams.list_streams().table_name(TABLE).send().await.unwrap();
    let arn = listed.streams()[0].stream_arn().unwrap();
    let described = streams.describe_stream().stream_arn(arn).send().await.unwrap();
    let shard = described.stream_description().unwrap().shards()[0].shard_id().unwrap();
    let iterator = streams.get_shard_iterator().stream_arn(arn).shard_id(shard);
    let iterator =
        iterator.shard_iterator_type(ShardIteratorType::TrimHorizon).send().await.unwrap();
    // The proxy has rewritten this answer, and its checksum with it.
    let body = format!(r#"{{"ShardIterator":{:?}}}"#, iterator.shard_iterator().unwrap());
    let target = "DynamoDBStreams_20120810.GetRecords";
    let (_, body) = call(&dynamodb.endpoint_url(), target, &body).await;
    let identity = r#""userIdentity":{"Type":"Service","PrincipalId":"dynamodb.amazonaws.com"}"#;
    assert!(std::str::from_utf8(&body).unwrap().contains(identity));
    let records = streams.get_records().set_shard_iterator(iterator.shard_iterator);
    records.send().await.unwrap().records.unwrap_or_default()
}

#[tokio::test]
async fn clock_of_a_database_in_a_file_does_not_move() {
    let directory = tempfile::tempdir().unwrap();
    let options = LocalDynamoDbOptions::file(directory.path().join("tables.db"));
    let dynamodb = LocalDynamoDb::start_with(options).await.unwrap();
    let error = dynamodb.advance_clock(HOUR).unwrap_err();
    assert_eq!(error.kind(), LocalErrorKind::Unsupported);
    assert_eq!(error.to_string(), "a database in a file follows the system's clock");
}
