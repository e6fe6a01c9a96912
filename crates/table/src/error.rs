//! The error of this crate.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use std::error::Error as StdError;
use std::fmt;

/// What went wrong, for code that decides by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableErrorKind {
    /// The work was cancelled through its `Control`.
    Canceled,
    /// What was asked for is wrong in itself: nothing was sent.
    InvalidInput,
    /// The table is not there.
    NotFound,
    /// A table that was to be created is there, or the table is busy with another change.
    TableExists,
    /// The table that is there has another key, other indexes or another time to live than asked for.
    Different,
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
}

/// Why work with a table failed.
///
/// `Display` is one line that says what failed and of which table.
#[derive(Debug)]
pub struct TableError {
    kind: TableErrorKind,
    code: Option<String>,
    message: String,
}

impl TableError {
    pub(crate) fn new(kind: TableErrorKind, message: impl Into<String>) -> Self {
        Self { kind, code: None, message: message.into() }
    }

    /// The error of a call: `what` says which, in words that go before "failed".
    pub(crate) fn call<E, R>(what: impl fmt::Display, error: SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + StdError + 'static,
        R: fmt::Debug + 'static,
    {
        let SdkError::ServiceError(service) = &error else {
            let causes: Vec<String> =
                std::iter::successors(Some(&error as &(dyn StdError + 'static)), |error| {
                    (*error).source()
                })
                .map(ToString::to_string)
                .collect();
            // The layers of the SDK say nothing; the innermost cause has the facts.
            let cause = causes.last().map(String::as_str).unwrap_or_default();
            let kind = if causes.iter().any(|text| text.contains("credentials")) {
                TableErrorKind::Credentials
            } else {
                TableErrorKind::Connection
            };
            return Self::new(kind, format!("{what} failed: {cause}"));
        };
        let code = service.err().code().unwrap_or("an error without a code");
        let text = service.err().message().map(|text| format!(": {text}")).unwrap_or_default();
        Self {
            kind: kind_of_code(code),
            code: service.err().code().map(ToOwned::to_owned),
            message: format!("{what} failed: {code}{text}"),
        }
    }

    /// What went wrong, for code that decides by it.
    #[must_use]
    pub fn kind(&self) -> TableErrorKind {
        self.kind
    }

    /// The error code of `DynamoDB`, where it answered with one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }
}

/// What the error codes of `DynamoDB` mean for us; the codes are those of the API reference.
fn kind_of_code(code: &str) -> TableErrorKind {
    match code {
        "ResourceNotFoundException" | "TableNotFoundException" => TableErrorKind::NotFound,
        "ResourceInUseException" => TableErrorKind::TableExists,
        "AccessDeniedException" => TableErrorKind::AccessDenied,
        "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "MissingAuthenticationTokenException"
        | "IncompleteSignatureException"
        | "ExpiredTokenException" => TableErrorKind::Credentials,
        "ProvisionedThroughputExceededException"
        | "ThrottlingException"
        | "RequestLimitExceeded" => TableErrorKind::Throttled,
        _ => TableErrorKind::Service,
    }
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for TableError {}

impl From<ddbkit_flow::Cancelled> for TableError {
    fn from(_: ddbkit_flow::Cancelled) -> Self {
        Self::new(TableErrorKind::Canceled, "interrupted")
    }
}
