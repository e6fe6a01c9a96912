//! Many items are read, their values when they are wanted.

use crate::support::{Attributes, Fixture, item, key, long, text};
use ddbkit_local::{Fault, When};
use ddbkit_offload::{ItemWrite, OffloadErrorKind};
use futures::{StreamExt, TryStreamExt};
use std::collections::BTreeSet;
use std::num::NonZeroUsize;

const COUNT: u64 = 12;

async fn filled(fixture: Fixture) -> Fixture {
    for n in 0..COUNT {
        let new = item(n, [("body", long(&n.to_string())), ("notes", long("n"))]);
        fixture.offloader.create(new).await.unwrap();
    }
    fixture.requests.take();
    fixture
}

fn bodies(items: &[Attributes]) -> BTreeSet<String> {
    items.iter().map(|item| item["body"].as_s().unwrap().clone()).collect()
}

fn all_bodies() -> BTreeSet<String> {
    (0..COUNT).map(|n| long(&n.to_string()).as_s().unwrap().clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn scan_reads_values_when_asked() {
    let fixture = filled(Fixture::new().await).await;
    let scan = || fixture.offloader.scan(fixture.backend.dynamodb.scan().limit(5));
    let items: Vec<_> = scan().try_collect().await.unwrap();
    assert_eq!(items.len() as u64, COUNT);
    assert!(!fixture.requests.take().contains(&"GET".to_owned()), "lazy until asked");
    let blob = items[0].blob("body").unwrap().unwrap();
    assert_eq!(blob.key(), &fixture.offloader.item_key(items[0].attributes()).unwrap());
    assert!(all_bodies().contains(blob.read().await.unwrap().unwrap().as_s().unwrap()));

    let eager: Vec<_> = scan().hydrated().try_collect().await.unwrap();
    assert_eq!(bodies(&eager), all_bodies());
    assert!(eager.iter().all(|item| item["notes"] == long("n")));
}

#[tokio::test(flavor = "multi_thread")]
async fn query_keeps_its_order() {
    let fixture = Fixture::new().await;
    for n in 0..COUNT {
        let mut new = item(n, [("body", long(&n.to_string()))]);
        new.insert("pk".to_owned(), text("same"));
        fixture.offloader.create(new).await.unwrap();
    }
    let query = fixture.backend.dynamodb.query().key_condition_expression("pk = :pk");
    let query = query.expression_attribute_values(":pk", text("same")).limit(5);
    let items: Vec<_> = fixture.offloader.query(query).hydrated().try_collect().await.unwrap();
    let expected: Vec<_> = (0..COUNT).map(|n| long(&n.to_string())).collect();
    let got: Vec<_> = items.into_iter().map(|mut item| item.remove("body").unwrap()).collect();
    assert_eq!(got, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn projection_is_kept() {
    let fixture = filled(Fixture::new().await).await;
    let scan = fixture.backend.dynamodb.scan().projection_expression("pk, sk, body");
    let items: Vec<_> = fixture.offloader.scan(scan).hydrated().try_collect().await.unwrap();
    assert_eq!(bodies(&items), all_bodies());
    assert!(items.iter().all(|item| item.len() == 3));

    let scan = fixture.backend.dynamodb.scan().projection_expression("body");
    let first = fixture.offloader.scan(scan).hydrated().next().await.unwrap();
    let error = first.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::InvalidInput, "the key is needed: {error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn batch_get_takes_any_number_of_keys() {
    let fixture = filled(Fixture::new().await).await;
    let keys: Vec<_> = (0..130).map(key).collect();
    let items = fixture.offloader.batch_get(keys).hydrated();
    let items: Vec<_> = items.try_collect().await.unwrap();
    assert_eq!(bodies(&items), all_bodies());
    let calls = fixture.requests.take();
    assert_eq!(calls.iter().filter(|call| *call == "BatchGetItem").count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn batch_get_refuses_a_wrong_key() {
    let fixture = Fixture::new().await;
    let wrong = Attributes::from([("pk".to_owned(), text("a"))]);
    let error = fixture.offloader.batch_get(vec![wrong]).next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::InvalidInput);
}

#[tokio::test(flavor = "multi_thread")]
async fn error_in_the_middle_is_told_and_ends_the_stream() {
    let fixture = filled(Fixture::embedded().await).await;
    fixture.backend.faults().inject(Fault::InternalServerError, When::From(2), "Scan");
    let scan = fixture.offloader.scan(fixture.backend.dynamodb.scan().limit(5));
    let items: Vec<_> = scan.collect().await;
    assert_eq!(items.len(), 6);
    assert_eq!(items[5].as_ref().unwrap_err().kind(), OffloadErrorKind::DynamoDb);
}

#[tokio::test(flavor = "multi_thread")]
async fn items_deleted_while_they_are_read_are_left_out() {
    let fixture = filled(Fixture::new().await).await;
    let items = fixture.offloader.scan(fixture.backend.dynamodb.scan());
    let items: Vec<_> = items.try_collect().await.unwrap();
    fixture.offloader.delete(key(3)).await.unwrap();
    let gone = items.iter().find(|item| item.attributes()["pk"] == text("item-3")).unwrap();
    let object = &gone.blob("body").unwrap().unwrap().pointer().key.clone();
    fixture.delete_object(object).await;
    let mut left = 0;
    for item in items {
        left += u64::from(item.hydrate().await.unwrap().is_some());
    }
    assert_eq!(left, COUNT - 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_is_bounded_by_what_was_allowed() {
    let backend = ddbkit_testkit::backend().await;
    let one = NonZeroUsize::new(4).unwrap();
    // Room for one item and a bit.
    let room = 80_000;
    let fixture = Fixture::with(backend, |builder| builder.memory(room).concurrency(one)).await;
    let fixture = filled(fixture).await;
    let items = fixture.offloader.scan(fixture.backend.dynamodb.scan()).hydrated();
    let items: Vec<_> = items.try_collect().await.unwrap();
    assert_eq!(bodies(&items), all_bodies());

    let huge = item(100, [("body", text("x".repeat(90_000)))]);
    let huge = fixture.offloader.create(huge).await.unwrap();
    let stream = huge.blob("body").unwrap().unwrap().stream().await.unwrap().unwrap();
    assert_eq!(joined(stream).await.len(), 90_000, "a stream needs no room for the whole");
    for error in [huge.value("body").await.unwrap_err(), huge.hydrate().await.unwrap_err()] {
        assert_eq!(error.kind(), OffloadErrorKind::InvalidInput);
        assert!(error.to_string().contains("80000 are allowed"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stream_that_waits_reads_no_further_than_its_room() {
    let backend = ddbkit_testkit::backend().await;
    let fixture = filled(Fixture::with(backend, |builder| builder.memory(100_000)).await).await;
    let mut items = fixture.offloader.scan(fixture.backend.dynamodb.scan()).hydrated();
    items.next().await.unwrap().unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let reads = fixture.requests.take().iter().filter(|call| *call == "GET").count();
    // Two values each; an item takes some 60 KB of the 100 KB.
    assert!(reads <= 6, "{reads} values were read for one item that was taken");
    let rest: Vec<_> = items.try_collect().await.unwrap();
    assert_eq!(rest.len() as u64, COUNT - 1);
}

async fn joined(stream: ddbkit_offload::body::BodyStream) -> Vec<u8> {
    stream.try_collect::<Vec<_>>().await.unwrap().concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn stream_follows_a_pointer_that_moved() {
    let fixture = Fixture::new().await;
    let old = fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap();
    let blob = old.blob("body").unwrap().unwrap();
    let text_of = |seed| long(seed).as_s().unwrap().clone().into_bytes();
    assert_eq!(joined(blob.stream().await.unwrap().unwrap()).await, text_of("a"));

    let change = ItemWrite::update(key(1)).set("body", long("b"));
    fixture.offloader.update(change).await.unwrap();
    fixture.delete_object(&blob.pointer().key).await;
    assert_eq!(joined(blob.stream().await.unwrap().unwrap()).await, text_of("b"));

    for object in fixture.objects().await {
        fixture.delete_object(&object).await;
    }
    let error = blob.stream().await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::Dangling);
    fixture.offloader.update(ItemWrite::update(key(1)).remove("body")).await.unwrap();
    assert!(blob.stream().await.unwrap().is_none());
}
