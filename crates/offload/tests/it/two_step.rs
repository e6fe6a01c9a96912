//! Uploads first, then the caller's own call.

use crate::support::{Fixture, item, key, long, number, text};
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use ddbkit_offload::{ItemWrite, OffloadErrorKind, PreparedWrite, Resolution};
use std::time::{Duration, SystemTime};

async fn send(fixture: &Fixture, prepared: &PreparedWrite) -> Result<(), String> {
    let update = fixture.backend.dynamodb.update_item().table_name(&fixture.table);
    let update = update
        .set_key(Some(prepared.key().to_sdk()))
        .set_update_expression(prepared.update_expression())
        .set_condition_expression(prepared.condition_expression())
        .set_expression_attribute_names(prepared.expression_attribute_names())
        .set_expression_attribute_values(prepared.expression_attribute_values());
    update.send().await.map(drop).map_err(|error| format!("{error:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn own_put_creates_an_item() {
    let fixture = Fixture::new().await;
    let write = ItemWrite::create(item(1, [("body", long("a")), ("title", text("t"))]));
    let prepared = fixture.offloader.upload(write).await.unwrap();
    assert_eq!(fixture.requests.take(), ["PUT"]);
    assert!(fixture.raw(key(1)).await.is_none());

    let hour = Duration::from_mins(59)..=Duration::from_hours(1);
    assert!(hour.contains(&prepared.time_left().unwrap()));
    assert!(prepared.deadline() > SystemTime::now());
    let put = || {
        let put = fixture.backend.dynamodb.put_item().table_name(&fixture.table);
        put.set_item(Some(prepared.item_attributes().clone()))
            .set_condition_expression(prepared.condition_expression())
            .set_expression_attribute_names(prepared.expression_attribute_names())
            .set_expression_attribute_values(prepared.expression_attribute_values())
            .send()
    };
    let answer = put().await;
    assert_eq!(prepared.resolve(&answer).await.unwrap(), Resolution::Applied);
    assert_eq!(fixture.value(key(1), "body").await, Some(long("a")));

    // The same call again is refused, and still it was this write that won.
    let again = put().await;
    assert!(again.is_err());
    assert_eq!(prepared.resolve(&again).await.unwrap(), Resolution::Applied);
}

#[tokio::test(flavor = "multi_thread")]
async fn own_update_carries_actions_condition_and_pointers() {
    let fixture = Fixture::new().await;
    fixture.offloader.create(item(1, [("body", long("a")), ("n", number(1))])).await.unwrap();
    let write = ItemWrite::update(key(1))
        .set("body", long("b"))
        .add_expression("#n :one")
        .name("#n", "n")
        .value(":one", number(1));
    let prepared = fixture.offloader.upload(write).await.unwrap();
    let text = prepared.update_expression().unwrap();
    assert!(text.starts_with("SET ") && text.ends_with("ADD #n :one"), "{text}");
    assert_eq!(prepared.pointers().keys().collect::<Vec<_>>(), ["body"]);

    let answer = send(&fixture, &prepared).await;
    assert_eq!(answer, Ok(()));
    assert_eq!(prepared.resolve(&answer).await.unwrap(), Resolution::Applied);
    assert_eq!(fixture.value(key(1), "body").await, Some(long("b")));
    assert_eq!(fixture.value(key(1), "n").await, Some(number(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn own_update_on_an_item_that_changed_is_refused_and_known_to_be() {
    let fixture = Fixture::new().await;
    fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap();
    let write = ItemWrite::update(key(1)).set("body", long("b"));
    let prepared = fixture.offloader.upload(write).await.unwrap();
    fixture.offloader.update(ItemWrite::update(key(1)).set("body", long("c"))).await.unwrap();
    let answer = send(&fixture, &prepared).await;
    assert!(answer.as_ref().unwrap_err().contains("ConditionalCheckFailed"));
    assert_eq!(prepared.resolve(&answer).await.unwrap(), Resolution::NotApplied);
    assert_eq!(fixture.value(key(1), "body").await, Some(long("c")));
    // Both new objects are there: the loser's is the collector's.
    assert_eq!(fixture.objects().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn own_transaction_takes_prepared_writes() {
    let fixture = Fixture::new().await;
    let create = ItemWrite::create(item(1, [("body", long("a"))]));
    let prepared = fixture.offloader.upload(create).await.unwrap();
    let other = Put::builder().table_name(&fixture.table).set_item(Some(key(2))).build().unwrap();
    let transaction = fixture.backend.dynamodb.transact_write_items();
    let answer = transaction
        .transact_items(prepared.to_transact_item().unwrap())
        .transact_items(TransactWriteItem::builder().put(other).build())
        .send()
        .await;
    assert_eq!(prepared.resolve(&answer).await.unwrap(), Resolution::Applied);
    assert!(answer.is_ok());
    assert_eq!(fixture.value(key(1), "body").await, Some(long("a")));
    assert!(fixture.raw(key(2)).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn several_items_are_written_together_or_not_at_all() {
    let fixture = Fixture::new().await;
    fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap();
    fixture.offloader.create(item(3, [("body", long("x"))])).await.unwrap();
    fixture.requests.take();
    let writes = |value: &str| {
        vec![
            ItemWrite::update(key(1)).set("body", long(value)),
            ItemWrite::create(item(2, [("body", long("new"))])),
            ItemWrite::delete(key(3)),
        ]
    };
    fixture.offloader.transact(writes("b"), vec![]).await.unwrap();
    let mut calls = fixture.requests.take();
    calls.sort();
    assert_eq!(calls, ["GetItem", "GetItem", "PUT", "PUT", "TransactWriteItems"]);
    assert_eq!(fixture.value(key(1), "body").await, Some(long("b")));
    assert_eq!(fixture.value(key(2), "body").await, Some(long("new")));
    assert!(fixture.raw(key(3)).await.is_none());

    // Item 2 is there now: nothing of this happens.
    let writes = vec![
        ItemWrite::update(key(1)).set("body", long("c")),
        ItemWrite::create(item(2, [("body", long("newer"))])),
    ];
    let error = fixture.offloader.transact(writes, vec![]).await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::ConditionFailed);
    assert!(error.to_string().starts_with("part 1 "), "{error}");
    assert_eq!(fixture.value(key(1), "body").await, Some(long("b")));
    assert_eq!(fixture.value(key(2), "body").await, Some(long("new")));
}

#[tokio::test(flavor = "multi_thread")]
async fn transaction_whose_answers_are_lost_is_known_by_its_items() {
    use ddbkit_local::{Fault, When};
    let fixture = Fixture::embedded().await;
    let faults = fixture.backend.faults();
    faults.inject(Fault::LostAnswer, When::Every(1), "TransactWriteItems");
    let write = ItemWrite::create(item(1, [("body", long("a"))]));
    fixture.offloader.transact(vec![write], vec![]).await.unwrap();
    faults.clear();
    faults.inject(Fault::InternalServerError, When::Every(1), "TransactWriteItems");
    let write = ItemWrite::create(item(2, [("body", long("a"))]));
    let error = fixture.offloader.transact(vec![write], vec![]).await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::DynamoDb);
    assert!(fixture.raw(key(2)).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_tell_where_they_belong() {
    let fixture = Fixture::new().await;
    let mut new = item(1, [("body", long("a"))]);
    new.insert("pk".to_owned(), AttributeValue::S("a/b=ü\n".to_owned()));
    let created = fixture.offloader.create(new).await.unwrap();
    let pointer = created.blob("body").unwrap().unwrap().pointer().clone();
    let head = fixture.backend.s3.head_object().bucket(&pointer.bucket).key(&pointer.key);
    let metadata = head.send().await.unwrap().metadata.unwrap();
    assert_eq!(metadata["ddbkit-table"], fixture.table);
    assert_eq!(metadata["ddbkit-pk"], "S:a%2Fb%3D%C3%BC%0A");
    assert_eq!(metadata["ddbkit-sk"], "N:1");
    assert_eq!(metadata["ddbkit-attribute"], "body");
    assert!(metadata["ddbkit-time"].ends_with('Z'));
}
