//! Exports made for the tests.

use bytes::Bytes;
use ddbkit_export::{
    ClosedFile, Compression, DataFile, ExportError, ExportId, ExportReader, ExportWriter,
    FaultKind, IncrementalWindow, OutputView, ReadOptions, SummaryFields, VerifyOptions,
    VerifyReport, WriterOptions, verify,
};
use ddbkit_flow::Control;
use ddbkit_store::{PutOptions, Store};
use std::time::{Duration, SystemTime};

/// 2026-01-14T10:18:50.622Z.
pub(crate) fn start_time() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(1_768_385_930_622)
}

pub(crate) fn export_id() -> ExportId {
    ExportId::generate(start_time(), 0xefd1_a093)
}

/// The folder of [`export_id`].
pub(crate) const ROOT: &str = "AWSDynamoDB/01768385930622-efd1a093";

pub(crate) fn fields() -> SummaryFields {
    SummaryFields {
        table_arn: "arn:aws:dynamodb:eu-west-1:123456789012:table/T".to_owned(),
        table_id: Some("5b5a4c5e-0000-4000-8000-000000000000".to_owned()),
        start_time: start_time(),
        end_time: start_time() + Duration::from_millis(1_378),
        export_time: start_time(),
        s3_sse_algorithm: None,
        s3_sse_kms_key_id: None,
        billed_size_bytes: 0,
    }
}

/// Lines with the items `from..to`, one of them some 60 bytes long.
pub(crate) fn lines(from: u64, to: u64) -> Bytes {
    let line =
        |n| format!("{{\"Item\":{{\"pk\":{{\"S\":\"key {n}\"}},\"n\":{{\"N\":\"{n}\"}}}}}}\n");
    (from..to).map(line).collect::<String>().into()
}

/// The window of [`incremental`]: 2026-01-14, 10:35 to 10:50.
pub(crate) fn window(view: OutputView) -> IncrementalWindow {
    let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    IncrementalWindow { from: at(1_768_386_900), to: at(1_768_387_800), view }
}

/// An insert, an update and a delete within [`window`], as AWS wrote such lines.
pub(crate) const RECORDS: &str = concat!(
    r#"{"Metadata":{"WriteTimestampMicros":{"N":"1768387096366933"}},"Keys":{"pk":{"S":"2"},"sk":{"S":"1"}},"NewImage":{"pk":{"S":"2"},"sk":{"S":"1"},"test":{"S":"test2"}}}"#,
    "\n",
    r#"{"Metadata":{"WriteTimestampMicros":{"N":"1768387673917155"}},"Keys":{"pk":{"S":"1"},"sk":{"S":"3"}},"OldImage":{"pk":{"S":"1"},"sk":{"S":"3"},"test1":{"S":"1"}},"NewImage":{"bin_update":{"BS":["0000","0001"]},"pk":{"S":"1"},"sk":{"S":"3"}}}"#,
    "\n",
    r#"{"Metadata":{"WriteTimestampMicros":{"N":"1768387654353205"}},"Keys":{"pk":{"S":"2"},"sk":{"S":"3"}},"OldImage":{"pk":{"S":"2"},"sk":{"S":"3"},"test":{"S":"test"}}}"#,
    "\n",
);

/// A finished incremental export of two files, the second empty, with [`RECORDS`]; its files.
pub(crate) async fn incremental(store: &Store, id: ExportId) -> Vec<ClosedFile> {
    incremental_of(store, id, window(OutputView::NewAndOldImages), RECORDS).await
}

/// As [`incremental`], with three records of another window.
pub(crate) async fn incremental_of(
    store: &Store,
    id: ExportId,
    window: IncrementalWindow,
    records: &str,
) -> Vec<ClosedFile> {
    let options = WriterOptions { window: Some(window), ..WriterOptions::default() };
    let writer = ExportWriter::create(store.clone(), id, options).await.unwrap();
    let files = vec![
        write_file(&writer, records.to_owned().into(), 3).await,
        writer.data_file().await.unwrap().finish().await.unwrap(),
    ];
    let manifest = files.iter().map(|closed| closed.file.clone()).collect();
    writer.finish(fields(), manifest).await.unwrap();
    files
}

/// Writes `lines` as the only lines of one more data file.
pub(crate) async fn write_file(writer: &ExportWriter, lines: Bytes, items: u64) -> ClosedFile {
    let mut file = writer.data_file().await.unwrap();
    file.write_lines(lines, items).await.unwrap();
    file.finish().await.unwrap()
}

/// A finished export of three files, one of them empty, with 300 items; its files.
pub(crate) async fn small_export(store: &Store, compression: Compression) -> Vec<ClosedFile> {
    let options = WriterOptions { compression, ..WriterOptions::default() };
    small_export_of(store, export_id(), options, 0).await
}

/// As [`small_export`], with the items from a number on.
pub(crate) async fn small_export_of(
    store: &Store,
    id: ExportId,
    options: WriterOptions,
    from: u64,
) -> Vec<ClosedFile> {
    let writer = ExportWriter::create(store.clone(), id, options).await.unwrap();
    let files = vec![
        write_file(&writer, lines(from, from + 100), 100).await,
        writer.data_file().await.unwrap().finish().await.unwrap(),
        write_file(&writer, lines(from + 100, from + 300), 200).await,
    ];
    let manifest = files.iter().map(|closed| closed.file.clone()).collect();
    writer.finish(fields(), manifest).await.unwrap();
    files
}

pub(crate) async fn put(store: &Store, key: &str, bytes: impl Into<Bytes>) {
    store.put(key, bytes.into(), PutOptions::default()).await.unwrap();
}

pub(crate) async fn get(store: &Store, key: &str) -> Bytes {
    store.get(key).await.unwrap().1
}

pub(crate) async fn get_text(store: &Store, key: &str) -> String {
    String::from_utf8(get(store, key).await.to_vec()).unwrap()
}

/// Copies every object below `from` to below `to` in another store.
pub(crate) async fn copy(source: &Store, from: &str, target: &Store, to: &str) {
    for meta in source.list(from).await.unwrap() {
        let bytes = get(source, &meta.key).await;
        put(target, &format!("{to}{}", &meta.key[from.len()..]), bytes).await;
    }
}

/// All lines of a file, or what the stream ended with.
pub(crate) async fn read_all(
    reader: &ExportReader,
    file: &DataFile,
) -> Result<Vec<u8>, ExportError> {
    let mut stream = reader.read_file(file, ReadOptions::default()).await?;
    let mut all = Vec::new();
    while let Some(batch) = stream.next().await? {
        all.extend_from_slice(&batch.bytes);
    }
    Ok(all)
}

/// Verifies what lies in the store, which opens.
pub(crate) async fn verified(store: &Store) -> VerifyReport {
    let reader = ExportReader::open(store.clone()).await.unwrap();
    verify(&reader, &VerifyOptions::default(), &Control::new()).await.unwrap()
}

/// The kinds and lines of the faults found.
pub(crate) async fn faults(store: &Store) -> Vec<(FaultKind, Option<u64>)> {
    let report = verified(store).await;
    assert_eq!(report.fault_count(), report.faults().len() as u64);
    report.faults().iter().map(|fault| (fault.kind, fault.line)).collect()
}
