//! Items are created, changed and deleted, with as few calls as can be.

use crate::support::{Fixture, item, key, long, number, text};
use ddbkit_offload::{BlobPointer, ItemWrite, OffloadErrorKind, Seen};

#[tokio::test(flavor = "multi_thread")]
async fn create_is_one_put_and_one_write() {
    let fixture = Fixture::new().await;
    let new = item(1, [("body", long("a")), ("title", text("t"))]);
    let created = fixture.offloader.create(new.clone()).await.unwrap();
    assert_eq!(fixture.requests.take(), ["PUT", "PutItem"]);

    let raw = fixture.raw(key(1)).await.unwrap();
    let pointer = BlobPointer::from_sdk(&raw["body"]).unwrap().unwrap();
    assert_eq!(fixture.objects().await, [pointer.key]);
    assert_eq!(raw["title"], text("t"));
    assert_eq!(raw["ddbkit_rev"], text(created.seen().rev().unwrap()));
    assert_eq!(created.attributes(), &raw);

    let mut back = created.hydrate().await.unwrap().unwrap();
    assert!(back.remove("ddbkit_rev").is_some());
    assert_eq!(back, new);
}

#[tokio::test(flavor = "multi_thread")]
async fn create_does_not_replace_an_item() {
    let fixture = Fixture::new().await;
    fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap();
    let error = fixture.offloader.create(item(1, [("body", long("b"))])).await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::ConditionFailed);
    assert!(error.to_string().contains("is there already"), "{error}");
    assert_eq!(fixture.value(key(1), "body").await, Some(long("a")));
    // The object of the loser is left to the collector.
    assert_eq!(fixture.objects().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn update_is_one_put_and_one_write_and_a_read_where_nothing_was_seen() {
    let fixture = Fixture::new().await;
    let created = fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap();
    fixture.requests.take();

    let write = ItemWrite::update(key(1)).set("body", long("b"));
    // As it comes back from a form.
    let seen = Seen::from_json(&created.seen().to_json()).unwrap();
    let updated = fixture.offloader.update(write.seen(seen)).await.unwrap();
    assert_eq!(fixture.requests.take(), ["PUT", "UpdateItem"]);
    assert_eq!(updated.value("body").await.unwrap(), Some(long("b")));
    fixture.requests.take();

    let write = ItemWrite::update(key(1)).set("body", long("c"));
    fixture.offloader.update(write).await.unwrap();
    assert_eq!(fixture.requests.take(), ["GetItem", "PUT", "UpdateItem"]);
    assert_eq!(fixture.value(key(1), "body").await, Some(long("c")));
}

#[tokio::test(flavor = "multi_thread")]
async fn same_content_is_not_uploaded_again() {
    let fixture = Fixture::new().await;
    let created = fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap();
    let before = fixture.raw(key(1)).await.unwrap();
    fixture.requests.take();

    let write = ItemWrite::update(key(1)).set("body", long("a")).set("title", text("new"));
    fixture.offloader.update(write.seen(created.seen().clone())).await.unwrap();
    assert_eq!(fixture.requests.take(), ["UpdateItem"]);
    let after = fixture.raw(key(1)).await.unwrap();
    assert_eq!(after["body"], before["body"]);
    assert_ne!(after["ddbkit_rev"], before["ddbkit_rev"]);
    assert_eq!(after["title"], text("new"));
}

#[tokio::test(flavor = "multi_thread")]
async fn reuse_is_refused_when_the_pointer_was_removed_by_someone_else() {
    let fixture = Fixture::new().await;
    let created = fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap();
    // Past the library: the rev stays.
    let mut raw = fixture.raw(key(1)).await.unwrap();
    raw.remove("body");
    fixture.put_raw(raw).await;

    for write in [
        ItemWrite::update(key(1)).set("body", long("a")),
        ItemWrite::update(key(1)).set("body", long("b")),
        ItemWrite::update(key(1)).remove("body"),
    ] {
        let seen = created.seen().clone();
        let error = fixture.offloader.update(write.seen(seen)).await.unwrap_err();
        assert_eq!(error.kind(), OffloadErrorKind::ConditionFailed, "{error}");
    }
    assert!(!fixture.raw(key(1)).await.unwrap().contains_key("body"));
}

#[tokio::test(flavor = "multi_thread")]
async fn pointer_that_appeared_is_not_written_over() {
    let fixture = Fixture::new().await;
    let seen = {
        let created = fixture.offloader.create(item(1, [("title", text("t"))])).await.unwrap();
        created.seen().clone()
    };
    let write = ItemWrite::update(key(1)).set("body", long("a"));
    fixture.offloader.update(write).await.unwrap();
    // Someone puts the old rev back, with the new pointer.
    let mut raw = fixture.raw(key(1)).await.unwrap();
    raw.insert("ddbkit_rev".to_owned(), text(seen.rev().unwrap()));
    fixture.put_raw(raw).await;
    let write = ItemWrite::update(key(1)).set("body", long("b")).seen(seen);
    let error = fixture.offloader.update(write).await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::ConditionFailed);
    assert_eq!(fixture.value(key(1), "body").await, Some(long("a")));
}

#[tokio::test(flavor = "multi_thread")]
async fn attributes_are_set_replaced_and_removed_beside_other_expressions() {
    let fixture = Fixture::new().await;
    let new = item(1, [("body", long("a")), ("views", number(1)), ("draft", text("x"))]);
    fixture.offloader.create(new).await.unwrap();
    let write = ItemWrite::update(key(1))
        .remove("body")
        .set("notes", long("n"))
        .set("title", text("t"))
        .add_expression("#views :one")
        .set_expression("#total = if_not_exists(#total, :zero) + :one")
        .remove_expression("draft")
        .name("#views", "views")
        .name("#total", "total")
        .value(":one", number(1))
        .value(":zero", number(0))
        .condition("#views < :many")
        .value(":many", number(10));
    let updated = fixture.offloader.update(write).await.unwrap();
    let mut updated = updated.hydrate().await.unwrap().unwrap();
    updated.remove("ddbkit_rev");
    let expected =
        [("notes", long("n")), ("title", text("t")), ("views", number(2)), ("total", number(1))];
    assert_eq!(updated, item(1, expected));
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_condition_that_does_not_hold_stops_the_write() {
    let fixture = Fixture::new().await;
    fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap();
    let write =
        ItemWrite::update(key(1)).set("body", long("b")).condition("attribute_exists(nope)");
    let error = fixture.offloader.update(write).await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::ConditionFailed);
    assert!(error.to_string().contains("caller's condition"), "{error}");
    assert_eq!(fixture.value(key(1), "body").await, Some(long("a")));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_writers_that_saw_the_same_one_wins() {
    let fixture = Fixture::new().await;
    let created = fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap();
    let write = |value: &str| {
        let write = ItemWrite::update(key(1)).set("body", long(value));
        fixture.offloader.update(write.seen(created.seen().clone()))
    };
    let (first, second) = tokio::join!(write("b"), write("c"));
    let (winner, loser) = match (first, second) {
        (Ok(winner), Err(loser)) | (Err(loser), Ok(winner)) => (winner, loser),
        both => panic!("{both:?}"),
    };
    assert_eq!(loser.kind(), OffloadErrorKind::ConditionFailed);
    assert!(loser.to_string().contains("changed by someone else"), "{loser}");
    assert_eq!(fixture.value(key(1), "body").await, winner.value("body").await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn item_that_the_library_never_wrote_is_taken_over() {
    let fixture = Fixture::new().await;
    fixture.put_raw(item(1, [("body", text("inline")), ("title", text("t"))])).await;
    let write = ItemWrite::update(key(1)).set("body", long("a"));
    let updated = fixture.offloader.update(write).await.unwrap();
    assert!(updated.seen().rev().is_some());
    assert_eq!(updated.value("body").await.unwrap(), Some(long("a")));
    assert_eq!(updated.attributes()["title"], text("t"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_not_updated() {
    let fixture = Fixture::new().await;
    let write = ItemWrite::update(key(1)).set("body", long("a"));
    let error = fixture.offloader.update(write).await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::NotFound);
    assert!(fixture.objects().await.is_empty(), "nothing is uploaded for nothing");

    let created = fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap();
    fixture.offloader.delete(key(1)).await.unwrap();
    let write = ItemWrite::update(key(1)).set("body", long("b")).seen(created.seen().clone());
    let error = fixture.offloader.update(write).await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::NotFound);
    assert!(fixture.raw(key(1)).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn delete_leaves_the_object_and_may_be_repeated() {
    let fixture = Fixture::new().await;
    fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap();
    fixture.requests.take();
    fixture.offloader.delete(key(1)).await.unwrap();
    assert_eq!(fixture.requests.take(), ["GetItem", "DeleteItem"]);
    assert!(fixture.offloader.get(key(1)).await.unwrap().is_none());
    assert_eq!(fixture.objects().await.len(), 1);
    fixture.offloader.delete(key(1)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn delete_spares_an_item_that_changed() {
    let fixture = Fixture::new().await;
    let created = fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap();
    let seen = created.seen().clone();
    let write = ItemWrite::update(key(1)).set("title", text("new"));
    fixture.offloader.update(write).await.unwrap();
    let delete = ItemWrite::delete(key(1)).seen(seen);
    let error = fixture.offloader.write(delete).await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::ConditionFailed);
    assert_eq!(fixture.value(key(1), "title").await, Some(text("new")));
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_writers_may_write_what_is_not_the_librarys() {
    let fixture = Fixture::new().await;
    let created = fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap();
    let foreign = |expression: &str| {
        let update = fixture.backend.dynamodb.update_item().table_name(&fixture.table);
        update.set_key(Some(key(1))).update_expression(expression)
    };
    let title = foreign("SET title = :t").expression_attribute_values(":t", text("theirs"));
    title.send().await.unwrap();
    // Another attribute: what was seen still holds.
    let write = ItemWrite::update(key(1)).set("body", long("b")).seen(created.seen().clone());
    let updated = fixture.offloader.update(write).await.unwrap();
    assert_eq!(updated.attributes()["title"], text("theirs"));

    // The pointer: a writer that saw it is refused, one that did not touches nothing of it.
    foreign("REMOVE body").send().await.unwrap();
    let over = ItemWrite::update(key(1)).set("body", long("c")).seen(updated.seen().clone());
    let error = fixture.offloader.update(over).await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::ConditionFailed);
    let beside = ItemWrite::update(key(1)).set("notes", long("n")).seen(updated.seen().clone());
    let beside = fixture.offloader.update(beside).await.unwrap();
    assert!(!beside.attributes().contains_key("body"));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_values_go_in_one_write() {
    let fixture = Fixture::new().await;
    let new = item(1, [("body", long("a")), ("notes", long("n")), ("title", text("t"))]);
    let created = fixture.offloader.create(new).await.unwrap();
    assert_eq!(fixture.requests.take(), ["PUT", "PUT", "PutItem"]);
    assert_eq!(created.seen().pointers().count(), 2);
    // One of two changes: the other object stays.
    let write = ItemWrite::update(key(1)).set("body", long("b")).set("notes", long("n"));
    let updated = fixture.offloader.update(write.seen(created.seen().clone())).await.unwrap();
    assert_eq!(fixture.requests.take(), ["PUT", "UpdateItem"]);
    assert_eq!(updated.attributes()["notes"], created.attributes()["notes"]);
    assert_ne!(updated.attributes()["body"], created.attributes()["body"]);
}
