//! Imports as text and as JSON.

use crate::output::{bytes, count, time};
use aws_sdk_dynamodb::types::{InputCompressionType, InputFormat};
use ddbkit::export::jobs::ImportJob;
use serde_json::{Value, json};

/// What the service calls the failure, in one line.
fn failure(job: &ImportJob) -> Option<String> {
    let failure = job.failure.as_ref()?;
    let texts: Vec<&str> =
        [&failure.code, &failure.message].into_iter().filter_map(|text| text.as_deref()).collect();
    Some(texts.join(": "))
}

/// One line for a list.
pub(super) fn to_line(job: &ImportJob) -> String {
    let mut line = format!("{:<11}  {}", job.status.as_str(), job.arn);
    if let Some(source) = job.source_location() {
        line += &format!("  {source}");
    }
    if let Some(failure) = failure(job) {
        line += &format!("  {failure}");
    }
    line + "\n"
}

/// A block of lines.
pub(super) fn to_text(job: &ImportJob) -> String {
    let log = job.log_location().map(|log| format!("{} {}", log.group, log.stream));
    let mut text = format!("{}\n", job.arn);
    for (name, value) in [
        ("status", Some(job.status.as_str().to_owned())),
        ("failure", failure(job)),
        ("source", job.source_location().map(|source| source.to_string())),
        ("format", job.format.as_ref().map(|format| format.as_str().to_owned())),
        ("compression", job.compression.as_ref().map(|one| one.as_str().to_owned())),
        ("started", job.start_time.and_then(time)),
        ("ended", job.end_time.and_then(time)),
        ("read", job.processed_size_bytes.map(bytes)),
        ("items read", Some(count(job.processed_item_count))),
        ("items written", Some(count(job.imported_item_count))),
        ("errors", Some(count(job.error_count))),
        ("log", log),
    ] {
        if let Some(value) = value {
            text += &format!("  {name:<15} {value}\n");
        }
    }
    text
}

pub(super) fn to_json(job: &ImportJob) -> Value {
    let failure = job.failure.as_ref();
    let log = job.log_location();
    json!({
        "arn": job.arn,
        "id": job.short_id(),
        "status": job.status.as_str(),
        "table_arn": job.table_arn,
        "table_id": job.table_id,
        "client_token": job.client_token,
        "source": job.source_location().map(|source| source.to_string()),
        "format": job.format.as_ref().map(InputFormat::as_str),
        "compression": job.compression.as_ref().map(InputCompressionType::as_str),
        "start_time": job.start_time.and_then(time),
        "end_time": job.end_time.and_then(time),
        "processed_bytes": job.processed_size_bytes,
        "processed_items": job.processed_item_count,
        "imported_items": job.imported_item_count,
        "errors": job.error_count,
        "failure": failure.map(|why| json!({"code": why.code, "message": why.message})),
        "log": log.map(|log| json!({"group": log.group, "stream": log.stream})),
    })
}
