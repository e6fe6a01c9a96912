//! `verify` of exports that are not dumps: incremental ones, and files without manifests.

use crate::e2e::program::run;
use ddbkit::export::{
    ExportId, ExportWriter, IncrementalWindow, OutputView, SummaryFields, WriterOptions,
};
use ddbkit::store::Store;
use ddbkit_testkit::{KeySchema, backend, items, put_all};
use std::path::Path;
use std::time::{Duration, SystemTime};

const RECORDS: &str = concat!(
    r#"{"Metadata":{"WriteTimestampMicros":{"N":"1768387096366933"}},"Keys":{"pk":{"S":"2"}},"NewImage":{"pk":{"S":"2"},"n":{"N":"1"}}}"#,
    "\n",
    r#"{"Metadata":{"WriteTimestampMicros":{"N":"1768387654353205"}},"Keys":{"pk":{"S":"3"}}}"#,
    "\n",
);

/// An incremental export of two records; its folder and its data file.
async fn incremental(dir: &Path, suffix: u32) -> (String, String) {
    let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let window = IncrementalWindow {
        from: at(1_768_386_900),
        to: at(1_768_387_800),
        view: OutputView::NewImage,
    };
    let options = WriterOptions { window: Some(window), ..WriterOptions::default() };
    let id = ExportId::generate(window.to, suffix);
    let writer = ExportWriter::create(Store::directory(dir), id, options).await.unwrap();
    let mut file = writer.data_file().await.unwrap();
    file.write_lines(RECORDS.into(), 2).await.unwrap();
    let closed = file.finish().await.unwrap();
    let fields = SummaryFields {
        table_arn: "arn:aws:dynamodb:eu-west-1:123456789012:table/T".to_owned(),
        table_id: None,
        start_time: window.to,
        end_time: window.to,
        export_time: window.to,
        s3_sse_algorithm: None,
        s3_sse_kms_key_id: None,
        billed_size_bytes: 0,
    };
    writer.finish(fields, vec![closed.file]).await.unwrap();
    let path = |key: &str| dir.join(key).to_str().unwrap().to_owned();
    (path(writer.root_key()), path(&closed.key))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incremental_export_is_named_by_its_folder() {
    let backend = backend().await;
    let dir = tempfile::tempdir().unwrap();
    let (_, _) = incremental(dir.path(), 1).await;
    let (folder, data) = incremental(dir.path(), 2).await;
    let ran = run(&backend, &["verify", &folder, "--output", "json"]).await.exits(0);
    let json = ran.json();
    assert_eq!(json["changes"], serde_json::json!({"delete": 1, "put": 1}));
    assert_eq!(json["checks"]["lines"], 1);
    assert_eq!(json["not_checked"]["data_listing"], 1);
    let text = run(&backend, &["verify", &folder]).await.exits(0).stdout;
    assert!(text.contains("delete: 1") && text.contains("put: 1"), "{text}");

    let dest = dir.path().to_str().unwrap();
    let info = run(&backend, &["info", dest, "--output", "json"]).await.exits(0).json();
    let second = &info["exports"][1];
    let size = std::fs::metadata(&data).unwrap().len();
    assert_eq!((&second["stored_bytes"], &second["items"]), (&size.into(), &2.into()));
    assert_eq!(second["export_from_time"], "2026-01-14T10:35:00Z");
    assert_eq!(second["output_view"], "NEW_IMAGE");
    // From the folder alone the shared one is not seen, and no size is made up.
    let info = run(&backend, &["info", &folder, "--output", "json"]).await.exits(0).json();
    assert_eq!(info["exports"][0]["stored_bytes"], serde_json::Value::Null);

    std::fs::remove_file(data).unwrap();
    let ran = run(&backend, &["verify", &folder, "--output", "json"]).await.exits(1);
    assert_eq!(ran.json()["faults"][0]["kind"], "missing_data_file");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_without_manifests_are_read_where_that_is_asked_for() {
    let backend = backend().await;
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("part-0.json"), "{\"Item\":{\"pk\":{\"S\":\"a\"}}}\n").unwrap();
    let source = dir.path().to_str().unwrap();
    run(&backend, &["verify", source]).await.exits(255);
    let args = ["verify", source, "--no-manifests", "--output", "json"];
    let json = run(&backend, &args).await.exits(0).json();
    assert_eq!((&json["items"], &json["files"]), (&1.into(), &1.into()));
    assert_eq!(json["not_checked"]["total_item_count"], 1);

    // What is begun as an export is not taken so, finished or not.
    incremental(dir.path(), 1).await;
    run(&backend, &args).await.exits(255);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_without_manifests_are_loaded_where_that_is_asked_for() {
    let backend = backend().await;
    let table = backend
        .table("listing", KeySchema::hash("pk", aws_sdk_dynamodb::types::ScalarAttributeType::S))
        .await;
    let dir = tempfile::tempdir().unwrap();
    for (hour, name) in [("dt=2026-03-14/hh=09", "a"), ("dt=2026-03-15/hh=10", "b")] {
        let folder = dir.path().join(hour);
        std::fs::create_dir_all(&folder).unwrap();
        let line = format!("{{\"Item\":{{\"pk\":{{\"S\":\"{name}\"}}}}}}\n");
        std::fs::write(folder.join(format!("{name}.json")), line).unwrap();
    }
    let source = dir.path().to_str().unwrap();
    let state = dir.path().join("_state");
    let load = ["load", source, &table, "--no-manifests", "--output", "json"];
    let json = run(&backend, &load).await.exits(0).json();
    assert_eq!((&json["files"], &json["written"]), (&2.into(), &2.into()));
    // A second run finds what is there, with or without a state.
    let args = [&load[..], &["--state", state.to_str().unwrap()]].concat();
    let json = run(&backend, &args).await.exits(0).json();
    assert_eq!((&json["written"], &json["already_equal"]), (&0.into(), &2.into()));
    let ran = run(&backend, &["load", "-", &table, "--no-manifests"]).await.exits(252);
    assert!(ran.error().contains("--no-manifests"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_is_written_in_ion() {
    let backend = backend().await;
    let table = backend.table("ion", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..20).map(|n| items::item(3, n))).await;
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().to_str().unwrap();
    run(&backend, &["dump", &table, dest, "--format", "ion", "--compression", "none"])
        .await
        .exits(0);
    let data = std::fs::read_dir(dir.path().join("AWSDynamoDB")).unwrap();
    let folder = data.map(|entry| entry.unwrap().path().join("data")).find(|path| path.is_dir());
    let files = std::fs::read_dir(folder.unwrap()).unwrap();
    let text: String =
        files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    assert_eq!(text.lines().filter(|line| line.starts_with("$ion_1_0 {Item:{")).count(), 20);
    run(&backend, &["verify", dest]).await.exits(0);

    let ran = run(&backend, &["dump", &table, "-", "--format", "ion"]).await.exits(252);
    assert!(ran.error().contains("--format ion"), "{}", ran.stderr);
}
