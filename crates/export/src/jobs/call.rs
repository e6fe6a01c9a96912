//! What became of a call to `DynamoDB`.

use crate::{ExportError, ExportErrorKind};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use ddbkit_flow::{CallFailure, CallFailureKind};
use std::error::Error as StdError;
use std::fmt::Debug;

/// The error of a call about `object`, a table or the ARN of a job.
pub(super) fn failed<E, R>(object: &str, error: &SdkError<E, R>) -> ExportError
where
    E: ProvideErrorMetadata + StdError + 'static,
    R: Debug + 'static,
{
    let failure = CallFailure::of(error);
    let kind = match failure.kind() {
        CallFailureKind::Credentials => ExportErrorKind::Credentials,
        CallFailureKind::Connection => ExportErrorKind::Connection,
        CallFailureKind::InvalidRequest => ExportErrorKind::InvalidRequest,
        _ => {
            ExportErrorKind::Refused(failure.code().unwrap_or("an error without a code").to_owned())
        }
    };
    ExportError::new(kind, object).detail(failure.to_string())
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
