//! Pointers to large attributes in S3, in what is loaded and applied.

use crate::apply::support::{record, windows};
use ddbkit_codec::{AttributeValue, Item, Number};
use ddbkit_flow::Control;
use ddbkit_offload::{
    AttributeOptions, BlobKind, BlobPointer, Encoding, ItemKey, KeyAttribute, KeyAttributeType,
    KeySchema as Keys, Offloader,
};
use ddbkit_store::Store;
use ddbkit_testkit::{Backend, KeySchema, backend, put_all, scan_all};
use ddbkit_transfer::{Apply, Dump, Load, TransferErrorKind};

fn key(n: u64) -> Item {
    let mut item = Item::new();
    item.insert("pk", format!("k{n}"));
    item.insert("sk", Number::from(n));
    item
}

/// A pointer that an item of a table owns, to an object that is not there yet.
fn pointer(table: &str, bucket: &str, key: &Item) -> BlobPointer {
    let attribute = |name: &str, attribute_type| KeyAttribute { name: name.into(), attribute_type };
    let schema = Keys {
        hash: attribute("pk", KeyAttributeType::S),
        range: Some(attribute("sk", KeyAttributeType::N)),
    };
    let owner = ItemKey::of_codec_item(table, &schema, key).unwrap().owner().to_string();
    BlobPointer {
        bucket: bucket.to_owned(),
        key: format!("p/{}/{owner}/body/{:032x}", &owner[..2], fastrand::u128(..)),
        stored_len: 5,
        len: 5,
        sha256: [0; 32],
        encoding: Encoding::Identity,
        kind: BlobKind::Binary,
        content_type: None,
    }
}

async fn store(backend: &Backend, pointer: &BlobPointer, value: &[u8]) {
    let put = backend.s3.put_object().bucket(&pointer.bucket).key(&pointer.key);
    put.body(value.to_vec().into()).send().await.unwrap();
}

/// Bodies for items, with what is said of them where they are refused.
async fn bodies(backend: &Backend, table: &str) -> Vec<(AttributeValue, Option<&'static str>)> {
    let bucket = backend.bucket().await;
    let own = |n: u64| pointer(table, &bucket, &key(n));
    let (good, gone, other_item) = (own(0), own(1), own(99));
    let (other_table, other_length) = (pointer("another", &bucket, &key(3)), own(4));
    let (within, broken) = (own(5), own(6));
    for stored in [&good, &other_item, &other_table, &within, &broken] {
        store(backend, stored, b"value").await;
    }
    store(backend, &other_length, b"longer").await;
    let mut map = Item::new();
    map.insert("x", AttributeValue::L(vec![within.to_attribute()]));
    let AttributeValue::M(mut broken) = broken.to_attribute() else { unreachable!() };
    broken.remove("k");
    vec![
        (good.to_attribute(), None),
        (gone.to_attribute(), Some("is gone")),
        (other_item.to_attribute(), Some("another table or item")),
        (other_table.to_attribute(), Some("another table or item")),
        (other_length.to_attribute(), Some("another length")),
        (AttributeValue::M(map), Some("pointer within")),
        (AttributeValue::M(broken), Some("lacks its member")),
        // The user's own text.
        (AttributeValue::S("$ddbkit:blob".to_owned()), None),
        (AttributeValue::S("plain".to_owned()), None),
    ]
}

fn items(bodies: &[(AttributeValue, Option<&'static str>)]) -> Vec<Item> {
    let items = (0..).zip(bodies).map(|(n, (body, _))| {
        let mut item = key(n);
        item.insert("body", body.clone());
        item
    });
    items.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_refuses_pointers_that_lead_nowhere_or_elsewhere() {
    let backend = backend().await;
    let table = backend.table("pointers", KeySchema::default()).await;
    let bodies = bodies(&backend, &table).await;
    let mut lines = Vec::new();
    for item in items(&bodies) {
        item.write_dynamodb_json(&mut lines);
        lines.push(b'\n');
    }
    let dir = tempfile::tempdir().unwrap();
    let rejects = dir.path().join("rejects.json");
    let load = Load::builder(backend.dynamodb.clone(), &table).rejects(&rejects);
    let load = load.check_pointers(backend.s3.clone()).build();
    let lines = std::io::Cursor::new(lines);
    let dry = load.clone().estimate_reader(lines.clone(), "items.json", &Control::new()).await;
    let dry = dry.unwrap();
    assert_eq!((dry.read, dry.items, dry.rejected), (9, 3, 6));
    check_reasons(&bodies, &dry.reasons.join("\n"));
    let report = load.from_reader(lines, "items.json", &Control::new()).await.unwrap();
    assert_eq!((report.read, report.written, report.rejected), (9, 3, 6));
    check(&backend, &table, &bodies, &rejects).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_apply_refuses_them_as_well() {
    let backend = backend().await;
    let table = backend.table("pointers", KeySchema::default()).await;
    let bodies = bodies(&backend, &table).await;
    let records = (0..).zip(items(&bodies)).map(|(n, item)| {
        let mut record = record(n, 10, Some("a"));
        record.keys = key(u64::from(n));
        record.new_image = Some(item);
        record
    });
    let exports = windows(vec![records.collect()]).await;
    let dir = tempfile::tempdir().unwrap();
    let rejects = dir.path().join("rejects.json");
    let apply = Apply::builder(backend.dynamodb.clone(), &table).rejects(&rejects);
    let apply = apply.check_pointers(backend.s3.clone()).build();
    let dry = apply.clone().estimate(exports.open_all(0..1).await, &Control::new()).await.unwrap();
    assert_eq!((dry.read, dry.puts, dry.rejected), (9, 3, 6));
    check_reasons(&bodies, &dry.reasons.join("\n"));
    let report = apply.run(exports.open_all(0..1).await, &Control::new()).await.unwrap();
    assert_eq!((report.read, report.puts, report.rejected), (9, 3, 6));
    check(&backend, &table, &bodies, &rejects).await;
}

async fn check(
    backend: &Backend,
    table: &str,
    bodies: &[(AttributeValue, Option<&'static str>)],
    rejects: &std::path::Path,
) {
    let mut written = scan_all(&backend.dynamodb, table).await;
    written.sort_by_key(|item| item.get("pk").map(|pk| format!("{pk:?}")));
    let expected: Vec<Item> = items(bodies)
        .into_iter()
        .zip(bodies)
        .filter_map(|(item, (_, refused))| refused.is_none().then_some(item))
        .collect();
    assert_eq!(written, expected);
    let reasons = rejects.with_file_name("rejects.json.errors.jsonl");
    check_reasons(bodies, &std::fs::read_to_string(reasons).unwrap());
}

fn check_reasons(bodies: &[(AttributeValue, Option<&'static str>)], reasons: &str) {
    for reason in bodies.iter().filter_map(|(_, refused)| *refused) {
        assert!(reasons.contains(reason), "{reason:?} not in {reasons}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_that_cannot_ask_s3_stops() {
    let backend = Backend::embedded_only().await;
    let table = backend.table("pointers", KeySchema::default()).await;
    let mut item = key(0);
    item.insert("body", pointer(&table, "there-is-no-such-bucket", &item).to_attribute());
    let mut line = Vec::new();
    item.write_dynamodb_json(&mut line);
    backend.faults().inject(
        ddbkit_testkit::Fault::InternalServerError,
        ddbkit_testkit::When::From(1),
        "HeadObject",
    );
    let load = Load::builder(backend.dynamodb.clone(), &table).check_pointers(backend.s3.clone());
    let lines = std::io::Cursor::new(line);
    let error = load.build().from_reader(lines, "items.json", &Control::new()).await.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Service, "{error}");
    assert!(scan_all(&backend.dynamodb, &table).await.is_empty());
}

/// A table with an item that has a value in S3, and the value.
async fn offloaded(backend: &Backend) -> (String, AttributeValue) {
    let table = backend.table("pointers", KeySchema::default()).await;
    let value = AttributeValue::B(vec![7; 100_000]);
    let bucket = backend.bucket().await;
    let offloader = Offloader::builder(backend.dynamodb.clone(), backend.s3.clone())
        .table(&table)
        .bucket(bucket)
        .prefix("large")
        .attribute("body", AttributeOptions::new().zstd(3));
    let offloader = offloader.build().await.unwrap();
    for n in 0..3 {
        let mut item = key(n);
        item.insert("body", value.clone());
        offloader.create(item.into()).await.unwrap();
    }
    put_all(&backend.dynamodb, &table, (3..6).map(key)).await;
    (table, value)
}

#[tokio::test(flavor = "multi_thread")]
async fn values_take_the_place_of_pointers_in_a_dump_or_in_a_load() {
    let backend = backend().await;
    let (table, value) = offloaded(&backend).await;
    for inline_in_dump in [true, false] {
        let mut dump = Dump::builder(backend.dynamodb.clone(), &table);
        if inline_in_dump {
            let refused = dump.clone().digest(true).inline_pointers(backend.s3.clone()).build();
            let refused = refused.to_store(Store::memory(), &Control::new()).await.unwrap_err();
            assert_eq!(refused.kind(), TransferErrorKind::Options);
            dump = dump.inline_pointers(backend.s3.clone());
        }
        let store = Store::memory();
        dump.build().to_store(store.clone(), &Control::new()).await.unwrap();
        let copy = backend.table("inline", KeySchema::default()).await;
        let load = Load::builder(backend.dynamodb.clone(), &copy);
        let load = if inline_in_dump {
            load.check_pointers(backend.s3.clone())
        } else {
            load.inline_pointers(backend.s3.clone())
        };
        let export = crate::support::open(&store).await;
        let report = load.build().from_export(export, &Control::new()).await.unwrap();
        assert_eq!((report.read, report.written, report.rejected), (6, 6, 0));
        let items = scan_all(&backend.dynamodb, &copy).await;
        let with_value = items.iter().filter(|item| item.get("body") == Some(&value)).count();
        assert_eq!((items.len(), with_value), (6, 3));
    }
}
