//! `merge`: exports of a year of a table, merged, are the table.

use crate::e2e::program::run;
use ddbkit_store::Store;
use ddbkit_testkit::year::{View, Year};
use ddbkit_testkit::{Backend, backend};
use std::path::{Path, PathBuf};

/// The exports of a year in one folder, as they lie in one bucket; the folders of the base and of
/// the windows.
async fn exports(year: &Year, view: View, dir: &Path) -> (PathBuf, Vec<PathBuf>) {
    let store = Store::directory(dir);
    let folder = |id: String| dir.join("AWSDynamoDB").join(id);
    let base = folder(year.write_base(&store).await);
    let mut windows = Vec::new();
    for window in 0..year.windows.len() {
        windows.push(folder(year.write_window(window, view, &store).await));
    }
    (base, windows)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

async fn json(backend: &Backend, args: &[&str]) -> serde_json::Value {
    let args: Vec<_> = args.iter().chain(&["--output", "json"]).collect();
    run(backend, &args).await.exits(0).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_of_incremental_exports_merged_is_the_table() {
    let backend = backend().await;
    let year = Year::generate(&backend, 11).await;
    let gone: usize = year.windows.iter().map(|window| window.happened.came_and_went).sum();
    let anew: usize = year.windows.iter().map(|window| window.happened.made_anew).sum();
    assert!(gone > 0 && anew > 0, "the year has what is easily got wrong");
    for view in [View::NewImage, View::NewAndOldImages] {
        let dir = tempfile::tempdir().unwrap();
        exports(&year, view, dir.path()).await;
        let (all, merged) = (text(dir.path()), dir.path().join("merged"));
        let ran = json(&backend, &["merge", all, all, text(&merged), "--digest"]).await;
        assert_eq!(
            (&ran["exact"], &ran["export_time"]),
            (&true.into(), &"2026-01-01T00:00:00Z".into())
        );
        assert_eq!(ran["base_items"], year.base.len());
        let records: usize = year.windows.iter().map(|window| window.records.len()).sum();
        assert_eq!(ran["records"], records);
        assert_eq!(ran["windows"].as_array().unwrap().len(), 12);
        let number = |name: &str| ran[name].as_u64().unwrap();
        assert_eq!(
            number("unchanged") + number("replaced") + number("deleted"),
            number("base_items")
        );
        assert_eq!(number("unchanged") + number("replaced") + number("inserted"), number("items"));
        run(&backend, &["verify", text(&merged), &year.table]).await.exits(0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_can_be_merged_month_by_month() {
    let backend = backend().await;
    let year = Year::generate(&backend, 12).await;
    let dir = tempfile::tempdir().unwrap();
    let (mut base, windows) = exports(&year, View::NewImage, dir.path()).await;
    for (month, window) in windows.iter().enumerate() {
        let merged = dir.path().join(format!("month-{month}"));
        let ran = json(&backend, &["merge", text(&base), text(window), text(&merged)]).await;
        assert_eq!(ran["exact"], true);
        base = merged;
    }
    run(&backend, &["verify", text(&base), &year.table]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_goes_from_s3_to_s3() {
    let backend = backend().await;
    let bucket = backend.bucket().await;
    let year = Year::generate(&backend, 13).await;
    let store = Store::s3(backend.s3.clone(), &bucket, "exports");
    year.write_base(&store).await;
    for window in 0..12 {
        year.write_window(window, View::NewImage, &store).await;
    }
    let (source, dest) = (format!("s3://{bucket}/exports"), format!("s3://{bucket}/merged"));
    let ran = json(&backend, &["merge", &source, &source, &dest, "--compression", "zstd"]).await;
    let key =
        format!("merged/AWSDynamoDB/{}/manifest-summary.json", ran["export_id"].as_str().unwrap());
    let summary = backend.s3.get_object().bucket(&bucket).key(key).send().await.unwrap();
    let summary = summary.body.collect().await.unwrap().into_bytes();
    let summary: serde_json::Value = serde_json::from_slice(&summary).unwrap();
    assert_eq!((&summary["s3Bucket"], &summary["s3Prefix"]), (&(*bucket).into(), &"merged".into()));
    run(&backend, &["verify", &dest, &year.table]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_merged_is_said_with_what_to_do() {
    let backend = backend().await;
    let year = Year::generate(&backend, 14).await;
    let dir = tempfile::tempdir().unwrap();
    let (base, windows) = exports(&year, View::NewImage, dir.path()).await;
    let dest = dir.path().join("merged");
    let (base, dest) = (text(&base), text(&dest));

    let ran = run(&backend, &["merge", base, text(&windows[0]), text(&windows[2]), dest])
        .await
        .exits(255);
    assert!(
        ran.error().contains("2025-02-01T00:00:00.000Z to 2025-03-01T00:00:00.000Z"),
        "{}",
        ran.error()
    );
    assert!(ran.stderr.contains("hint: export that window too"), "{}", ran.stderr);
    let ran = run(&backend, &["merge", base, text(&windows[1]), dest]).await.exits(255);
    assert!(ran.error().contains("the first window begins later"), "{}", ran.error());
    let ran = run(&backend, &["merge", base, base, dest]).await.exits(255);
    assert!(ran.error().contains("it is a full export"), "{}", ran.error());
    let ran =
        run(&backend, &["merge", base, text(&windows[0]), dest, "--key", "id"]).await.exits(255);
    assert!(ran.error().contains("the key attribute id is missing"), "{}", ran.error());
    let none = dir.path().join("none");
    let scratch = ["merge", base, text(&windows[0]), dest, "--scratch", text(&none)];
    let ran = run(&backend, &scratch).await.exits(255);
    assert!(ran.stderr.contains("hint: --scratch"), "{}", ran.stderr);
    assert!(!Path::new(dest).exists());

    let unfinished = dir.path().join("AWSDynamoDB/01735689600000-00000000/_started");
    std::fs::create_dir(unfinished.parent().unwrap()).unwrap();
    std::fs::write(&unfinished, "").unwrap();
    let ran = run(&backend, &["merge", base, text(dir.path()), dest]).await.exits(255);
    assert!(ran.error().contains("01735689600000-00000000 is not complete"), "{}", ran.error());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_asked_for_where_nothing_changed() {
    let backend = backend().await;
    let mut year = Year::generate(&backend, 15).await;
    year.windows[0].records.clear();
    let dir = tempfile::tempdir().unwrap();
    let (base, windows) = exports(&year, View::NewImage, dir.path()).await;
    let dest = dir.path().join("merged");
    let args = ["merge", text(&base), text(&windows[0]), text(&dest)];
    let ran = run(&backend, &args).await.exits(255);
    assert!(ran.stderr.contains("hint: --key HASH[,RANGE]"), "{}", ran.stderr);
    let of_none = [&args[..], &["--key-of", "no-such-table"]].concat();
    let ran = run(&backend, &of_none).await.exits(254);
    assert!(ran.error().contains("ResourceNotFoundException"), "{}", ran.error());
    let ran = json(&backend, &[&args[..], &["--key-of", &year.table]].concat()).await;
    assert_eq!(
        (&ran["unchanged"], &ran["key"]),
        (&year.base.len().into(), &serde_json::json!(["pk", "sk"]))
    );
}
