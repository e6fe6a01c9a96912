//! Answers are lost, requests repeated, deadlines missed: nothing is lost, nothing is deleted.

use crate::support::{Fixture, item, key, long, text};
use ddbkit_local::{Fault, When};
use ddbkit_offload::{ItemWrite, OffloadErrorKind, Timing};
use ddbkit_testkit::Backend;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn write_whose_answer_is_lost_is_known_by_its_rev() {
    // The SDK sends it again, the condition is false by then, and still it won.
    for operation in ["PutItem", "UpdateItem"] {
        let fixture = Fixture::embedded().await;
        if operation == "UpdateItem" {
            fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap();
        }
        let lost = fixture.backend.faults().inject(Fault::LostAnswer, When::Once, operation);
        let written = if operation == "PutItem" {
            fixture.offloader.create(item(1, [("body", long("b"))])).await
        } else {
            let write = ItemWrite::update(key(1)).set("body", long("b"));
            fixture.offloader.update(write).await
        };
        let written = written.unwrap();
        assert_eq!(lost.injected(), 1);
        assert_eq!(written.value("body").await.unwrap(), Some(long("b")), "{operation}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn delete_whose_answer_is_lost_is_done() {
    let fixture = Fixture::embedded().await;
    fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap();
    let lost = fixture.backend.faults().inject(Fault::LostAnswer, When::Once, "DeleteItem");
    fixture.offloader.delete(key(1)).await.unwrap();
    assert_eq!(lost.injected(), 1);
    assert!(fixture.raw(key(1)).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn write_that_always_loses_its_answer_is_resolved_by_a_read() {
    let fixture = Fixture::embedded().await;
    fixture.backend.faults().inject(Fault::LostAnswer, When::Every(1), "PutItem");
    let created = fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap();
    assert_eq!(created.value("body").await.unwrap(), Some(long("a")));
}

#[tokio::test(flavor = "multi_thread")]
async fn write_that_never_arrives_is_an_error_and_its_object_stays() {
    let fixture = Fixture::embedded().await;
    fixture.backend.faults().inject(Fault::InternalServerError, When::Every(1), "PutItem");
    let error = fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::DynamoDb);
    assert_eq!(error.code(), Some("InternalServerError"));
    assert!(error.to_string().contains("failed: InternalServerError"), "{error}");
    assert!(fixture.raw(key(1)).await.is_none());
    assert_eq!(fixture.objects().await.len(), 1, "nothing is deleted on failure");
}

#[tokio::test(flavor = "multi_thread")]
async fn write_is_ambiguous_when_the_read_fails_too() {
    let fixture = Fixture::embedded().await;
    fixture.backend.faults().inject(Fault::LostAnswer, When::Every(1), "PutItem");
    fixture.backend.faults().inject(Fault::InternalServerError, When::Every(1), "GetItem");
    let error = fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::Ambiguous);
    fixture.backend.faults().clear();
    assert_eq!(fixture.value(key(1), "body").await, Some(long("a")));
    assert_eq!(fixture.objects().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn winner_that_someone_wrote_beside_still_knows_that_it_won() {
    // The first attempt wins and its answer is lost. Before the second, someone changes another
    // attribute, and with it the rev: the key of the object tells.
    let fixture = Fixture::embedded().await;
    fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap();
    let prepared = {
        let write = ItemWrite::update(key(1)).set("body", long("b"));
        fixture.offloader.upload(write).await.unwrap()
    };
    let update = fixture.backend.dynamodb.update_item().table_name(&fixture.table);
    update
        .set_key(Some(key(1)))
        .set_update_expression(prepared.update_expression())
        .set_condition_expression(prepared.condition_expression())
        .set_expression_attribute_names(prepared.expression_attribute_names())
        .set_expression_attribute_values(prepared.expression_attribute_values())
        .send()
        .await
        .unwrap();
    let beside = ItemWrite::update(key(1)).set("notes", long("n"));
    fixture.offloader.update(beside).await.unwrap();
    let answer: Result<(), &str> = Err("lost");
    let resolution = prepared.resolve(&answer).await.unwrap();
    assert_eq!(resolution, ddbkit_offload::Resolution::Applied);
}

#[tokio::test(flavor = "multi_thread")]
async fn upload_whose_answer_is_lost_is_taken_for_done() {
    let fixture = Fixture::embedded().await;
    let lost = fixture.backend.faults().inject(Fault::LostAnswer, When::Once, "PutObject");
    let created = fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap();
    assert_eq!(lost.injected(), 1);
    assert_eq!(created.value("body").await.unwrap(), Some(long("a")));
    assert_eq!(fixture.objects().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn upload_that_fails_leaves_the_item_alone() {
    let fixture = Fixture::embedded().await;
    fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap();
    fixture.backend.faults().inject(Fault::InternalServerError, When::Every(1), "PutObject");
    let write = ItemWrite::update(key(1)).set("body", long("b"));
    let error = fixture.offloader.update(write).await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::S3);
    assert_eq!(fixture.value(key(1), "body").await, Some(long("a")));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_after_the_deadline() {
    let fixture = Fixture::embedded().await;
    let prepared = {
        let write = ItemWrite::create(item(1, [("body", long("a"))]));
        fixture.offloader.upload(write).await.unwrap()
    };
    assert!(prepared.time_left().unwrap() > Duration::from_mins(59));
    fixture.clock.advance(Duration::from_hours(1));
    let error = prepared.to_transact_item().unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::DeadlineExceeded);
}

/// A second from the start of the upload to the write.
async fn hurried() -> Fixture {
    let timing = Timing { write_deadline: Duration::from_secs(1), ..Timing::default() };
    Fixture::with(Backend::embedded_only().await, |builder| builder.timing(timing)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_upload_is_given_up_at_the_deadline_and_nothing_is_written() {
    let fixture = hurried().await;
    let slow = Fault::Delay(Duration::from_secs(5));
    fixture.backend.faults().inject(slow, When::Every(1), "PutObject");
    let error = fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::DeadlineExceeded);
    assert_eq!(fixture.requests.take(), ["PUT"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_write_is_given_up_at_the_deadline_and_finds_its_object_if_it_arrives_later() {
    let fixture = hurried().await;
    let slow = Fault::Delay(Duration::from_secs(2));
    fixture.backend.faults().inject(slow, When::Every(1), "PutItem");
    let error = fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::DeadlineExceeded);
    assert_eq!(fixture.objects().await.len(), 1, "nothing is deleted on failure");
    tokio::time::sleep(Duration::from_secs(2)).await;
    // Whether it still arrives is the network's choice.
    if let Some(item) = fixture.offloader.get(key(1)).await.unwrap() {
        assert_eq!(item.value("body").await.unwrap(), Some(long("a")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn read_follows_a_pointer_that_moved() {
    let fixture = Fixture::embedded().await;
    let old = fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap();
    let blob = old.blob("body").unwrap().unwrap();
    let write = ItemWrite::update(key(1)).set("body", long("b")).set("title", text("t"));
    fixture.offloader.update(write).await.unwrap();
    fixture.delete_object(&blob.pointer().key).await;

    assert_eq!(blob.read().await.unwrap(), Some(long("b")));
    let whole = old.clone().hydrate().await.unwrap().unwrap();
    assert_eq!(whole["body"], long("b"));
    assert!(whole.contains_key("title"), "the item is read anew as a whole");

    fixture.offloader.update(ItemWrite::update(key(1)).remove("body")).await.unwrap();
    assert_eq!(blob.read().await.unwrap(), None);
    fixture.offloader.delete(key(1)).await.unwrap();
    assert_eq!(blob.read().await.unwrap(), None);
    assert_eq!(old.hydrate().await.unwrap(), None);
}
