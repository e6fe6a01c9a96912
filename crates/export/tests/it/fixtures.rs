//! Exports that `DynamoDB` wrote.

use crate::support::{copy, faults, fields, read_all, verified, write_file};
use ddbkit_codec::Item;
use ddbkit_export::{
    Check, ExportKind, ExportReader, ExportState, ExportWriter, FaultKind, ManifestCheck,
    OutputFormat, WriterOptions, list_exports,
};
use ddbkit_store::Store;
use std::path::PathBuf;

fn fixture(name: &str) -> Store {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/native-export");
    Store::directory(dir.join(name))
}

const AMPLIFY: &str = "purpom-media-lab__amplify-data-migration";
const SCYLLA: &str = "scylladb__scylla-migrator/dynamodb-export";

#[tokio::test]
async fn the_items_of_all_types_are_read() {
    let reader = ExportReader::open(fixture(SCYLLA)).await.unwrap();
    assert_eq!(reader.kind(), ExportKind::Full);
    assert_eq!(reader.id().unwrap().to_string(), "01715685260608-c488b4e1");
    assert_eq!(reader.summary().s3_prefix.as_deref(), Some("dynamodb-export"));
    assert_eq!(reader.summary().output_format, OutputFormat::DynamodbJson);
    assert_eq!(reader.summary_check(), ManifestCheck::Absent);
    let lines = read_all(&reader, &reader.files()[0]).await.unwrap();
    let text = String::from_utf8(lines).unwrap();
    assert_eq!(text.lines().count(), 3);
    assert!(text.contains(r#""k":{"BS":["aXMgZmFzdA==","c2N5bGxhZGI="]}"#));
}

#[tokio::test]
async fn an_export_without_checksums_verifies_and_says_what_was_not_checked() {
    let report = verified(&fixture(SCYLLA)).await;
    assert!(report.is_ok(), "{:?}", report.faults());
    assert_eq!((report.files(), report.items()), (1, 3));
    assert_eq!(report.digest().count(), 3);
    let unchecked: Vec<Check> = report.unchecked().keys().copied().collect();
    assert_eq!(unchecked, [Check::SummaryChecksum, Check::FilesChecksum, Check::ContentDigest]);
    assert_eq!(report.checks()[&Check::DataFileEtag], 1);
}

/// Its summary was redacted after it was written, so that one checksum does not match; all else
/// does.
#[tokio::test]
async fn a_redacted_summary_is_the_only_fault() {
    assert_eq!(faults(&fixture(AMPLIFY)).await, [(FaultKind::SummaryChecksum, None)]);
    let report = verified(&fixture(AMPLIFY)).await;
    assert_eq!((report.files(), report.items()), (4, 3));
    assert_eq!(report.checks()[&Check::DataFileChecksum], 4);
    assert_eq!(report.checks()[&Check::FilesChecksum], 1);
    assert_eq!(report.unchecked().keys().copied().collect::<Vec<_>>(), [Check::ContentDigest]);
}

#[tokio::test]
async fn the_empty_file_of_aws_has_no_lines() {
    let reader = ExportReader::open(fixture(AMPLIFY)).await.unwrap();
    let empty = reader.files().iter().find(|file| file.item_count == 0).unwrap();
    assert_eq!(read_all(&reader, empty).await.unwrap(), b"");
}

#[tokio::test]
async fn exports_open_at_every_level() {
    for (name, id) in [(AMPLIFY, "01725803054816-222a3242"), (SCYLLA, "01715685260608-c488b4e1")] {
        let exports = fixture(name).subtree("AWSDynamoDB");
        for store in [fixture(name), exports.clone(), exports.subtree(id)] {
            let reader = ExportReader::open(store.clone()).await.unwrap();
            let mut items = 0;
            for file in reader.files() {
                let lines = read_all(&reader, file).await.unwrap();
                items += lines.split_inclusive(|&byte| byte == b'\n').count();
            }
            assert_eq!(items, 3);

            let listed = list_exports(&store).await.unwrap();
            assert_eq!(listed.len(), 1);
            assert_eq!(listed[0].id.unwrap().to_string(), id);
            assert!(matches!(listed[0].state, ExportState::Completed(_)));

            let by_id = ExportReader::open_id(store, &id.parse().unwrap()).await.unwrap();
            assert_eq!(by_id.summary(), reader.summary());
        }
    }
}

#[tokio::test]
async fn a_moved_tree_is_read_where_it_lies() {
    let moved = Store::memory();
    copy(&fixture(SCYLLA), "AWSDynamoDB/", &moved, "some/where/else/AWSDynamoDB/").await;
    let report = verified(&moved.subtree("some/where/else")).await;
    assert!(report.is_ok(), "{:?}", report.faults());
    assert_eq!(report.items(), 3);
}

/// All items, in the order of their text.
async fn items(reader: &ExportReader) -> Vec<String> {
    let mut items = Vec::new();
    for file in reader.files() {
        let lines = read_all(reader, file).await.unwrap();
        for line in lines.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
            // Texts of numbers may differ, so both go through their normal form.
            let mut ion = Vec::new();
            Item::from_line(line).unwrap().write_ion_text(&mut ion);
            items.push(String::from_utf8(ion).unwrap());
        }
    }
    items.sort();
    items
}

#[tokio::test]
async fn real_exports_go_to_ion_and_back() {
    for name in [AMPLIFY, SCYLLA] {
        let source = ExportReader::open(fixture(name)).await.unwrap();
        let before = items(&source).await;
        let mut reader = source;
        for format in [OutputFormat::Ion, OutputFormat::DynamodbJson] {
            let next = Store::memory();
            let options = WriterOptions { format, ..WriterOptions::default() };
            let writer =
                ExportWriter::create(next.clone(), reader.id().unwrap(), options).await.unwrap();
            let mut files = Vec::new();
            for file in reader.files() {
                let lines = read_all(&reader, file).await.unwrap();
                files.push(write_file(&writer, lines.into(), file.item_count).await.file);
            }
            writer.finish(fields(), files).await.unwrap();
            reader = ExportReader::open(next.clone()).await.unwrap();
            assert_eq!(reader.summary().output_format, format);
            assert_eq!(items(&reader).await, before);
            assert_eq!(faults(&next).await, []);
        }
    }
}
