//! What a merge writes.

use super::exports::{
    ARN, TABLE_ID, base, content, full, full_store_as, item, merge, merge_of, minute, pairs, puts,
    record, window,
};
use crate::support::{get_text, verified};
use ddbkit_export::{Compression, ExportKind, ExportReader, Merge, OutputFormat, WriterOptions};
use ddbkit_flow::Control;
use ddbkit_store::Store;
use std::num::NonZeroU64;

/// A base of 5 items and two windows in which everything happens that can.
async fn everything() -> Merge {
    let base =
        base(0, &[("same", "0"), ("new", "0"), ("newer", "0"), ("gone", "0"), ("back", "0")]).await;
    let first = [
        record("new", Some("1")),
        record("newer", Some("1")),
        record("back", None),
        record("made", Some("1")),
        record("short", Some("1")),
    ];
    let second = [
        record("newer", Some("2")),
        record("gone", None),
        record("back", Some("2")),
        record("short", None),
    ];
    merge_of(base, vec![window(0, 15, &first).await, window(15, 30, &second).await])
}

#[tokio::test]
async fn counts_add_up() {
    let store = Store::memory();
    let report = everything().await.run(store.clone(), &Control::new()).await.unwrap();
    let expected = [("same", "0"), ("new", "1"), ("newer", "2"), ("back", "2"), ("made", "1")];
    assert_eq!(content(&store).await, pairs(&expected));
    assert_eq!((report.base_items, report.records, report.items), (5, 9, 5));
    let counts = report.counts;
    assert_eq!((counts.unchanged, counts.replaced, counts.inserted), (1, 3, 1));
    assert_eq!((counts.deleted, counts.deleted_absent, counts.superseded), (1, 1, 3));
    assert!(report.scratch_bytes > 0 && report.stored_bytes > 0);
}

#[tokio::test]
async fn the_result_is_a_whole_full_export_of_the_end_of_the_last_window() {
    let store = Store::memory();
    let merge = everything().await.digest(true);
    let report = merge.run(store.clone(), &Control::new()).await.unwrap();
    let reader = ExportReader::open(store.clone()).await.unwrap();
    let summary = reader.summary();
    assert_eq!(reader.kind(), ExportKind::Full);
    assert_eq!((summary.export_time, report.export_time), (Some(minute(30)), minute(30)));
    assert_eq!(summary.table_id.as_deref(), Some(TABLE_ID));
    let arn = format!("{ARN}/export/{}", report.export_id);
    assert_eq!(summary.export_arn.as_deref(), Some(&*arn));
    assert_eq!(summary.item_count, report.items);
    let verified = verified(&store).await;
    assert!(verified.is_ok(), "{:?}", verified.faults());
    assert_eq!(report.digest.as_ref(), Some(verified.digest()));

    let key = format!("AWSDynamoDB/{}/_ddbkit/merge.json", report.export_id);
    let note: serde_json::Value = serde_json::from_str(&get_text(&store, &key).await).unwrap();
    assert_eq!((&note["version"], &note["exact"]), (&1.into(), &true.into()));
    assert_eq!(note["base"]["exportTime"], "2026-01-14T10:00:00.000Z");
    assert_eq!(note["windows"][1]["exportToTime"], "2026-01-14T10:30:00.000Z");
    assert_eq!(note["counts"]["deletedAbsent"], 1);
}

#[tokio::test]
async fn a_destination_keeps_the_exports_that_it_has() {
    let store = Store::memory();
    let one = everything().await.run(store.clone(), &Control::new()).await.unwrap();
    let two = everything().await.run(store.clone(), &Control::new()).await.unwrap();
    for report in [one, two] {
        let reader = ExportReader::open_id(store.clone(), &report.export_id).await.unwrap();
        assert_eq!(reader.summary().item_count, 5);
    }
}

#[tokio::test]
async fn data_files_are_as_large_and_compressed_as_asked_for() {
    let store = Store::memory();
    let options = WriterOptions { compression: Compression::Zstd, ..WriterOptions::default() };
    let value = "x".repeat(100_000);
    let items: Vec<_> = (0..20).map(|n| item(&n.to_string(), &value)).collect();
    let windows = vec![window(0, 15, &puts(&[("0", "1")])).await];
    let merge = merge_of(full(0, &items).await, windows)
        .writer(options)
        .file_size(NonZeroU64::new(500_000).unwrap());
    let report = merge.run(store.clone(), &Control::new()).await.unwrap();
    assert!((3..=5).contains(&report.files), "{}", report.files);
    let reader = ExportReader::open(store.clone()).await.unwrap();
    assert!(reader.files().iter().all(|file| file.data_file_s3_key.ends_with(".json.zst")));
    assert_eq!(content(&store).await.len(), 20);
}

#[tokio::test]
async fn keys_are_equal_by_value_and_items_stay_as_they_are_written() {
    let items = [
        r#"{"pk":{"N":"1.0"},"v":{"S":"old"}}"#.to_owned(),
        "{ \"pk\" : {\"N\":\"2\"}, \"v\":{\"S\":\"\u{2028}\\u0061\"} }".to_owned(),
    ];
    let update = r#"{"Metadata":{"WriteTimestampMicros":{"N":"1"}},"Keys":{"pk":{"N":"1"}},"NewImage":{"v":{"S":"new"},"pk":{"N":"1E0"}}}"#;
    let windows = vec![window(0, 15, &[update.to_owned()]).await];
    let (store, report) = merge(full(0, &items).await, windows).await.unwrap();
    assert_eq!((report.counts.replaced, report.counts.unchanged), (1, 1));
    let reader = ExportReader::open(store).await.unwrap();
    let bytes = crate::support::read_all(&reader, &reader.files()[0]).await.unwrap();
    let mut lines: Vec<_> = std::str::from_utf8(&bytes).unwrap().lines().collect();
    lines.sort_unstable();
    let expected = [
        r#"{"Item":{ "pk" : {"N":"2"}, "v":{"S":"\u2028\u0061"} }}"#,
        r#"{"Item":{"v":{"S":"new"},"pk":{"N":"1E0"}}}"#,
    ];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn an_empty_table_is_merged_too() {
    let windows = vec![window(0, 15, &[record("a", None)]).await];
    let (store, report) = merge(base(0, &[("a", "0")]).await, windows).await.unwrap();
    assert_eq!((report.items, report.files), (0, 1));
    assert!(verified(&store).await.is_ok());
}

#[tokio::test]
async fn a_base_in_ion_is_merged_and_the_result_can_be_ion() {
    let ion = WriterOptions { format: OutputFormat::Ion, ..WriterOptions::default() };
    let items = [item("a", "0"), item("b", "0"), item("c", "0")];
    let store = full_store_as(0, &items, ion.clone()).await;
    let records = [record("a", Some("1")), record("b", None)];
    for options in [WriterOptions::default(), ion] {
        let base = ExportReader::open(store.clone()).await.unwrap();
        assert_eq!(base.summary().output_format, OutputFormat::Ion);
        let merge = merge_of(base, vec![window(0, 15, &records).await]).writer(options.clone());
        let dest = Store::memory();
        merge.run(dest.clone(), &Control::new()).await.unwrap();
        let merged = ExportReader::open(dest.clone()).await.unwrap();
        assert_eq!(merged.summary().output_format, options.format);
        assert_eq!(content(&dest).await, pairs(&[("a", "1"), ("c", "0")]));
        assert!(verified(&dest).await.is_ok());
    }
}
