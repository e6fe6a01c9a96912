//! Dumps in Amazon Ion.

use crate::support::{compare, filled, load};
use ddbkit_codec::stream::IonItemReader;
use ddbkit_codec::{ContentDigest, Item};
use ddbkit_export::{ExportReader, OutputFormat};
use ddbkit_flow::Control;
use ddbkit_store::Store;
use ddbkit_testkit::{KeySchema, backend, items, put_all, scan_all};
use ddbkit_transfer::{Dump, Plan, TransferErrorKind, WriteMode};

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_in_ion_holds_the_same_items() {
    let backend = backend().await;
    let (table, _) = filled(&backend, "ion", 100).await;
    let edges = items::edge_items().into_iter().map(|(_, item)| item);
    put_all(&backend.dynamodb, &table, edges).await;
    let store = Store::memory();
    let dump = Dump::builder(backend.dynamodb.clone(), &table).format(OutputFormat::Ion);
    let report = dump.build().to_store(store.clone(), &Control::new()).await.unwrap();
    let reader = ExportReader::open(store.clone()).await.unwrap();
    assert_eq!(reader.summary().output_format, OutputFormat::Ion);
    assert_eq!(Plan::read(&reader).await.unwrap().unwrap().format, OutputFormat::Ion);

    let (mut count, mut found) = (0, ContentDigest::default());
    for file in reader.files() {
        assert!(file.data_file_s3_key.ends_with(".ion.gz"), "{}", file.data_file_s3_key);
        let (_, bytes) = store.get(&file.data_file_s3_key).await.unwrap();
        for item in IonItemReader::new(&bytes[..]) {
            found.add(&item.unwrap());
            count += 1;
        }
    }
    let items: Vec<Item> = scan_all(&backend.dynamodb, &table).await;
    let mut expected = ContentDigest::default();
    for item in &items {
        expected.add(item);
    }
    assert_eq!((count, found.to_hex()), (report.items, expected.to_hex()));

    let compared = compare(&backend.dynamodb, &table, &store, false).await;
    assert!(compared.equal, "{:?}", compared.differences);
    let copy = backend.table("ion-copy", KeySchema::default()).await;
    let loaded = load(&backend.dynamodb, &copy, &store, |load| load.mode(WriteMode::Overwrite));
    assert_eq!(loaded.await.written, report.items);
    assert_eq!(scan_all(&backend.dynamodb, &copy).await, items);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_has_no_ion() {
    let backend = backend().await;
    let (table, _) = filled(&backend, "ion-stream", 1).await;
    let dump = Dump::builder(backend.dynamodb.clone(), &table).format(OutputFormat::Ion);
    let error = dump.build().to_writer(std::io::sink(), &Control::new()).await.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Options);
}
