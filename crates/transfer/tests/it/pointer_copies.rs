//! Values of large attributes that go into a dump, and from there to items of another table.

use aws_sdk_dynamodb::types::AttributeValue as SdkValue;
use ddbkit_codec::{AttributeValue, Item, Number};
use ddbkit_export::{ExportReader, VerifyOptions, verify};
use ddbkit_flow::Control;
use ddbkit_offload::copy::BlobFolder;
use ddbkit_offload::{AttributeOptions, BlobPointer, MANIFEST_NAME, Offloader, Timing};
use ddbkit_store::{PutOptions, Store};
use ddbkit_testkit::{Backend, KeySchema, backend, put_all, scan_all};
use ddbkit_transfer::{
    Dump, DumpReport, Load, LoadBuilder, LoadReport, TransferErrorKind, WriteMode, verify_values,
};
use std::collections::HashMap;
use std::time::Duration;

fn key(n: u64) -> Item {
    let mut item = Item::new();
    item.insert("pk", format!("k{n}"));
    item.insert("sk", Number::from(n));
    item
}

/// A table with values in S3: some large, one empty, two alike, and items without.
struct Original {
    backend: Backend,
    table: String,
    bucket: String,
    values: Vec<AttributeValue>,
}

impl Original {
    async fn new() -> Self {
        Self::on(backend().await).await
    }

    async fn on(backend: Backend) -> Self {
        let table = backend.table("copied", KeySchema::default()).await;
        let bucket = backend.bucket().await;
        let values = vec![
            AttributeValue::B(vec![7; 100_000]),
            AttributeValue::S("x".repeat(50_000)),
            AttributeValue::S("x".repeat(50_000)),
            AttributeValue::B(vec![1; 9 << 20]),
            AttributeValue::L(vec![AttributeValue::S("y".repeat(5_000))]),
        ];
        let place = Self { backend, table, bucket, values };
        for (n, value) in (0..).zip(&place.values) {
            // Compressed or not.
            let options = AttributeOptions::new().content_type("text/html");
            let options = if n % 2 == 0 { options.zstd(3) } else { options };
            let offloader = place.offloader("large", options).await;
            let mut item = key(n);
            item.insert("body", value.clone());
            offloader.create(item.into()).await.unwrap();
        }
        put_all(&place.backend.dynamodb, &place.table, (5..8).map(key)).await;
        place
    }

    async fn offloader(&self, prefix: &str, options: AttributeOptions) -> Offloader {
        let (dynamodb, s3) = (self.backend.dynamodb.clone(), self.backend.s3.clone());
        let offloader = Offloader::builder(dynamodb, s3).table(&self.table).bucket(&self.bucket);
        offloader.prefix(prefix).attribute("body", options).build().await.unwrap()
    }

    async fn dump(&self, store: &Store) -> DumpReport {
        let dump = Dump::builder(self.backend.dynamodb.clone(), &self.table).digest(true);
        let dump = dump.copy_pointers(self.backend.s3.clone()).build();
        dump.to_store(store.clone(), &Control::new()).await.unwrap()
    }

    /// What is lost of a table is lost of its prefix.
    async fn lose_objects(&self) {
        for key in self.objects("large/").await {
            let delete = self.backend.s3.delete_object().bucket(&self.bucket);
            delete.key(key).send().await.unwrap();
        }
    }

    async fn objects(&self, prefix: &str) -> Vec<String> {
        let list = self.backend.s3.list_objects_v2().bucket(&self.bucket).prefix(prefix);
        let listed = list.send().await.unwrap();
        let keys = listed.contents().iter().map(|object| object.key().unwrap().to_owned());
        keys.filter(|key| !key.ends_with(MANIFEST_NAME)).collect()
    }

    fn load(&self, table: &str) -> LoadBuilder {
        let load = Load::builder(self.backend.dynamodb.clone(), table);
        load.copy_pointers(self.backend.s3.clone(), &self.bucket, "copies")
    }

    async fn copy_table(&self) -> String {
        self.backend.table("copy", KeySchema::default()).await
    }

    /// The values of a table's items by their numbers, read through the library.
    async fn check_values(&self, table: &str) {
        let (dynamodb, s3) = (self.backend.dynamodb.clone(), self.backend.s3.clone());
        let offloader = Offloader::builder(dynamodb, s3).table(table).bucket(&self.bucket);
        let offloader = offloader.prefix("copies").attribute("body", AttributeOptions::new());
        let offloader = offloader.build().await.unwrap();
        assert_eq!(scan_all(&self.backend.dynamodb, table).await.len(), 8);
        for (n, value) in (0..).zip(&self.values) {
            let item = offloader.get(HashMap::from(key(n))).await.unwrap().unwrap();
            let pointer = item.blob("body").unwrap().unwrap().pointer().clone();
            assert!(pointer.key.starts_with("copies/"), "{pointer:?}");
            assert_eq!(pointer.content_type.as_deref(), Some("text/html"));
            let whole = item.hydrate().await.unwrap().unwrap();
            assert_eq!(whole["body"], SdkValue::from(value.clone()), "{n}");
        }
    }
}

async fn open(store: &Store) -> ExportReader {
    crate::support::open(store).await
}

async fn load(load: LoadBuilder, store: &Store) -> LoadReport {
    load.build().from_export(open(store).await, &Control::new()).await.unwrap()
}

/// The keys of the values in a dump.
async fn blobs(store: &Store) -> Vec<String> {
    let listed = store.list("").await.unwrap().into_iter().map(|meta| meta.key);
    listed.filter(|key| key.contains(BlobFolder::PATH)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn values_go_into_a_dump_once_and_come_to_another_table() {
    let original = Original::new().await;
    let store = Store::memory();
    let report = original.dump(&store).await;
    let values = report.values.unwrap();
    // One compressed, one not: those are no copies of each other.
    assert_eq!((values.copied, values.there), (5, 0));
    let all = blobs(&store).await;
    assert_eq!(all.len(), 5);
    let mut bytes = 0;
    for key in &all {
        bytes += store.head(key).await.unwrap().unwrap().size;
    }
    assert_eq!(values.bytes, bytes);
    let reader = open(&store).await;
    let proven = verify(&reader, &VerifyOptions::default(), &Control::new()).await.unwrap();
    assert!(proven.is_ok(), "{:?}", proven.faults());
    let proven = verify_values(&reader, &Control::new()).await.unwrap().unwrap();
    assert_eq!((proven.pointers, proven.proven, proven.bytes), (5, 5, bytes));
    assert!(proven.is_ok());

    // The backup is all that there is.
    original.lose_objects().await;
    let copy = original.copy_table().await;
    let dry = original.load(&copy).build();
    let dry = dry.estimate_export(open(&store).await, &Control::new()).await.unwrap();
    assert_eq!((dry.items, dry.rejected), (8, 0));
    assert!(original.objects("copies/").await.is_empty());
    let report = load(original.load(&copy), &store).await;
    assert_eq!((report.read, report.written, report.rejected), (8, 8, 0));
    let values = report.values.unwrap();
    assert_eq!((values.copied, values.bytes, values.there), (5, bytes, 0));
    original.check_values(&copy).await;

    // What is there is not copied again, and is known as equal wherever its values lie.
    let again = load(original.load(&copy), &store).await;
    assert_eq!((again.already_equal, again.skipped_different), (8, 0));
    let values = again.values.unwrap();
    assert_eq!((values.copied, values.there), (0, 5));
    assert!(again.consumed_by_reads.get() > 0.0);
    assert_eq!(original.objects("copies/").await.len(), 5);
    // All is written anew where that was asked for, and the objects from before are garbage.
    let over = load(original.load(&copy).mode(WriteMode::Overwrite), &store).await;
    assert_eq!((over.written, over.values.unwrap().copied), (8, 5));
    assert_eq!(original.objects("copies/").await.len(), 10);
    original.check_values(&copy).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_many_items_have_is_copied_once() {
    let backend = backend().await;
    let table = backend.table("alike", KeySchema::default()).await;
    let bucket = backend.bucket().await;
    let offloader = Offloader::builder(backend.dynamodb.clone(), backend.s3.clone());
    let offloader = offloader.table(&table).bucket(&bucket).prefix("large");
    let offloader = offloader.attribute("body", AttributeOptions::new()).build().await.unwrap();
    for n in 0..6 {
        let mut item = key(n);
        item.insert("body", "x".repeat(10_000));
        offloader.create(item.into()).await.unwrap();
    }
    let store = Store::memory();
    let dump = Dump::builder(backend.dynamodb.clone(), &table);
    let dump = dump.copy_pointers(backend.s3.clone()).build();
    let report = dump.to_store(store.clone(), &Control::new()).await.unwrap();
    let values = report.values.unwrap();
    // Two workers may meet at the same value.
    assert!(values.copied >= 1 && values.copied + values.there == 6, "{values:?}");
    assert_eq!(blobs(&store).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn values_come_from_where_they_are_when_no_dump_holds_them() {
    let original = Original::new().await;
    let store = Store::memory();
    let dump = Dump::builder(original.backend.dynamodb.clone(), &original.table).build();
    let report = dump.to_store(store.clone(), &Control::new()).await.unwrap();
    assert_eq!(report.values, None);
    assert!(verify_values(&open(&store).await, &Control::new()).await.unwrap().is_none());
    let copy = original.copy_table().await;
    let report = load(original.load(&copy), &store).await;
    assert_eq!((report.written, report.values.unwrap().copied), (8, 5));
    original.check_values(&copy).await;
    // Of those that are gone, nothing is written.
    original.lose_objects().await;
    let other = original.copy_table().await;
    let load = Load::builder(original.backend.dynamodb.clone(), &other);
    let load = load.copy_pointers(original.backend.s3.clone(), &original.bucket, "others");
    let dir = tempfile::tempdir().unwrap();
    let load = load.rejects(dir.path().join("rejects.json")).build();
    let report = load.from_export(open(&store).await, &Control::new()).await.unwrap();
    assert_eq!((report.written, report.rejected), (3, 5));
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_and_damaged_values_are_named() {
    let original = Original::new().await;
    let store = Store::memory();
    original.dump(&store).await;
    let keys = blobs(&store).await;
    store.delete(&keys[0]).await.unwrap();
    let (_, stored) = store.get(&keys[1]).await.unwrap();
    let mut damaged = stored.to_vec();
    *damaged.last_mut().unwrap() ^= 1;
    store.put(&keys[1], damaged.into(), PutOptions::default()).await.unwrap();

    let report = verify_values(&open(&store).await, &Control::new()).await.unwrap().unwrap();
    assert_eq!((report.pointers, report.proven, report.fault_count), (5, 3, 2));
    for key in &keys[..2] {
        let name = key.rsplit('/').next().unwrap();
        assert!(report.faults.iter().any(|fault| fault.contains(name)), "{:?}", report.faults);
    }
    assert!(report.faults.iter().all(|fault| fault.contains("attribute \"body\"")));

    let copy = original.copy_table().await;
    let dir = tempfile::tempdir().unwrap();
    let rejects = dir.path().join("rejects.json");
    let report = load(original.load(&copy).rejects(&rejects), &store).await;
    assert_eq!((report.written, report.rejected), (6, 2));
    let reasons = std::fs::read_to_string(dir.path().join("rejects.json.errors.jsonl")).unwrap();
    for key in &keys[..2] {
        assert!(reasons.contains(key.rsplit('/').next().unwrap()), "{reasons}");
    }
    // The rejects are lines of the source, to be loaded when the values are back.
    let lines = std::fs::read_to_string(&rejects).unwrap();
    assert!(lines.contains("large/") && !lines.contains("copies/"), "{lines}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_that_is_gone_on_with_copies_what_is_missing() {
    let original = Original::new().await;
    let store = Store::memory();
    // One object is away, so that the dump stops.
    let lost = original.objects("large/").await.pop().unwrap();
    let s3 = &original.backend.s3;
    let get = s3.get_object().bucket(&original.bucket).key(&lost).send().await.unwrap();
    let body = get.body.collect().await.unwrap().into_bytes();
    s3.delete_object().bucket(&original.bucket).key(&lost).send().await.unwrap();
    let dump = Dump::builder(original.backend.dynamodb.clone(), &original.table).digest(true);
    let dump = dump.copy_pointers(s3.clone()).build();
    let error = dump.clone().to_store(store.clone(), &Control::new()).await.unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("is gone"), "{cause}");
    // Another kind of dump does not go on with it.
    let other = Dump::builder(original.backend.dynamodb.clone(), &original.table).digest(true);
    let other = other.build().to_store(store.clone(), &Control::new()).await.unwrap_err();
    assert_eq!(other.kind(), TransferErrorKind::Options, "{other}");

    let put = s3.put_object().bucket(&original.bucket).key(&lost).body(body.into());
    put.send().await.unwrap();
    let before = blobs(&store).await.len() as u64;
    let report = dump.to_store(store.clone(), &Control::new()).await.unwrap();
    let values = report.values.unwrap();
    // Of pages that were in files before, nothing is looked at again.
    assert_eq!(values.copied, 5 - before);
    assert!(values.there <= before, "{values:?}");
    let proven = verify_values(&open(&store).await, &Control::new()).await.unwrap().unwrap();
    assert!(proven.is_ok() && proven.proven == 5, "{proven:?}");
    let refused = Dump::builder(original.backend.dynamodb.clone(), &original.table);
    let refused = refused.copy_pointers(s3.clone()).build();
    let refused = refused.to_writer(std::io::sink(), &Control::new()).await.unwrap_err();
    assert_eq!(refused.kind(), TransferErrorKind::Options);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_is_too_late_is_not_written() {
    // Of a prefix whose deadline has always passed.
    let original = Original::on(Backend::embedded_only().await).await;
    let copy = original.copy_table().await;
    let timing = Timing { write_deadline: Duration::from_nanos(1), ..Timing::default() };
    let (dynamodb, s3) = (original.backend.dynamodb.clone(), original.backend.s3.clone());
    let claimed = Offloader::builder(dynamodb, s3).table(&copy).bucket(&original.bucket);
    let claimed = claimed.prefix("copies").attribute("body", AttributeOptions::new());
    claimed.timing(timing).build().await.unwrap();
    let store = Store::memory();
    original.dump(&store).await;
    let load = original.load(&copy).build();
    load.from_export(open(&store).await, &Control::new()).await.unwrap_err();
    let written = scan_all(&original.backend.dynamodb, &copy).await;
    let pointing = written.iter().filter(|item| BlobPointer::in_item(item).unwrap().len() == 1);
    assert_eq!(pointing.count(), 0);
}
