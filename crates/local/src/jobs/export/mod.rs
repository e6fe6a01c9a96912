//! `ExportTableToPointInTime`, `DescribeExport`, `ListExports`.

mod changes;
mod request;
mod run;

use super::answer::{member, required, seconds};
use super::tokens::Tokens;
use super::{Jobs, Refused};
use ddbkit_export::{ExportId, S3Location};
use request::ExportRequest;
use serde_json::{Value, json};
use std::time::SystemTime;

/// The exports of a server, in the order of their starts.
#[derive(Default)]
pub(super) struct Exports {
    records: Vec<Export>,
    tokens: Tokens,
}

/// One export.
struct Export {
    arn: String,
    /// What was asked for, without its token: other parameters with the same token are a conflict.
    request: Value,
    token: Option<String>,
    started: SystemTime,
    end: Option<(SystemTime, Outcome)>,
    table_arn: String,
    table_id: String,
    /// The point in time of a full export.
    at: Option<SystemTime>,
}

/// How an export ended.
enum Outcome {
    Completed { manifest: String, items: u64, bytes: u64 },
    Failed { code: &'static str, message: String },
}

impl Export {
    fn status(&self) -> &'static str {
        match &self.end {
            None => "IN_PROGRESS",
            Some((_, Outcome::Completed { .. })) => "COMPLETED",
            Some((_, Outcome::Failed { .. })) => "FAILED",
        }
    }

    fn kind(&self) -> &str {
        member(&self.request, "ExportType").unwrap_or("FULL_EXPORT")
    }

    /// `ExportDescription` as the answer to the start has it.
    fn description(&self) -> Value {
        let mut description = json!({
            "ExportArn": self.arn,
            "ExportStatus": self.status(),
            "StartTime": seconds(self.started),
            "TableArn": self.table_arn,
            "TableId": self.table_id,
            "ExportFormat": "DYNAMODB_JSON",
            "S3SseAlgorithm": "AES256",
        });
        for name in [
            "S3Bucket",
            "S3BucketOwner",
            "S3Prefix",
            "S3SseAlgorithm",
            "S3SseKmsKeyId",
            "ExportFormat",
            "ExportType",
            "IncrementalExportSpecification",
            "FilterSpecification",
        ] {
            if let Some(value) = self.request.get(name).filter(|value| !value.is_null()) {
                description[name] = value.clone();
            }
        }
        if let Some(token) = &self.token {
            description["ClientToken"] = token.as_str().into();
        }
        if let Some(time) = self.at {
            description["ExportTime"] = seconds(time);
        }
        match &self.end {
            None => {}
            Some((ended, Outcome::Completed { manifest, items, bytes })) => {
                description["EndTime"] = seconds(*ended);
                description["ExportManifest"] = manifest.as_str().into();
                description["ItemCount"] = (*items).into();
                description["BilledSizeBytes"] = (*bytes).into();
            }
            Some((ended, Outcome::Failed { code, message })) => {
                description["EndTime"] = seconds(*ended);
                description["FailureCode"] = (*code).into();
                description["FailureMessage"] = message.as_str().into();
            }
        }
        description
    }
}

pub(super) async fn start(jobs: &Jobs, request: &Value) -> Result<Value, Refused> {
    let now = jobs.now();
    let token = member(request, "ClientToken").map(str::to_owned);
    let mut parameters = request.clone();
    if let Some(members) = parameters.as_object_mut() {
        members.remove("ClientToken");
    }
    let again = |exports: &Exports| {
        let arn = exports.tokens.job(token.as_deref()?, now)?;
        let first = exports.records.iter().find(|record| record.arn == arn)?;
        Some(if first.request == parameters {
            Ok(json!({"ExportDescription": first.description()}))
        } else {
            let message = "A request with the same client token and other parameters was made";
            Err(Refused::new("ExportConflictException", message))
        })
    };
    if let Some(answer) = again(&jobs.lock().exports) {
        return answer;
    }
    let checked = ExportRequest::check(jobs, request, now).await?;
    let lines = run::snapshot(jobs, &checked).await?;
    let id = ExportId::generate(checked.start_time(now), fastrand::u32(..));
    let export = Export {
        arn: format!("{}/export/{id}", checked.table_arn),
        request: parameters.clone(),
        token: token.clone(),
        started: id.start_time(),
        end: None,
        table_arn: checked.table_arn.clone(),
        table_id: checked.table_id.clone(),
        at: checked.export_time,
    };
    let mut answer = json!({"ExportDescription": export.description()});
    if let Some(description) = answer.get_mut("ExportDescription").and_then(Value::as_object_mut)
        && member(request, "ExportType").is_none()
    {
        description.remove("ExportType");
    }
    let arn = export.arn.clone();
    {
        let exports = &mut jobs.lock().exports;
        // Another request with this token may have come while the table was read.
        if let Some(answer) = again(exports) {
            return answer;
        }
        if let Some(token) = token {
            exports.tokens.remember(token, arn.clone(), now);
        }
        exports.records.push(export);
    }
    let jobs = jobs.clone();
    tokio::spawn(async move {
        let outcome = run::run(&jobs, id, &checked, lines).await;
        let now = jobs.now();
        let exports = &mut jobs.lock().exports;
        if let Some(export) = exports.records.iter_mut().find(|record| record.arn == arn) {
            export.end = Some((now, outcome));
        }
    });
    Ok(answer)
}

pub(super) fn describe(jobs: &Jobs, request: &Value) -> Result<Value, Refused> {
    let arn = required(request, "ExportArn")?;
    if !arn.starts_with("arn:aws:dynamodb:") || !arn.contains("/export/") {
        return Err(Refused::validation(format!("Invalid ExportArn: {arn}")));
    }
    let exports = &jobs.lock().exports;
    let found = exports.records.iter().find(|record| record.arn == arn).ok_or_else(|| {
        Refused::new("ExportNotFoundException", format!("Export not found: {arn}"))
    })?;
    let mut description = found.description();
    description["ExportType"] = found.kind().into();
    Ok(json!({"ExportDescription": description}))
}

pub(super) fn list(jobs: &Jobs, request: &Value) -> Result<Value, Refused> {
    let table = member(request, "TableArn");
    let exports = &jobs.lock().exports;
    let records = exports.records.iter();
    let of_table = records.filter(|record| table.is_none_or(|arn| record.table_arn == arn));
    let (page, next) = super::page(of_table, |record| &record.arn, request, "MaxResults")?;
    let summary = |record: &&Export| {
        json!({
            "ExportArn": record.arn,
            "ExportStatus": record.status(),
            "ExportType": record.kind(),
        })
    };
    let mut answer = json!({"ExportSummaries": page.iter().map(summary).collect::<Vec<_>>()});
    if let Some(next) = next {
        answer["NextToken"] = next;
    }
    Ok(answer)
}
