//! The error of dumps, loads and comparisons.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
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
        if let SdkError::ServiceError(service) = error {
            return Self::refused(what, service.err().code(), service.err().message());
        }
        let cause = innermost(error);
        if causes(error).any(|text| text.contains("credentials")) {
            let message = format!("{what} failed: no credentials that can be used ({cause})");
            return Self::new(TransferErrorKind::Credentials, message);
        }
        Self::new(TransferErrorKind::Connection, format!("{what} failed: {cause}"))
    }

    /// The error of a call that DynamoDB refused with this code.
    pub(crate) fn refused(what: impl fmt::Display, code: Option<&str>, text: Option<&str>) -> Self {
        let message = match (code, text) {
            (Some(code), Some(text)) => format!("{what} failed: {code}: {text}"),
            (Some(code), None) => format!("{what} failed: {code}"),
            _ => format!("{what} failed: DynamoDB answered with an error that has no code"),
        };
        let kind = kind_of_code(code.unwrap_or_default());
        Self { kind, code: code.map(ToOwned::to_owned), message, source: None }
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

/// What the error codes of DynamoDB mean for us; the codes are those of the API reference.
fn kind_of_code(code: &str) -> TransferErrorKind {
    match code {
        "ResourceNotFoundException" | "TableNotFoundException" => TransferErrorKind::TableNotFound,
        "ResourceInUseException" => TransferErrorKind::TableExists,
        "AccessDeniedException" => TransferErrorKind::AccessDenied,
        "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "MissingAuthenticationTokenException"
        | "IncompleteSignatureException"
        | "ExpiredTokenException" => TransferErrorKind::Credentials,
        "ProvisionedThroughputExceededException"
        | "ThrottlingException"
        | "RequestLimitExceeded"
        // As the reasons of a cancelled transaction call the same.
        | "ProvisionedThroughputExceeded"
        | "ThrottlingError"
        // Someone else writes the same item at this moment: that passes as a throttle does.
        | "TransactionConflict"
        | "TransactionConflictException"
        | "TransactionInProgressException" => TransferErrorKind::Throttled,
        _ => TransferErrorKind::Service,
    }
}

fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = String> + 'a {
    std::iter::successors(Some(error), |error| (*error).source()).map(ToString::to_string)
}

/// The innermost cause is the one with the facts ("connection refused"); the SDK's outer layers
/// only say "dispatch failure".
fn innermost(error: &(dyn StdError + 'static)) -> String {
    causes(error).last().unwrap_or_default()
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
