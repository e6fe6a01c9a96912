//! What can go wrong with an export.

use crate::{ExportId, ExportState, MergeRefusal};
use ddbkit_store::{StoreError, StoreErrorKind};
use std::error::Error as StdError;
use std::fmt;

/// An operation on an export failed.
///
/// Its text is one line that names the object (path or `s3://` URL) and, where they are known, the
/// line and byte; what caused it is in [`source`](std::error::Error::source). The text is for
/// people and may change: programs look at [`ExportError::kind`].
pub struct ExportError(Box<Inner>);

struct Inner {
    kind: ExportErrorKind,
    object: String,
    line: Option<u64>,
    byte: Option<u64>,
    detail: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// Why an operation on an export failed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ExportErrorKind {
    /// There is no export at the location.
    NotFound,
    /// There are several exports at the location, oldest first; name one of them.
    SeveralExports(Vec<ExportId>),
    /// The export has no `manifest-summary.json`: it still runs or it broke off, and what lies
    /// there is not the whole table.
    Unfinished {
        /// Which one, where its folder name tells.
        id: Option<ExportId>,
        /// What is known of its state.
        state: Box<ExportState>,
    },
    /// An export with this identifier was started before.
    AlreadyStarted,
    /// The export is finished, with other data files than those given.
    AlreadyFinished,
    /// The data files given are not the files that lie in `data/`.
    DataFilesDiffer,
    /// The lines given to a writer do not end with a newline.
    InvalidLines,
    /// The compressor could not be set up.
    Compression,
    /// A manifest is missing beside the summary, or is not what the layout says.
    InvalidManifest,
    /// A document in `_ddbkit/` is not what its version says.
    InvalidSidecar,
    /// The text is no export identifier.
    InvalidExportId,
    /// A table description that lacks what is needed to create the table again.
    InvalidDescriptor,
    /// What is to be deleted is not proven to be one export and nothing else.
    NotDeletable,
    /// The text is no change to a table description.
    InvalidOverride,
    /// A data file that the manifest names is not there.
    MissingDataFile,
    /// A data file is truncated, does not decompress or holds a line that is too long.
    CorruptDataFile,
    /// The bytes of a data file do not have the `md5Checksum` of the manifest.
    ChecksumMismatch,
    /// The bytes of a data file do not have the one-part `etag` of the manifest.
    EtagMismatch,
    /// A data file does not hold as many items as the manifest says.
    ItemCountMismatch,
    /// A line of a data file is no item, or no change record, of the table.
    InvalidLine,
    /// One export has two items, or two change records, with one key.
    DuplicateKey,
    /// The exports do not belong together.
    NotMergeable(MergeRefusal),
    /// The files for sorting cannot be written or read.
    Scratch,
    /// The export is of a kind or format that this operation does not read.
    Unsupported,
    /// A job of the service ended without having done its work.
    JobFailed(JobFailure),
    /// The service has no record of the job: it is older than 90 days, or was never there.
    JobNotFound,
    /// The job still ran when the time to wait for it was over. It runs on.
    JobStillRuns,
    /// `DynamoDB` refused a call, with this code.
    Refused(String),
    /// The SDK refuses to make a request of what was given.
    InvalidRequest,
    /// `DynamoDB` answered without what its answers always have.
    InvalidAnswer,
    /// There are no credentials, or none that can be used.
    Credentials,
    /// `DynamoDB` cannot be reached.
    Connection,
    /// The store failed.
    Store(StoreErrorKind),
    /// The operation was cancelled through its control.
    Cancelled,
    /// Work in the background ended before its time (the runtime shuts down), or a call on the
    /// same writer was dropped half way.
    Interrupted,
}

/// Why a job of the service failed, in the words of the service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct JobFailure {
    /// `FailureCode`: `S3NoSuchBucket`, `ItemValidationError`, ...
    pub code: Option<String>,
    /// `FailureMessage`.
    pub message: Option<String>,
}

impl ExportErrorKind {
    fn what(&self) -> &'static str {
        match self {
            Self::NotFound => "no export is found",
            Self::SeveralExports(_) => "several exports are found, one has to be named",
            Self::Unfinished { .. } => {
                "the export is not complete: it has no manifest-summary.json"
            }
            Self::AlreadyStarted => "an export of this id was started before",
            Self::AlreadyFinished => "the export is finished with other data files",
            Self::DataFilesDiffer => "the data files are not those that are stored",
            Self::InvalidLines => "the lines do not end with a newline",
            Self::Compression => "the compressor failed",
            Self::InvalidManifest => "the manifest is not valid",
            Self::InvalidSidecar => "the document is not valid",
            Self::InvalidExportId => "not an export id",
            Self::InvalidDescriptor => "the table cannot be described",
            Self::NotDeletable => "it is not deleted",
            Self::InvalidOverride => "not a setting that can be given",
            Self::MissingDataFile => "the data file is missing",
            Self::CorruptDataFile => "the data file is corrupt",
            Self::ChecksumMismatch => "the bytes do not have the md5Checksum of the manifest",
            Self::EtagMismatch => "the bytes do not have the etag of the manifest",
            Self::ItemCountMismatch => "the number of items is not the itemCount of the manifest",
            Self::InvalidLine => "the line cannot be taken",
            Self::DuplicateKey => "its key is there twice",
            Self::NotMergeable(_) => "it cannot be merged",
            Self::Scratch => "the scratch folder cannot be used",
            Self::Unsupported => "not supported",
            Self::JobFailed(_) => "the job failed",
            Self::JobNotFound => "the service has no record of this job",
            Self::JobStillRuns => "the job still runs, and nobody waits for it any more",
            Self::Refused(_) => "DynamoDB refused",
            Self::InvalidRequest => "the request cannot be made",
            Self::InvalidAnswer => "the answer is not complete",
            Self::Credentials => "no credentials that can be used",
            Self::Connection => "DynamoDB cannot be reached",
            Self::Store(_) => "the store failed",
            Self::Cancelled => "the operation was cancelled",
            Self::Interrupted => "the operation was interrupted",
        }
    }
}

impl ExportError {
    /// An error about `object`, as [`ddbkit_store::Store::describe`] shows it.
    pub(crate) fn new(kind: ExportErrorKind, object: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            object: object.into(),
            line: None,
            byte: None,
            detail: None,
            source: None,
        }))
    }

    pub(crate) fn store(object: impl Into<String>, source: StoreError) -> Self {
        Self::new(ExportErrorKind::Store(source.kind()), object).caused_by(source)
    }

    /// A description of a table that the SDK takes no request from.
    #[cfg(feature = "aws-sdk")]
    pub(crate) fn invalid_descriptor(
        table: &str,
        source: aws_sdk_dynamodb::error::BuildError,
    ) -> Self {
        Self::new(ExportErrorKind::InvalidDescriptor, format!("table {table:?}")).caused_by(source)
    }

    /// A job that ended with this status and did not do its work.
    #[cfg(feature = "aws-sdk")]
    pub(crate) fn job_failed(arn: String, status: &str, failure: JobFailure) -> Self {
        let texts = [Some(status), failure.code.as_deref(), failure.message.as_deref()];
        let detail: Vec<&str> = texts.into_iter().flatten().collect();
        let detail = detail.join(": ");
        Self::new(ExportErrorKind::JobFailed(failure), arn).detail(detail)
    }

    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    pub(crate) fn at_line(mut self, line: impl Into<Option<u64>>) -> Self {
        self.0.line = line.into();
        self
    }

    pub(crate) fn at_byte(mut self, byte: u64) -> Self {
        self.0.byte = Some(byte);
        self
    }

    pub(crate) fn caused_by(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// The text without object and place.
    pub(crate) fn what(&self) -> String {
        let what = self.0.kind.what();
        match &self.0.detail {
            Some(detail) => format!("{what}: {detail}"),
            None => what.to_owned(),
        }
    }

    /// What failed, for programs.
    #[must_use]
    pub fn kind(&self) -> &ExportErrorKind {
        &self.0.kind
    }

    /// The object that it failed on: a path or an `s3://` URL.
    #[must_use]
    pub fn object(&self) -> &str {
        &self.0.object
    }

    /// The line in the object, from 1, where known. Lines of data files are counted after
    /// decompression.
    #[must_use]
    pub fn line(&self) -> Option<u64> {
        self.0.line
    }

    /// The byte in the object, or in its text after decompression, from 0, where known.
    #[must_use]
    pub fn byte(&self) -> Option<u64> {
        self.0.byte
    }
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        f.write_str(&inner.object)?;
        if let Some(line) = inner.line {
            write!(f, ":{line}")?;
        }
        if let Some(byte) = inner.byte {
            write!(f, ", byte {byte}")?;
        }
        write!(f, ": {}", self.what())
    }
}

impl fmt::Debug for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExportError")
            .field("kind", &self.0.kind)
            .field("text", &format_args!("{self}"))
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for ExportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
