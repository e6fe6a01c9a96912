//! Parquet and CSV as sources: loaded, told, and refused row by row.

use crate::e2e::program::run;
use ddbkit_codec::{AttributeValue, Item};
use ddbkit_testkit::{Backend, KeySchema, backend, scan_all};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const LINES: &str = r#"{"pk":{"S":"a"},"sk":{"N":"1"},"tags":{"SS":["x","y"]},"n":{"N":"1.25"},"m":{"M":{"k":{"B":"AQI="}}}}
{"pk":{"S":"b"},"sk":{"N":"2"},"n":{"N":"1e100"},"u":{"BOOL":true}}
{"pk":{"S":"c"},"sk":{"N":"3"},"u":{"S":"t"}}
"#;

fn lines(lines: &str) -> Vec<Item> {
    lines.lines().map(|line| Item::from_dynamodb_json(line.as_bytes()).unwrap()).collect()
}

/// The items of a table by their partition keys.
fn sorted(mut items: Vec<Item>) -> Vec<Item> {
    items.sort_by_key(|item| match item.get("pk") {
        Some(AttributeValue::S(key)) => key.clone(),
        other => panic!("{other:?}"),
    });
    items
}

/// Writes lines as a file of another format.
async fn convert(backend: &Backend, dir: &Path, lines: &str, name: &str, format: &str) -> PathBuf {
    let source = dir.join("lines.json");
    std::fs::write(&source, lines).unwrap();
    let dest = dir.join(name);
    let (source, target) = (source.to_str().unwrap(), dest.to_str().unwrap());
    let args = ["convert", source, target, "--format", format, "--key", "pk:S,sk:N"];
    run(backend, &args).await.exits(0);
    dest
}

#[tokio::test(flavor = "multi_thread")]
async fn parquet_is_loaded_told_and_converted_with_its_types() {
    let backend = backend().await;
    let dir = tempfile::tempdir().unwrap();
    let file = convert(&backend, dir.path(), LINES, "orders.parquet", "parquet").await;
    let file = file.to_str().unwrap();

    let table = backend.table("rows-parquet", KeySchema::default()).await;
    let ran = run(&backend, &["load", file, &table, "--output", "json"]).await.exits(0);
    assert!(ran.stderr.contains("3 rows of 6 columns, made by ddbkit version"), "{}", ran.stderr);
    let report: Value = serde_json::from_str(ran.stdout.trim()).unwrap();
    assert_eq!((&report["written"], &report["source"]), (&json!(3), &json!({"format": "parquet"})));
    let items = scan_all(&backend.dynamodb, &table).await;
    assert_eq!(sorted(items), lines(LINES));

    let ran = run(&backend, &["info", file, "--output", "json"]).await.exits(0);
    let info: Value = serde_json::from_str(ran.stdout.trim()).unwrap();
    let info = &info["files"][0];
    assert_eq!((&info["rows"], &info["has_dynamodb_types"]), (&json!(3), &json!(true)));
    assert_eq!(info["columns"], json!(["pk", "sk", "m", "n", "tags", "u"]));
    assert!(info["created_by"].as_str().unwrap().starts_with("ddbkit version"));

    let args = ["convert", file, "-", "--format", "dynamodb-json"];
    let back = run(&backend, &args).await.exits(0).stdout;
    let order = |text: &str| -> Vec<Value> {
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let expected = order(LINES).into_iter().map(|item| json!({"Item": item})).collect::<Vec<_>>();
    assert_eq!(order(&back), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn csv_is_loaded_with_the_key_types_of_the_table_and_bad_rows_are_set_aside() {
    let backend = backend().await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("orders.csv");
    std::fs::write(&file, "pk,sk,v\na,1,\"x, y\"\nb,2\nc,three,z\n\nd,4,5\n").unwrap();
    let table = backend.table("rows-csv", KeySchema::default()).await;
    let rejects = dir.path().join("rejects.json");
    let (file, rejects) = (file.to_str().unwrap(), rejects.to_str().unwrap());
    run(&backend, &["load", file, &table, "--rejects", rejects]).await.exits(1);

    let items = scan_all(&backend.dynamodb, &table).await;
    let expected = "{\"pk\":{\"S\":\"a\"},\"sk\":{\"N\":\"1\"},\"v\":{\"S\":\"x, y\"}}\n\
        {\"pk\":{\"S\":\"d\"},\"sk\":{\"N\":\"4\"},\"v\":{\"S\":\"5\"}}";
    assert_eq!(sorted(items), lines(expected));
    let reasons = std::fs::read_to_string(format!("{rejects}.errors.jsonl")).unwrap();
    let reasons: Vec<Value> =
        reasons.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let places: Vec<_> =
        reasons.iter().map(|reason| (&reason["source"], &reason["line"])).collect();
    assert_eq!(places, [(&json!(file), &json!(3)), (&json!(file), &json!(4))]);

    let ran = run(&backend, &["info", file]).await.exits(0);
    assert!(ran.stdout.contains("3: pk, sk, v"), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_for_imports_is_loaded_equal() {
    let backend = backend().await;
    let dir = tempfile::tempdir().unwrap();
    let lines = "{\"pk\":{\"S\":\"a\"},\"sk\":{\"N\":\"1\"},\"v\":{\"S\":\"\"}}\n{\"pk\":{\"S\":\"b\"},\"sk\":{\"N\":\"2\"},\"v\":{\"S\":\"7\"}}\n";
    let file = convert(&backend, dir.path(), lines, "orders.txt", "csv-import").await;
    let file = file.to_str().unwrap();
    let table = backend.table("rows-import", KeySchema::default()).await;
    // Its name does not tell.
    run(&backend, &["load", file, &table]).await.exits(255);
    run(&backend, &["load", file, &table, "--from", "csv"]).await.exits(0);
    assert_eq!(sorted(scan_all(&backend.dynamodb, &table).await), self::lines(lines));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_parquet_file_is_told_before_anything_is_written() {
    let backend = backend().await;
    let dir = tempfile::tempdir().unwrap();
    let file = convert(&backend, dir.path(), LINES, "orders.parquet", "parquet").await;
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() - 10]).unwrap();
    let table = backend.table("rows-damaged", KeySchema::default()).await;
    let ran = run(&backend, &["load", file.to_str().unwrap(), &table]).await.exits(255);
    assert!(ran.stderr.contains("it is no Parquet file that can be read"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_of_a_bucket_are_read_too() {
    let backend = backend().await;
    let dir = tempfile::tempdir().unwrap();
    let place = format!("s3://{}", backend.bucket().await);
    std::fs::write(dir.path().join("lines.json"), LINES).unwrap();
    let source = dir.path().join("lines.json");
    let parquet = format!("{place}/in/orders.parquet");
    let args = ["convert", source.to_str().unwrap(), &parquet, "--format", "parquet"];
    run(&backend, &args).await.exits(0);
    let csv = format!("{place}/in/orders.csv");
    let args = ["convert", &parquet, &csv, "--format", "csv"];
    run(&backend, &args).await.exits(0);

    for (source, format) in [(&parquet, "parquet"), (&csv, "csv")] {
        let table = backend.table("rows-s3", KeySchema::default()).await;
        run(&backend, &["load", source, &table]).await.exits(0);
        assert_eq!(scan_all(&backend.dynamodb, &table).await.len(), 3, "{source}");
        let ran = run(&backend, &["info", source, "--output", "json"]).await.exits(0);
        let info: Value = serde_json::from_str(ran.stdout.trim()).unwrap();
        assert_eq!(info["files"][0]["format"], format);
    }
}
