//! Exports as other writers leave them.

use crate::support::{ROOT, copy, faults, get_text, put, read_all, small_export, verified};
use ddbkit_export::{
    ChangeKind, Check, Compression, ExportErrorKind, ExportKind, ExportReader, FaultKind,
    ManifestCheck,
};
use ddbkit_store::Store;

async fn export() -> Store {
    let store = Store::memory();
    small_export(&store, Compression::Gzip).await;
    store
}

pub(crate) async fn edit(store: &Store, name: &str, change: impl Fn(String) -> String) {
    let key = format!("{ROOT}/{name}");
    let text = change(get_text(store, &key).await);
    put(store, &key, text).await;
}

pub(crate) async fn remove(store: &Store, name: &str) {
    store.delete(&format!("{ROOT}/{name}")).await.unwrap();
}

#[tokio::test]
async fn checksums_may_have_the_name_of_the_documentation_or_be_missing() {
    let store = export().await;
    for manifest in ["manifest-summary", "manifest-files"] {
        let sum = get_text(&store, &format!("{ROOT}/{manifest}.md5")).await;
        remove(&store, &format!("{manifest}.md5")).await;
        put(&store, &format!("{ROOT}/{manifest}.checksum"), sum + "\n").await;
    }
    let reader = ExportReader::open(store.clone()).await.unwrap();
    assert_eq!(reader.summary_check(), ManifestCheck::Verified);
    assert_eq!(reader.files_check(), ManifestCheck::Verified);

    put(&store, &format!("{ROOT}/manifest-files.checksum"), "AAAA").await;
    assert_eq!(faults(&store).await, [(FaultKind::FilesChecksum, None)]);

    remove(&store, "manifest-summary.checksum").await;
    remove(&store, "manifest-files.checksum").await;
    remove(&store, "_started").await;
    let report = verified(&store).await;
    assert!(report.is_ok());
    assert_eq!(report.unchecked()[&Check::FilesChecksum], 1);
    assert_eq!(report.unchecked()[&Check::SummaryChecksum], 1);
}

#[tokio::test]
async fn arrays_relative_keys_and_missing_checksums_of_files_are_taken() {
    let store = export().await;
    edit(&store, "manifest-files.json", |text| {
        let relative = text.replace(&format!("{ROOT}/data/"), "data/");
        let lines: Vec<&str> = relative.lines().collect();
        format!("[\n{}\n]", lines.join(",\n"))
    })
    .await;
    remove(&store, "manifest-files.md5").await;
    assert_eq!(faults(&store).await, []);

    edit(&store, "manifest-files.json", |text| {
        let entries: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        let shorten = |mut entry: serde_json::Value| {
            let fields = entry.as_object_mut().unwrap();
            fields.remove("md5Checksum");
            fields.remove("etag");
            fields.insert("tableKeySchema".to_owned(), serde_json::json!([]));
            entry.to_string()
        };
        entries.into_iter().map(shorten).collect()
    })
    .await;
    let report = verified(&store).await;
    assert!(report.is_ok(), "{:?}", report.faults());
    assert_eq!(report.unchecked()[&Check::DataFileChecksum], 3);
    assert_eq!(report.unchecked()[&Check::DataFileEtag], 3);
    assert_eq!(report.checks()[&Check::ItemCount], 3);
}

#[tokio::test]
async fn pretty_summaries_with_unknown_fields_are_taken() {
    let store = export().await;
    edit(&store, "manifest-summary.json", |text| {
        text.replace(",\"", ",\n  \"").replace("\"itemCount\":", "\"more\": [1],\n\"itemCount\": ")
            + "\n"
    })
    .await;
    remove(&store, "manifest-summary.md5").await;
    let reader = ExportReader::open(store).await.unwrap();
    assert_eq!(reader.summary().extra["more"], "[1]");
    assert_eq!(reader.summary().item_count, 300);
}

#[tokio::test]
async fn a_moved_and_renamed_tree_is_read_where_it_lies() {
    let store = export().await;
    let moved = Store::memory();
    copy(&store, &format!("{ROOT}/"), &moved, "backup of monday/").await;
    assert_eq!(faults(&moved.subtree("backup of monday")).await, []);
    assert_eq!(faults(&moved).await, []);
}

#[tokio::test]
async fn incremental_exports_open_and_their_files_verify() {
    const LINE: &str = concat!(
        r#"{"Metadata":{"WriteTimestampMicros":{"N":"1768386096366933"}},"#,
        r#""Keys":{"pk":{"S":"2"}},"NewImage":{"pk":{"S":"2"},"t":{"S":"x"}}}"#,
        "\n"
    );
    let store = export().await;
    let name = "cs7ahitfvy7cvcukoarpvv6fu4.json.gz";
    put(&store, &format!("AWSDynamoDB/data/{name}"), LINE).await;
    put(&store, "AWSDynamoDB/data/of-another-export.json.gz", LINE).await;
    edit(&store, "manifest-files.json", |_| {
        format!("{{\"itemCount\":1,\"dataFileS3Key\":\"AWSDynamoDB/data/{name}\"}}\n")
    })
    .await;
    edit(&store, "manifest-summary.json", |text| {
        text.replace("\"itemCount\":300", "\"itemCount\":1").replace(
            "\"exportType\":\"FULL_EXPORT\"",
            "\"outputView\":\"NEW_IMAGE\",\"exportType\":\"INCREMENTAL_EXPORT\"",
        )
    })
    .await;
    remove(&store, "manifest-files.md5").await;
    remove(&store, "manifest-summary.md5").await;

    let reader = ExportReader::open(store.clone()).await.unwrap();
    assert_eq!(reader.kind(), ExportKind::Incremental);
    assert_eq!(read_all(&reader, &reader.files()[0]).await.unwrap(), LINE.as_bytes());
    let report = verified(&store).await;
    assert!(report.is_ok(), "{:?}", report.faults());
    assert_eq!(report.checks()[&Check::Lines], 1);
    assert_eq!(report.changes()[&ChangeKind::Put], 1);
    assert_eq!(report.unchecked()[&Check::DataListing], 1);

    // From the folder of the export alone the shared folder cannot be reached.
    let alone = ExportReader::open(store.subtree(ROOT)).await.unwrap();
    let error = read_all(&alone, &alone.files()[0]).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::InvalidManifest);
}
