//! What an export is asked for, checked as the service checks it: before there is a job.

use super::S3Location;
use crate::jobs::answer::{member, required, time};
use crate::jobs::{Jobs, Refused};
use ddbkit_export::{IncrementalWindow, OutputFormat, OutputView};
use serde_json::Value;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The shortest and the longest window of an incremental export.
const WINDOW: [Duration; 2] = [Duration::from_mins(15), Duration::from_hours(24)];

/// A request that can be served.
pub(super) struct ExportRequest {
    pub(super) table: String,
    pub(super) table_arn: String,
    pub(super) table_id: String,
    pub(super) place: S3Location,
    pub(super) sse_algorithm: String,
    pub(super) sse_kms_key_id: Option<String>,
    pub(super) format: OutputFormat,
    /// The time that a full export shows.
    pub(super) export_time: Option<SystemTime>,
    /// The window of an incremental export, and the stream that has its changes.
    pub(super) changes: Option<(IncrementalWindow, String)>,
    /// `FilterSpecification`, whose members are those of Scan and Query.
    pub(super) filter: Option<Value>,
}

impl ExportRequest {
    pub(super) async fn check(
        jobs: &Jobs,
        request: &Value,
        now: SystemTime,
    ) -> Result<Self, Refused> {
        let arn = required(request, "TableArn")?;
        let bucket = required(request, "S3Bucket")?;
        let table = arn.split_once(":table/").map(|(_, name)| name.to_owned());
        let table = table.ok_or_else(|| Refused::validation(format!("Invalid TableArn: {arn}")))?;
        check_names(request)?;
        let not_found =
            || Refused::new("TableNotFoundException", format!("Table not found: {arn}"));
        let found = jobs.upstream().table(&table).await?.ok_or_else(not_found)?;
        let text = |name: &str| found.get(name).and_then(Value::as_str).unwrap_or_default();
        if text("TableArn") != arn {
            return Err(not_found());
        }
        let table_id = text("TableId").to_owned();
        let earliest = jobs.lock().backups.earliest(&table_id, now).ok_or_else(|| {
            Refused::new(
                "PointInTimeRecoveryUnavailableException",
                format!("Point in time recovery is not enabled for table '{table}'"),
            )
        })?;
        let is_ion = member(request, "ExportFormat") == Some("ION");
        let filter = request.get("FilterSpecification").filter(|filter| !filter.is_null()).cloned();
        let changes = if member(request, "ExportType") == Some("INCREMENTAL_EXPORT") {
            let window = check_window(request, earliest, now)?;
            if is_ion || filter.is_some() {
                return Err(Refused::unsupported("incremental exports in ION or with a filter"));
            }
            Some((window, stream(&found)?))
        } else {
            None
        };
        let asked = time(request, "ExportTime");
        if let Some(asked) = asked {
            if asked < earliest || asked > now {
                let message =
                    "The specified ExportTime is outside of the point in time recovery window";
                return Err(Refused::new("InvalidExportTimeException", message));
            }
            // The embedded database has no history: a job of another time would be wrong in silence.
            if now.duration_since(asked).unwrap_or_default() > Duration::from_secs(1) {
                return Err(Refused::unsupported("an ExportTime that is not the present"));
            }
        }
        let prefix = member(request, "S3Prefix").unwrap_or_default().to_owned();
        Ok(Self {
            table,
            table_arn: arn.to_owned(),
            table_id,
            place: S3Location { bucket: bucket.to_owned(), prefix },
            sse_algorithm: member(request, "S3SseAlgorithm").unwrap_or("AES256").to_owned(),
            sse_kms_key_id: member(request, "S3SseKmsKeyId").map(str::to_owned),
            format: if is_ion { OutputFormat::Ion } else { OutputFormat::DynamodbJson },
            export_time: changes.is_none().then(|| asked.unwrap_or(now)),
            changes,
            filter,
        })
    }

    /// When the job has started: incremental exports count in whole seconds.
    pub(super) fn start_time(&self, now: SystemTime) -> SystemTime {
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        match self.changes {
            None => now,
            Some(_) => UNIX_EPOCH + Duration::from_secs(since.as_secs()),
        }
    }
}

/// The stream of the table, which must have both images of each change.
fn stream(table: &Value) -> Result<String, Refused> {
    let view = table.pointer("/StreamSpecification/StreamViewType").and_then(Value::as_str);
    let arn = member(table, "LatestStreamArn").filter(|_| view == Some("NEW_AND_OLD_IMAGES"));
    arn.map(str::to_owned).ok_or_else(|| {
        Refused::unsupported(
            "incremental exports of a table without a stream of NEW_AND_OLD_IMAGES, from which the \
             changes are taken",
        )
    })
}

/// The members that take one of a few names.
fn check_names(request: &Value) -> Result<(), Refused> {
    for (name, values) in [
        ("ExportFormat", ["DYNAMODB_JSON", "ION"]),
        ("ExportType", ["FULL_EXPORT", "INCREMENTAL_EXPORT"]),
        ("S3SseAlgorithm", ["AES256", "KMS"]),
    ] {
        if let Some(value) = member(request, name)
            && !values.contains(&value)
        {
            let message = format!(
                "1 validation error detected: Value '{value}' at '{name}' failed to satisfy \
                 constraint: Member must satisfy enum value set: [{}]",
                values.join(", ")
            );
            return Err(Refused::validation(message));
        }
    }
    Ok(())
}

fn check_window(
    request: &Value,
    earliest: SystemTime,
    now: SystemTime,
) -> Result<IncrementalWindow, Refused> {
    let window = request.get("IncrementalExportSpecification").unwrap_or(&Value::Null);
    let at = |name: &str| {
        time(window, name)
            .ok_or_else(|| Refused::validation(format!("{name} must be given for this ExportType")))
    };
    let (from, to) = (at("ExportFromTime")?, at("ExportToTime")?);
    let invalid = |message: &str| Err(Refused::new("InvalidExportTimeException", message));
    let [shortest, longest] = WINDOW;
    match to.duration_since(from) {
        Ok(length) if length >= shortest && length <= longest => {}
        _ => {
            return invalid(
                "Difference between export period from time and export period to time must be \
                 between 15 minutes and 24 hours",
            );
        }
    }
    if from < earliest || to > now {
        return invalid("The export period is outside of the point in time recovery window");
    }
    let view = match member(window, "ExportViewType") {
        Some("NEW_IMAGE") => OutputView::NewImage,
        None | Some("NEW_AND_OLD_IMAGES") => OutputView::NewAndOldImages,
        Some(other) => {
            return Err(Refused::validation(format!("ExportViewType {other} is not known")));
        }
    };
    Ok(IncrementalWindow { from, to, view })
}
