//! The error of the crate.

use crate::{BatchReport, CancellationReason};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use ddbkit_codec::Item;
use ddbkit_flow::{CallFailure, CallFailureKind};
use std::error::Error as StdError;
use std::fmt;

/// What went wrong, for code that decides by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableErrorKind {
    /// The condition of a write was false; see [`TableError::existing`].
    ConditionFailed,
    /// The condition of a write was false, but the answer to an earlier attempt of it was lost: it may
    /// have been this write that made it false. Read the item.
    Ambiguous,
    /// A transaction was cancelled; see [`TableError::reasons`].
    TransactionCanceled,
    /// An item does not go with its type, or is none that `DynamoDB` takes.
    Encode,
    /// An item of the table does not go with the type that is to be read.
    Decode,
    /// What the caller asks for contradicts itself or the key of the table.
    InvalidInput,
    /// The table or the index is not there.
    NotFound,
    /// A table that was to be created is there already, or is being changed.
    TableExists,
    /// The table that is there has another key, other indexes or another time to live than asked for.
    Different,
    /// The caller may not do this.
    AccessDenied,
    /// Credentials are missing, wrong or expired.
    Credentials,
    /// The endpoint cannot be reached, or breaks off its answers.
    Connection,
    /// `DynamoDB` kept throttling, or left items unprocessed.
    Throttled,
    /// `DynamoDB` refused for another reason.
    Service,
    /// A value in S3 could not be written or read.
    Offload,
    /// The work was cancelled through its `Control`.
    Canceled,
}

/// Why an operation on a table failed.
///
/// `Display` is one line that says what failed and where; causes are in
/// [`source`](StdError::source).
#[derive(Debug)]
pub struct TableError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: TableErrorKind,
    message: String,
    code: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
    existing: Option<Item>,
    reasons: Vec<CancellationReason>,
    done: Option<BatchReport>,
}

impl TableError {
    pub(crate) fn new(kind: TableErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            code: None,
            source: None,
            existing: None,
            reasons: Vec::new(),
            done: None,
        }))
    }

    pub(crate) fn caused(
        kind: TableErrorKind,
        message: impl Into<String>,
        source: impl StdError + Send + Sync + 'static,
    ) -> Self {
        let mut error = Self::new(kind, message);
        error.0.source = Some(Box::new(source));
        error
    }

    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::new(TableErrorKind::InvalidInput, message)
    }

    /// The error of a call to `DynamoDB`; `what` goes before "failed". Where it did not answer, the
    /// source tells why.
    pub(crate) fn call<E, R>(what: impl fmt::Display, error: SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
        R: fmt::Debug + Send + Sync + 'static,
    {
        let failure = CallFailure::of(&error);
        let kind = match failure.kind() {
            CallFailureKind::ConditionFailed => TableErrorKind::ConditionFailed,
            CallFailureKind::TransactionCanceled => TableErrorKind::TransactionCanceled,
            CallFailureKind::NotFound => TableErrorKind::NotFound,
            CallFailureKind::TableExists => TableErrorKind::TableExists,
            CallFailureKind::AccessDenied => TableErrorKind::AccessDenied,
            CallFailureKind::Credentials => TableErrorKind::Credentials,
            CallFailureKind::Throttled => TableErrorKind::Throttled,
            CallFailureKind::Connection | CallFailureKind::InvalidRequest => {
                TableErrorKind::Connection
            }
            _ => TableErrorKind::Service,
        };
        if error.as_service_error().is_none() {
            return Self::caused(kind, format!("{what} failed"), error);
        }
        let mut own = Self::new(kind, format!("{what} failed: {failure}"));
        own.0.code = failure.into_code();
        own
    }

    /// The same error, with the part of the work that it is about.
    pub(crate) fn within(mut self, what: &str) -> Self {
        self.0.message = format!("{what}: {}", self.0.message);
        self
    }

    pub(crate) fn with_existing(mut self, item: Option<Item>) -> Self {
        self.0.existing = item;
        self
    }

    pub(crate) fn with_reasons(mut self, reasons: Vec<CancellationReason>) -> Self {
        self.0.reasons = reasons;
        self
    }

    pub(crate) fn with_done(mut self, done: BatchReport) -> Self {
        self.0.done = Some(done);
        self
    }

    /// What went wrong, for code that decides by it.
    #[must_use]
    pub fn kind(&self) -> TableErrorKind {
        self.0.kind
    }

    /// The error code of `DynamoDB`, where it answered with one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The item that was there when the condition of a write was false; `None` when there was none.
    /// [`Table::read`](crate::Table::read) makes a model of it.
    #[must_use]
    pub fn existing(&self) -> Option<&Item> {
        self.0.existing.as_ref()
    }

    /// Why a transaction was cancelled: the parts that are a reason, by their position.
    #[must_use]
    pub fn reasons(&self) -> &[CancellationReason] {
        &self.0.reasons
    }

    /// What a batch of writes had done when it failed.
    #[must_use]
    pub fn batch(&self) -> Option<&BatchReport> {
        self.0.done.as_ref()
    }
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl StdError for TableError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl From<ddbkit_flow::Cancelled> for TableError {
    fn from(_: ddbkit_flow::Cancelled) -> Self {
        Self::new(TableErrorKind::Canceled, "canceled")
    }
}
