//! `ddbkit table` for whole tables.

use crate::e2e::program::{Ran, command, finish, run};
use crate::json_page::assert_as_told;
use ddbkit_testkit::{Backend, KeySchema, backend, items, put_all, scan_all};
use serde_json::{Value, json};

/// A name that no other test of any run has.
pub(crate) fn fresh(prefix: &str) -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let (n, process) = (NEXT.fetch_add(1, Ordering::Relaxed), std::process::id());
    format!("{prefix}-{process}-{n}")
}

/// Runs with `--output json`: the object, which must be as the page of reference tells it.
async fn object(backend: &Backend, section: &str, args: &[&str]) -> Value {
    let args: Vec<&str> = args.iter().copied().chain(["--output", "json"]).collect();
    let object = run(backend, &args).await.exits(0).json();
    assert_as_told(section, &object, &[]);
    object
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_created_described_and_dropped() {
    let backend = backend().await;
    let name = fresh("table-life");
    let create = [
        "table",
        "create",
        &name,
        "--hash-key",
        "customer:S",
        "--range-key",
        "at:N",
        "--billing",
        "7:5",
        "--gsi",
        "ByState=state:S,at:N,include=total+currency,units=2:3",
        "--lsi",
        "ByTotal=total:N,keys-only",
        "--ttl",
        "expires",
        "--stream",
        "NEW_AND_OLD_IMAGES",
        "--tag",
        "team=shop",
        "--wait",
    ];
    let created = object(&backend, "table create", &create).await;
    assert_eq!((&created["created"], &created["ready"]), (&json!(true), &json!(true)));

    let table = object(&backend, "table describe", &["table", "describe", &name]).await;
    assert_eq!(table["status"], "ACTIVE");
    let key =
        json!({"hash": {"name": "customer", "type": "S"}, "range": {"name": "at", "type": "N"}});
    assert_eq!(table["key"], key);
    assert_eq!(table["billing"], json!({"mode": "provisioned", "read": 7, "write": 5}));
    let index = |name: &str| {
        let indexes = table["indexes"].as_array().unwrap();
        indexes.iter().find(|index| index["name"] == name).unwrap().clone()
    };
    let by_state = index("ByState");
    assert_eq!(by_state["include"], json!(["total", "currency"]));
    assert_eq!(by_state["billing"], json!({"mode": "provisioned", "read": 2, "write": 3}));
    assert_eq!(by_state["key"]["hash"], json!({"name": "state", "type": "S"}));
    let by_total = index("ByTotal");
    assert_eq!(
        (&by_total["projection"], &by_total["global"]),
        (&json!("keys-only"), &json!(false))
    );
    assert_eq!(table["stream"]["view"], "NEW_AND_OLD_IMAGES");
    assert_eq!(table["time_to_live"]["attribute"], "expires");
    // `DynamoDB` Local takes tags and has none.
    let has_none = table["tags"].is_null() && backend.local_dynamodb.is_none();
    assert!(has_none || table["tags"] == json!({"team": "shop"}), "{table}");

    let text = run(&backend, &["table", "describe", &name]).await.exits(0).stdout;
    for expected in ["customer:S,at:N", "ByState  global, state:S,at:N, keys and total, currency"] {
        assert!(text.contains(expected), "{expected} in:\n{text}");
    }
    let listed = object(&backend, "table list", &["table", "list"]).await;
    assert!(listed["tables"].as_array().unwrap().contains(&json!(name)));
    let lines = run(&backend, &["table", "list"]).await.exits(0).stdout;
    assert!(lines.lines().any(|line| line == name), "{lines}");

    assert!(object(&backend, "table exists", &["table", "exists", &name]).await["exists"] == true);
    let drop = ["table", "drop", &name, "--yes", "--wait"];
    assert_eq!(object(&backend, "table drop", &drop).await["gone"], true);
    let gone = run(&backend, &["table", "exists", &name]).await.exits(1);
    assert_eq!((gone.stdout, gone.stderr), (String::new(), String::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_there_is_taken_when_it_is_the_same() {
    let backend = backend().await;
    let name = fresh("table-absent");
    let create = async |more: &[&str]| -> Ran {
        let start = ["table", "create", &name, "--hash-key", "url:S"];
        run(&backend, &start.iter().chain(more).copied().collect::<Vec<_>>()).await
    };
    let made = create(&["--if-not-exists", "--wait"]).await.exits(0);
    assert!(made.stderr.contains("Created table"), "{}", made.stderr);
    let there = create(&["--if-not-exists"]).await.exits(0);
    assert!(there.stderr.contains("was there"), "{}", there.stderr);
    let refused = create(&[]).await.exits(254);
    assert!(refused.stderr.contains("--if-not-exists"), "{}", refused.stderr);
    let other = create(&["--if-not-exists", "--range-key", "at:N"]).await.exits(254);
    assert!(other.error().contains("its key is url:S, not url:S,at:N"), "{}", other.error());
    // A run that was stopped before it came to time to live.
    create(&["--if-not-exists", "--ttl", "expires", "--wait"]).await.exits(0);
    let ttl = run(&backend, &["table", "ttl", &name]).await.exits(0).stdout;
    assert_eq!(ttl, "ENABLED by expires\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn time_to_live_and_stream_are_shown_and_switched() {
    let backend = backend().await;
    let table = backend.table("table-switches", KeySchema::default()).await;
    let ttl = object(&backend, "table ttl", &["table", "ttl", &table]).await;
    assert_eq!(ttl["time_to_live"], json!({"status": "DISABLED", "attribute": null}));
    let on = ["table", "ttl", &table, "--enable", "expires"];
    let ttl = object(&backend, "table ttl", &on).await;
    assert_eq!(ttl["time_to_live"]["attribute"], "expires");
    run(&backend, &["table", "ttl", &table, "--disable"]).await.exits(0);
    let off = run(&backend, &["table", "ttl", &table, "--disable"]).await.exits(252);
    assert!(off.error().contains("is off"), "{}", off.error());

    let stream = object(&backend, "table stream", &["table", "stream", &table]).await;
    assert_eq!(stream["stream"], Value::Null);
    let on = ["table", "stream", &table, "--enable", "KEYS_ONLY"];
    assert_eq!(object(&backend, "table stream", &on).await["stream"]["view"], "KEYS_ONLY");
    let shown = run(&backend, &["table", "stream", &table]).await.exits(0).stdout;
    assert!(shown.starts_with("KEYS_ONLY arn:"), "{shown}");
    let off = run(&backend, &["table", "stream", &table, "--disable"]).await.exits(0).stdout;
    assert_eq!(off, "DISABLED\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_emptied() {
    let backend = backend().await;
    let table = backend.table("table-truncate", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..60).map(|n| items::item(5, n))).await;
    let args = ["table", "truncate", &table, "--yes"];
    let done = object(&backend, "table truncate", &args).await;
    assert_eq!((&done["items"], &done["recreated"]), (&json!(60), &json!(false)));
    assert!(done["write_capacity_units"].as_f64().unwrap() >= 60.0, "{done}");
    assert_eq!(scan_all(&backend.dynamodb, &table).await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_emptied_by_making_it_anew() {
    let backend = backend().await;
    let table = fresh("table-anew");
    let create = [
        "table",
        "create",
        &table,
        "--hash-key",
        "pk:S",
        "--range-key",
        "sk:N",
        "--ttl",
        "expires",
        "--stream",
        "NEW_IMAGE",
        "--wait",
    ];
    run(&backend, &create).await.exits(0);
    put_all(&backend.dynamodb, &table, (0..10).map(|n| items::item(5, n))).await;
    let args = ["table", "truncate", &table, "--yes", "--recreate"];
    let done = object(&backend, "table truncate", &args).await;
    assert_eq!((&done["items"], &done["recreated"]), (&Value::Null, &json!(true)));
    assert!(done["lost"].to_string().contains("stream"), "{done}");
    assert_eq!(scan_all(&backend.dynamodb, &table).await.len(), 0);
    let ttl = run(&backend, &["table", "ttl", &table]).await.exits(0).stdout;
    assert_eq!(ttl, "ENABLED by expires\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_deleted_where_nobody_can_be_asked() {
    let backend = backend().await;
    let table = backend.table("table-ask", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..3).map(|n| items::item(5, n))).await;
    for args in [
        vec!["table", "drop", &table],
        vec!["table", "truncate", &table],
        vec!["table", "truncate", &table, "--recreate"],
    ] {
        let ran = run(&backend, &args).await.exits(252);
        assert!(ran.error().contains("standard input is no terminal"), "{}", ran.error());
        assert!(ran.stderr.contains("--yes"), "{}", ran.stderr);
    }
    assert_eq!(scan_all(&backend.dynamodb, &table).await.len(), 3);
}

/// A pace that makes the work long enough to be interrupted in its midst.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_truncation_that_is_interrupted_goes_on() {
    let backend = backend().await;
    let table = backend.table("table-stop", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..400).map(|n| items::item(5, n))).await;
    let args = ["table", "truncate", &table, "--yes", "--write-capacity", "5"];
    let child = command(&backend, &args).spawn().unwrap();
    let pid = child.id().unwrap().to_string();
    loop {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        if scan_all(&backend.dynamodb, &table).await.len() < 400 {
            break;
        }
    }
    tokio::process::Command::new("kill").args(["-INT", &pid]).status().await.unwrap();
    let ran = finish(child).await.exits(130);
    assert!(ran.stderr.contains("the same command goes on"), "{}", ran.stderr);
    let left = scan_all(&backend.dynamodb, &table).await.len();
    assert!(left > 0);
    let args = ["table", "truncate", &table, "--yes"];
    assert_eq!(object(&backend, "table truncate", &args).await["items"], left);
}
