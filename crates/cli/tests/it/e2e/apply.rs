//! Incremental exports onto a table.

use crate::e2e::program::{command, run};
use ddbkit::store::Store;
use ddbkit_testkit::year::{View, Year};
use ddbkit_testkit::{Backend, KeySchema, backend, scan_all};
use std::path::Path;
use std::time::Duration;

/// A year in a folder as in a bucket: all exports below one `AWSDynamoDB/`.
struct InFolder {
    year: Year,
    folder: String,
    base: String,
    windows: Vec<String>,
}

impl InFolder {
    async fn generate(backend: &Backend, seed: u64, folder: &Path) -> Self {
        let year = Year::generate(backend, seed).await;
        let store = Store::directory(folder);
        let base = year.write_base(&store).await;
        let mut windows = Vec::new();
        for window in 0..year.windows.len() {
            windows.push(year.write_window(window, View::NewAndOldImages, &store).await);
        }
        Self { year, folder: folder.to_str().unwrap().to_owned(), base, windows }
    }

    fn export(&self, id: &str) -> String {
        format!("{}/AWSDynamoDB/{id}", self.folder)
    }

    fn records(&self) -> u64 {
        self.year.windows.iter().map(|window| window.records.len() as u64).sum()
    }

    async fn copy_of_base(&self, backend: &Backend) -> String {
        let copy = backend.table("applied", KeySchema::default()).await;
        run(backend, &["load", &self.export(&self.base), &copy]).await.exits(0);
        copy
    }

    async fn assert_equal(&self, backend: &Backend, copy: &str) {
        let (end, dest) = (tempfile::tempdir().unwrap(), "end");
        let dest = end.path().join(dest);
        run(backend, &["dump", &self.year.table, dest.to_str().unwrap(), "--digest"])
            .await
            .exits(0);
        run(backend, &["verify", dest.to_str().unwrap(), copy]).await.exits(0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_go_onto_a_loaded_export() {
    let backend = backend().await;
    let dir = tempfile::tempdir().unwrap();
    let exports = InFolder::generate(&backend, 61, dir.path()).await;
    let copy = exports.copy_of_base(&backend).await;
    let notes = format!("{copy}-notes");
    let state = dir.path().join("state");
    let options = ["--bookkeeping", &notes, "--output", "json", "--state", state.to_str().unwrap()];

    // Of a folder with several all incremental ones are meant.
    let all = [&["apply", &exports.folder, &copy, "--dry-run"][..], &options].concat();
    let told = run(&backend, &all).await.exits(0).json();
    assert_eq!(told["read"], exports.records());
    assert_eq!((&told["dry_run"], &told["creates_bookkeeping"]), (&true.into(), &true.into()));
    assert_eq!(scan_all(&backend.dynamodb, &copy).await, exports.year.base);

    // Some by their folders, in any order; then the rest.
    let some: Vec<_> = exports.windows[..3].iter().rev().map(|id| exports.export(id)).collect();
    let some: Vec<&str> = some.iter().map(String::as_str).collect();
    let some = [&["apply"][..], &some, &[&copy], &options].concat();
    let ran = run(&backend, &some).await.exits(0).json();
    assert_eq!((&ran["version"], &ran["windows"]), (&1.into(), &3.into()));
    assert_eq!(
        (&ran["from"], &ran["bookkeeping"]["created"]),
        (&"2025-01-01T00:00:00.000Z".into(), &true.into())
    );

    let all = [&["apply", &exports.folder, &copy][..], &options].concat();
    let ran = run(&backend, &all).await.exits(0).json();
    assert_eq!((&ran["windows"], &ran["to"]), (&12.into(), &"2026-01-01T00:00:00.000Z".into()));
    let count = |name: &str| ran[name].as_u64().unwrap();
    assert_eq!(count("read"), exports.records());
    assert!(count("already_applied") > 0 && count("rejected") == 0, "{ran}");
    let settled = ["puts", "deletes", "already_applied", "newer"].map(count).iter().sum::<u64>();
    assert_eq!(count("read"), settled, "{ran}");
    for what in ["puts", "deletes"] {
        assert!(count(what) > 0, "{what}");
    }
    exports.assert_equal(&backend, &copy).await;
    assert!(!state.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_row_of_windows_is_told_with_a_hint() {
    let backend = backend().await;
    let dir = tempfile::tempdir().unwrap();
    let exports = InFolder::generate(&backend, 62, dir.path()).await;
    let copy = backend.table("refused", KeySchema::default()).await;
    let [first, second, third] = [0, 1, 2].map(|n| exports.export(&exports.windows[n]));
    let base = exports.export(&exports.base);
    for (given, why) in [
        (vec![&*first, &third], "is missing"),
        (vec![&first, &second, &first], "have time in common"),
        (vec![&base], "ddbkit load"),
    ] {
        let args = [&["apply"][..], &given, &[&copy]].concat();
        let ran = run(&backend, &args).await.exits(255);
        assert!(ran.stderr.contains(why), "{}", ran.stderr);
    }
    let ran = run(&backend, &["load", &first, &copy]).await.exits(255);
    assert!(ran.stderr.contains("ddbkit apply"), "{}", ran.stderr);
    assert!(scan_all(&backend.dynamodb, &copy).await.is_empty());
    let ran = run(&backend, &["apply", &first, &copy]).await.exits(0);
    assert!(ran.stderr.contains("in order and once"), "{}", ran.stderr);
    assert!(ran.stderr.contains("1 window from 2025-01-01T00:00:00.000Z"), "{}", ran.stderr);
}

/// The same command, killed again and again, goes on each time and ends equal.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_apply_goes_on() {
    let backend = backend().await;
    let dir = tempfile::tempdir().unwrap();
    let exports = InFolder::generate(&backend, 63, dir.path()).await;
    let state = dir.path().join("state");
    let checkpoint = state.join("checkpoint.json");
    for bookkeeping in [false, true] {
        let copy = exports.copy_of_base(&backend).await;
        let notes = format!("{copy}-notes");
        // Slow enough that there is something to kill.
        let mut args = vec!["apply", &exports.folder, &copy, "--write-capacity", "500"];
        args.extend(["--workers", "2", "--state", state.to_str().unwrap(), "--output", "json"]);
        if bookkeeping {
            args.extend(["--bookkeeping", &notes]);
        }
        let mut done = 0;
        for _ in 0..3 {
            let mut child = command(&backend, &args).spawn().unwrap();
            // Killed as soon as it has come further than before, whatever it does just then.
            while windows_done(&checkpoint) <= done && child.try_wait().unwrap().is_none() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            child.kill().await.unwrap();
            done = windows_done(&checkpoint).max(done);
        }
        assert!(done >= 3, "{done}");
        let summary = run(&backend, &args).await.exits(0).json();
        let count = |name: &str| summary[name].as_u64().unwrap();
        assert!(count("resumed") > 0, "{summary}");
        assert_eq!(count("resumed") + count("read"), exports.records());
        exports.assert_equal(&backend, &copy).await;
        // Nothing of it is left.
        assert!(!state.exists());
    }
}

/// How many windows the checkpoint says are done.
fn windows_done(checkpoint: &Path) -> usize {
    let Ok(text) = std::fs::read(checkpoint) else { return 0 };
    let checkpoint: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let windows = checkpoint["windows"].as_array().unwrap();
    windows.iter().filter(|window| window["isDone"] == true).count()
}
