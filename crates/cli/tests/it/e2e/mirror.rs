//! Loads that mirror and that prove themselves.

use crate::e2e::program::{run, run_with_input};
use ddbkit_testkit::{KeySchema, backend, items, put_all, scan_all};

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_needs_a_yes_and_leaves_nothing_else() {
    let backend = backend().await;
    let table = backend.table("mirror", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..40).map(|n| items::item(1, n))).await;
    let before = scan_all(&backend.dynamodb, &table).await;
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().to_str().unwrap();
    let ran = run(&backend, &["dump", &table, dest, "--verify", "--output", "json"]).await.exits(0);
    assert_eq!(ran.json()["verification"]["ok"], true);
    assert_eq!(ran.json()["verification"]["comparison"]["equal"], true);
    put_all(&backend.dynamodb, &table, (100..130).map(|n| items::item(1, n))).await;

    let load = ["load", dest, &table, "--delete-extra", "--output", "json"];
    let ran = run(&backend, &load).await.exits(252);
    assert!(ran.error().contains("--yes"), "{}", ran.stderr);
    let ran = run(&backend, &[&load[..], &["--dry-run"]].concat()).await.exits(0).json();
    assert_eq!((&ran["extra"]["extra"], &ran["extra"]["deleted"]), (&30.into(), &0.into()));
    assert_eq!(scan_all(&backend.dynamodb, &table).await.len(), 70);

    let ran = run(&backend, &[&load[..], &["--yes", "--verify"]].concat()).await.exits(0).json();
    assert_eq!((&ran["already_equal"], &ran["extra"]["deleted"]), (&40.into(), &30.into()));
    assert_eq!(ran["comparison"]["equal"], true);
    assert_eq!(ran["comparison"]["contains"], false);
    assert_eq!(scan_all(&backend.dynamodb, &table).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mirror_of_an_empty_table_is_empty() {
    let backend = backend().await;
    let (empty, table) = (
        backend.table("empty", KeySchema::default()).await,
        backend.table("emptied", KeySchema::default()).await,
    );
    put_all(&backend.dynamodb, &table, (0..60).map(|n| items::item(1, n))).await;
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().to_str().unwrap();
    run(&backend, &["dump", &empty, dest]).await.exits(0);
    run(&backend, &["load", dest, &table, "--delete-extra", "--yes"]).await.exits(0);
    assert_eq!(scan_all(&backend.dynamodb, &table).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_difference_at_the_end_exits_with_1() {
    let backend = backend().await;
    let table = backend.table("proven", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..20).map(|n| items::item(1, n))).await;
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().to_str().unwrap();
    run(&backend, &["dump", &table, dest, "--verify"]).await.exits(0);
    let key = items::item(1, 7);
    let key = |name: &str| key.get(name).unwrap().clone();
    let mut other = ddbkit_codec::Item::new();
    for name in ["pk", "sk"] {
        other.insert(name, key(name));
    }
    put_all(&backend.dynamodb, &table, [other]).await;

    // The item that is there stays, so the table does not hold what the dump holds.
    let args = ["load", dest, &table, "--verify"];
    let ran = run(&backend, &[&args[..], &["--output", "json"]].concat()).await.exits(1).json();
    assert_eq!((&ran["skipped_different"], &ran["rejected"]), (&1.into(), &0.into()));
    assert_eq!(ran["comparison"]["equal"], false);
    assert_eq!(ran["comparison"]["differences"][0]["kind"], "different");
    let ran = run(&backend, &args).await.exits(1);
    assert!(ran.stdout.contains("DIFFERS"), "{}", ran.stdout);
    run(&backend, &[&args[..], &["--mode", "overwrite"]].concat()).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_deleted_when_items_were_rejected() {
    let backend = backend().await;
    let table = backend.table("mirror-reject", KeySchema::default()).await;
    // Items that lack the attribute by which they are to be compared are rejected.
    let plain = backend.table("mirror-plain", KeySchema::default()).await;
    let line = |n: u32| format!("{{\"pk\":{{\"S\":\"k\"}},\"sk\":{{\"N\":\"{n}\"}}}}\n");
    let lines = (0..5).map(line).collect::<String>().into_bytes();
    run_with_input(&backend, &["load", "-", &plain], lines).await.exits(0);
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().to_str().unwrap();
    run(&backend, &["dump", &plain, dest, "--compression", "none"]).await.exits(0);
    put_all(&backend.dynamodb, &table, (0..9).map(|n| items::item(1, n))).await;
    let rejects = dir.path().join("rejects");
    let args = ["load", dest, &table, "--delete-extra", "--yes", "--if-newer", "at"];
    let args = [&args[..], &["--rejects", rejects.to_str().unwrap(), "--output", "json"]].concat();
    let ran = run(&backend, &args).await.exits(1);
    assert_eq!((&ran.json()["rejected"], &ran.json()["extra"]), (&5.into(), &().into()));
    assert!(ran.stderr.contains("Nothing was deleted"), "{}", ran.stderr);
    assert_eq!(scan_all(&backend.dynamodb, &table).await.len(), 9);
}
