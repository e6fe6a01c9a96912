//! The work of an export: the items are taken at its start, the files are written at its end.

use super::Outcome;
use super::changes::changes;
use super::request::ExportRequest;
use crate::jobs::{Jobs, Refused};
use ddbkit_codec::IncrementalRecord;
use ddbkit_export::{
    ExportError, ExportErrorKind, ExportId, ExportWriter, SummaryFields, WriterOptions,
};
use ddbkit_store::{Store, StoreErrorKind};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// As many as the service makes of a small table on demand, empty ones too.
const FILES: u32 = 4;

/// What the service bills for the changes of a window, in bytes, however few they are.
const LEAST_BILLED: u64 = 10_000_000;

/// The lines of one data file.
#[derive(Default)]
pub(super) struct Lines {
    text: Vec<u8>,
    items: u64,
}

impl Lines {
    pub(super) fn push(&mut self, record: &IncrementalRecord) {
        record.write_dynamodb_json(&mut self.text);
        self.text.push(b'\n');
        self.items += 1;
    }
}

/// What is needed of an answer to Scan or Query.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page<'a> {
    #[serde(borrow, default)]
    items: Vec<&'a RawValue>,
    #[serde(default)]
    last_evaluated_key: Option<Value>,
}

/// The items of the table as they are now, for as many files as the service would make. They are in
/// memory, as the database is that they come from.
pub(super) async fn snapshot(jobs: &Jobs, request: &ExportRequest) -> Result<Vec<Lines>, Refused> {
    if let Some((window, stream)) = &request.changes {
        return Ok(vec![changes(jobs, stream, window).await?]);
    }
    let mut asked = request.filter.clone().unwrap_or_else(|| json!({}));
    asked["TableName"] = request.table.as_str().into();
    if asked.get("KeyConditionExpression").is_some() {
        return Ok(vec![read(jobs, "Query", asked).await?]);
    }
    let mut files = Vec::new();
    for segment in 0..FILES {
        asked["Segment"] = segment.into();
        asked["TotalSegments"] = FILES.into();
        files.push(read(jobs, "Scan", asked.clone()).await?);
    }
    Ok(files)
}

async fn read(jobs: &Jobs, operation: &str, mut asked: Value) -> Result<Lines, Refused> {
    let mut lines = Lines::default();
    loop {
        let answer = jobs.upstream().call(operation, &asked).await?;
        let page: Page<'_> = serde_json::from_slice(&answer)
            .map_err(|error| Refused::new("InternalServerError", error.to_string()))?;
        for item in page.items {
            lines.text.extend_from_slice(br#"{"Item":"#);
            lines.text.extend_from_slice(item.get().as_bytes());
            lines.text.extend_from_slice(b"}\n");
            lines.items += 1;
        }
        match page.last_evaluated_key {
            Some(key) => asked["ExclusiveStartKey"] = key,
            None => return Ok(lines),
        }
    }
}

/// Waits until the job is over, then writes its files, the summary last.
pub(super) async fn run(
    jobs: &Jobs,
    id: ExportId,
    request: &ExportRequest,
    files: Vec<Lines>,
) -> Outcome {
    jobs.until_due(id.start_time()).await;
    match write(jobs, id, request, files).await {
        Ok(outcome) => outcome,
        Err(error) => match error.kind() {
            ExportErrorKind::Store(StoreErrorKind::NoSuchBucket) => Outcome::Failed {
                code: "S3NoSuchBucket",
                message: "The specified bucket does not exist".to_owned(),
            },
            _ => Outcome::Failed { code: "UNKNOWN", message: error.to_string() },
        },
    }
}

async fn write(
    jobs: &Jobs,
    id: ExportId,
    request: &ExportRequest,
    files: Vec<Lines>,
) -> Result<Outcome, ExportError> {
    let place = request.place.clone();
    let store = Store::s3(jobs.s3(), &place.bucket, &place.prefix);
    let window = request.changes.as_ref().map(|(window, _)| *window);
    let options = WriterOptions {
        s3_location: Some(place),
        strict_aws: true,
        format: request.format,
        window,
        ..WriterOptions::default()
    };
    let writer = ExportWriter::create(store, id, options).await?;
    let (mut closed, mut bytes) = (Vec::new(), 0);
    for lines in files {
        bytes += lines.text.len() as u64;
        let mut file = writer.data_file().await?;
        file.write_lines(lines.text.into(), lines.items).await?;
        closed.push(file.finish().await?.file);
    }
    if window.is_some() {
        bytes = bytes.max(LEAST_BILLED);
    }
    let fields = SummaryFields {
        table_arn: request.table_arn.clone(),
        table_id: Some(request.table_id.clone()),
        start_time: id.start_time(),
        end_time: jobs.now(),
        export_time: request.export_time.unwrap_or_else(|| id.start_time()),
        s3_sse_algorithm: Some(request.sse_algorithm.clone()),
        s3_sse_kms_key_id: request.sse_kms_key_id.clone(),
        billed_size_bytes: bytes,
    };
    let summary = writer.finish(fields, closed).await?;
    let manifest = summary.manifest_files_s3_key.unwrap_or_default();
    let manifest = manifest.replace("manifest-files.json", "manifest-summary.json");
    Ok(Outcome::Completed { manifest, items: summary.item_count, bytes })
}
