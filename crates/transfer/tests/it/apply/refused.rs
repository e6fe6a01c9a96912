//! Exports that cannot be applied, and records.

use super::support::{apply, hour, item, record, run, values, ways, windows};
use aws_sdk_dynamodb::types::ScalarAttributeType;
use ddbkit_codec::AttributeValue;
use ddbkit_export::ExportReader;
use ddbkit_flow::Control;
use ddbkit_store::{PutOptions, Store};
use ddbkit_testkit::year::View;
use ddbkit_testkit::{KeySchema, backend};
use ddbkit_transfer::{NewerBy, TransferErrorKind};

#[tokio::test(flavor = "multi_thread")]
async fn exports_that_do_not_follow_each_other_are_named() {
    let backend = backend().await;
    let copy = backend.table("windows", KeySchema::default()).await;
    let one = |micros| vec![record(1, micros, Some("a"))];
    let mut exports = windows(vec![one(1), one(2), one(3)]).await;
    let full = exports.year.write_base(&Store::memory()).await;
    let base = Store::memory();
    assert!(!full.is_empty());
    exports.year.write_base(&base).await;
    let base = ExportReader::open(base).await.unwrap();

    let (overlapping, foreign) = (Store::memory(), Store::memory());
    exports.year.windows[1].to = hour(3);
    exports.year.write_window(1, View::NewImage, &overlapping).await;
    let overlapping = ExportReader::open(overlapping).await.unwrap();
    "another table".clone_into(&mut exports.year.table_id);
    exports.year.windows[1].to = hour(2);
    exports.year.write_window(1, View::NewImage, &foreign).await;
    let foreign = ExportReader::open(foreign).await.unwrap();

    let [first, second, third] = [0, 1, 2].map(|n| exports.open(n));
    let (first, second, third) = (first.await, second.await, third.await);
    for (given, kind, why) in [
        (vec![third.clone(), first.clone()], TransferErrorKind::WindowGap, "is missing"),
        (
            vec![first.clone(), overlapping, third],
            TransferErrorKind::WindowOverlap,
            "have time in common",
        ),
        (vec![first.clone(), first.clone()], TransferErrorKind::WindowOverlap, "time in common"),
        (vec![first.clone(), foreign], TransferErrorKind::OtherTable, "different tables"),
        (vec![first, second, base], TransferErrorKind::FullExport, "is a full export"),
        (Vec::new(), TransferErrorKind::Options, "no export"),
    ] {
        let error = run(apply(&backend, &copy, &NewerBy::Order), given).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(why), "{error}");
        if matches!(kind, TransferErrorKind::WindowGap | TransferErrorKind::WindowOverlap) {
            assert!(error.to_string().contains("2025-01-01T01:00:00"), "{error}");
        }
    }
    assert!(values(&backend, &copy).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_with_another_key_is_refused_before_the_first_record() {
    let backend = backend().await;
    let exports = windows(vec![Vec::new(), vec![record(1, 1, Some("a"))]]).await;
    let id = KeySchema::hash("id", ScalarAttributeType::S);
    let hash = KeySchema::hash("pk", ScalarAttributeType::S);
    for (keys, name) in [(id, "the key id"), (hash, "the key pk")] {
        let copy = backend.table("other-key", keys).await;
        let given = exports.open_all(0..2).await;
        let error = run(apply(&backend, &copy, &NewerBy::Order), given).await.unwrap_err();
        assert_eq!(error.kind(), TransferErrorKind::KeySchemaMismatch);
        assert!(error.to_string().contains("the key pk + sk"), "{error}");
        assert!(error.to_string().ends_with(name), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_keep_times_is_refused() {
    let backend = backend().await;
    let exports = windows(vec![vec![record(1, 1, Some("a"))]]).await;
    let copy = backend.table("times", KeySchema::default()).await;
    let other = backend.table("other", KeySchema::default()).await;
    for (way, why) in [
        (NewerBy::Attribute("sk".to_owned()), "part of the key"),
        (NewerBy::Bookkeeping(other), "is no bookkeeping"),
        (NewerBy::Bookkeeping(copy.clone()), "is no bookkeeping"),
    ] {
        let state = Store::memory();
        let apply = apply(&backend, &copy, &way).state(state.clone());
        let error = run(apply, exports.open_all(0..1).await).await.unwrap_err();
        assert_eq!(error.kind(), TransferErrorKind::Options);
        assert!(error.to_string().contains(why), "{error}");
        assert!(state.list("").await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_export_is_told() {
    let backend = backend().await;
    let exports = windows(vec![vec![record(1, 1, Some("a"))]]).await;
    let copy = backend.table("damaged", KeySchema::default()).await;
    let manifests = exports.store.list("").await.unwrap();
    let summary = manifests.iter().find(|meta| meta.key.ends_with("manifest-summary.json"));
    let key = &summary.unwrap().key;
    let (_, bytes) = exports.store.get(key).await.unwrap();
    let bytes = String::from_utf8(bytes.to_vec()).unwrap().replace("T02:", "T03:");
    let changed = bytes.replace("T01:00", "T02:00");
    exports.store.put(key, changed.into(), PutOptions::default()).await.unwrap();
    let given = exports.open_all(0..1).await;
    let error = run(apply(&backend, &copy, &NewerBy::Order), given).await.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Source);
    assert!(error.to_string().contains("manifest-summary.json"), "{error}");
    assert!(values(&backend, &copy).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_records_go_to_the_rejects_file_and_the_others_on() {
    let backend = backend().await;
    let mut records: Vec<_> = (0..50).map(|n| record(n, 10, Some("a"))).collect();
    // Refused by DynamoDB, by us, and by the attribute that is to keep its time.
    let equal = vec!["x".to_owned(), "x".to_owned()];
    records[20].new_image.as_mut().unwrap().insert("set", AttributeValue::Ss(equal));
    records[30].new_image = Some(item(99, "another key"));
    records[40].new_image.as_mut().unwrap().insert(super::support::STAMP, "mine");
    let exports = windows(vec![records]).await;
    for way in ways() {
        let copy = backend.table("rejects", KeySchema::default()).await;
        let dir = tempfile::tempdir().unwrap();
        let rejects = dir.path().join("rejects.json");
        let given = exports.open_all(0..1).await;
        let estimate = apply(&backend, &copy, &way).build();
        let estimate = estimate.estimate(given.clone(), &Control::new()).await.unwrap();
        let report = run(apply(&backend, &copy, &way).rejects(&rejects), given).await.unwrap();
        let keeps_time = matches!(way, NewerBy::Attribute(_));
        let rejected = if keeps_time { 3 } else { 2 };
        assert_eq!((report.puts, report.rejected), (50 - rejected, rejected), "{way:?}");
        assert_eq!((estimate.puts, estimate.rejected), (50 - rejected, rejected), "{way:?}");
        assert_eq!(estimate.reasons.len() as u64, rejected);
        assert_eq!(values(&backend, &copy).await.len() as u64, 50 - rejected);
        // As they stand in the export.
        let lines = std::fs::read_to_string(&rejects).unwrap();
        assert_eq!(lines.lines().count() as u64, rejected);
        assert!(lines.lines().all(|line| line.starts_with(r#"{"Metadata":"#)), "{lines}");
        let reasons = dir.path().join("rejects.json.errors.jsonl");
        let reasons = std::fs::read_to_string(reasons).unwrap();
        assert!(reasons.contains("another key than its record"), "{reasons}");
        assert_eq!(reasons.contains("an attribute appliedAt already"), keeps_time, "{reasons}");
    }
    let copy = backend.table("no-file", KeySchema::default()).await;
    let given = exports.open_all(0..1).await;
    let error = run(apply(&backend, &copy, &NewerBy::Order), given).await.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Source);
}
