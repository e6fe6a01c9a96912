//! What goes out comes back.

use crate::support::{compare, dump, filled, load, open};
use ddbkit_codec::Item;
use ddbkit_export::Compression;
use ddbkit_flow::Control;
use ddbkit_store::Store;
use ddbkit_testkit::{KeySchema, backend, items, put_all, scan_all};
use ddbkit_transfer::{Dump, Load, Plan, Selection, WriteMode, WritePath};
use std::num::{NonZeroU32, NonZeroU64};
use std::sync::{Arc, Mutex};

#[tokio::test(flavor = "multi_thread")]
async fn every_edge_case_comes_back_equal() {
    let backend = backend().await;
    let table = backend.table("edges", KeySchema::default()).await;
    let edges: Vec<Item> = items::edge_items().into_iter().map(|(_, item)| item).collect();
    put_all(&backend.dynamodb, &table, edges).await;
    let before = scan_all(&backend.dynamodb, &table).await;
    let store = Store::memory();
    let report = dump(&backend.dynamodb, &table, &store).await;
    assert_eq!(report.items, before.len() as u64);

    let copy = backend.table("edges-copy", KeySchema::default()).await;
    let loaded =
        load(&backend.dynamodb, &copy, &store, |load| load.mode(WriteMode::Overwrite)).await;
    assert_eq!((loaded.written, loaded.rejected), (report.items, 0));
    assert_eq!(scan_all(&backend.dynamodb, &copy).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_compressions_hold_the_same_items() {
    let backend = backend().await;
    let (table, items) = filled(&backend, "compressions", 300).await;
    for compression in [Compression::Gzip, Compression::Zstd, Compression::None] {
        let store = Store::memory();
        let dump = Dump::builder(backend.dynamodb.clone(), &table).compression(compression);
        let dump = dump.total_segments(NonZeroU32::new(3).unwrap()).digest(true).build();
        let report = dump.to_store(store.clone(), &Control::new()).await.unwrap();
        assert_eq!(report.items, items.len() as u64, "{compression:?}");
        let digest = report.digest.unwrap();
        assert_eq!(digest.count(), report.items);
        let compared = compare(&backend.dynamodb, &table, &store, false).await;
        assert!(compared.equal, "{compression:?}: {:?}", compared.differences);
        assert_eq!(compared.source_digest, digest);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_created_as_it_was() {
    let backend = backend().await;
    let (table, items) = filled(&backend, "create", 60).await;
    let store = Store::memory();
    dump(&backend.dynamodb, &table, &store).await;
    let copy = format!("{table}-copy");
    let report = load(&backend.dynamodb, &copy, &store, |load| load.create_table(true)).await;
    assert!(report.created_table);
    // Nothing can be replaced in a new table, so the fast path serves the careful mode.
    assert_eq!(report.path, WritePath::Batch);
    assert_eq!(report.written, 60);
    assert_eq!(scan_all(&backend.dynamodb, &copy).await, items);
}

#[tokio::test(flavor = "multi_thread")]
async fn small_files_close_at_page_boundaries_and_add_up() {
    let backend = backend().await;
    let (table, items) = filled(&backend, "files", 3_000).await;
    let store = Store::memory();
    let dump = Dump::builder(backend.dynamodb.clone(), &table)
        .total_segments(NonZeroU32::new(5).unwrap())
        .file_size(NonZeroU64::new(1000).unwrap())
        .build();
    let report = dump.to_store(store.clone(), &Control::new()).await.unwrap();
    // Every page is larger than a file may be, and each segment has one at least.
    assert!(report.files >= 5, "{} files", report.files);
    let reader = open(&store).await;
    assert_eq!(reader.files().len() as u64, report.files);
    assert_eq!(reader.files().iter().map(|file| file.item_count).sum::<u64>(), 3_000);
    assert_eq!(reader.summary().item_count, items.len() as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_table_is_a_whole_dump() {
    let backend = backend().await;
    let table = backend.table("empty", KeySchema::default()).await;
    let store = Store::memory();
    let report = dump(&backend.dynamodb, &table, &store).await;
    assert_eq!((report.items, report.files), (0, 0));
    let copy = backend.table("empty-copy", KeySchema::default()).await;
    let loaded = load(&backend.dynamodb, &copy, &store, |load| load).await;
    assert_eq!((loaded.read, loaded.written), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_is_exact_and_known_later() {
    let backend = backend().await;
    let (table, _) = filled(&backend, "limit", 200).await;
    let store = Store::memory();
    let dump = Dump::builder(backend.dynamodb.clone(), &table).limit(77).build();
    let report = dump.to_store(store.clone(), &Control::new()).await.unwrap();
    assert_eq!((report.items, report.limited), (77, true));
    // The plan says that it was limited, so the rest of the table is no difference.
    let compared = compare(&backend.dynamodb, &table, &store, false).await;
    assert!(compared.equal && compared.contains);
    assert_eq!(compared.source_items, 77);

    let copy = backend.table("limit-copy", KeySchema::default()).await;
    let loaded = load(&backend.dynamodb, &copy, &store, |load| load.limit(10)).await;
    assert_eq!((loaded.read, loaded.written, loaded.limited), (10, 10, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_and_a_projection_are_kept_with_the_dump() {
    let backend = backend().await;
    let (table, items) = filled(&backend, "filter", 100).await;
    let selection = Selection {
        filter_expression: Some("#sk >= :least".to_owned()),
        projection_expression: Some("pk, #sk".to_owned()),
        names: [("#sk".to_owned(), "sk".to_owned())].into(),
        values: Item::from_dynamodb_json(br#"{":least":{"N":"50"}}"#).unwrap(),
        ..Selection::default()
    };
    let store = Store::memory();
    let dump = Dump::builder(backend.dynamodb.clone(), &table).selection(selection).build();
    let report = dump.to_store(store.clone(), &Control::new()).await.unwrap();
    assert!(report.items > 0 && report.items < items.len() as u64, "{}", report.items);
    for contains in [false, true] {
        let compared = compare(&backend.dynamodb, &table, &store, contains).await;
        assert!(compared.equal && compared.selection_applied, "{compared:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sorted_names_change_no_item() {
    let backend = backend().await;
    let (table, _) = filled(&backend, "sorted", 80).await;
    let store = Store::memory();
    let dump = Dump::builder(backend.dynamodb.clone(), &table)
        .sort_keys(true)
        .compression(Compression::None);
    dump.build().to_store(store.clone(), &Control::new()).await.unwrap();
    let reader = open(&store).await;
    assert!(Plan::read(&reader).await.unwrap().unwrap().sort_keys);
    let mut lines = 0;
    for file in reader.files() {
        let (_, bytes) = store.get(&file.data_file_s3_key).await.unwrap();
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let mut again = b"{\"Item\":".to_vec();
            ddbkit_codec::RawItem::from_line(line).unwrap().write_sorted(&mut again).unwrap();
            assert_eq!(again, &line[..line.len() - 1]);
            lines += 1;
        }
    }
    assert_eq!(lines, 80);
    assert!(compare(&backend.dynamodb, &table, &store, false).await.equal);
}

/// A writer that a test can look into after it was given away.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_goes_out_and_back() {
    let backend = backend().await;
    let (table, items) = filled(&backend, "stream", 120).await;
    let out = Shared::default();
    let dump = Dump::builder(backend.dynamodb.clone(), &table).build();
    let report = dump.to_writer(out.clone(), &Control::new()).await.unwrap();
    assert_eq!(report.items, 120);
    let bytes = std::mem::take(&mut *out.0.lock().unwrap());
    assert_eq!(bytes.len() as u64, report.json_bytes);

    let copy = backend.table("stream-copy", KeySchema::default()).await;
    let load = Load::builder(backend.dynamodb.clone(), &copy).build();
    let reader = std::io::Cursor::new(bytes);
    let loaded = load.from_reader(reader, "-", &Control::new()).await.unwrap();
    assert_eq!((loaded.read, loaded.written), (120, 120));
    assert_eq!(loaded.path, WritePath::ConditionalPut);
    assert_eq!(scan_all(&backend.dynamodb, &copy).await, items);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_goes_through_s3() {
    let backend = backend().await;
    let (table, items) = filled(&backend, "s3", 500).await;
    let bucket = backend.bucket().await;
    let store = Store::s3(backend.s3.clone(), &bucket, "backups/today");
    let dump =
        Dump::builder(backend.dynamodb.clone(), &table).s3_location(&bucket, "backups/today");
    dump.build().to_store(store.clone(), &Control::new()).await.unwrap();
    let reader = open(&store).await;
    assert_eq!(reader.summary().s3_bucket.as_deref(), Some(&*bucket));
    assert!(reader.files()[0].data_file_s3_key.starts_with("backups/today/AWSDynamoDB/"));
    let copy = backend.table("s3-copy", KeySchema::default()).await;
    load(&backend.dynamodb, &copy, &store, |load| load.mode(WriteMode::Overwrite)).await;
    assert_eq!(scan_all(&backend.dynamodb, &copy).await, items);
}
