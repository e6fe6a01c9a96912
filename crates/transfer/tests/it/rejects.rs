//! Items that cannot be written.

use crate::support::{open, stop_after, write_export};
use ddbkit_codec::Item;
use ddbkit_export::OutputFormat;
use ddbkit_flow::Control;
use ddbkit_store::Store;
use ddbkit_testkit::{KeySchema, backend, scan_all};
use ddbkit_transfer::{Load, LoadReport, TransferErrorKind, WriteMode};
use std::collections::BTreeSet;
use std::io::Write;
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

/// 2,000 lines, of which every tenth is no item, and the bad ones.
fn long() -> (String, BTreeSet<String>) {
    let line = |n: u32| match n % 10 {
        7 => format!("nonsense {n}"),
        _ => format!(r#"{{"Item":{{"pk":{{"S":"k{n}"}},"sk":{{"N":"{n}"}}}}}}"#),
    };
    let lines: Vec<_> = (0..2_000).map(line).collect();
    let bad = lines.iter().filter(|line| line.starts_with("nonsense")).cloned().collect();
    (lines.join("\n") + "\n", bad)
}

/// What was set aside, each line with its reason.
fn set_aside(rejects: &Path) -> BTreeSet<String> {
    let kept = std::fs::read_to_string(rejects).unwrap();
    let reasons = std::fs::read_to_string(rejects.with_extension("json.errors.jsonl")).unwrap();
    assert_eq!(kept.lines().count(), reasons.lines().count());
    for (line, reason) in kept.lines().zip(reasons.lines()) {
        let reason: serde_json::Value = serde_json::from_str(reason).unwrap();
        let number: u64 = line.strip_prefix("nonsense ").unwrap().parse().unwrap();
        assert_eq!(reason["line"], number + 1);
    }
    kept.lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_interrupted_load_set_aside_is_told_by_the_one_that_goes_on() {
    let backend = backend().await;
    let (lines, bad) = long();
    let source = Store::memory();
    write_export(&source, OutputFormat::DynamodbJson, &lines, 2_000).await;
    for names in [["same.json", "same.json"], ["first.json", "second.json"]] {
        let dir = tempfile::tempdir().unwrap();
        let [first, second] = names.map(|name| dir.path().join(name));
        let (table, state) = (backend.table("aside", KeySchema::default()).await, Store::memory());
        let load = |rejects: &Path, control: Control| {
            let load = Load::builder(backend.dynamodb.clone(), &table).state(state.clone());
            let (load, source) = (load.rejects(rejects).build(), source.clone());
            async move { load.from_export(open(&source).await, &control).await }
        };
        let error = load(&first, stop_after(1_500)).await.unwrap_err();
        assert_eq!(error.kind(), TransferErrorKind::Interrupted);
        let before = set_aside(&first);
        if first == second {
            // As a kill leaves them: a reason without its line, and half a line.
            let tails = [(&first, "nons"), (&dir.path().join("same.json.errors.jsonl"), "{}\n{")];
            for (file, tail) in tails {
                let mut file = std::fs::File::options().append(true).open(file).unwrap();
                file.write_all(tail.as_bytes()).unwrap();
            }
        }

        let report = load(&second, Control::new()).await.unwrap();
        let earlier = &report.rejected_earlier;
        assert_eq!((report.resumed + report.read, earlier.lines + report.rejected), (2_000, 200));
        assert!(earlier.lines > 0 && earlier.lines <= before.len() as u64, "{earlier:?}");
        assert_eq!(
            (&earlier.files, report.rejects.as_ref()),
            (&vec![first.clone()], Some(&second))
        );
        let all: BTreeSet<_> = set_aside(&first).union(&set_aside(&second)).cloned().collect();
        assert_eq!(all, bad);
        assert_eq!(scan_all(&backend.dynamodb, &table).await.len(), 1_800);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_of_rejects_is_one_for_all_runs_of_a_load() {
    let backend = backend().await;
    let (source, state, dir) = (Store::memory(), Store::memory(), tempfile::tempdir().unwrap());
    write_export(&source, OutputFormat::DynamodbJson, &long().0, 2_000).await;
    let table = backend.table("limit", KeySchema::default()).await;
    let load = |most: u64, control: Control| {
        let load = Load::builder(backend.dynamodb.clone(), &table).state(state.clone());
        let load = load.rejects(dir.path().join("rejects.json")).max_errors(most).build();
        let source = source.clone();
        async move { load.from_export(open(&source).await, &control).await }
    };
    load(199, stop_after(1_200)).await.unwrap_err();
    let error = load(199, Control::new()).await.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::TooManyRejects, "{error}");
    let report = load(200, Control::new()).await.unwrap();
    assert_eq!(report.rejected_earlier.lines + report.rejected, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejects_file_that_cannot_be_made_is_told_before_anything_is_written() {
    let backend = backend().await;
    let (source, state, dir) = (Store::memory(), Store::memory(), tempfile::tempdir().unwrap());
    write_export(&source, OutputFormat::DynamodbJson, &long().0, 2_000).await;
    let table = backend.table("unmade", KeySchema::default()).await;
    std::fs::write(dir.path().join("there.json"), "of another load\n").unwrap();
    for (rejects, why) in [
        (dir.path().to_owned(), "is a folder"),
        (dir.path().join("no").join("rejects.json"), "a folder that is not there"),
        (dir.path().join("there.json"), "is there already"),
    ] {
        let load = Load::builder(backend.dynamodb.clone(), &table).state(state.clone());
        let load = load.rejects(&rejects).build();
        let error = load.from_export(open(&source).await, &Control::new()).await.unwrap_err();
        assert_eq!(error.kind(), TransferErrorKind::Options);
        assert!(error.to_string().contains(why), "{error}");
        assert!(scan_all(&backend.dynamodb, &table).await.is_empty());
        // Nothing to go on with.
        assert!(state.list("").await.unwrap().is_empty());
    }
    let kept = std::fs::read_to_string(dir.path().join("there.json")).unwrap();
    assert_eq!(kept, "of another load\n");
}
