//! A table goes from one account or region to another: two runs, each with settings of its own.

use crate::e2e::program::run;
use ddbkit_testkit::{Backend, KeySchema, items, put_all, scan_all};

#[tokio::test(flavor = "multi_thread")]
async fn a_table_goes_to_another_account() {
    // Two servers that know nothing of each other.
    let (from, to) = (Backend::embedded_only().await, Backend::embedded_only().await);
    let table = from.table("moving", KeySchema::default()).await;
    put_all(&from.dynamodb, &table, (0..200).map(|n| items::item(5, n))).await;
    let before = scan_all(&from.dynamodb, &table).await;
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().to_str().unwrap();
    run(&from, &["dump", &table, dest, "--digest"]).await.exits(0);

    run(&to, &["load", dest, &table, "--create-table", "--verify"]).await.exits(0);
    assert_eq!(scan_all(&to.dynamodb, &table).await, before);
}
