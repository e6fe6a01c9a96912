//! Dumps for diffs, and loads in several processes.

use crate::e2e::program::run;
use ddbkit_testkit::{KeySchema, backend, items, put_all, scan_all};
use std::path::{Path, PathBuf};

#[tokio::test(flavor = "multi_thread")]
async fn three_processes_load_one_dump() {
    let backend = backend().await;
    let table = backend.table("share", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..90).map(|n| items::item(1, n))).await;
    let dir = tempfile::tempdir().unwrap();
    let (dest, state) = (dir.path().join("dump"), dir.path().join("state"));
    let (dest, state) = (dest.to_str().unwrap(), state.to_str().unwrap());
    let args = ["dump", &table, dest, "--sort-keys", "--file-size", "1", "--segments", "12"];
    run(&backend, &args).await.exits(0);
    let copy = backend.table("share-copy", KeySchema::default()).await;
    let part = async |shard: &str| {
        let args = ["load", dest, &copy, "--shard", shard, "--state", state, "--output", "json"];
        let ran = run(&backend, &args).await.exits(0).json();
        assert_eq!(ran["shard"]["of"], 3);
        (ran["written"].as_u64().unwrap(), ran["files"].as_u64().unwrap())
    };
    let (first, second, third) = tokio::join!(part("0/3"), part("1/3"), part("2/3"));
    assert!(first.1 > 0 && second.1 > 0 && third.1 > 0);
    assert_eq!(first.0 + second.0 + third.0, 90);
    let copied = scan_all(&backend.dynamodb, &copy).await;
    assert_eq!(copied, scan_all(&backend.dynamodb, &table).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_make_one_dump_although_two_have_one_number_and_one_is_late() {
    let backend = backend().await;
    let table = backend.table("many", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..2_000).map(|n| items::item(1, n))).await;
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().to_str().unwrap();
    let dump = ["dump", &table, dest, "--dump-id", "nightly"];
    let shard = async |shard: &str| {
        let more = ["--shard", shard, "--segments", "16", "--file-size", "50000", "--digest"];
        run(&backend, &[&dump[..], &more].concat()).await
    };
    let (first, second, third, one, other) =
        tokio::join!(shard("0/4"), shard("1/4"), shard("2/4"), shard("3/4"), shard("3/4"));
    for ran in [first, second, third] {
        ran.exits(0);
    }
    // Both may come through one after the other; who is overtaken stops and says why.
    assert!(one.code == 0 || other.code == 0, "{}{}", one.stderr, other.stderr);
    for ran in [&one, &other] {
        assert!(ran.code == 0 || ran.error().contains("another process"), "{}", ran.stderr);
    }

    let finish = [&dump[..], &["--finish", "--output", "json"]].concat();
    assert_eq!(run(&backend, &finish).await.exits(0).json()["items"], 2_000);
    let list = || {
        let files = walk(dir.path());
        files.into_iter().map(|file| (file.clone(), std::fs::read(file).unwrap())).collect()
    };
    let before: Vec<(PathBuf, Vec<u8>)> = list();
    shard("2/4").await.exits(0);
    let after: Vec<(PathBuf, Vec<u8>)> = list();
    assert_eq!(after.len(), before.len());
    assert!(after == before, "a late process changes nothing");
    let verify = ["verify", dest, &table, "--output", "json"];
    assert_eq!(run(&backend, &verify).await.exits(0).json()["comparison"]["equal"], true);
}

/// All files below a folder, in their order.
fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] });
    let mut files: Vec<PathBuf> = files.collect();
    files.sort();
    files
}
