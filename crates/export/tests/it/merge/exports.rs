//! Exports made by hand for merges.

use crate::support::put;
use ddbkit_export::{
    Compression, ExportError, ExportErrorKind, ExportId, ExportReader, ExportWriter, Merge,
    MergeRefusal, MergeReport, ReadOptions, SummaryFields, WriterOptions,
};
use ddbkit_flow::Control;
use ddbkit_store::Store;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

pub(super) const ARN: &str = "arn:aws:dynamodb:eu-west-1:123456789012:table/T";
pub(super) const TABLE_ID: &str = "5b5a4c5e-0000-4000-8000-000000000000";

/// Minute `n` of the history: 2026-01-14T10:00:00Z and so many minutes.
pub(super) fn minute(n: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_768_384_800 + n * 60)
}

fn text(time: SystemTime) -> String {
    let since = time.duration_since(minute(0)).unwrap().as_secs();
    format!("2026-01-14T{:02}:{:02}:{:02}.000Z", 10 + since / 3600, since / 60 % 60, since % 60)
}

/// `{"pk":{"S":pk},"v":{"S":value}}`.
pub(super) fn item(pk: &str, value: &str) -> String {
    format!(r#"{{"pk":{{"S":"{pk}"}},"v":{{"S":"{value}"}}}}"#)
}

/// A record: the key, and the value at the end of the window.
pub(super) fn record(pk: &str, value: Option<&str>) -> String {
    let image = value.map(|value| format!(r#","NewImage":{}"#, item(pk, value)));
    format!(
        r#"{{"Metadata":{{"WriteTimestampMicros":{{"N":"1768386096366933"}}}},"Keys":{{"pk":{{"S":"{pk}"}}}}{}}}"#,
        image.unwrap_or_default()
    )
}

pub(super) fn puts(pairs: &[(&str, &str)]) -> Vec<String> {
    pairs.iter().map(|(pk, value)| record(pk, Some(value))).collect()
}

/// A finished full export of `minute(at)` with these items in a file each.
pub(super) async fn full_store(at: u64, items: &[String]) -> Store {
    let options = WriterOptions { compression: Compression::None, ..WriterOptions::default() };
    full_store_as(at, items, options).await
}

pub(super) async fn full_store_as(at: u64, items: &[String], options: WriterOptions) -> Store {
    let store = Store::memory();
    let id = ExportId::generate(minute(at), 7);
    let writer = ExportWriter::create(store.clone(), id, options).await.unwrap();
    let mut files = Vec::new();
    for item in items {
        let mut file = writer.data_file().await.unwrap();
        file.write_lines(format!("{{\"Item\":{item}}}\n").into(), 1).await.unwrap();
        files.push(file.finish().await.unwrap().file);
    }
    let fields = SummaryFields {
        table_arn: ARN.to_owned(),
        table_id: Some(TABLE_ID.to_owned()),
        start_time: minute(at),
        end_time: minute(at + 5),
        export_time: minute(at),
        s3_sse_algorithm: None,
        s3_sse_kms_key_id: None,
        billed_size_bytes: 0,
    };
    writer.finish(fields, files).await.unwrap();
    store
}

pub(super) async fn full(at: u64, items: &[String]) -> ExportReader {
    ExportReader::open(full_store(at, items).await).await.unwrap()
}

pub(super) async fn base(at: u64, pairs: &[(&str, &str)]) -> ExportReader {
    let items: Vec<_> = pairs.iter().map(|(pk, value)| item(pk, value)).collect();
    full(at, &items).await
}

/// A finished incremental export of a window in minutes, in AWS's layout: its data is in the folder
/// that all incremental exports share.
pub(super) async fn window_store(from: u64, to: u64, records: &[String]) -> Store {
    let store = Store::memory();
    let id = ExportId::generate(minute(to), u32::try_from(from).unwrap());
    let root = format!("AWSDynamoDB/{id}");
    let data = "AWSDynamoDB/data/cs7ahitfvy7cvcukoarpvv6fu4.json";
    let lines: String = records.iter().map(|record| format!("{record}\n")).collect();
    put(&store, data, lines).await;
    let count = records.len();
    let files = format!("{{\"itemCount\":{count},\"dataFileS3Key\":\"{data}\"}}\n");
    put(&store, &format!("{root}/manifest-files.json"), files).await;
    let summary = format!(
        r#"{{"version":"2023-08-01","exportArn":"{ARN}/export/{id}","startTime":"{to}","endTime":"{to}","tableArn":"{ARN}","tableId":"{TABLE_ID}","exportFromTime":"{from}","exportToTime":"{to}","s3Bucket":"b","s3Prefix":null,"s3SseAlgorithm":"AES256","s3SseKmsKeyId":null,"manifestFilesS3Key":"{root}/manifest-files.json","billedSizeBytes":10000000,"itemCount":{count},"outputFormat":"DYNAMODB_JSON","outputView":"NEW_IMAGE","exportType":"INCREMENTAL_EXPORT"}}"#,
        from = text(minute(from)),
        to = text(minute(to)),
    );
    put(&store, &format!("{root}/manifest-summary.json"), summary).await;
    store
}

pub(super) async fn window(from: u64, to: u64, records: &[String]) -> ExportReader {
    ExportReader::open(window_store(from, to, records).await).await.unwrap()
}

pub(super) fn merge_of(base: ExportReader, windows: Vec<ExportReader>) -> Merge {
    Merge::new(base, windows, std::env::temp_dir())
}

pub(super) async fn merge(
    base: ExportReader,
    windows: Vec<ExportReader>,
) -> Result<(Store, MergeReport), ExportError> {
    let store = Store::memory();
    let report = merge_of(base, windows).run(store.clone(), &Control::new()).await?;
    Ok((store, report))
}

/// Why they cannot be merged, and the text of the error.
pub(super) async fn refusal(
    base: ExportReader,
    windows: Vec<ExportReader>,
) -> (MergeRefusal, String) {
    let store = Store::memory();
    let error = merge_of(base, windows).run(store.clone(), &Control::new()).await.unwrap_err();
    assert_eq!(store.list("").await.unwrap(), [], "{error}");
    let ExportErrorKind::NotMergeable(refusal) = error.kind() else { panic!("{error:?}") };
    (*refusal, error.to_string())
}

/// Key and value of each item of the only export there, which is proven on the way.
pub(super) async fn content(store: &Store) -> BTreeMap<String, String> {
    let reader = ExportReader::open(store.clone()).await.unwrap();
    let mut items = BTreeMap::new();
    for file in reader.files() {
        let mut lines = reader.read_file(file, ReadOptions::default()).await.unwrap();
        while let Some(batch) = lines.next().await.unwrap() {
            for (_, line) in batch.iter() {
                let item: serde_json::Value = serde_json::from_slice(line).unwrap();
                let text = |name: &str| item["Item"][name]["S"].as_str().unwrap().to_owned();
                assert_eq!(items.insert(text("pk"), text("v")), None);
            }
        }
    }
    items
}

pub(super) fn pairs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(pk, value)| ((*pk).to_owned(), (*value).to_owned())).collect()
}
