//! Imports as text and as JSON.

use crate::commands::jobs::{Shown, block, failure};
use crate::output::{bytes, count, time};
use aws_sdk_dynamodb::types::{InputCompressionType, InputFormat};
use ddbkit::export::jobs::ImportJob;
use serde_json::{Value, json};

impl Shown for ImportJob {
    const KIND: &'static str = "import";

    fn arn(&self) -> &str {
        &self.arn
    }

    fn to_line(&self) -> String {
        let mut line = format!("{:<11}  {}", self.status.as_str(), self.arn);
        if let Some(source) = self.source_location() {
            line += &format!("  {source}");
        }
        if let Some(failure) = failure(self.failure.as_ref()) {
            line += &format!("  {failure}");
        }
        line + "\n"
    }

    fn to_text(&self) -> String {
        let log = self.log_location().map(|log| format!("{} {}", log.group, log.stream));
        block(
            &self.arn,
            [
                ("status", Some(self.status.as_str().to_owned())),
                ("failure", failure(self.failure.as_ref())),
                ("source", self.source_location().map(|source| source.to_string())),
                ("format", self.format.as_ref().map(|format| format.as_str().to_owned())),
                ("compression", self.compression.as_ref().map(|one| one.as_str().to_owned())),
                ("started", self.start_time.and_then(time)),
                ("ended", self.end_time.and_then(time)),
                ("read", self.processed_size_bytes.map(bytes)),
                ("items read", Some(count(self.processed_item_count))),
                ("items written", Some(count(self.imported_item_count))),
                ("errors", Some(count(self.error_count))),
                ("log", log),
            ],
        )
    }

    fn to_json(&self) -> Value {
        let failure = self.failure.as_ref();
        let log = self.log_location();
        json!({
            "arn": self.arn,
            "id": self.short_id(),
            "status": self.status.as_str(),
            "table_arn": self.table_arn,
            "table_id": self.table_id,
            "client_token": self.client_token,
            "source": self.source_location().map(|source| source.to_string()),
            "format": self.format.as_ref().map(InputFormat::as_str),
            "compression": self.compression.as_ref().map(InputCompressionType::as_str),
            "start_time": self.start_time.and_then(time),
            "end_time": self.end_time.and_then(time),
            "processed_bytes": self.processed_size_bytes,
            "processed_items": self.processed_item_count,
            "imported_items": self.imported_item_count,
            "errors": self.error_count,
            "failure": failure.map(|why| json!({"code": why.code, "message": why.message})),
            "log": log.map(|log| json!({"group": log.group, "stream": log.stream})),
        })
    }
}
