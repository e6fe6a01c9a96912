//! Dumps and native exports.

use crate::support::keyed;
use ddbkit_export::{
    ExportReader, ExportWriter, IncrementalWindow, SummaryFields, TableDescriptor, WriterOptions,
};
use ddbkit_flow::Control;
use ddbkit_inspect::{
    InspectError, InspectErrorKind, KeyNames, Profile, ProfileOptions, SourceKind, profile_export,
};
use ddbkit_store::{PutOptions, Store};
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::SystemTime;

async fn tried(
    store: &Store,
    options: &ProfileOptions,
    sample: Option<u64>,
    at_once: usize,
) -> Result<Profile, InspectError> {
    let reader = ExportReader::open(store.clone()).await.unwrap();
    let at_once = NonZeroUsize::new(at_once).unwrap();
    profile_export(&reader, options, sample, at_once, &Control::new()).await
}

async fn profile(store: &Store, options: &ProfileOptions) -> Profile {
    tried(store, options, None, 2).await.unwrap()
}

fn line(pk: &str, sk: usize) -> String {
    format!("{{\"Item\":{{\"pk\":{{\"S\":\"{pk}\"}},\"sk\":{{\"N\":\"{sk}\"}}}}}}\n")
}

/// An export with these data files.
async fn export(files: &[String], options: WriterOptions) -> (Store, ExportWriter) {
    let (store, start) = (Store::memory(), SystemTime::UNIX_EPOCH);
    let id = ddbkit_export::ExportId::generate(start, 7);
    let writer = ExportWriter::create(store.clone(), id, options).await.unwrap();
    let mut closed = Vec::new();
    for lines in files {
        let mut file = writer.data_file().await.unwrap();
        file.write_lines(lines.clone().into(), lines.lines().count() as u64).await.unwrap();
        closed.push(file.finish().await.unwrap().file);
    }
    let fields = SummaryFields {
        table_arn: "arn:aws:dynamodb:eu-west-1:123456789012:table/T".to_owned(),
        table_id: None,
        start_time: start,
        end_time: start,
        export_time: start,
        s3_sse_algorithm: None,
        s3_sse_kms_key_id: None,
        billed_size_bytes: 0,
    };
    writer.finish(fields, closed).await.unwrap();
    (store, writer)
}

fn fixture(name: &str) -> Store {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../export/tests/fixtures/native-export");
    Store::directory(folder.join(name))
}

#[tokio::test]
async fn native_exports_are_profiled() {
    let amplify = fixture("purpom-media-lab__amplify-data-migration");
    let keys = KeyNames { hash: "id".to_owned(), range: None };
    let options = ProfileOptions::default().keys(keys);
    let found = profile(&amplify, &options).await;
    assert_eq!((found.items, found.bytes, found.keys.unwrap().partitions), (3, 3 * 15, 3));
    let source = &found.source;
    assert_eq!(
        (source.kind, source.region.as_deref()),
        (SourceKind::Export, Some("ap-northeast-1"))
    );
    assert_eq!(source.taken_at.as_deref(), Some("2024-09-08T13:44:14.816Z"));
    assert!(!source.sampled);

    let scylla = profile(&fixture("scylladb__scylla-migrator/dynamodb-export"), &options).await;
    assert_eq!((scylla.items, scylla.bytes, scylla.size.max), (3, 9 + 10 + 96, 96));
    let rows = scylla.attributes.iter().map(|row| (row.path.as_str(), row.bytes));
    assert_eq!(rows.take(3).collect::<Vec<_>>(), [("id", 12 + 5 + 5), ("c", 21), ("e", 18)]);
}

#[tokio::test]
async fn the_key_of_a_dump_is_known_and_that_of_a_native_export_is_not() {
    let (store, writer) = export(&[line("a", 1)], WriterOptions::default()).await;
    assert_eq!(profile(&store, &ProfileOptions::default()).await.keys, None);
    let descriptor = br#"{"version":1,"createTable":{"TableName":"T","BillingMode":"PAY_PER_REQUEST","KeySchema":[
        {"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],
        "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},
        {"AttributeName":"sk","AttributeType":"N"}]}}"#;
    let json = TableDescriptor::from_json(descriptor).unwrap().to_json();
    let key = writer.sidecar_key("table.json");
    store.put(&key, json.into(), PutOptions::default()).await.unwrap();
    let keys = profile(&store, &ProfileOptions::default()).await.keys.unwrap();
    assert_eq!((keys.hash_key.as_str(), keys.range_key.as_deref()), ("pk", Some("sk")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_export_gives_the_same_profile_whatever_is_read_at_once() {
    // More partition keys than are kept, in files of different lengths.
    let files: Vec<String> = (0..6)
        .map(|file| {
            let lines = (0..500 * (file + 1)).map(|n| line(&format!("user{file}-{n}"), n));
            lines.chain((0..50).map(|n| line("hot", file * 50 + n))).collect()
        })
        .collect();
    let (store, _) = export(&files, WriterOptions::default()).await;
    let one = tried(&store, &keyed(), None, 1).await.unwrap();
    assert_eq!(one.items, 500 * 21 + 300);
    let hot = &one.keys.as_ref().unwrap().hottest[0];
    assert_eq!((hot.key.as_deref(), hot.items, hot.missed), (Some("\"hot\""), 300, 0));
    for at_once in [2, 3, 8] {
        assert_eq!(tried(&store, &keyed(), None, at_once).await.unwrap(), one);
    }
}

#[tokio::test]
async fn a_sample_takes_some_of_each_file() {
    let files = ["a", "b", "c"].map(|pk| (0..100).map(|n| line(pk, n)).collect());
    let (store, _) = export(&files, WriterOptions::default()).await;
    let sample = tried(&store, &keyed(), Some(10), 2).await.unwrap();
    assert!(sample.source.sampled);
    let taken: Vec<u64> = sample.keys.unwrap().hottest.iter().map(|it| it.items).collect();
    assert_eq!((sample.items, taken), (12, vec![4, 4, 4]));
}

#[tokio::test]
async fn a_bad_line_is_told_with_its_place() {
    let lines = line("a", 1) + "\n{\"Item\":{\"pk\":{\"S\":\"b\"}}}\n";
    let (store, _) = export(&[lines], WriterOptions::default()).await;
    let error = tried(&store, &keyed(), None, 2).await.unwrap_err();
    assert_eq!(error.kind(), InspectErrorKind::InvalidItem);
    assert!(
        error.to_string().ends_with(".json.gz:3: the key attribute \"sk\" is missing"),
        "{error}"
    );
}

#[tokio::test]
async fn a_damaged_file_has_no_profile() {
    let (store, writer) = export(&[line("a", 1), line("b", 1)], WriterOptions::default()).await;
    let reader = ExportReader::open(store.clone()).await.unwrap();
    let key = writer.data_key(&reader.files()[1]);
    let (_, other) = store.get(&writer.data_key(&reader.files()[0])).await.unwrap();
    store.put(&key, other, PutOptions::default()).await.unwrap();
    let error = tried(&store, &keyed(), None, 2).await.unwrap_err();
    assert_eq!(error.kind(), InspectErrorKind::Source);
}

#[tokio::test]
async fn changes_are_no_items() {
    let start = SystemTime::UNIX_EPOCH;
    let window =
        IncrementalWindow { from: start, to: start, view: ddbkit_export::OutputView::NewImage };
    let options = WriterOptions { window: Some(window), ..WriterOptions::default() };
    let (store, _) = export(&[], options).await;
    let error = tried(&store, &keyed(), None, 2).await.unwrap_err();
    assert_eq!(error.kind(), InspectErrorKind::IncrementalExport);
}

#[tokio::test]
async fn a_cancel_ends_the_work() {
    let (store, _) = export(&[line("a", 1)], WriterOptions::default()).await;
    let (reader, control) = (ExportReader::open(store).await.unwrap(), Control::new());
    control.cancel();
    let options = ProfileOptions::default();
    let work = profile_export(&reader, &options, None, NonZeroUsize::MIN, &control);
    assert_eq!(work.await.unwrap_err().kind(), InspectErrorKind::Interrupted);
}
