//! Prefixes have one owner, and keys of objects may have another form.

use crate::support::{Fixture, item, key, long};
use ddbkit_codec::{Item, Number};
use ddbkit_offload::{
    AttributeOptions, KeyLayout, OffloadErrorKind, Offloader, OwnerHash, Ownership, PointerCheck,
    Timing, UniqueId,
};
use std::sync::Arc;
use std::time::Duration;

/// Attribute first, in one folder each.
#[derive(Debug)]
struct ByAttribute;

impl KeyLayout for ByAttribute {
    fn prefix(&self) -> &'static str {
        "by-attribute"
    }

    fn object_key(&self, owner: &OwnerHash, attribute: &str, unique: &UniqueId) -> String {
        let hash: String = attribute.bytes().take(100).map(|byte| format!("{byte:02x}")).collect();
        format!("by-attribute/{hash}/{unique}.{owner}")
    }

    fn owner(&self, key: &str) -> Option<OwnerHash> {
        key.strip_prefix("by-attribute/")?.rsplit_once('.')?.1.parse().ok()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn layout_of_ones_own_keeps_all_promises() {
    let backend = ddbkit_testkit::backend().await;
    let fixture =
        Fixture::with(backend, |builder| builder.prefix("").layout(Arc::new(ByAttribute)));
    let fixture = fixture.await;
    fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap();
    assert_eq!(fixture.value(key(1), "body").await, Some(long("a")));
    let objects = fixture.objects().await;
    assert!(objects[0].starts_with("by-attribute/626f6479/"), "{objects:?}");
    let owned = Ownership::read(&fixture.backend.s3, &fixture.bucket, "by-attribute").await;
    assert_eq!(owned.unwrap().table_name, fixture.table);

    // From outside, only the layout knows whose the object is.
    let get = fixture.backend.dynamodb.get_item().table_name(&fixture.table);
    let stored = get.set_key(Some(key(1))).send().await.unwrap().item.unwrap();
    let stored = Item::try_from(stored).unwrap();
    let schema = fixture.offloader.ownership().key_schema.clone();
    let check = PointerCheck::new(fixture.backend.s3.clone(), &fixture.table, schema);
    let error = check.check(&stored).await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::ForeignPointer);
    assert!(error.to_string().contains("of a key layout without the owner"), "{error}");
    let check = check.layout(Arc::new(ByAttribute));
    check.check(&stored).await.unwrap();
    let mut moved = stored;
    moved.insert("sk", Number::from(2));
    let error = check.check(&moved).await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::ForeignPointer);
    assert!(!error.to_string().contains("layout"), "{error}");
}

/// All objects of an attribute in one place: nobody knows whose.
#[derive(Debug)]
struct WithoutOwner;

impl KeyLayout for WithoutOwner {
    fn prefix(&self) -> &'static str {
        "p"
    }

    fn object_key(&self, _: &OwnerHash, _: &str, unique: &UniqueId) -> String {
        format!("p/{unique}")
    }

    fn owner(&self, _: &str) -> Option<OwnerHash> {
        None
    }
}

fn builder(fixture: &Fixture) -> ddbkit_offload::OffloaderBuilder {
    Offloader::builder(fixture.backend.dynamodb.clone(), fixture.backend.s3.clone())
        .table(&fixture.table)
        .bucket(&fixture.bucket)
        .attribute("body", AttributeOptions::new())
}

#[tokio::test(flavor = "multi_thread")]
async fn layout_without_owners_is_refused() {
    let fixture = Fixture::new().await;
    let built = builder(&fixture).layout(Arc::new(WithoutOwner)).build().await;
    let error = built.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::InvalidInput);
    assert!(error.to_string().contains("owner"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn manifest_is_written_once_and_joined() {
    let fixture = Fixture::new().await;
    let read = || Ownership::read(&fixture.backend.s3, &fixture.bucket, "large");
    let first = read().await.unwrap();
    assert_eq!(first.attributes.iter().collect::<Vec<_>>(), ["body", "notes"]);

    let timing = Timing { grace: Duration::from_hours(30 * 24), ..Timing::default() };
    let more = builder(&fixture).prefix("large").attribute("more", AttributeOptions::new());
    more.timing(timing).build().await.unwrap();
    let joined = read().await.unwrap();
    assert_eq!(joined.attributes.len(), 3);
    assert_eq!(joined.timing.grace, timing.grace);
    assert_eq!(joined.created, first.created);

    // Nobody makes the grace shorter again, nor the deadline longer.
    let again = builder(&fixture).prefix("large").build().await.unwrap();
    assert_eq!(again.ownership().timing.grace, timing.grace);
    let patient = Timing { write_deadline: Duration::from_hours(2), ..timing };
    let error = builder(&fixture).prefix("large").timing(patient).build().await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::GraceTooShort);
    let hasty = Timing { grace: Duration::from_mins(79), ..Timing::default() };
    let error = builder(&fixture).prefix("large").timing(hasty).build().await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::GraceTooShort);
    assert_eq!(read().await.unwrap(), joined);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_that_claim_at_once_agree() {
    let fixture = Fixture::new().await;
    let claims = (0..8).map(|n| {
        builder(&fixture).prefix("new").attribute(format!("a{n}"), AttributeOptions::new()).build()
    });
    for built in futures::future::join_all(claims).await {
        built.unwrap();
    }
    let owned = Ownership::read(&fixture.backend.s3, &fixture.bucket, "new").await.unwrap();
    assert_eq!(owned.attributes.len(), 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn prefix_without_a_manifest_belongs_to_nobody() {
    let fixture = Fixture::new().await;
    let read = Ownership::read(&fixture.backend.s3, &fixture.bucket, "elsewhere").await;
    assert_eq!(read.unwrap_err().kind(), OffloadErrorKind::ForeignPrefix);
    let put = fixture.backend.s3.put_object().bucket(&fixture.bucket).key("elsewhere/_owner.json");
    put.body(b"not json".to_vec().into()).send().await.unwrap();
    let built = builder(&fixture).prefix("elsewhere").build().await;
    assert_eq!(built.unwrap_err().kind(), OffloadErrorKind::ForeignPrefix);
}
