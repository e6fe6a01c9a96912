//! What can be merged and what cannot.

use super::exports::{
    ARN, TABLE_ID, base, content, full_store, item, merge, merge_of, pairs, puts, record, refusal,
    window, window_store,
};
use crate::support::{get_text, put};
use ddbkit_export::{ExportErrorKind, ExportReader, MergeRefusal};
use ddbkit_flow::{Control, Progress, ProgressEvent};
use ddbkit_store::Store;
use std::sync::{Arc, Mutex};

/// The export in `store` with a text of its summary replaced.
async fn with_summary(store: Store, from: &str, to: &str) -> ExportReader {
    for object in store.list("").await.unwrap() {
        if object.key.ends_with("manifest-summary.json") {
            let text = get_text(&store, &object.key).await;
            assert!(text.contains(from), "{text}");
            put(&store, &object.key, text.replace(from, to)).await;
        } else if object.key.ends_with("manifest-summary.md5") {
            store.delete(&object.key).await.unwrap();
        }
    }
    ExportReader::open(store).await.unwrap()
}

/// The base at `store`, dumped by a scan with this plan.
async fn scanned(store: Store, plan: &str) -> ExportReader {
    let reader = ExportReader::open(store).await.unwrap();
    put(&reader.root_store(), "_ddbkit/plan.json", plan.to_owned()).await;
    reader
}

#[tokio::test]
async fn windows_are_taken_by_time_in_whatever_order_they_come() {
    let windows = vec![
        window(30, 45, &puts(&[("a", "3")])).await,
        window(0, 15, &puts(&[("a", "1"), ("b", "1")])).await,
        window(15, 30, &[record("b", None), record("a", Some("2"))]).await,
    ];
    let (store, report) = merge(base(0, &[("b", "0"), ("c", "0")]).await, windows).await.unwrap();
    assert_eq!(content(&store).await, pairs(&[("a", "3"), ("c", "0")]));
    assert!(report.is_exact);
    let records: Vec<_> = report.windows.iter().map(|window| window.records).collect();
    assert_eq!(records, [2, 2, 1]);
}

#[tokio::test]
async fn a_gap_names_both_ends() {
    let windows = vec![window(0, 15, &[]).await, window(30, 45, &[]).await];
    let (refused, text) = refusal(base(0, &[]).await, windows).await;
    assert_eq!(refused, MergeRefusal::Gap);
    assert!(text.contains("2026-01-14T10:15:00.000Z to 2026-01-14T10:30:00.000Z"), "{text}");
}

#[tokio::test]
async fn windows_that_overlap_or_come_twice_are_refused() {
    for (from, to) in [(14, 30), (0, 15), (5, 10)] {
        let windows = vec![window(0, 15, &[]).await, window(from, to, &[]).await];
        let (refused, text) = refusal(base(0, &[]).await, windows).await;
        assert_eq!(refused, MergeRefusal::Overlap, "{text}");
    }
}

#[tokio::test]
async fn exports_of_another_table_are_refused() {
    let other = with_summary(window_store(0, 15, &[]).await, TABLE_ID, "6b").await;
    let (refused, text) = refusal(base(0, &[]).await, vec![other]).await;
    assert_eq!(refused, MergeRefusal::OtherTable);
    assert!(text.contains("tableId is 6b") && text.contains(TABLE_ID), "{text}");

    // Without an identifier the ARN has to do.
    let no_id = format!(r#""tableId":"{TABLE_ID}""#);
    let same = with_summary(window_store(0, 15, &[]).await, &no_id, r#""tableId":null"#).await;
    let merge = merge_of(base(0, &[]).await, vec![same]).key("pk", None);
    merge.run(Store::memory(), &Control::new()).await.unwrap();
    let store = window_store(0, 15, &[]).await;
    with_summary(store.clone(), &no_id, r#""tableId":null"#).await;
    let other = with_summary(store, ARN, "arn:aws:dynamodb:eu-west-1:1:table/U").await;
    let (refused, _) = refusal(base(0, &[]).await, vec![other]).await;
    assert_eq!(refused, MergeRefusal::OtherTable);
}

#[tokio::test]
async fn each_export_has_to_be_of_its_kind() {
    let (refused, _) = refusal(window(0, 15, &[]).await, vec![window(15, 30, &[]).await]).await;
    assert_eq!(refused, MergeRefusal::BaseNotFull);
    let (refused, _) = refusal(base(0, &[]).await, vec![base(15, &[]).await]).await;
    assert_eq!(refused, MergeRefusal::NotIncremental);
    let (refused, _) = refusal(base(0, &[]).await, vec![]).await;
    assert_eq!(refused, MergeRefusal::NoIncrementals);
    let no_time = r#""exportFromTime":"2026-01-14T10:00:00.000Z""#;
    let timeless = with_summary(window_store(0, 15, &[]).await, no_time, r#""x":1"#).await;
    let (refused, text) = refusal(base(0, &[]).await, vec![timeless]).await;
    assert!(refused == MergeRefusal::NoTime && text.contains("exportFromTime"), "{text}");
    let (refused, text) = refusal(base(0, &[]).await, vec![window(15, 15, &[]).await]).await;
    assert!(refused == MergeRefusal::NoTime && text.contains("ends before"), "{text}");
}

#[tokio::test]
async fn windows_have_to_reach_the_base_and_beyond() {
    let (refused, text) = refusal(base(10, &[]).await, vec![window(11, 30, &[]).await]).await;
    assert_eq!(refused, MergeRefusal::BaseTooOld);
    assert!(text.contains("10:10:00.000Z") && text.contains("10:11:00.000Z"), "{text}");
    let (refused, _) = refusal(base(31, &[]).await, vec![window(0, 30, &[]).await]).await;
    assert_eq!(refused, MergeRefusal::BaseTooNew);
}

#[derive(Default)]
struct Warnings(Mutex<Vec<String>>);

impl Progress for Warnings {
    fn on_event(&self, event: &ProgressEvent) {
        if let ProgressEvent::Warning(text) = event {
            self.0.lock().unwrap().push(text.clone());
        }
    }
}

#[tokio::test]
async fn a_base_on_a_boundary_is_exact_and_one_within_a_window_is_not() {
    for (at, exact) in [(0, true), (15, true), (30, true), (1, false), (29, false)] {
        let windows = vec![window(0, 15, &puts(&[("a", "1")])).await, window(15, 30, &[]).await];
        let warnings = Arc::new(Warnings::default());
        let control = Control::new().with_progress(warnings.clone());
        let store = Store::memory();
        let report = merge_of(base(at, &[]).await, windows).run(store.clone(), &control).await;
        assert_eq!(report.unwrap().is_exact, exact, "{at}");
        let said = warnings.0.lock().unwrap().join("\n");
        assert_eq!(said.is_empty(), exact, "{at}: {said}");
        // And a merge on top of it knows.
        let merged = ExportReader::open(store).await.unwrap();
        let next = vec![window(30, 45, &[]).await];
        let merge = merge_of(merged, next).key("pk", None);
        let report = merge.run(Store::memory(), &Control::new()).await.unwrap();
        assert_eq!(report.is_exact, exact, "{at}");
    }
}

/// Why a base within a window is not exact: `x` was made before the base and deleted after it.
#[tokio::test]
async fn an_item_that_came_and_went_around_a_base_within_a_window_stays() {
    let windows = vec![window(0, 15, &puts(&[("a", "1")])).await];
    let (store, report) = merge(base(5, &[("x", "5")]).await, windows).await.unwrap();
    assert_eq!(content(&store).await, pairs(&[("a", "1"), ("x", "5")]));
    assert!(!report.is_exact);
}

#[tokio::test]
async fn a_dump_by_scan_needs_windows_around_it_and_is_never_exact() {
    // It ran from minute 10 to 15.
    let dump = async || scanned(full_store(10, &[item("a", "0")]).await, "{\"version\":1}").await;
    let (refused, _) = refusal(dump().await, vec![window(11, 30, &[]).await]).await;
    assert_eq!(refused, MergeRefusal::BaseTooOld);
    let (refused, _) = refusal(dump().await, vec![window(0, 14, &[]).await]).await;
    assert_eq!(refused, MergeRefusal::BaseTooNew);
    let windows = vec![window(10, 15, &puts(&[("a", "1")])).await];
    let (store, report) = merge(dump().await, windows).await.unwrap();
    assert_eq!(content(&store).await, pairs(&[("a", "1")]));
    assert!(!report.is_exact);
}

#[tokio::test]
async fn values_beside_the_items_of_a_dump_are_told_to_stay_there() {
    for (plan, told) in [(r#"{"copyPointers":true}"#, true), (r#"{"copyPointers":false}"#, false)] {
        let dump = scanned(full_store(10, &[item("a", "0")]).await, plan).await;
        let warnings = Arc::new(Warnings::default());
        let control = Control::new().with_progress(warnings.clone());
        let windows = vec![window(10, 15, &puts(&[("a", "1")])).await];
        merge_of(dump, windows).run(Store::memory(), &control).await.unwrap();
        let said = warnings.0.lock().unwrap().join("\n");
        assert_eq!(said.contains("values of its large attributes"), told, "{said}");
    }
}

#[tokio::test]
async fn a_dump_of_a_part_of_a_table_is_refused() {
    for plan in [
        r#"{"limit":5}"#,
        r#"{"indexName":"i"}"#,
        r#"{"keyConditionExpression":"pk = :v"}"#,
        r#"{"filterExpression":"v > :v"}"#,
        r#"{"projectionExpression":"pk"}"#,
    ] {
        let dump = scanned(full_store(0, &[]).await, plan).await;
        let (refused, text) = refusal(dump, vec![window(0, 15, &[]).await]).await;
        assert_eq!(refused, MergeRefusal::PartOfTable, "{text}");
    }
    let whole = r#"{"version":1,"limit":null,"filterExpression":null}"#;
    let dump = scanned(full_store(0, &[]).await, whole).await;
    merge(dump, vec![window(0, 15, &puts(&[("a", "1")])).await]).await.unwrap();
    let broken = scanned(full_store(0, &[]).await, "{").await;
    let error = merge(broken, vec![window(0, 15, &[]).await]).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::InvalidSidecar);
}

#[tokio::test]
async fn the_key_is_given_or_told_by_descriptor_or_records() {
    let (refused, _) = refusal(base(0, &[]).await, vec![window(0, 15, &[]).await]).await;
    assert_eq!(refused, MergeRefusal::UnknownKeys);

    let (_, report) =
        merge(base(0, &[]).await, vec![window(0, 15, &puts(&[("a", "1")])).await]).await.unwrap();
    assert_eq!(report.key, ["pk"]);

    let described = base(0, &[]).await;
    let table = r#"{"version":1,"createTable":{"TableName":"T","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST"}}"#;
    put(&described.root_store(), "_ddbkit/table.json", table.to_owned()).await;
    let (store, report) = merge(described, vec![window(0, 15, &[]).await]).await.unwrap();
    assert_eq!(report.key, ["pk"]);
    let merged = ExportReader::open(store).await.unwrap();
    assert_eq!(merged.descriptor().await.unwrap().unwrap().create_table.table_name, "T");
}

#[tokio::test]
async fn wrong_names_of_the_key_are_told_with_the_place() {
    for (hash, range) in [("v", None), ("pk", Some("v")), ("id", None)] {
        let windows = vec![window(0, 15, &puts(&[("a", "1")])).await];
        let merge = merge_of(base(0, &[]).await, windows).key(hash, range.map(str::to_owned));
        let error = merge.run(Store::memory(), &Control::new()).await.unwrap_err();
        assert_eq!(*error.kind(), ExportErrorKind::InvalidLine, "{error}");
        assert_eq!(error.line(), Some(1));
        assert!(error.object().ends_with("data/cs7ahitfvy7cvcukoarpvv6fu4.json"), "{error}");
    }
}
