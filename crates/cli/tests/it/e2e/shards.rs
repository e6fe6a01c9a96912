//! Dumps for diffs, and loads in several processes.

use crate::e2e::program::run;
use ddbkit_testkit::{KeySchema, backend, items, put_all, scan_all};

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
