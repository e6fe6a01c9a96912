//! The record of one import.

mod parameters;
mod start;

pub use parameters::ImportParameters;
pub use start::{ImportSource, StartImport};

use super::list::ListJobs;
use super::record::{Page, Record};
use super::wait::{self, WaitOptions};
use super::{call, time};
use crate::{ExportError, ExportErrorKind, JobFailure};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    ImportStatus, ImportSummary, ImportTableDescription, InputCompressionType, InputFormat,
    S3BucketSource, TableCreationParameters,
};
use ddbkit_flow::Control;
use ddbkit_store::Location;
use std::time::SystemTime;

/// One import that `DynamoDB` makes or made: a new table from objects in S3.
///
/// A member of a list without details has no counts. The members are those of
/// `ImportTableDescription` in the API reference.
///
/// ```
/// # async fn example(client: &aws_sdk_dynamodb::Client) -> Result<(), ddbkit_export::ExportError> {
/// use ddbkit_export::jobs::{ImportJob, WaitOptions};
/// use ddbkit_flow::Control;
///
/// let control = Control::new();
/// let jobs = ImportJob::list(client).limit(1).send(&control).await?;
/// for job in jobs.jobs {
///     let ended = ImportJob::wait(client, &job.arn, WaitOptions::default(), &control).await?;
///     println!("{}: {} items imported", ended.short_id(), ended.imported_item_count);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ImportJob {
    /// `<table ARN>/import/<id>`.
    pub arn: String,
    /// `IN_PROGRESS`, `COMPLETED`, `CANCELLING`, `CANCELLED` or `FAILED`.
    pub status: ImportStatus,
    /// When the job started.
    pub start_time: Option<SystemTime>,
    /// When it ended.
    pub end_time: Option<SystemTime>,
    /// The new table.
    pub table_arn: Option<String>,
    /// Its UUID.
    pub table_id: Option<String>,
    /// The token of the request.
    pub client_token: Option<String>,
    /// Bucket and prefix that are imported.
    pub source: Option<S3BucketSource>,
    /// `DYNAMODB_JSON`, `ION` or `CSV`.
    pub format: Option<InputFormat>,
    /// `GZIP`, `ZSTD` or `NONE`.
    pub compression: Option<InputCompressionType>,
    /// What the new table is made of.
    pub table: Option<TableCreationParameters>,
    /// The group of the log that tells of items that were refused.
    pub cloud_watch_log_group_arn: Option<String>,
    /// Bytes read, uncompressed; 0 until the end.
    pub processed_size_bytes: Option<u64>,
    /// Items read; 0 until the end.
    pub processed_item_count: u64,
    /// Items written, each of several with one key; 0 until the end. So the table may hold fewer.
    pub imported_item_count: u64,
    /// Items that were refused, and objects whose rest was given up.
    pub error_count: u64,
    /// Why it failed.
    pub failure: Option<JobFailure>,
}

/// Where the service tells of each item that an import refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogLocation {
    /// The group in `CloudWatch` Logs: `/aws-dynamodb/imports`.
    pub group: String,
    /// The stream in it: `<import id>/error`.
    pub stream: String,
}

impl ImportJob {
    /// An import into a new table, to be sent.
    pub fn start(
        client: &Client,
        source: ImportSource,
        table: TableCreationParameters,
    ) -> StartImport {
        StartImport::new(client.clone(), source, table)
    }

    /// The imports that the service knows of, of the last 90 days: to be sent.
    pub fn list(client: &Client) -> ListJobs<Self> {
        ListJobs::new(client.clone())
    }

    /// What the service knows of an import; `None` when it knows of none of this ARN.
    ///
    /// # Errors
    /// [`Refused`](ExportErrorKind::Refused) and the other failures of a call.
    pub async fn describe(client: &Client, arn: &str) -> Result<Option<Self>, ExportError> {
        match client.describe_import().import_arn(arn).send().await {
            Ok(answer) => match answer.import_table_description {
                Some(description) => Self::from_description(description, arn).map(Some),
                None => Err(call::incomplete(arn, "DescribeImport", "ImportTableDescription")),
            },
            Err(error) if call::code(&error) == Some("ImportNotFoundException") => Ok(None),
            Err(error) => Err(call::failed(arn, &error)),
        }
    }

    /// Waits until an import is complete. Progress is told as `Waiting` events, one for each look.
    ///
    /// # Errors
    /// [`JobFailed`](ExportErrorKind::JobFailed) with the code of the service (`ItemValidationError`
    /// leaves the table with the items that were taken), [`JobNotFound`](ExportErrorKind::JobNotFound),
    /// [`JobStillRuns`](ExportErrorKind::JobStillRuns) after the timeout,
    /// [`Cancelled`](ExportErrorKind::Cancelled) (the import runs on), and failures of the calls.
    pub async fn wait(
        client: &Client,
        arn: &str,
        options: WaitOptions,
        control: &Control,
    ) -> Result<Self, ExportError> {
        Self::wait_until_ended(client, arn, options, control).await?.completed()
    }

    /// Waits as [`wait`](Self::wait) does, but a failed import is no error: its record is given, with
    /// its counts.
    ///
    /// # Errors
    /// Those of [`wait`](Self::wait) but [`JobFailed`](ExportErrorKind::JobFailed).
    pub async fn wait_until_ended(
        client: &Client,
        arn: &str,
        options: WaitOptions,
        control: &Control,
    ) -> Result<Self, ExportError> {
        wait::until_ended(client, arn, options, control).await
    }

    /// The job itself when it is complete.
    ///
    /// # Errors
    /// [`JobFailed`](ExportErrorKind::JobFailed) with the code of the service, also when it was
    /// cancelled, and [`JobStillRuns`](ExportErrorKind::JobStillRuns).
    pub fn completed(self) -> Result<Self, ExportError> {
        if self.is_completed() {
            return Ok(self);
        }
        if self.is_in_progress() {
            return Err(ExportError::new(ExportErrorKind::JobStillRuns, self.arn));
        }
        let failure = self.failure.unwrap_or_default();
        Err(ExportError::job_failed(self.arn, self.status.as_str(), failure))
    }

    /// Whether it still runs, or is being cancelled.
    #[must_use]
    pub fn is_in_progress(&self) -> bool {
        matches!(self.status, ImportStatus::InProgress | ImportStatus::Cancelling)
    }

    /// Whether every item was imported.
    #[must_use]
    pub fn is_completed(&self) -> bool {
        self.status == ImportStatus::Completed
    }

    /// Whether it failed, be it because of one item.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        self.status == ImportStatus::Failed
    }

    /// Whether it was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.status == ImportStatus::Cancelled
    }

    /// The last segment of the ARN.
    #[must_use]
    pub fn short_id(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or_default()
    }

    /// Bucket and prefix that are imported.
    #[must_use]
    pub fn source_location(&self) -> Option<Location> {
        let source = self.source.as_ref()?;
        let prefix = source.s3_key_prefix.clone().unwrap_or_default();
        Some(Location::S3 { bucket: source.s3_bucket.clone(), prefix })
    }

    /// Where the items are told that were refused; none where the service names no log.
    #[must_use]
    pub fn log_location(&self) -> Option<LogLocation> {
        // arn:aws:logs:<region>:<account>:log-group:<name>:*
        let (_, name) = self.cloud_watch_log_group_arn.as_deref()?.split_once(":log-group:")?;
        let group = name.trim_end_matches(":*").to_owned();
        Some(LogLocation { group, stream: format!("{}/error", self.short_id()) })
    }

    fn from_description(own: ImportTableDescription, object: &str) -> Result<Self, ExportError> {
        let lacks = |member: &str| call::incomplete(object, "the service", member);
        let has_failure = own.failure_code.is_some() || own.failure_message.is_some();
        Ok(Self {
            arn: own.import_arn.ok_or_else(|| lacks("ImportArn"))?,
            status: own.import_status.ok_or_else(|| lacks("ImportStatus"))?,
            start_time: time::from_sdk(own.start_time),
            end_time: time::from_sdk(own.end_time),
            table_arn: own.table_arn,
            table_id: own.table_id,
            client_token: own.client_token,
            source: own.s3_bucket_source,
            format: own.input_format,
            compression: own.input_compression_type,
            table: own.table_creation_parameters,
            cloud_watch_log_group_arn: own.cloud_watch_log_group_arn,
            processed_size_bytes: own.processed_size_bytes.map(time::count),
            processed_item_count: time::count(own.processed_item_count),
            imported_item_count: time::count(own.imported_item_count),
            error_count: time::count(own.error_count),
            failure: has_failure
                .then_some(JobFailure { code: own.failure_code, message: own.failure_message }),
        })
    }

    fn from_list(own: ImportSummary) -> Result<Self, ExportError> {
        let lacks = |member: &str| call::incomplete("imports", "ListImports", member);
        Ok(Self {
            arn: own.import_arn.ok_or_else(|| lacks("ImportArn"))?,
            status: own.import_status.ok_or_else(|| lacks("ImportStatus"))?,
            start_time: time::from_sdk(own.start_time),
            end_time: time::from_sdk(own.end_time),
            table_arn: own.table_arn,
            table_id: None,
            client_token: None,
            source: own.s3_bucket_source,
            format: own.input_format,
            compression: None,
            table: None,
            cloud_watch_log_group_arn: own.cloud_watch_log_group_arn,
            processed_size_bytes: None,
            processed_item_count: 0,
            imported_item_count: 0,
            error_count: 0,
            failure: None,
        })
    }
}

impl Record for ImportJob {
    const JOBS: &'static str = "imports";

    fn arn(&self) -> &str {
        &self.arn
    }

    fn running(&self) -> Option<&str> {
        self.is_in_progress().then(|| self.status.as_str())
    }

    async fn describe(client: &Client, arn: &str) -> Result<Option<Self>, ExportError> {
        ImportJob::describe(client, arn).await
    }

    async fn page(
        client: &Client,
        object: &str,
        table_arn: Option<String>,
        jobs: i32,
        token: Option<String>,
    ) -> Result<Page<Self>, ExportError> {
        let call = client.list_imports().set_table_arn(table_arn);
        let page = call.page_size(jobs).set_next_token(token).send().await;
        let page = page.map_err(|error| call::failed(object, &error))?;
        let jobs = page.import_summary_list.unwrap_or_default().into_iter();
        Ok((jobs.map(Self::from_list).collect::<Result<_, _>>()?, page.next_token))
    }
}
