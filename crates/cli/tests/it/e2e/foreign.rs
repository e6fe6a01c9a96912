//! Backups of other tools: named by `info`, loaded by `load`.

use crate::e2e::program::run;
use ddbkit_testkit::{Backend, KeySchema, backend, scan_all};
use std::path::Path;

fn line(n: u32) -> String {
    format!("{{\"pk\":{{\"S\":\"k\"}},\"sk\":{{\"N\":\"{n}\"}},\"v\":{{\"S\":\"x\"}}}}")
}

/// A table, loaded from the source; the exit code, what was printed, and how many items it has.
async fn loads(
    backend: &Backend,
    source: &Path,
    more: &[&str],
    code: i32,
) -> (usize, String, String) {
    let table = backend.table("foreign", KeySchema::default()).await;
    let rejects = source.parent().unwrap().join(format!("{table}-rejects.json"));
    let mut args =
        vec!["load", source.to_str().unwrap(), &table, "--rejects", rejects.to_str().unwrap()];
    args.extend(more);
    let ran = run(backend, &args).await.exits(code);
    (scan_all(&backend.dynamodb, &table).await.len(), ran.stdout, ran.stderr)
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_dyndump_is_loaded_and_what_it_lost_is_told() {
    let backend = backend().await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("dump.json");
    let lines: Vec<String> = (0..100).map(line).collect();
    let lost = r#"{"pk":{"S":"lost"},"sk":{"N":"1"},"l":{}}"#;
    write(&file, &format!("{}\n{lost}\n", lines.join("\n")));

    let (items, _, stderr) = loads(&backend, &file, &[], 1).await;
    assert_eq!(items, 100);
    assert!(stderr.contains("dyndump writes empty lists, maps and binaries as {}"), "{stderr}");

    let more = ["--lost-values", "empty-list", "--output", "json"];
    let (items, stdout, _) = loads(&backend, &file, &more, 0).await;
    let object: serde_json::Value = serde_json::from_str(stdout.trim()).unwrap();
    assert_eq!(items, 101);
    assert_eq!(object["written"], 101);
    assert_eq!(object["source"]["format"], "dynamodb-json");
    assert_eq!(object["source"]["damages_met"]["empty-values"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn rejects_name_the_line_of_the_source() {
    let backend = backend().await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("orders.csv");
    write(&file, "pk,sk,v\n\"a\",1,\"x, y\"\n\"b\"\n\"c\",3,null\n");
    let rejects = dir.path().join("rejects.json");
    let table = backend.table("foreign-csv", KeySchema::default()).await;
    let args = ["load", file.to_str().unwrap(), &table, "--rejects", rejects.to_str().unwrap()];
    run(&backend, &args).await.exits(1);
    assert_eq!(scan_all(&backend.dynamodb, &table).await.len(), 2);
    let reasons = std::fs::read_to_string(dir.path().join("rejects.json.errors.jsonl")).unwrap();
    let reason: serde_json::Value = serde_json::from_str(reasons.trim()).unwrap();
    assert_eq!((&reason["line"], &reason["source"]), (&3.into(), &file.to_str().unwrap().into()));
    assert_eq!(std::fs::read_to_string(rejects).unwrap(), "\"b\"\n");
}

const SCHEMA: &str = r#"{"Table": {"TableName": "NAME", "ItemCount": 2,
  "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "N"}],
  "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
  "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
  "ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}}}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_of_dynamodump_is_described_and_one_table_of_it_loaded() {
    let backend = backend().await;
    let dir = tempfile::tempdir().unwrap();
    let dump = dir.path().join("dump");
    let page =
        format!("{{\"Items\": [{}, {}], \"Count\": 2, \"ScannedCount\": 2}}", line(1), line(2));
    for name in ["orders", "users"] {
        write(&dump.join(name).join("schema.json"), &SCHEMA.replace("NAME", name));
        write(&dump.join(name).join("data/0001.json"), &page);
    }
    let source = dump.to_str().unwrap();

    let ran = run(&backend, &["info", source]).await.exits(0);
    for expected in ["orders\n", "users\n", "dynamodump", "pk (S) + sk (N)"] {
        assert!(ran.stdout.contains(expected), "{}", ran.stdout);
    }
    let info = run(&backend, &["info", source, "--output", "json"]).await.exits(0).json();
    assert_eq!(info["backups"][0]["format"], "dynamodump");
    assert_eq!(info["backups"][1]["description"]["createTable"]["TableName"], "users");

    let ran = run(&backend, &["load", source, "T"]).await.exits(252);
    assert!(ran.error().ends_with("one has to be named: orders, users"), "{}", ran.stderr);
    assert!(ran.stderr.contains("--source-table"));
    assert_eq!(loads(&backend, &dump, &["--source-table", "users"], 0).await.0, 2);

    // The schema is enough to create the table.
    let table = format!("{}-new", backend.table("foreign", KeySchema::default()).await);
    let args = ["load", source, &table, "--source-table", "orders", "--create-table"];
    run(&backend, &args).await.exits(0);
    assert_eq!(scan_all(&backend.dynamodb, &table).await.len(), 2);
    backend.dynamodb.delete_table().table_name(&table).send().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_dyndump_did_not_finish_is_loaded_with_a_warning() {
    let backend = backend().await;
    let dir = tempfile::tempdir().unwrap();
    let meta = r#"{"table_name":"big","table_arn":"arn:aws:dynamodb:eu-west-1:1:table/big",
        "status":"failed","backup_type":"full","backup_start_time":"2026-11-20T19:34:18Z",
        "uncompressed_bytes":1,"compressed_bytes":1,"item_count":2,"part_count":1}"#;
    write(&dir.path().join("big-meta.json"), meta);
    write(&dir.path().join("big-part-000000001.json.gz"), &format!("{}\n{}\n", line(1), line(2)));
    let (items, _, stderr) = loads(&backend, &dir.path().join("big"), &[], 1).await;
    assert_eq!(items, 2);
    assert!(stderr.contains("Warning: the source is not whole: dyndump wrote"), "{stderr}");
    let info = run(&backend, &["info", dir.path().to_str().unwrap()]).await.exits(0);
    for expected in ["dyndump backup", "failed", "big", "2026-11-20T19:34:18Z", "not whole"] {
        assert!(info.stdout.contains(expected), "{}", info.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_known_is_told() {
    let backend = backend().await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("notes.md");
    write(&file, "# Notes\n");
    for source in [&file, &dir.path().to_owned(), &dir.path().join("nothing")] {
        let source = source.to_str().unwrap();
        run(&backend, &["info", source]).await.exits(255);
        let ran = run(&backend, &["load", source, "T"]).await.exits(255);
        assert!(ran.error().contains(source), "{}", ran.stderr);
    }
}
