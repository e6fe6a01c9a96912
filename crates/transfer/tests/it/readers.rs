//! Exports of ours in S3, read by a reader of another project: `cargo xtask readers`.

use crate::support::{filled, open};
use ddbkit_codec::Item;
use ddbkit_export::{
    ExportId, ExportWriter, OutputFormat, ReadOptions, S3Location, SummaryFields, WriterOptions,
};
use ddbkit_flow::Control;
use ddbkit_store::Store;
use ddbkit_testkit::{backend, items, put_all, scan_all};
use ddbkit_transfer::Dump;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

const JSON: &str = "backups/json";
const ION: &str = "backups/ion";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Python with aws_dynamodb_io: cargo xtask readers"]
async fn aws_dynamodb_io_reads_what_is_written() {
    let backend = backend().await;
    let (table, _) = filled(&backend, "readers", 500).await;
    let edges = items::edge_items().into_iter().map(|(_, item)| item);
    put_all(&backend.dynamodb, &table, edges).await;
    let expected = scan_all(&backend.dynamodb, &table).await;
    let bucket = backend.bucket().await;
    let store = |prefix: &str| Store::s3(backend.s3.clone(), &bucket, prefix);

    let dump = Dump::builder(backend.dynamodb.clone(), &table).s3_location(&bucket, JSON);
    dump.build().to_store(store(JSON), &Control::new()).await.unwrap();
    let json = open(&store(JSON)).await;
    let id = ExportId::generate(SystemTime::now(), 7);
    write_ion(&store(JSON), &store(ION), &bucket, id).await;

    let python = std::env::var("DDBKIT_READERS_PYTHON").expect("run cargo xtask readers");
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/readers/read_all.py");
    let output = Command::new(python)
        .arg(program)
        .arg(&bucket)
        .arg(format!("{JSON}/AWSDynamoDB/{}", json.id().unwrap()))
        .arg(format!("{ION}/AWSDynamoDB/{id}"))
        .envs(backend.aws_env())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "it cannot read all: {errors}");

    let mut found: Vec<String> = output
        .stdout
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| sorted(&Item::from_line(line).unwrap()))
        .collect();
    let mut expected: Vec<String> = expected.iter().map(sorted).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

/// One text for each item, whatever the order of its attributes.
fn sorted(item: &Item) -> String {
    let value: serde_json::Value = serde_json::from_str(&item.to_dynamodb_json()).unwrap();
    value.to_string()
}

/// Writes the items of an export again, in Ion.
pub(crate) async fn write_ion(from: &Store, to: &Store, bucket: &str, id: ExportId) {
    let reader = open(from).await;
    let location = S3Location { bucket: bucket.to_owned(), prefix: ION.to_owned() };
    let options = WriterOptions {
        format: OutputFormat::Ion,
        s3_location: Some(location),
        ..WriterOptions::default()
    };
    let writer = ExportWriter::create(to.clone(), id, options).await.unwrap();
    let mut files = Vec::new();
    for file in reader.files() {
        let mut lines = reader.read_file(file, ReadOptions::default()).await.unwrap();
        let mut ion = writer.data_file().await.unwrap();
        while let Some(batch) = lines.next().await.unwrap() {
            ion.write_lines(batch.bytes, batch.lines).await.unwrap();
        }
        files.push(ion.finish().await.unwrap().file);
    }
    let summary = reader.summary();
    let fields = SummaryFields {
        table_arn: summary.table_arn.clone().unwrap(),
        table_id: summary.table_id.clone(),
        start_time: summary.start_time.unwrap(),
        end_time: summary.end_time.unwrap(),
        export_time: summary.export_time.unwrap(),
        s3_sse_algorithm: None,
        s3_sse_kms_key_id: None,
        billed_size_bytes: 0,
    };
    writer.finish(fields, files).await.unwrap();
}
