//! Exports as text and as JSON.

use crate::commands::jobs::{Shown, block, failure};
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

impl Shown for ExportJob {
    const KIND: &'static str = "export";

    fn arn(&self) -> &str {
        &self.arn
    }

    fn to_line(&self) -> String {
        let mut line = format!(
            "{:<11}  {:<18}  {}",
            self.status.as_str(),
            kind(self).unwrap_or("-"),
            self.arn
        );
        if let Some(items) = self.item_count {
            line += &format!("  {} items", count(items));
        }
        if let Some(places) = self.locations() {
            line += &format!("  {}", places.destination);
        }
        if let Some(failure) = failure(self.failure.as_ref()) {
            line += &format!("  {failure}");
        }
        line + "\n"
    }

    fn to_text(&self) -> String {
        let places = self.locations();
        let place =
            |show: fn(&ddbkit::export::jobs::ExportLocations) -> String| places.as_ref().map(show);
        block(
            &self.arn,
            [
                ("status", Some(self.status.as_str().to_owned())),
                ("failure", failure(self.failure.as_ref())),
                ("type", kind(self).map(str::to_owned)),
                ("format", self.format.map(|format| format.to_string())),
                ("started", self.start_time.and_then(time)),
                ("ended", self.end_time.and_then(time)),
                ("as of", self.export_time.and_then(time)),
                ("changes from", self.export_from_time.and_then(time)),
                ("changes before", self.export_to_time.and_then(time)),
                ("items", self.item_count.map(count)),
                ("billed", self.billed_size_bytes.map(bytes)),
                ("summary", place(|places| places.manifest_summary.to_string())),
                ("data", place(|places| places.data.to_string())),
            ],
        )
    }

    fn to_json(&self) -> Value {
        let places = self.locations().map(|places| {
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
        let filter = self.filter.as_ref().map(|filter| {
            json!({
                "key_condition_expression": filter.key_condition_expression,
                "filter_expression": filter.filter_expression,
                "projection_expression": filter.projection_expression,
                "expression_attribute_names": filter.expression_attribute_names,
            })
        });
        let failure = self.failure.as_ref();
        json!({
            "arn": self.arn,
            "id": self.short_id(),
            "status": self.status.as_str(),
            "type": kind(self),
            "format": self.format.map(ddbkit::export::OutputFormat::as_str),
            "start_time": self.start_time.and_then(time),
            "end_time": self.end_time.and_then(time),
            "export_time": self.export_time.and_then(time),
            "export_from_time": self.export_from_time.and_then(time),
            "export_to_time": self.export_to_time.and_then(time),
            "view": self.view.as_ref().map(aws_sdk_dynamodb::types::ExportViewType::as_str),
            "table_arn": self.table_arn,
            "table_id": self.table_id,
            "client_token": self.client_token,
            "s3_bucket": self.s3_bucket,
            "s3_bucket_owner": self.s3_bucket_owner,
            "s3_prefix": self.s3_prefix,
            "s3_sse_algorithm": self.s3_sse_algorithm,
            "s3_sse_kms_key_id": self.s3_sse_kms_key_id,
            "failure": failure.map(|why| json!({"code": why.code, "message": why.message})),
            "manifest": self.export_manifest,
            "billed_size_bytes": self.billed_size_bytes,
            "items": self.item_count,
            "filter": filter,
            "locations": places,
        })
    }
}
