//! What is written, and what its summary says.

use crate::{Compression, OutputFormat, OutputView};
use std::time::SystemTime;

/// How an export is written.
#[derive(Clone, Debug, Default)]
pub struct WriterOptions {
    /// How items are written. Lines are given as `DynamoDB` JSON whatever it is. Incremental exports
    /// in [`OutputFormat::Ion`] are refused.
    pub format: OutputFormat,
    /// How data files are compressed.
    pub compression: Compression,
    /// Where in S3 the tree lies or will be copied to: fills `s3Bucket`, `s3Prefix` and the keys
    /// of the manifests. Without it the bucket is null and keys start at `AWSDynamoDB/`.
    pub s3_location: Option<S3Location>,
    /// Leaves `exportType` out of the summary, as AWS does for full exports. Some readers of other
    /// projects need it, so it is written by default. AWS writes it for incremental exports, so
    /// there it stays.
    pub strict_aws: bool,
    /// Makes it an incremental export, whose lines are records of changes within this window.
    pub window: Option<IncrementalWindow>,
}

/// The time that an incremental export is about, and what its records hold.
///
/// `DynamoDB` takes windows of 15 minutes to 24 hours; a writer takes any that does not end before
/// it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IncrementalWindow {
    /// `exportFromTime`, inclusive.
    pub from: SystemTime,
    /// `exportToTime`, exclusive: where the next window begins.
    pub to: SystemTime,
    /// Which images the records have.
    pub view: OutputView,
}

/// A place in S3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Location {
    /// The bucket.
    pub bucket: String,
    /// The prefix above `AWSDynamoDB/`, without a slash at its end; empty for the bucket's root.
    pub prefix: String,
}

/// What the summary says about the table and the time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryFields {
    /// The table.
    pub table_arn: String,
    /// The table's UUID, where the server gives one.
    pub table_id: Option<String>,
    /// When the export started.
    pub start_time: SystemTime,
    /// When it ended.
    pub end_time: SystemTime,
    /// The point in time that a full export shows; for a dump by scan, its start. Incremental
    /// exports have their window instead.
    pub export_time: SystemTime,
    /// `AES256` or `KMS`, where it is known how the bucket encrypts.
    pub s3_sse_algorithm: Option<String>,
    /// The KMS key, where one is used.
    pub s3_sse_kms_key_id: Option<String>,
    /// What the export was billed for; 0 for a dump, which pays for reading instead.
    pub billed_size_bytes: u64,
}

impl WriterOptions {
    /// Why nothing can be written in this way, if so.
    pub(super) fn refusal(&self) -> Option<&'static str> {
        let window = self.window.as_ref()?;
        if self.format == OutputFormat::Ion {
            return Some(
                "incremental exports in Ion are not written: no file of AWS and no document shows \
                 their form; take DYNAMODB_JSON",
            );
        }
        (window.to < window.from).then_some("the window ends before it begins")
    }
}
