//! Which values go to S3.

use crate::support::{Fixture, item, key, long, number, text};
use aws_sdk_dynamodb::types::AttributeValue;
use ddbkit_codec::{Item, rules::MAX_ITEM_SIZE};
use ddbkit_offload::{
    AttributeOptions, BlobKind, BlobPointer, Encoding, ItemWrite, OffloadErrorKind, OffloadPolicy,
    OffloadedItem,
};
use std::collections::HashMap;

async fn fixture(policy: OffloadPolicy) -> Fixture {
    let backend = ddbkit_testkit::backend().await;
    let attributes = ["a", "b", "c"];
    Fixture::with(backend, |builder| {
        let builder = builder.policy(policy);
        attributes
            .iter()
            .fold(builder, |builder, name| builder.attribute(*name, AttributeOptions::new()))
    })
    .await
}

fn offloaded(item: &OffloadedItem) -> Vec<&str> {
    item.seen().pointers().map(|(name, _)| name).collect()
}

fn size(item: &OffloadedItem) -> usize {
    Item::try_from(item.attributes().clone()).unwrap().size()
}

#[tokio::test(flavor = "multi_thread")]
async fn above_is_above_and_not_at() {
    let fixture = fixture(OffloadPolicy::Above(100)).await;
    let created = fixture.offloader.create(item(
        1,
        [
            ("a", text("x".repeat(100))),
            ("b", text("x".repeat(101))),
            ("other", text("x".repeat(5000))),
        ],
    ));
    assert_eq!(offloaded(&created.await.unwrap()), ["b"]);
    // A value that gets small comes back into the item.
    let write = ItemWrite::update(key(1)).set("b", text("small"));
    let updated = fixture.offloader.update(write).await.unwrap();
    assert!(offloaded(&updated).is_empty());
    assert_eq!(updated.attributes()["b"], text("small"));
}

#[tokio::test(flavor = "multi_thread")]
async fn largest_go_first_and_no_more_than_it_takes() {
    let limit = 3000;
    let fixture = fixture(OffloadPolicy::WhenItemExceeds(limit)).await;
    let with = |n, a: usize, b: usize, c: usize| {
        let text = |len| text("x".repeat(len));
        item(n, [("a", text(a)), ("b", text(b)), ("c", text(c)), ("other", text(500))])
    };
    let small = fixture.offloader.create(with(1, 700, 800, 600)).await.unwrap();
    assert!(offloaded(&small).is_empty());
    assert!(size(&small) <= limit);

    let one = fixture.offloader.create(with(2, 900, 1000, 1200)).await.unwrap();
    assert_eq!(offloaded(&one), ["c"]);
    assert!(size(&one) <= limit);

    let two = fixture.offloader.create(with(3, 1900, 2000, 1800)).await.unwrap();
    assert_eq!(offloaded(&two), ["a", "b"]);
    assert!(size(&two) <= limit, "{}", size(&two));
}

#[tokio::test(flavor = "multi_thread")]
async fn size_is_exact_to_the_byte() {
    let limit = 3000;
    let fixture = fixture(OffloadPolicy::WhenItemExceeds(limit)).await;
    let empty = fixture.offloader.create(item(10, [("a", text(""))])).await.unwrap();
    let room = limit - size(&empty);
    for (n, len, expected) in [(11, room, &[][..]), (12, room + 1, &["a"])] {
        let created = fixture.offloader.create(item(n, [("a", text("x".repeat(len)))]));
        assert_eq!(offloaded(&created.await.unwrap()), expected, "{len}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn update_counts_what_the_item_has_and_what_its_expressions_add() {
    let limit = 3000;
    let fixture = fixture(OffloadPolicy::WhenItemExceeds(limit)).await;
    let other = item(1, [("other", text("x".repeat(2000)))]);
    let created = fixture.offloader.create(other).await.unwrap();
    fixture.requests.take();
    // Also for a caller that has seen the item: its size is not known otherwise.
    let write = ItemWrite::update(key(1)).set("a", text("x".repeat(1200)));
    let updated = fixture.offloader.update(write.seen(created.seen().clone())).await.unwrap();
    assert_eq!(fixture.requests.take(), ["GetItem", "PUT", "UpdateItem"]);
    assert_eq!(offloaded(&updated), ["a"]);

    let fits = ItemWrite::update(key(1)).set("a", text("x".repeat(600)));
    assert!(offloaded(&fixture.offloader.update(fits).await.unwrap()).is_empty());
    let write = ItemWrite::update(key(1))
        .set("a", text("x".repeat(600)))
        .set_expression("more = :more")
        .value(":more", text("x".repeat(400)));
    assert_eq!(offloaded(&fixture.offloader.update(write).await.unwrap()), ["a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn item_that_stays_too_large_is_refused_before_anything_is_uploaded() {
    let fixture = fixture(OffloadPolicy::Always).await;
    let new = item(1, [("a", long("a")), ("other", text("x".repeat(MAX_ITEM_SIZE)))]);
    let error = fixture.offloader.create(new).await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::InvalidInput);
    assert!(fixture.requests.take().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_megabytes_fit_an_item() {
    let fixture = Fixture::new().await;
    let large: String = (0..2_000_000).map(|_| fastrand::alphanumeric()).collect();
    let new = item(1, [("body", text(&large)), ("notes", text(&large))]);
    let created = fixture.offloader.create(new.clone()).await.unwrap();
    let notes = created.blob("notes").unwrap().unwrap();
    assert_eq!(notes.pointer().encoding, Encoding::Zstd);
    assert!(notes.pointer().stored_len < 1_700_000, "{:?}", notes.pointer().stored_len);
    assert_eq!(created.value("body").await.unwrap(), Some(new["body"].clone()));
    assert_eq!(notes.read().await.unwrap(), Some(new["notes"].clone()));
}

#[tokio::test(flavor = "multi_thread")]
async fn values_of_every_type_are_offloaded() {
    let fixture = Fixture::new().await;
    let map = AttributeValue::M(HashMap::from([
        ("list".to_owned(), AttributeValue::L(vec![number(1), AttributeValue::Null(true)])),
        ("flag".to_owned(), AttributeValue::Bool(true)),
        ("set".to_owned(), AttributeValue::Ss(vec!["x".to_owned(), "y".to_owned()])),
    ]));
    let binary = AttributeValue::B(aws_sdk_dynamodb::primitives::Blob::new([0, 159, 146, 150]));
    let cases = [
        (text(""), BlobKind::String),
        (text("ü\n\0"), BlobKind::String),
        (binary, BlobKind::Binary),
        (number(42), BlobKind::Document),
        (AttributeValue::L(vec![]), BlobKind::Document),
        (map, BlobKind::Document),
    ];
    for (n, (value, kind)) in (0..).zip(cases) {
        let created = fixture.offloader.create(item(n, [("body", value.clone())])).await.unwrap();
        let pointer = BlobPointer::from_sdk(&created.attributes()["body"]).unwrap().unwrap();
        assert_eq!(pointer.kind, kind);
        assert_eq!(created.value("body").await.unwrap(), Some(value.clone()));
        // The same again, in whatever order maps come: nothing to upload.
        fixture.requests.take();
        let write = ItemWrite::update(key(n)).set("body", value);
        fixture.offloader.update(write.seen(created.seen().clone())).await.unwrap();
        assert_eq!(fixture.requests.take(), ["UpdateItem"]);
    }
}
