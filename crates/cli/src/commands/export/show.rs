//! Exports as text and as JSON.

use crate::output::{bytes, count, time};
use ddbkit::export::ExportKind;
use ddbkit::export::jobs::ExportJob;
use serde_json::{Value, json};

fn kind(job: &ExportJob) -> Option<&'static str> {
    job.kind.map(|kind| match kind {
        ExportKind::Incremental => "INCREMENTAL_EXPORT",
        _ => "FULL_EXPORT",
    })
}

/// What the service calls the failure, in one line.
fn failure(job: &ExportJob) -> Option<String> {
    let failure = job.failure.as_ref()?;
    let texts: Vec<&str> =
        [&failure.code, &failure.message].into_iter().filter_map(|text| text.as_deref()).collect();
    Some(texts.join(": "))
}

/// One line for a list.
pub(super) fn to_line(job: &ExportJob) -> String {
    let mut line =
        format!("{:<11}  {:<18}  {}", job.status.as_str(), kind(job).unwrap_or("-"), job.arn);
    if let Some(items) = job.item_count {
        line += &format!("  {} items", count(items));
    }
    if let Some(places) = job.locations() {
        line += &format!("  {}", places.destination);
    }
    if let Some(failure) = failure(job) {
        line += &format!("  {failure}");
    }
    line + "\n"
}

/// A block of lines.
pub(super) fn to_text(job: &ExportJob) -> String {
    let places = job.locations();
    let place =
        |show: fn(&ddbkit::export::jobs::ExportLocations) -> String| places.as_ref().map(show);
    let mut text = format!("{}\n", job.arn);
    for (name, value) in [
        ("status", Some(job.status.as_str().to_owned())),
        ("failure", failure(job)),
        ("type", kind(job).map(str::to_owned)),
        ("format", job.format.map(|format| format.to_string())),
        ("started", job.start_time.and_then(time)),
        ("ended", job.end_time.and_then(time)),
        ("as of", job.export_time.and_then(time)),
        ("changes from", job.export_from_time.and_then(time)),
        ("changes before", job.export_to_time.and_then(time)),
        ("items", job.item_count.map(count)),
        ("billed", job.billed_size_bytes.map(bytes)),
        ("summary", place(|places| places.manifest_summary.to_string())),
        ("data", place(|places| places.data.to_string())),
    ] {
        if let Some(value) = value {
            text += &format!("  {name:<15} {value}\n");
        }
    }
    text
}

pub(super) fn to_json(job: &ExportJob) -> Value {
    let places = job.locations().map(|places| {
        json!({
            "destination": places.destination.to_string(),
            "root": places.root.to_string(),
            "data": places.data.to_string(),
            "started": places.started.to_string(),
            "manifest_files": places.manifest_files.to_string(),
            "manifest_files_md5": places.manifest_files_md5.to_string(),
            "manifest_summary": places.manifest_summary.to_string(),
            "manifest_summary_md5": places.manifest_summary_md5.to_string(),
        })
    });
    let filter = job.filter.as_ref().map(|filter| {
        json!({
            "key_condition_expression": filter.key_condition_expression,
            "filter_expression": filter.filter_expression,
            "projection_expression": filter.projection_expression,
            "expression_attribute_names": filter.expression_attribute_names,
        })
    });
    let failure = job.failure.as_ref();
    json!({
        "arn": job.arn,
        "id": job.short_id(),
        "status": job.status.as_str(),
        "type": kind(job),
        "format": job.format.map(ddbkit::export::OutputFormat::as_str),
        "start_time": job.start_time.and_then(time),
        "end_time": job.end_time.and_then(time),
        "export_time": job.export_time.and_then(time),
        "export_from_time": job.export_from_time.and_then(time),
        "export_to_time": job.export_to_time.and_then(time),
        "view": job.view.as_ref().map(aws_sdk_dynamodb::types::ExportViewType::as_str),
        "table_arn": job.table_arn,
        "table_id": job.table_id,
        "client_token": job.client_token,
        "s3_bucket": job.s3_bucket,
        "s3_bucket_owner": job.s3_bucket_owner,
        "s3_prefix": job.s3_prefix,
        "s3_sse_algorithm": job.s3_sse_algorithm,
        "s3_sse_kms_key_id": job.s3_sse_kms_key_id,
        "failure": failure.map(|why| json!({"code": why.code, "message": why.message})),
        "manifest": job.export_manifest,
        "billed_size_bytes": job.billed_size_bytes,
        "items": job.item_count,
        "filter": filter,
        "locations": places,
    })
}
