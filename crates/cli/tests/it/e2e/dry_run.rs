//! Dry runs: told, not done.

use crate::e2e::program::{command, finish, run};
use ddbkit_testkit::{KeySchema, backend, items, put_all, scan_all};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_by_a_dry_run() {
    let backend = backend().await;
    let table = backend.table("dry", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..40).map(|n| items::item(1, n))).await;
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().join("dump");
    let dest = dest.to_str().unwrap();
    let dry = ["dump", &table, dest, "--dry-run", "--read-capacity", "5", "--output", "json"];
    let ran = run(&backend, &dry).await.exits(0).json();
    assert_eq!((&ran["dry_run"], &ran["command"]), (&true.into(), &"dump".into()));
    assert!(ran["read_capacity_units"].is_number() && ran["estimated_seconds"].is_number());
    assert!(!std::fs::exists(dest).unwrap());

    run(&backend, &["dump", &table, dest]).await.exits(0);
    let copy = backend.table("dry-copy", KeySchema::default()).await;
    let dry = ["load", dest, &copy, "--dry-run", "--output", "json"];
    let empty = tempfile::tempdir().unwrap();
    let child = command(&backend, &dry).current_dir(empty.path()).spawn().unwrap();
    let ran = finish(child).await.exits(0).json();
    assert_eq!(
        (&ran["read"], &ran["items"], &ran["rejected"]),
        (&40.into(), &40.into(), &0.into())
    );
    assert!(ran["write_capacity_units"].as_f64().unwrap() >= 40.0);
    assert!(scan_all(&backend.dynamodb, &copy).await.is_empty());
    // No state and no rejects.
    assert_eq!(std::fs::read_dir(empty.path()).unwrap().count(), 0);
    let ran = run(&backend, &["load", dest, &copy, "--dry-run"]).await.exits(0);
    assert!(ran.stderr.contains("Nothing was written"), "{}", ran.stderr);
}
