//! Items that cannot be written.

use ddbkit_codec::Item;
use ddbkit_flow::Control;
use ddbkit_testkit::{KeySchema, backend, scan_all};
use ddbkit_transfer::{Load, LoadReport, TransferErrorKind, WriteMode};
use std::path::Path;

/// 60 good items with bad ones among them.
fn mixed() -> (String, u64) {
    let good = |n: u32| format!(r#"{{"Item":{{"pk":{{"S":"k{n}"}},"sk":{{"N":"{n}"}}}}}}"#);
    let mut lines: Vec<String> = (0..60).map(good).collect();
    let huge = "x".repeat(409_601 - "pk".len() - "k".len() - "sk".len() - 1 - "t".len());
    let bad = [
        "this is no JSON".to_owned(),
        r#"{"Item":{"pk":{"S":"no sort key"}}}"#.to_owned(),
        r#"{"Item":{"pk":{"S":"broken"},"sk":{"N":"1"},"#.to_owned(),
        r#"{"Item":{"pk":{"S":"a"},"sk":{"S":"a string where a number belongs"}}}"#.to_owned(),
        r#"{"Item":{"pk":{"S":"a"},"sk":{"N":"1"},"x":{"N":"not a number"}}}"#.to_owned(),
        r#"{"Item":{"pk":{"S":"a"},"sk":{"N":"1"},"x":{"B":"not base64!"}}}"#.to_owned(),
        r#"{"Item":{"pk":{"S":"a"},"sk":{"N":"1"},"x":{"SS":[]}}}"#.to_owned(),
        r#"{"Item":{"pk":{"S":"a"},"sk":{"N":"1"},"x":{"Q":"unknown"}}}"#.to_owned(),
        r#"{"Item":{"pk":{"S":""},"sk":{"N":"1"}}}"#.to_owned(),
        format!(r#"{{"Item":{{"pk":{{"S":"k"}},"sk":{{"N":"1"}},"t":{{"S":"{huge}"}}}}}}"#),
    ];
    let count = bad.len() as u64;
    for (n, line) in bad.into_iter().enumerate() {
        lines.insert(n * 6, line);
    }
    (lines.join("\n") + "\n", count)
}

async fn load(mode: WriteMode, rejects: &Path) -> (LoadReport, Vec<Item>) {
    let backend = backend().await;
    let table = backend.table("rejects", KeySchema::default()).await;
    let (lines, _) = mixed();
    let load = Load::builder(backend.dynamodb.clone(), &table).mode(mode).rejects(rejects).build();
    let lines = std::io::Cursor::new(lines);
    let report = load.from_reader(lines, "items.json", &Control::new()).await.unwrap();
    (report, scan_all(&backend.dynamodb, &table).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_items_are_set_aside_and_no_other_is_lost() {
    for mode in [WriteMode::SkipExisting, WriteMode::Overwrite] {
        let dir = tempfile::tempdir().unwrap();
        let rejects = dir.path().join("rejects.json");
        let (report, after) = load(mode.clone(), &rejects).await;
        let (lines, bad) = mixed();
        assert_eq!((report.read, report.written, report.rejected), (60 + bad, 60, bad), "{mode:?}");
        assert_eq!(after.len(), 60);
        assert_eq!(report.rejects.as_deref(), Some(&*rejects));

        // The rejects are the lines as they stood, and each has its reason and its place.
        let kept = std::fs::read_to_string(&rejects).unwrap();
        let reasons =
            std::fs::read_to_string(dir.path().join("rejects.json.errors.jsonl")).unwrap();
        assert_eq!(kept.lines().count() as u64, bad);
        assert_eq!(reasons.lines().count() as u64, bad);
        for (line, reason) in kept.lines().zip(reasons.lines()) {
            let reason: serde_json::Value = serde_json::from_str(reason).unwrap();
            assert_eq!(reason["source"], "items.json");
            let number = usize::try_from(reason["line"].as_u64().unwrap()).unwrap();
            assert_eq!(lines.lines().nth(number - 1), Some(line), "{reason}");
            assert!(!reason["error"].as_str().unwrap().is_empty());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rejects_can_be_loaded_again_and_are_rejected_again() {
    let dir = tempfile::tempdir().unwrap();
    let first = dir.path().join("first.json");
    let (report, _) = load(WriteMode::Overwrite, &first).await;
    let backend = backend().await;
    let table = backend.table("again", KeySchema::default()).await;
    let load = Load::builder(backend.dynamodb.clone(), &table).mode(WriteMode::Overwrite);
    let load = load.rejects(dir.path().join("second.json")).build();
    let file = std::fs::File::open(&first).unwrap();
    let again = load.from_reader(file, "first.json", &Control::new()).await.unwrap();
    assert_eq!((again.read, again.rejected), (report.rejected, report.rejected));
    let sorted = |name: &str| {
        let text = std::fs::read_to_string(dir.path().join(name)).unwrap();
        let mut lines: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted("first.json"), sorted("second.json"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_rejects_file_the_first_bad_line_is_the_error() {
    let backend = backend().await;
    let table = backend.table("strict", KeySchema::default()).await;
    let load = Load::builder(backend.dynamodb.clone(), &table).build();
    let lines = "{\"pk\":{\"S\":\"a\"},\"sk\":{\"N\":\"1\"}}\n\nnonsense\n";
    let error = load
        .from_reader(std::io::Cursor::new(lines), "in.json", &Control::new())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Source);
    assert!(error.to_string().starts_with("in.json:3: "), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_ends_after_too_many_rejects() {
    let backend = backend().await;
    let table = backend.table("too-many", KeySchema::default()).await;
    let dir = tempfile::tempdir().unwrap();
    let lines: String = (0..100).map(|n| format!("nonsense {n}\n")).collect();
    for (most, stops) in [(99, true), (100, false)] {
        let rejects = dir.path().join(format!("rejects-{most}.json"));
        let load = Load::builder(backend.dynamodb.clone(), &table);
        let load = load.rejects(rejects.clone()).max_errors(most).build();
        let lines = std::io::Cursor::new(lines.clone());
        let result = load.from_reader(lines, "in.json", &Control::new()).await;
        let set_aside = std::fs::read_to_string(&rejects).unwrap().lines().count();
        assert_eq!(set_aside, 100);
        match result {
            Ok(report) => assert!(!stops && report.rejected == 100),
            Err(error) => {
                assert!(stops && error.kind() == TransferErrorKind::TooManyRejects, "{error}");
                let text = error.to_string();
                assert!(text.contains("more than 99 lines were rejected"), "{text}");
                assert!(text.contains("the last is in.json:100: "), "{text}");
            }
        }
    }
}
