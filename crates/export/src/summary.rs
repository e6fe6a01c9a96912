//! `manifest-summary.json`: what an export is of, and that it is complete.

use crate::{OutputFormat, OutputView, time};
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::time::SystemTime;

/// Whether an export holds a whole table or the changes of a time window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExportKind {
    /// Every item of the table as of `exportTime`.
    Full,
    /// What changed between `exportFromTime` and `exportToTime`; its lines are change records and
    /// cannot be loaded as items.
    Incremental,
}

/// The content of `manifest-summary.json`, the object that is written last.
///
/// Names and meaning are those of the AWS page "`DynamoDB` table export output format"; the version
/// is `2020-06-30` for full and `2023-08-01` for incremental exports. Everything but the count and
/// the format is optional here, because other writers leave fields out.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ManifestSummary {
    /// The version of the layout.
    pub version: String,
    /// `<tableArn>/export/<ExportId>`.
    pub export_arn: Option<String>,
    /// When the job started.
    pub start_time: Option<SystemTime>,
    /// When the job ended.
    pub end_time: Option<SystemTime>,
    /// The table.
    pub table_arn: Option<String>,
    /// The table's UUID, which changes when a table is created again under its name.
    pub table_id: Option<String>,
    /// The point in time of a full export.
    pub export_time: Option<SystemTime>,
    /// The start of the window of an incremental export, inclusive.
    pub export_from_time: Option<SystemTime>,
    /// The end of the window of an incremental export, exclusive.
    pub export_to_time: Option<SystemTime>,
    /// The bucket; none in a tree that lies in a directory.
    pub s3_bucket: Option<String>,
    /// The prefix without a slash at its end; none for the root of the bucket.
    pub s3_prefix: Option<String>,
    /// `AES256` or `KMS`.
    pub s3_sse_algorithm: Option<String>,
    /// The KMS key, where one was named.
    pub s3_sse_kms_key_id: Option<String>,
    /// The key of `manifest-files.json` from the root of the bucket.
    pub manifest_files_s3_key: Option<String>,
    /// What the export was billed for, in bytes.
    pub billed_size_bytes: u64,
    /// Items (or change records) in all data files.
    pub item_count: u64,
    /// How the items are written.
    pub output_format: OutputFormat,
    /// `NEW_IMAGE` or `NEW_AND_OLD_IMAGES`, incremental exports only.
    pub output_view: Option<String>,
    /// `FULL_EXPORT` or `INCREMENTAL_EXPORT`; AWS leaves it out of full exports.
    pub export_type: Option<String>,
    /// Fields that are not known here: name and JSON text of the value, kept as they were.
    pub extra: BTreeMap<String, String>,
}

/// Why bytes are no summary: the position and a message without item content.
#[derive(Debug)]
pub(crate) struct NotAManifest {
    pub(crate) line: Option<u64>,
    pub(crate) message: String,
}

impl From<serde_json::Error> for NotAManifest {
    fn from(error: serde_json::Error) -> Self {
        let line = u64::try_from(error.line()).ok().filter(|&line| line > 0);
        Self { line, message: error.to_string() }
    }
}

impl ManifestSummary {
    /// What stands for the summary of data files that have none.
    pub(crate) fn of_listing(output_format: OutputFormat, has_records: bool) -> Self {
        Self {
            version: String::new(),
            export_arn: None,
            start_time: None,
            end_time: None,
            table_arn: None,
            table_id: None,
            export_time: None,
            export_from_time: None,
            export_to_time: None,
            s3_bucket: None,
            s3_prefix: None,
            s3_sse_algorithm: None,
            s3_sse_kms_key_id: None,
            manifest_files_s3_key: None,
            billed_size_bytes: 0,
            item_count: 0,
            output_format,
            output_view: None,
            export_type: has_records.then(|| "INCREMENTAL_EXPORT".to_owned()),
            extra: BTreeMap::new(),
        }
    }

    /// Whether this is the summary of a full or of an incremental export.
    #[must_use]
    pub fn kind(&self) -> ExportKind {
        let named = self.export_type.as_deref() == Some("INCREMENTAL_EXPORT");
        let windowed = self.export_from_time.is_some() || self.export_to_time.is_some();
        if named || self.output_view.is_some() || windowed {
            ExportKind::Incremental
        } else {
            ExportKind::Full
        }
    }

    /// Which images the records of an incremental export have; none for a full export, and for a
    /// view that is not known here.
    #[must_use]
    pub fn view(&self) -> Option<OutputView> {
        self.output_view.as_deref().and_then(OutputView::from_name)
    }

    /// Reads a summary, compact or pretty-printed, with a newline at its end or without.
    pub(crate) fn parse(json: &[u8]) -> Result<Self, NotAManifest> {
        let mut fields = Fields(serde_json::from_slice(json)?);
        let format = fields.text("outputFormat")?.unwrap_or_else(|| "DYNAMODB_JSON".to_owned());
        Ok(Self {
            version: fields.text("version")?.unwrap_or_default(),
            export_arn: fields.text("exportArn")?,
            start_time: fields.time("startTime")?,
            end_time: fields.time("endTime")?,
            table_arn: fields.text("tableArn")?,
            table_id: fields.text("tableId")?,
            export_time: fields.time("exportTime")?,
            export_from_time: fields.time("exportFromTime")?,
            export_to_time: fields.time("exportToTime")?,
            s3_bucket: fields.text("s3Bucket")?,
            s3_prefix: fields.text("s3Prefix")?,
            s3_sse_algorithm: fields.text("s3SseAlgorithm")?,
            s3_sse_kms_key_id: fields.text("s3SseKmsKeyId")?,
            manifest_files_s3_key: fields.text("manifestFilesS3Key")?,
            billed_size_bytes: fields.count("billedSizeBytes")?.unwrap_or(0),
            item_count: fields.count("itemCount")?.ok_or_else(|| NotAManifest {
                line: None,
                message: "itemCount is missing".to_owned(),
            })?,
            output_format: OutputFormat::from_name(&format).ok_or_else(|| NotAManifest {
                line: None,
                message: format!("outputFormat {format:?} is not known"),
            })?,
            output_view: fields.text("outputView")?,
            export_type: fields.text("exportType")?,
            extra: fields.0.into_iter().map(|(name, value)| (name, value.get().into())).collect(),
        })
    }

    /// The summary as AWS writes it: one line without a newline, keys in AWS's order, timestamps
    /// with three fraction digits, unknown fields at the end.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = JsonLine::default();
        out.value("version", &self.version);
        out.value("exportArn", &self.export_arn);
        out.value("startTime", &self.start_time.map(time::format));
        out.value("endTime", &self.end_time.map(time::format));
        out.value("tableArn", &self.table_arn);
        out.value("tableId", &self.table_id);
        if self.kind() == ExportKind::Full {
            out.value("exportTime", &self.export_time.map(time::format));
        } else {
            out.value("exportFromTime", &self.export_from_time.map(time::format));
            out.value("exportToTime", &self.export_to_time.map(time::format));
        }
        out.value("s3Bucket", &self.s3_bucket);
        out.value("s3Prefix", &self.s3_prefix);
        out.value("s3SseAlgorithm", &self.s3_sse_algorithm);
        out.value("s3SseKmsKeyId", &self.s3_sse_kms_key_id);
        out.value("manifestFilesS3Key", &self.manifest_files_s3_key);
        out.value("billedSizeBytes", &self.billed_size_bytes);
        out.value("itemCount", &self.item_count);
        out.value("outputFormat", self.output_format.as_str());
        if let Some(view) = &self.output_view {
            out.value("outputView", view);
        }
        if let Some(export_type) = &self.export_type {
            out.value("exportType", export_type);
        }
        for (name, value) in &self.extra {
            out.raw(name, value);
        }
        out.finish()
    }
}

/// The fields of a summary that nobody has taken yet.
struct Fields(BTreeMap<String, Box<RawValue>>);

impl Fields {
    /// A text; `null` and a missing field are the same.
    fn text(&mut self, name: &str) -> Result<Option<String>, NotAManifest> {
        let Some(raw) = self.0.remove(name) else { return Ok(None) };
        serde_json::from_str(raw.get()).map_err(|_| wrong_type(name, "text"))
    }

    fn count(&mut self, name: &str) -> Result<Option<u64>, NotAManifest> {
        let Some(raw) = self.0.remove(name) else { return Ok(None) };
        serde_json::from_str(raw.get()).map_err(|_| wrong_type(name, "a whole number"))
    }

    fn time(&mut self, name: &str) -> Result<Option<SystemTime>, NotAManifest> {
        let Some(raw) = self.0.remove(name) else { return Ok(None) };
        if raw.get() == "null" {
            return Ok(None);
        }
        let time = match serde_json::from_str::<String>(raw.get()) {
            Ok(text) => time::parse(&text),
            Err(_) => time::from_epoch_number(raw.get()),
        };
        time.map(Some).ok_or_else(|| wrong_type(name, "a timestamp"))
    }
}

fn wrong_type(name: &str, expected: &str) -> NotAManifest {
    NotAManifest { line: None, message: format!("{name} is not {expected}") }
}

/// Writes one compact JSON object with the keys in the order of the calls.
#[derive(Default)]
struct JsonLine(String);

impl JsonLine {
    fn value<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        // Texts, numbers and options of them always serialize.
        let json = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
        self.raw(name, &json);
    }

    fn raw(&mut self, name: &str, json: &str) {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        self.0.push_str(&serde_json::Value::from(name).to_string());
        self.0.push(':');
        self.0.push_str(json);
    }

    fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

#[cfg(test)]
mod tests;
