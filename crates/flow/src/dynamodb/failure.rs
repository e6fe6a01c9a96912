//! Why a call came to nothing.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use std::error::Error as StdError;
use std::fmt;

/// The codes by which DynamoDB asks to slow down: of requests (API reference, "Common errors"), and as
/// the reasons of a cancelled transaction call the same.
pub const THROTTLES: [&str; 5] = [
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "RequestLimitExceeded",
    "ProvisionedThroughputExceeded",
    "ThrottlingError",
];

/// What became of a call, for code that decides by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallFailureKind {
    /// The condition of a write was false.
    ConditionFailed,
    /// A transaction was cancelled; its reasons tell why.
    TransactionCanceled,
    /// The table or what the call is about is not there.
    NotFound,
    /// A table that was to be created is there already, or is being changed.
    TableExists,
    /// The caller may not do this.
    AccessDenied,
    /// Credentials are missing, wrong or expired.
    Credentials,
    /// DynamoDB asks to slow down, or someone else writes the same item at this moment, which passes as
    /// a throttle does.
    Throttled,
    /// The SDK could not make a request of it.
    InvalidRequest,
    /// The endpoint cannot be reached, or breaks off its answers.
    Connection,
    /// The service refused for another reason.
    Refused,
}

impl CallFailureKind {
    /// What the error code of an answer means; the codes are those of the API reference.
    ///
    /// ```
    /// use ddbkit_flow::CallFailureKind;
    ///
    /// let kind = CallFailureKind::of_code("ThrottlingException");
    /// assert_eq!(kind, CallFailureKind::Throttled);
    /// assert_eq!(CallFailureKind::of_code("ValidationException"), CallFailureKind::Refused);
    /// ```
    #[must_use]
    pub fn of_code(code: &str) -> Self {
        match code {
            "ConditionalCheckFailedException" => Self::ConditionFailed,
            "TransactionCanceledException" => Self::TransactionCanceled,
            "ResourceNotFoundException" | "TableNotFoundException" => Self::NotFound,
            "ResourceInUseException" | "TableAlreadyExistsException" => Self::TableExists,
            "AccessDeniedException" => Self::AccessDenied,
            "UnrecognizedClientException"
            | "InvalidSignatureException"
            | "MissingAuthenticationTokenException"
            | "IncompleteSignatureException"
            | "ExpiredTokenException" => Self::Credentials,
            // The first is a reason of a cancelled transaction.
            "TransactionConflict"
            | "TransactionConflictException"
            | "TransactionInProgressException" => Self::Throttled,
            code if THROTTLES.contains(&code) => Self::Throttled,
            _ => Self::Refused,
        }
    }
}

/// Why a call to a service of AWS came to nothing.
///
/// `Display` is what happened, to go behind "failed: ": the code and text of the service, or, where it did
/// not answer, the innermost cause, which has the facts ("connection refused").
///
/// ```
/// use ddbkit_flow::{CallFailure, CallFailureKind};
///
/// // As the reasons of a cancelled transaction have it; `CallFailure::of` takes the errors of calls.
/// let failure = CallFailure::refused(Some("TransactionConflict"), Some("another one is ongoing"));
/// assert_eq!(failure.kind(), CallFailureKind::Throttled);
/// assert_eq!(failure.to_string(), "TransactionConflict: another one is ongoing");
/// assert_eq!(failure.into_code().as_deref(), Some("TransactionConflict"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallFailure {
    kind: CallFailureKind,
    code: Option<String>,
    detail: String,
}

impl CallFailure {
    /// Of the error of the SDK, of whichever service.
    pub fn of<E, R>(error: &SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + StdError + 'static,
        R: fmt::Debug + 'static,
    {
        if let SdkError::ServiceError(service) = error {
            return Self::refused(service.err().code(), service.err().message());
        }
        let first: &dyn StdError = error;
        let causes: Vec<String> = std::iter::successors(Some(first), |error| (*error).source())
            .map(ToString::to_string)
            .collect();
        let kind = if causes.iter().any(|text| text.contains("credentials")) {
            CallFailureKind::Credentials
        } else if matches!(error, SdkError::ConstructionFailure(_)) {
            CallFailureKind::InvalidRequest
        } else {
            CallFailureKind::Connection
        };
        Self { kind, code: None, detail: causes.into_iter().next_back().unwrap_or_default() }
    }

    /// Of an answer with this code and text.
    ///
    /// ```
    /// use ddbkit_flow::{CallFailure, CallFailureKind};
    ///
    /// let failure = CallFailure::refused(Some("ResourceNotFoundException"), Some("no such table"));
    /// assert_eq!(failure.kind(), CallFailureKind::NotFound);
    /// assert_eq!(failure.to_string(), "ResourceNotFoundException: no such table");
    /// assert_eq!(failure.into_code().as_deref(), Some("ResourceNotFoundException"));
    /// ```
    #[must_use]
    pub fn refused(code: Option<&str>, text: Option<&str>) -> Self {
        let detail = match (code, text.filter(|text| !text.is_empty())) {
            (Some(code), Some(text)) => format!("{code}: {text}"),
            (Some(code), None) => code.to_owned(),
            (None, _) => "the service answered with an error that has no code".to_owned(),
        };
        let kind = CallFailureKind::of_code(code.unwrap_or_default());
        Self { kind, code: code.map(ToOwned::to_owned), detail }
    }

    /// What became of the call.
    #[must_use]
    pub fn kind(&self) -> CallFailureKind {
        self.kind
    }

    /// The error code of the service, where it answered with one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The same, for who keeps it.
    #[must_use]
    pub fn into_code(self) -> Option<String> {
        self.code
    }
}

impl fmt::Display for CallFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodb::operation::get_item::GetItemError;

    type GetError = SdkError<GetItemError, ()>;

    #[test]
    fn the_innermost_cause_is_told_and_credentials_are_known() {
        let refused = std::io::Error::new(std::io::ErrorKind::ConnectionRefused, "nobody listens");
        let failure = CallFailure::of(&GetError::timeout_error(refused));
        assert_eq!(failure.kind(), CallFailureKind::Connection);
        assert_eq!((failure.to_string().as_str(), failure.code()), ("nobody listens", None));
        let failure = CallFailure::of(&GetError::timeout_error("no credentials in the chain"));
        assert_eq!(failure.kind(), CallFailureKind::Credentials);
        let failure = CallFailure::of(&GetError::construction_failure("no table"));
        assert_eq!(failure.kind(), CallFailureKind::InvalidRequest);
    }

    #[test]
    fn the_code_tells_what_it_is_and_stands_before_the_text() {
        let failure = CallFailure::refused(Some("ResourceNotFoundException"), Some("no table"));
        assert_eq!(failure.to_string(), "ResourceNotFoundException: no table");
        assert_eq!(failure.kind(), CallFailureKind::NotFound);
        assert_eq!(failure.code(), Some("ResourceNotFoundException"));
        let failure = CallFailure::refused(Some("ThrottlingError"), Some(""));
        assert_eq!(failure.to_string(), "ThrottlingError");
        assert_eq!(failure.kind(), CallFailureKind::Throttled);
        assert_eq!(CallFailure::refused(None, None).kind(), CallFailureKind::Refused);
    }
}
