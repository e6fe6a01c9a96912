//! The record of one export.

mod locations;
mod start;

pub use locations::ExportLocations;
pub use start::{ExportScope, Sse, StartExport};

use super::list::ListJobs;
use super::record::{Page, Record};
use super::wait::{self, WaitOptions};
use super::{call, time};
use crate::{
    ExportError, ExportErrorKind, ExportId, ExportKind, ExportReader, JobFailure, ManifestSummary,
    OutputFormat,
};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    ExportDescription, ExportStatus, ExportSummary, ExportType, ExportViewType, FilterSpecification,
};
use ddbkit_flow::Control;
use ddbkit_store::Store;
use std::time::SystemTime;

/// One export that `DynamoDB` makes or made.
///
/// A list without details knows `arn`, `status` and `kind` alone. The members are those of
/// `ExportDescription` in the API reference.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ExportJob {
    /// `<table ARN>/export/<id>`.
    pub arn: String,
    /// `IN_PROGRESS`, `COMPLETED` or `FAILED`.
    pub status: ExportStatus,
    /// Full or incremental; none where the service does not say, as in answers to older requests.
    pub kind: Option<ExportKind>,
    /// How the items are written.
    pub format: Option<OutputFormat>,
    /// When the job started.
    pub start_time: Option<SystemTime>,
    /// When it ended.
    pub end_time: Option<SystemTime>,
    /// The point in time of a full export.
    pub export_time: Option<SystemTime>,
    /// The start of the window of an incremental export, inclusive.
    pub export_from_time: Option<SystemTime>,
    /// The end of the window of an incremental export, exclusive.
    pub export_to_time: Option<SystemTime>,
    /// What an incremental export has of each change.
    pub view: Option<ExportViewType>,
    /// The table.
    pub table_arn: Option<String>,
    /// Its UUID, which changes when a table is created again under its name.
    pub table_id: Option<String>,
    /// The token of the request.
    pub client_token: Option<String>,
    /// The bucket.
    pub s3_bucket: Option<String>,
    /// The account that owns it, where the request named one.
    pub s3_bucket_owner: Option<String>,
    /// The prefix above `AWSDynamoDB/`, as the request gave it.
    pub s3_prefix: Option<String>,
    /// `AES256` or `KMS`.
    pub s3_sse_algorithm: Option<String>,
    /// The KMS key, where one was named.
    pub s3_sse_kms_key_id: Option<String>,
    /// Why it failed.
    pub failure: Option<JobFailure>,
    /// The key of `manifest-summary.json`, when it is there.
    pub export_manifest: Option<String>,
    /// What it is billed for, in bytes.
    pub billed_size_bytes: Option<u64>,
    /// Items or change records.
    pub item_count: Option<u64>,
    /// Which items and attributes were asked for, where not all were.
    pub filter: Option<FilterSpecification>,
}

impl ExportJob {
    /// An export of a table (its ARN) to a bucket, to be sent.
    pub fn start(
        client: &Client,
        table_arn: impl Into<String>,
        s3_bucket: impl Into<String>,
        scope: ExportScope,
    ) -> StartExport {
        StartExport::new(client.clone(), table_arn.into(), s3_bucket.into(), scope)
    }

    /// The exports that the service knows of, of the last 90 days: to be sent.
    pub fn list(client: &Client) -> ListJobs<Self> {
        ListJobs::new(client.clone())
    }

    /// What the service knows of an export; `None` when it knows of none of this ARN, after 90 days
    /// for instance.
    ///
    /// # Errors
    /// [`Refused`](ExportErrorKind::Refused) and the other failures of a call; a text that is no ARN
    /// is refused too.
    pub async fn describe(client: &Client, arn: &str) -> Result<Option<Self>, ExportError> {
        match client.describe_export().export_arn(arn).send().await {
            Ok(answer) => match answer.export_description {
                Some(description) => Self::from_description(description, arn).map(Some),
                None => Err(call::incomplete(arn, "DescribeExport", "ExportDescription")),
            },
            Err(error) if call::code(&error) == Some("ExportNotFoundException") => Ok(None),
            Err(error) => Err(call::failed(arn, &error)),
        }
    }

    /// Waits until an export is complete. Progress is told as `Waiting` events, one for each look.
    ///
    /// # Errors
    /// [`JobFailed`](ExportErrorKind::JobFailed) with the code of the service,
    /// [`JobNotFound`](ExportErrorKind::JobNotFound), [`JobStillRuns`](ExportErrorKind::JobStillRuns)
    /// after the timeout, [`Cancelled`](ExportErrorKind::Cancelled) (the export runs on), and failures
    /// of the calls.
    pub async fn wait(
        client: &Client,
        arn: &str,
        options: WaitOptions,
        control: &Control,
    ) -> Result<Self, ExportError> {
        Self::wait_until_ended(client, arn, options, control).await?.completed()
    }

    /// Waits as [`wait`](Self::wait) does, but a failed export is no error: its record is given.
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
    /// [`JobFailed`](ExportErrorKind::JobFailed) with the code of the service, and
    /// [`JobStillRuns`](ExportErrorKind::JobStillRuns).
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

    /// Whether it still runs.
    #[must_use]
    pub fn is_in_progress(&self) -> bool {
        self.status == ExportStatus::InProgress
    }

    /// Whether all its files are there.
    #[must_use]
    pub fn is_completed(&self) -> bool {
        self.status == ExportStatus::Completed
    }

    /// Whether it failed.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        self.status == ExportStatus::Failed
    }

    /// Whether it is known where the files lie: not for a member of a list without details.
    #[must_use]
    pub fn has_details(&self) -> bool {
        self.s3_bucket.is_some()
    }

    /// The last segment of the ARN, by which its folder in S3 is called.
    #[must_use]
    pub fn short_id(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or_default()
    }

    /// The bucket and the keys of all its parts; none without [details](Self::has_details).
    #[must_use]
    pub fn locations(&self) -> Option<ExportLocations> {
        let bucket = self.s3_bucket.as_deref()?;
        let prefix = self.s3_prefix.as_deref().unwrap_or_default();
        Some(ExportLocations::new(bucket, prefix, self.short_id(), self.kind))
    }

    /// Opens its files. The store is rooted where [`ExportLocations::destination`] says, or where the
    /// folder `AWSDynamoDB/` was copied to.
    ///
    /// # Errors
    /// Those of [`ExportReader::open_id`]: [`Unfinished`](ExportErrorKind::Unfinished) while it runs;
    /// [`InvalidExportId`](ExportErrorKind::InvalidExportId) for an ARN without an id of an export.
    pub async fn open(&self, store: Store) -> Result<ExportReader, ExportError> {
        let id: ExportId = self.short_id().parse()?;
        ExportReader::open_id(store, &id).await
    }

    /// The record of an export that the service has forgotten, from the summary of its files: the
    /// one export at a store, which may be rooted at its destination, at `AWSDynamoDB/` or at its own
    /// folder. Summaries do not hold the client token, the owner of the bucket and the filter.
    ///
    /// # Errors
    /// Those of [`ExportReader::open`]; [`InvalidManifest`](ExportErrorKind::InvalidManifest) when the
    /// summary has no `exportArn`.
    pub async fn from_location(store: Store) -> Result<Self, ExportError> {
        let reader = ExportReader::open(store).await?;
        Self::from_summary(reader.summary()).ok_or_else(|| {
            ExportError::new(ExportErrorKind::InvalidManifest, reader.describe())
                .detail("the summary has no exportArn")
        })
    }

    /// Only exports that are complete have a summary.
    fn from_summary(summary: &ManifestSummary) -> Option<Self> {
        let arn = summary.export_arn.clone()?;
        let own = summary.clone();
        let files_key = own.manifest_files_s3_key.as_deref();
        let folder = files_key.and_then(|key| key.rsplit_once('/')).map(|(folder, _)| folder);
        Some(Self {
            status: ExportStatus::Completed,
            kind: Some(summary.kind()),
            format: Some(own.output_format),
            start_time: own.start_time,
            end_time: own.end_time,
            export_time: own.export_time,
            export_from_time: own.export_from_time,
            export_to_time: own.export_to_time,
            view: own.output_view.as_deref().map(ExportViewType::from),
            table_arn: own.table_arn,
            table_id: own.table_id,
            s3_bucket: own.s3_bucket,
            s3_prefix: own.s3_prefix,
            s3_sse_algorithm: own.s3_sse_algorithm,
            s3_sse_kms_key_id: own.s3_sse_kms_key_id,
            export_manifest: folder.map(|folder| format!("{folder}/{}", crate::layout::SUMMARY)),
            billed_size_bytes: Some(own.billed_size_bytes),
            item_count: Some(own.item_count),
            ..Self::bare(arn, ExportStatus::Completed)
        })
    }

    fn bare(arn: String, status: ExportStatus) -> Self {
        Self {
            arn,
            status,
            kind: None,
            format: None,
            start_time: None,
            end_time: None,
            export_time: None,
            export_from_time: None,
            export_to_time: None,
            view: None,
            table_arn: None,
            table_id: None,
            client_token: None,
            s3_bucket: None,
            s3_bucket_owner: None,
            s3_prefix: None,
            s3_sse_algorithm: None,
            s3_sse_kms_key_id: None,
            failure: None,
            export_manifest: None,
            billed_size_bytes: None,
            item_count: None,
            filter: None,
        }
    }

    fn from_description(own: ExportDescription, object: &str) -> Result<Self, ExportError> {
        let lacks = |member: &str| call::incomplete(object, "the service", member);
        let arn = own.export_arn.ok_or_else(|| lacks("ExportArn"))?;
        let status = own.export_status.ok_or_else(|| lacks("ExportStatus"))?;
        let window = own.incremental_export_specification;
        let from = window.as_ref().and_then(|window| window.export_from_time);
        let to = window.as_ref().and_then(|window| window.export_to_time);
        let has_failure = own.failure_code.is_some() || own.failure_message.is_some();
        let kind = match own.export_type {
            Some(kind) => kind_of(&kind),
            None => window.as_ref().map(|_| ExportKind::Incremental),
        };
        Ok(Self {
            kind,
            format: own.export_format.and_then(|format| OutputFormat::from_name(format.as_str())),
            start_time: time::from_sdk(own.start_time),
            end_time: time::from_sdk(own.end_time),
            export_time: time::from_sdk(own.export_time),
            export_from_time: time::from_sdk(from),
            export_to_time: time::from_sdk(to),
            view: window.and_then(|window| window.export_view_type),
            table_arn: own.table_arn,
            table_id: own.table_id,
            client_token: own.client_token,
            s3_bucket: own.s3_bucket,
            s3_bucket_owner: own.s3_bucket_owner,
            s3_prefix: own.s3_prefix,
            s3_sse_algorithm: own.s3_sse_algorithm.map(|sse| sse.as_str().to_owned()),
            s3_sse_kms_key_id: own.s3_sse_kms_key_id,
            failure: has_failure
                .then_some(JobFailure { code: own.failure_code, message: own.failure_message }),
            export_manifest: own.export_manifest,
            billed_size_bytes: own.billed_size_bytes.map(time::count),
            item_count: own.item_count.map(time::count),
            filter: own.filter_specification,
            ..Self::bare(arn, status)
        })
    }

    fn from_list(own: ExportSummary) -> Result<Self, ExportError> {
        let lacks = |member: &str| call::incomplete("exports", "ListExports", member);
        let arn = own.export_arn.ok_or_else(|| lacks("ExportArn"))?;
        let status = own.export_status.ok_or_else(|| lacks("ExportStatus"))?;
        let kind = own.export_type.as_ref().and_then(kind_of);
        Ok(Self { kind, ..Self::bare(arn, status) })
    }
}

impl Record for ExportJob {
    const JOBS: &'static str = "exports";

    fn arn(&self) -> &str {
        &self.arn
    }

    fn running(&self) -> Option<&str> {
        self.is_in_progress().then(|| self.status.as_str())
    }

    async fn describe(client: &Client, arn: &str) -> Result<Option<Self>, ExportError> {
        ExportJob::describe(client, arn).await
    }

    async fn page(
        client: &Client,
        object: &str,
        table_arn: Option<String>,
        jobs: i32,
        token: Option<String>,
    ) -> Result<Page<Self>, ExportError> {
        let call = client.list_exports().set_table_arn(table_arn);
        let page = call.max_results(jobs).set_next_token(token).send().await;
        let page = page.map_err(|error| call::failed(object, &error))?;
        let jobs = page.export_summaries.unwrap_or_default().into_iter();
        Ok((jobs.map(Self::from_list).collect::<Result<_, _>>()?, page.next_token))
    }
}

fn kind_of(kind: &ExportType) -> Option<ExportKind> {
    match kind {
        ExportType::FullExport => Some(ExportKind::Full),
        ExportType::IncrementalExport => Some(ExportKind::Incremental),
        _ => None,
    }
}
