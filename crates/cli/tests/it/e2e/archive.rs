//! `archive verify` and `archive restore`.

use crate::e2e::program::run;
use crate::json_page::assert_as_told;
use aws_sdk_dynamodb::types::ScalarAttributeType::S;
use aws_sdk_dynamodb::types::TimeToLiveSpecification;
use ddbkit::archive::{
    ArchiveCompression, ArchiveDescriptor, ArchiveLine, ArchiveRecord, ArchiveSink, EventName,
    LineFormat,
};
use ddbkit::codec::{AttributeValue, Item, Number};
use ddbkit::offload::{BlobKind, BlobPointer, Encoding};
use ddbkit::store::Store;
use ddbkit_testkit::{Backend, KeySchema, backend, scan_all};
use std::path::{Path, PathBuf};

const SHARD: &str = "shardId-00000001795203220156-bf0f7ecd";
/// 2026-11-20 at 20:00 UTC.
const EVENING: u64 = 1_795_204_800;

fn line(n: u64) -> ArchiveLine {
    let sequence = n.to_string().parse().unwrap();
    let event = format!("event-{n}");
    let mut record = ArchiveRecord::new(event, EventName::Remove, sequence, EVENING + n);
    let mut image = Item::from_iter([("pk", format!("item-{n}"))]);
    image.insert("expires", AttributeValue::N(Number::from(EVENING)));
    record.old_image = Some(image);
    ArchiveLine::of(&record, false, LineFormat::Item).unwrap()
}

/// An archive of ten items in two files.
async fn archive(dir: &Path, compression: ArchiveCompression) {
    let store = Store::directory(dir);
    let arn = "arn:aws:dynamodb:us-east-1:1:table/t";
    let archive = ArchiveDescriptor::new("t", arn, LineFormat::Item, compression);
    let archive = archive.begin(&store).await.unwrap();
    let label = "2026-11-20T08:00:00.000";
    let sink = ArchiveSink::new(store, archive, &format!("{arn}/stream/{label}"), label);
    let lines: Vec<_> = (1..=10).map(line).collect();
    let first = sink.commit(SHARD, None, None, &lines[..6]).await.unwrap().meta;
    let (anchor, created) = (Some(&first.last), Some(first.last_created));
    sink.commit(SHARD, anchor, created, &lines[6..]).await.unwrap();
}

/// A table whose TTL is on.
async fn table(backend: &Backend) -> String {
    let table = backend.table("restored", KeySchema::hash("pk", S)).await;
    let ttl = TimeToLiveSpecification::builder().attribute_name("expires").enabled(true);
    let update = backend.dynamodb.update_time_to_live().table_name(&table);
    update.time_to_live_specification(ttl.build().unwrap()).send().await.unwrap();
    table
}

fn data_files(dir: &Path) -> Vec<PathBuf> {
    let hour = dir.join("data/dt=2026-11-20");
    let hours = std::fs::read_dir(hour).unwrap().map(|entry| entry.unwrap().path());
    let files = hours.flat_map(|hour| std::fs::read_dir(hour).unwrap());
    let files = files.map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.is_file()).collect();
    files.retain(|path| !path.file_name().unwrap().to_string_lossy().starts_with('.'));
    files.sort();
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_is_verified_and_restored() {
    let backend = backend().await;
    let dir = tempfile::tempdir().unwrap();
    archive(dir.path(), ArchiveCompression::Gzip).await;
    let place = dir.path().to_str().unwrap();
    let args = ["archive", "verify", place, "--output", "json"];
    let json = run(&backend, &args).await.exits(0).json();
    assert_eq!((&json["records"], &json["files"]), (&10.into(), &2.into()));
    assert_eq!((&json["whole"], &json["version"]), (&true.into(), &1.into()));
    let text = run(&backend, &["archive", "verify", place]).await.exits(0).stdout;
    assert!(text.contains("The archive is whole: 10 records in 2 data files"), "{text}");

    let table = table(&backend).await;
    let restore = ["archive", "restore", place, &table, "--output", "json"];
    let dry = run(&backend, &[&restore[..], &["--dry-run"]].concat()).await.exits(0).json();
    assert_eq!(dry["read"], 10);
    assert!(scan_all(&backend.dynamodb, &table).await.is_empty());
    let key = r#"{"pk":{"S":"item-3"}}"#;
    let json = run(&backend, &[&restore[..], &["--key", key]].concat()).await.exits(0).json();
    assert_eq!((&json["written"], &json["archive"]["left_out"]), (&1.into(), &9.into()));
    let json = run(&backend, &restore).await.exits(0).json();
    assert_eq!(json["command"], "archive restore");
    assert_eq!((&json["written"], &json["already_equal"]), (&9.into(), &1.into()));
    let items = scan_all(&backend.dynamodb, &table).await;
    assert!(items.len() == 10 && items.iter().all(|item| !item.contains("expires")));
}

#[tokio::test(flavor = "multi_thread")]
async fn items_come_back_by_time_and_with_another_ttl() {
    let backend = backend().await;
    let dir = tempfile::tempdir().unwrap();
    archive(dir.path(), ArchiveCompression::Zstd).await;
    let (place, table) = (dir.path().to_str().unwrap(), table(&backend).await);
    let args = ["archive", "restore", place, &table, "--output", "json"];
    let range = ["--from", "2026-11-20T20:00:05Z", "--until", "2026-11-20T20:00:09Z"];
    let expires = ["--expires", "2096-10-02T07:06:40Z"];
    let args = [&args[..], &range, &expires].concat();
    let json = run(&backend, &args).await.exits(0).json();
    assert_eq!((&json["written"], &json["archive"]["left_out"]), (&4.into(), &6.into()));
    let expiry = AttributeValue::N(Number::from(4_000_000_000_u64));
    let items = scan_all(&backend.dynamodb, &table).await;
    assert!(items.iter().all(|item| item.get("expires") == Some(&expiry)), "{items:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pointers_that_the_table_must_not_have_do_not_come_back() {
    let backend = backend().await;
    let dir = tempfile::tempdir().unwrap();
    let store = Store::directory(dir.path());
    let arn = "arn:aws:dynamodb:us-east-1:1:table/t";
    let archive = ArchiveDescriptor::new("t", arn, LineFormat::Item, ArchiveCompression::None);
    let archive = archive.begin(&store).await.unwrap();
    let label = "2026-11-20T08:00:00.000";
    let sink = ArchiveSink::new(store, archive, &format!("{arn}/stream/{label}"), label);
    let pointer = BlobPointer {
        bucket: backend.bucket().await,
        key: "large/of/another/item".to_owned(),
        stored_len: 1,
        len: 1,
        sha256: [0; 32],
        encoding: Encoding::Identity,
        kind: BlobKind::Binary,
        content_type: None,
    };
    let mut image = Item::from_iter([("pk", "item-1")]);
    image.insert("film", pointer.to_attribute());
    let sequence = "1".parse().unwrap();
    let mut record = ArchiveRecord::new("event-1", EventName::Remove, sequence, EVENING);
    record.old_image = Some(image);
    let pointing = ArchiveLine::of(&record, false, LineFormat::Item).unwrap();
    sink.commit(SHARD, None, None, &[pointing, line(2)]).await.unwrap();

    let table = table(&backend).await;
    let place = dir.path().to_str().unwrap();
    let rejects = dir.path().join("rejects.json");
    let restore = ["archive", "restore", place, &table, "--output", "json", "--rejects"];
    let restore = [&restore[..], &[rejects.to_str().unwrap()]].concat();
    let dry = run(&backend, &[&restore[..], &["--dry-run"]].concat()).await.exits(1).json();
    assert_eq!((&dry["items"], &dry["rejected"]), (&1.into(), &1.into()));
    let json = run(&backend, &restore).await.exits(1).json();
    assert_eq!((&json["written"], &json["rejected"]), (&1.into(), &1.into()));
    let reasons = dir.path().join("rejects.json.errors.jsonl");
    let reasons = std::fs::read_to_string(reasons).unwrap();
    assert!(reasons.contains("another table or item"), "{reasons}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_archive_is_told() {
    let backend = backend().await;
    let dir = tempfile::tempdir().unwrap();
    archive(dir.path(), ArchiveCompression::None).await;
    let (place, table) = (dir.path().to_str().unwrap(), table(&backend).await);
    let file = data_files(dir.path()).swap_remove(0);
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("item-", "itEm-", 1)).unwrap();
    let args = ["archive", "verify", place, "--output", "json"];
    let json = run(&backend, &args).await.exits(1).json();
    assert_as_told("archive verify", &json, &[]);
    assert_eq!(json["whole"], false);
    assert!(json["fault_count"].as_u64().unwrap() > 0, "{json}");
    let ran = run(&backend, &["archive", "restore", place, &table, "--keep-ttl"]).await.exits(255);
    assert!(ran.error().contains("the source cannot be read: "), "{}", ran.stderr);

    let nothing = tempfile::tempdir().unwrap();
    let nothing = nothing.path().to_str().unwrap();
    let ran = run(&backend, &["archive", "verify", nothing]).await.exits(252);
    assert!(ran.error().contains("holds no archive"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ttl_attribute_has_to_be_known() {
    let backend = backend().await;
    let dir = tempfile::tempdir().unwrap();
    archive(dir.path(), ArchiveCompression::None).await;
    let place = dir.path().to_str().unwrap();
    let table = backend.table("without-ttl", KeySchema::hash("pk", S)).await;
    let ran = run(&backend, &["archive", "restore", place, &table]).await.exits(252);
    assert!(ran.stderr.contains("--ttl-attribute"), "{}", ran.stderr);
    let args = ["archive", "restore", place, &table, "--ttl-attribute", "expires"];
    run(&backend, &args).await.exits(0);
    let items = scan_all(&backend.dynamodb, &table).await;
    assert!(items.len() == 10 && items.iter().all(|item| !item.contains("expires")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_data_folder_of_an_archive_is_loaded_as_it_is() {
    let backend = backend().await;
    for compression in [ArchiveCompression::Gzip, ArchiveCompression::Zstd] {
        let dir = tempfile::tempdir().unwrap();
        archive(dir.path(), compression).await;
        let table = backend.table("loaded", KeySchema::hash("pk", S)).await;
        let data = dir.path().join("data");
        let data = data.to_str().unwrap();
        let args = ["load", data, &table, "--no-manifests", "--output", "json"];
        let json = run(&backend, &args).await.exits(0).json();
        assert_eq!((&json["files"], &json["written"]), (&2.into(), &10.into()));
        assert_eq!(scan_all(&backend.dynamodb, &table).await.len(), 10);
    }
}
