//! What became of a call to `DynamoDB`.

use crate::{ExportError, ExportErrorKind};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use std::error::Error as StdError;
use std::fmt::Debug;

/// The error of a call about `object`, a table or the ARN of a job.
pub(super) fn failed<E, R>(object: &str, error: &SdkError<E, R>) -> ExportError
where
    E: ProvideErrorMetadata + StdError + 'static,
    R: Debug + 'static,
{
    if let SdkError::ServiceError(service) = error {
        let code = service.err().code().unwrap_or("an error without a code");
        let text = service.err().message().unwrap_or_default();
        let detail = if text.is_empty() { code.to_owned() } else { format!("{code}: {text}") };
        let kind = if is_about_credentials(code) {
            ExportErrorKind::Credentials
        } else {
            ExportErrorKind::Refused(code.to_owned())
        };
        return ExportError::new(kind, object).detail(detail);
    }
    // The innermost cause has the facts ("connection refused"); the SDK's layers above say nothing.
    let first: &dyn StdError = error;
    let causes: Vec<String> = std::iter::successors(Some(first), |error| (*error).source())
        .map(ToString::to_string)
        .collect();
    let kind = if matches!(error, SdkError::ConstructionFailure(_)) {
        ExportErrorKind::InvalidRequest
    } else if causes.iter().any(|cause| cause.contains("credentials")) {
        ExportErrorKind::Credentials
    } else {
        ExportErrorKind::Connection
    };
    ExportError::new(kind, object).detail(causes.last().cloned().unwrap_or_default())
}

/// Codes of the AWS page "Common errors".
fn is_about_credentials(code: &str) -> bool {
    matches!(
        code,
        "UnrecognizedClientException"
            | "InvalidSignatureException"
            | "MissingAuthenticationTokenException"
            | "IncompleteSignatureException"
            | "ExpiredTokenException"
    )
}

/// The code with which the service refused, where it did.
pub(super) fn code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Option<&str> {
    error.as_service_error().and_then(ProvideErrorMetadata::code)
}

/// An answer that lacks what every answer of this operation has.
pub(super) fn incomplete(object: &str, operation: &str, member: &str) -> ExportError {
    ExportError::new(ExportErrorKind::InvalidAnswer, object)
        .detail(format!("{operation} answered without {member}"))
}

/// A part of a request that the SDK does not take.
pub(super) fn not_built(object: &str, source: aws_sdk_dynamodb::error::BuildError) -> ExportError {
    ExportError::new(ExportErrorKind::InvalidRequest, object).caused_by(source)
}
