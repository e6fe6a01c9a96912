//! `ExportTableToPointInTime`.

use super::ExportJob;
use crate::jobs::call;
use crate::{ExportError, OutputFormat};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::primitives::DateTime;
use aws_sdk_dynamodb::types::{
    ExportFormat, ExportType, ExportViewType, FilterSpecification, IncrementalExportSpecification,
    S3SseAlgorithm,
};
use std::time::SystemTime;

/// What is exported of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportScope {
    /// Every item, as of the start of the export.
    Now,
    /// Every item, as of this time within the window of point-in-time recovery.
    At(SystemTime),
    /// What changed in a window of 15 minutes to 24 hours, within that of point-in-time recovery.
    Changes {
        /// Its start, inclusive.
        from: SystemTime,
        /// Its end, exclusive.
        to: SystemTime,
        /// Both images of an item, or the new one alone.
        view: ExportViewType,
    },
}

/// How the service encrypts the objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sse {
    /// With keys of S3.
    Aes256,
    /// With a key of KMS in the bucket's region; none is the AWS managed key of S3.
    Kms(Option<String>),
}

/// An export to be started. Made by [`ExportJob::start`].
#[derive(Clone, Debug)]
#[must_use = "nothing is started before it is sent"]
pub struct StartExport {
    client: Client,
    table_arn: String,
    s3_bucket: String,
    scope: ExportScope,
    s3_bucket_owner: Option<String>,
    s3_prefix: Option<String>,
    sse: Option<Sse>,
    format: Option<OutputFormat>,
    client_token: Option<String>,
    filter: Option<FilterSpecification>,
}

impl StartExport {
    pub(super) fn new(
        client: Client,
        table_arn: String,
        s3_bucket: String,
        scope: ExportScope,
    ) -> Self {
        Self {
            client,
            table_arn,
            s3_bucket,
            scope,
            s3_bucket_owner: None,
            s3_prefix: None,
            sse: None,
            format: None,
            client_token: None,
            filter: None,
        }
    }

    /// The account that owns the bucket, 12 digits; required for the bucket of another account.
    pub fn s3_bucket_owner(mut self, account: impl Into<String>) -> Self {
        self.s3_bucket_owner = Some(account.into());
        self
    }

    /// What `AWSDynamoDB/` lies below. Slashes at its ends are taken off, because the service keeps
    /// them and would write `prefix//AWSDynamoDB/`; an empty one is the root of the bucket.
    pub fn s3_prefix(mut self, prefix: &str) -> Self {
        let prefix = prefix.trim_matches('/');
        self.s3_prefix = (!prefix.is_empty()).then(|| prefix.to_owned());
        self
    }

    /// How the objects are encrypted; by the settings of the service without it.
    pub fn sse(mut self, sse: Sse) -> Self {
        self.sse = Some(sse);
        self
    }

    /// How the items are written; `DynamoDB` JSON without it.
    pub fn format(mut self, format: OutputFormat) -> Self {
        self.format = Some(format);
        self
    }

    /// Within eight hours a request with the same token starts nothing anew: it gives the export
    /// that the first has started. The SDK makes a random one for each request that has none.
    pub fn client_token(mut self, token: impl Into<String>) -> Self {
        self.client_token = Some(token.into());
        self
    }

    /// Only these items and attributes, by their latest image (of deletes, by the old one). Only its
    /// key condition lowers what is billed.
    pub fn filter(mut self, filter: FilterSpecification) -> Self {
        self.filter = Some(filter);
        self
    }

    /// Starts the export. The job is in progress; a bucket that is not there lets it fail later.
    ///
    /// # Errors
    /// [`Refused`](crate::ExportErrorKind::Refused) with `TableNotFoundException`,
    /// `PointInTimeRecoveryUnavailableException`, `InvalidExportTimeException` (a time or window
    /// outside that of point-in-time recovery, or of a wrong length), `ExportConflictException` (the
    /// token of another request), `LimitExceededException` and others; and the other failures of a
    /// call.
    pub async fn send(self) -> Result<ExportJob, ExportError> {
        let mut request = self
            .client
            .export_table_to_point_in_time()
            .table_arn(&self.table_arn)
            .s3_bucket(self.s3_bucket)
            .set_s3_bucket_owner(self.s3_bucket_owner)
            .set_s3_prefix(self.s3_prefix)
            .set_export_format(self.format.map(|format| ExportFormat::from(format.as_str())))
            .set_client_token(self.client_token)
            .set_filter_specification(self.filter);
        match self.sse {
            None => {}
            Some(Sse::Aes256) => request = request.s3_sse_algorithm(S3SseAlgorithm::Aes256),
            Some(Sse::Kms(key)) => {
                request = request.s3_sse_algorithm(S3SseAlgorithm::Kms).set_s3_sse_kms_key_id(key);
            }
        }
        request = match self.scope {
            // Without ExportType, as before there were incremental exports: every server takes it.
            ExportScope::Now => request,
            ExportScope::At(time) => request.export_time(DateTime::from(time)),
            ExportScope::Changes { from, to, view } => {
                let window = IncrementalExportSpecification::builder()
                    .export_from_time(DateTime::from(from))
                    .export_to_time(DateTime::from(to))
                    .export_view_type(view);
                request
                    .export_type(ExportType::IncrementalExport)
                    .incremental_export_specification(window.build())
            }
        };
        let answer = request.send().await.map_err(|error| call::failed(&self.table_arn, &error))?;
        let description = answer.export_description.ok_or_else(|| {
            call::incomplete(&self.table_arn, "ExportTableToPointInTime", "ExportDescription")
        })?;
        ExportJob::from_description(description, &self.table_arn)
    }
}
