//! What must be refused is refused, by its kind, and nothing is lost by it.

use crate::support::{Attributes, Fixture, item, key, long, number, text};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_s3::primitives::ByteStream;
use ddbkit_offload::{
    AttributeOptions, BlobPointer, ItemWrite, OffloadErrorKind, Offloader, OffloaderBuilder,
};
use ddbkit_testkit::{Backend, KeySchema};

/// Changes one member of the pointer in an item, past the library.
async fn tampered(fixture: &Fixture, member: &str, value: AttributeValue) {
    let mut raw = fixture.raw(key(1)).await.unwrap();
    let AttributeValue::M(pointer) = raw.get_mut("body").unwrap() else { panic!("no pointer") };
    pointer.insert(member.to_owned(), value);
    fixture.put_raw(raw).await;
}

async fn read_error(fixture: &Fixture) -> OffloadErrorKind {
    let item = match fixture.offloader.get(key(1)).await {
        Ok(item) => item.unwrap(),
        Err(error) => return error.kind(),
    };
    let lazy = item.value("body").await.unwrap_err();
    let eager = item.hydrate().await.unwrap_err();
    assert_eq!(lazy.kind(), eager.kind());
    assert!(lazy.to_string().contains("\"body\""), "{lazy}");
    lazy.kind()
}

async fn with_item() -> Fixture {
    let fixture = Fixture::new().await;
    fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap();
    fixture
}

#[tokio::test(flavor = "multi_thread")]
async fn pointer_of_another_item_is_not_followed() {
    let fixture = with_item().await;
    fixture.offloader.create(item(2, [("body", long("b"))])).await.unwrap();
    let mut raw = fixture.raw(key(1)).await.unwrap();
    raw.insert("body".to_owned(), fixture.raw(key(2)).await.unwrap()["body"].clone());
    fixture.put_raw(raw).await;
    assert_eq!(read_error(&fixture).await, OffloadErrorKind::ForeignPointer);
}

#[tokio::test(flavor = "multi_thread")]
async fn pointer_of_another_table_is_not_followed() {
    let fixture = with_item().await;
    // The same key in another table, with the same bucket and another prefix.
    let table = fixture.backend.table("other", KeySchema::default()).await;
    let other = Offloader::builder(fixture.backend.dynamodb.clone(), fixture.backend.s3.clone())
        .table(table)
        .bucket(&fixture.bucket)
        .prefix("other")
        .attribute("body", AttributeOptions::new())
        .build()
        .await
        .unwrap();
    let foreign = other.create(item(1, [("body", long("b"))])).await.unwrap();
    let mut raw = fixture.raw(key(1)).await.unwrap();
    raw.insert("body".to_owned(), foreign.attributes()["body"].clone());
    fixture.put_raw(raw).await;
    assert_eq!(read_error(&fixture).await, OffloadErrorKind::ForeignPointer);
    let bucket = text("another-bucket");
    let fixture = with_item().await;
    tampered(&fixture, "b", bucket).await;
    assert_eq!(read_error(&fixture).await, OffloadErrorKind::ForeignPointer);
}

#[tokio::test(flavor = "multi_thread")]
async fn edited_hash_is_noticed() {
    let fixture = with_item().await;
    tampered(&fixture, "h", AttributeValue::B(Blob::new([0; 32]))).await;
    assert_eq!(read_error(&fixture).await, OffloadErrorKind::Corrupt);
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_object_is_dangling_and_never_nothing() {
    let fixture = with_item().await;
    fixture.delete_object(&fixture.objects().await[0]).await;
    assert_eq!(read_error(&fixture).await, OffloadErrorKind::Dangling);
    // The attribute can be written again.
    let write = ItemWrite::update(key(1)).set("body", long("b"));
    fixture.offloader.update(write).await.unwrap();
    assert_eq!(fixture.value(key(1), "body").await, Some(long("b")));
}

#[tokio::test(flavor = "multi_thread")]
async fn object_of_another_length_or_other_bytes_is_noticed() {
    let fixture = with_item().await;
    let object = fixture.objects().await.remove(0);
    let long_ago = long("a").as_s().unwrap().clone();
    for body in ["short".to_owned(), "x".repeat(long_ago.len())] {
        let put = fixture.backend.s3.put_object().bucket(&fixture.bucket).key(&object);
        put.body(ByteStream::from(body.into_bytes())).send().await.unwrap();
        assert_eq!(read_error(&fixture).await, OffloadErrorKind::Corrupt);
    }
    tampered(&fixture, "n", number(5)).await;
    tampered(&fixture, "s", number(5)).await;
    assert_eq!(read_error(&fixture).await, OffloadErrorKind::Corrupt);
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_and_newer_pointers_are_told_apart() {
    let fixture = with_item().await;
    tampered(&fixture, "$ddbkit:blob", number(2)).await;
    assert_eq!(read_error(&fixture).await, OffloadErrorKind::UnsupportedVersion);
    tampered(&fixture, "$ddbkit:blob", text("1")).await;
    assert_eq!(read_error(&fixture).await, OffloadErrorKind::InvalidPointer);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_every_shape_are_taken() {
    let backend = ddbkit_testkit::backend().await;
    let fixture = Fixture::with(backend, |builder| builder).await;
    let keys = [
        "x".repeat(2048),
        "ü".repeat(1024),
        "a/sk=1/attr=body".to_owned(),
        "../../_owner.json".to_owned(),
        "line\nbreak\r\n".to_owned(),
        "tab\tnul\0".to_owned(),
        "emoji \u{1f600} % + & = ?".to_owned(),
    ];
    for (n, pk) in keys.iter().enumerate() {
        let mut new = item(7, [("body", long(&n.to_string()))]);
        new.insert("pk".to_owned(), text(pk));
        let created = fixture.offloader.create(new).await.unwrap();
        let key = Attributes::from([("pk".to_owned(), text(pk)), ("sk".to_owned(), number(7))]);
        let read = fixture.value(key, "body").await;
        assert_eq!(read, Some(long(&n.to_string())), "{pk:?}");
        let object = &created.blob("body").unwrap().unwrap().pointer().key.clone();
        assert!(object.is_ascii() && object.len() < 200, "{object}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pointers_are_not_taken_for_values() {
    let fixture = with_item().await;
    fixture.offloader.create(item(2, [("body", long("b"))])).await.unwrap();
    let own = fixture.raw(key(1)).await.unwrap()["body"].clone();
    let foreign = fixture.raw(key(2)).await.unwrap()["body"].clone();
    let objects = fixture.objects().await;
    let within = AttributeValue::L(vec![own.clone()]);
    let mut damaged = own.as_m().unwrap().clone();
    damaged.remove("h");

    let refused = async |write: ItemWrite| {
        let error = fixture.offloader.write(write).await.unwrap_err();
        (error.kind(), error.to_string())
    };
    let update = |name: &str, value| ItemWrite::update(key(1)).set(name, value);
    let (kind, message) = refused(update("body", foreign.clone())).await;
    assert_eq!(kind, OffloadErrorKind::ForeignPointer, "{message}");
    let (kind, message) = refused(update("title", foreign.clone())).await;
    assert_eq!(kind, OffloadErrorKind::ForeignPointer, "{message}");
    // The item's own, at another attribute.
    let (kind, message) = refused(update("notes", own.clone())).await;
    assert_eq!(kind, OffloadErrorKind::InvalidPointer, "{message}");
    let (kind, _) = refused(update("body", within.clone())).await;
    assert_eq!(kind, OffloadErrorKind::InvalidPointer);
    let (kind, _) = refused(update("body", AttributeValue::M(damaged))).await;
    assert_eq!(kind, OffloadErrorKind::InvalidPointer);
    let (kind, _) = refused(ItemWrite::create(item(3, [("body", foreign.clone())]))).await;
    assert_eq!(kind, OffloadErrorKind::ForeignPointer);
    let expression = ItemWrite::update(key(1)).set_expression("x = :x").value(":x", within);
    let (kind, _) = refused(expression).await;
    assert_eq!(kind, OffloadErrorKind::InvalidInput);
    assert_eq!(fixture.objects().await, objects, "nothing was uploaded");

    // Its own and current one is no change.
    let write = update("body", own.clone()).set("title", text("t"));
    let updated = fixture.offloader.update(write).await.unwrap();
    assert_eq!(updated.attributes()["body"], own);
    assert_eq!(fixture.objects().await, objects);

    // One that it had before is not.
    fixture.offloader.update(update("body", long("new"))).await.unwrap();
    let (kind, _) = refused(update("body", own)).await;
    assert_eq!(kind, OffloadErrorKind::InvalidPointer);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_the_library_is_not_written_otherwise() {
    let fixture = with_item().await;
    let update = || ItemWrite::update(key(1));
    let seen = fixture.offloader.get(key(1)).await.unwrap().unwrap().seen().clone();
    let mut too_much = key(1);
    too_much.insert("body".to_owned(), long("b"));
    for (write, expected) in [
        (update().set("pk", text("x")), "key attribute \"pk\""),
        (update().remove("sk"), "key attribute \"sk\""),
        (update().set("ddbkit_rev", text("x")), "belongs to the library"),
        (update().set_expression("body = :x").value(":x", text("x")), "names attribute \"body\""),
        (update().set_expression("copy = #b").name("#b", "body"), "names attribute \"body\""),
        (update().remove_expression("ddbkit_rev"), "names attribute \"ddbkit_rev\""),
        (update().name("#ddbkit0", "x"), "placeholder \"#ddbkit0\""),
        (ItemWrite::create(key(2)).seen(seen), "was not seen"),
        (ItemWrite::update(too_much), "other attributes than the table's key"),
        (ItemWrite::update(Attributes::new()), "\"pk\""),
        (ItemWrite::delete(key(1)).set("a", text("x")), "a delete takes no changes"),
        (ItemWrite::create(item(2, [("ddbkit_rev", text("x"))])), "belongs to the library"),
        (update().set("n", AttributeValue::N("one".to_owned())), "attribute \"n\""),
    ] {
        let error = fixture.offloader.write(write).await.unwrap_err();
        assert_eq!(error.kind(), OffloadErrorKind::InvalidInput);
        assert!(error.to_string().contains(expected), "{error}: {expected}");
    }
}

async fn refused(
    backend: &Backend,
    options: impl FnOnce(OffloaderBuilder) -> OffloaderBuilder,
) -> (OffloadErrorKind, String) {
    let builder = Offloader::builder(backend.dynamodb.clone(), backend.s3.clone());
    let error = options(builder).build().await.unwrap_err();
    (error.kind(), error.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn offloader_refuses_keys_and_foreign_prefixes() {
    let fixture = with_item().await;
    let (backend, table, bucket) = (&fixture.backend, &fixture.table, &fixture.bucket);
    let body = AttributeOptions::new;
    for key_attribute in ["pk", "sk"] {
        let (kind, message) = refused(backend, |builder| {
            builder.table(table).bucket(bucket).attribute(key_attribute, body())
        })
        .await;
        assert_eq!(kind, OffloadErrorKind::InvalidInput);
        assert!(message.contains("keys stay in the item"), "{message}");
    }
    let other = backend.table("other", KeySchema::default()).await;
    let (kind, message) = refused(backend, |builder| {
        builder.table(&other).bucket(bucket).prefix("large").attribute("body", body())
    })
    .await;
    assert_eq!(kind, OffloadErrorKind::ForeignPrefix);
    assert!(message.contains(table), "{message}");

    let (kind, _) = refused(backend, |builder| builder.table(table).bucket(bucket)).await;
    assert_eq!(kind, OffloadErrorKind::InvalidInput);
    let (kind, _) = refused(backend, |builder| {
        builder.table("no-such-table").bucket(bucket).attribute("body", body())
    })
    .await;
    assert_eq!(kind, OffloadErrorKind::DynamoDb);
}

#[tokio::test(flavor = "multi_thread")]
async fn pointer_is_what_the_documentation_says() {
    let fixture = with_item().await;
    let raw = fixture.raw(key(1)).await.unwrap();
    let pointer = BlobPointer::from_sdk(&raw["body"]).unwrap().unwrap();
    assert_eq!(pointer.len, long("a").as_s().unwrap().len() as u64);
    assert_eq!(fixture.offloader.layout().owner(&pointer.key), {
        Some(fixture.offloader.item_key(&raw).unwrap().owner())
    });
}
