//! The error of dumps, loads and comparisons.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use ddbkit_flow::{CallFailure, CallFailureKind};
use std::error::Error as StdError;
use std::fmt;

/// What went wrong, for code that decides by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransferErrorKind {
    /// The work was cancelled through its `Control`.
    Interrupted,
    /// The table is not there.
    TableNotFound,
    /// A table that was to be created is there already.
    TableExists,
    /// The caller may not do this.
    AccessDenied,
    /// Credentials are missing, wrong or expired.
    Credentials,
    /// The endpoint cannot be reached, or breaks off its answers.
    Connection,
    /// DynamoDB kept throttling although the work backed off.
    Throttled,
    /// DynamoDB refused for another reason.
    Service,
    /// The source holds only changes; they are applied, not loaded.
    IncrementalExport,
    /// The source holds a whole table; it is loaded, not applied.
    FullExport,
    /// Between the windows of two incremental exports there is time of which nothing is known.
    WindowGap,
    /// The windows of two incremental exports have time in common.
    WindowOverlap,
    /// The incremental exports are of different tables.
    OtherTable,
    /// The keys of the source and of the table have different names or types.
    KeySchemaMismatch,
    /// The source cannot be read or is damaged.
    Source,
    /// More items were rejected than may be.
    TooManyRejects,
    /// The destination cannot be written.
    Destination,
    /// Another process goes on with the same work since.
    Superseded,
    /// The options contradict each other or the source.
    Options,
    /// A defect of this program.
    Internal,
}

impl TransferErrorKind {
    /// Whether the same request may succeed a little later.
    pub(crate) fn may_pass(self) -> bool {
        matches!(self, Self::Throttled | Self::Connection)
    }
}

/// Why a dump, load or comparison stopped.
///
/// `Display` is one line that says what failed and where; causes are in
/// [`source`](StdError::source).
#[derive(Debug)]
pub struct TransferError {
    kind: TransferErrorKind,
    /// The service's own code, where it answered with one.
    code: Option<String>,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl TransferError {
    pub(crate) fn new(kind: TransferErrorKind, message: impl Into<String>) -> Self {
        Self { kind, code: None, message: message.into(), source: None }
    }

    pub(crate) fn caused(
        kind: TransferErrorKind,
        message: impl Into<String>,
        source: impl StdError + Send + Sync + 'static,
    ) -> Self {
        Self::caused_by(kind, message, Box::new(source))
    }

    pub(crate) fn caused_by(
        kind: TransferErrorKind,
        message: impl Into<String>,
        source: Box<dyn StdError + Send + Sync>,
    ) -> Self {
        Self { kind, code: None, message: message.into(), source: Some(source) }
    }

    pub(crate) fn interrupted() -> Self {
        Self::new(TransferErrorKind::Interrupted, "interrupted")
    }

    /// The error of a call to DynamoDB: `what` says which, in words that go before "failed".
    pub(crate) fn call<E, R>(what: impl fmt::Display, error: &SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + StdError + 'static,
        R: fmt::Debug + 'static,
    {
        Self::failed(what, CallFailure::of(error))
    }

    /// The error of a call that came to nothing.
    pub(crate) fn failed(what: impl fmt::Display, failure: CallFailure) -> Self {
        let kind = match failure.kind() {
            CallFailureKind::NotFound => TransferErrorKind::TableNotFound,
            CallFailureKind::TableExists => TransferErrorKind::TableExists,
            CallFailureKind::AccessDenied => TransferErrorKind::AccessDenied,
            CallFailureKind::Credentials => TransferErrorKind::Credentials,
            CallFailureKind::Throttled => TransferErrorKind::Throttled,
            CallFailureKind::Connection | CallFailureKind::InvalidRequest => {
                TransferErrorKind::Connection
            }
            _ => TransferErrorKind::Service,
        };
        let message = match (kind, failure.code()) {
            (TransferErrorKind::Credentials, None) => {
                format!("{what} failed: no credentials that can be used ({failure})")
            }
            _ => format!("{what} failed: {failure}"),
        };
        Self { kind, code: failure.into_code(), message, source: None }
    }

    /// What went wrong, for code that decides by it.
    #[must_use]
    pub fn kind(&self) -> TransferErrorKind {
        self.kind
    }

    /// The error code of DynamoDB, where it answered with one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }
}

impl fmt::Display for TransferError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for TransferError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<ddbkit_flow::Cancelled> for TransferError {
    fn from(_: ddbkit_flow::Cancelled) -> Self {
        Self::interrupted()
    }
}
