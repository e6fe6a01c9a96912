//! Which items a load writes, and what it says about the others.

use crate::e2e::program::run_with_input;
use ddbkit_codec::Item;
use ddbkit_testkit::{KeySchema, backend, scan_all};

#[tokio::test(flavor = "multi_thread")]
async fn only_newer_items_replace_others() {
    let backend = backend().await;
    let table = backend.table("if-newer", KeySchema::default()).await;
    let dir = tempfile::tempdir().unwrap();
    let rejects = dir.path().join("rejects.json");
    let item =
        |n: u32, at: &str| format!("{{\"pk\":{{\"S\":\"k\"}},\"sk\":{{\"N\":\"{n}\"}}{at}}}\n");
    let at = |at: u32| format!(",\"at\":{{\"N\":\"{at}\"}}");
    let args = ["load", "-", &table, "--if-newer", "at", "--rejects", rejects.to_str().unwrap()];
    let args = [&args[..], &["--output", "json"]].concat();
    let lines = [item(1, &at(5)), item(2, &at(5)), item(3, &at(5))].concat();
    run_with_input(&backend, &args, lines.into_bytes()).await.exits(0);
    let lines = [item(1, &at(4)), item(2, &at(6)), item(3, &at(5)), item(4, "")].concat();
    let ran = run_with_input(&backend, &args, lines.into_bytes()).await.exits(1).json();
    for (count, n) in
        [("read", 4), ("written", 1), ("not_newer", 1), ("already_equal", 1), ("rejected", 1)]
    {
        assert_eq!(ran[count], n, "{count} in {ran}");
    }
    assert_eq!(ran["refused_puts_capacity_units"], 2.0);
    assert_eq!(std::fs::read_to_string(rejects).unwrap(), item(4, ""));
    let after = scan_all(&backend.dynamodb, &table).await;
    let after: Vec<_> = after.iter().map(Item::to_dynamodb_json).collect();
    assert_eq!(after.len(), 3);
    assert!(after.iter().any(|item| item.contains("\"6\"")), "{after:?}");
}
