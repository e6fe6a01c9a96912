//! What the answers of S3 mean.

use crate::{StoreError, StoreErrorKind};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStreamError;
use std::error::Error as StdError;
use std::fmt;

const NO_SUCH_UPLOAD: &str = "NoSuchUpload";

/// What S3 answered: the cause of an error.
#[derive(Debug)]
struct Answer {
    status: u16,
    code: String,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S3 answered with status {} and code {}", self.status, self.code)
    }
}

impl StdError for Answer {}

/// The error of a call; `what` says what could not be done with the object.
pub(super) fn failed<E>(
    what: &str,
    object: &str,
    error: &SdkError<E, aws_sdk_s3::config::http::HttpResponse>,
) -> StoreError
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    let Some(response) = error.raw_response() else {
        // No answer: the innermost cause has the facts.
        let kind = if chain(error).any(|text| text.contains("credentials")) {
            StoreErrorKind::Credentials
        } else {
            StoreErrorKind::Unavailable
        };
        let cause = chain(error).last().unwrap_or_default();
        return StoreError::new(kind, format!("cannot {what} {object}: {cause}"));
    };
    let status = response.status().as_u16();
    let service = error.as_service_error();
    let code = service.and_then(ProvideErrorMetadata::code).unwrap_or_default();
    let text = service.and_then(ProvideErrorMetadata::message).unwrap_or_default();
    let kind = kind(status, code);
    let message = match kind {
        StoreErrorKind::NotFound => format!("{object} is not there"),
        StoreErrorKind::PreconditionFailed => {
            format!("{object} is there already, or was changed by another")
        }
        _ => {
            let code = if code.is_empty() { "no code" } else { code };
            let text = if text.is_empty() { "" } else { text };
            let colon = if text.is_empty() { "" } else { ": " };
            format!("cannot {what} {object}: {code} ({status}){colon}{text}")
        }
    };
    StoreError::new(kind, message).caused_by(Answer { status, code: code.to_owned() })
}

fn kind(status: u16, code: &str) -> StoreErrorKind {
    match (status, code) {
        (_, "NoSuchBucket") => StoreErrorKind::NoSuchBucket,
        (_, NO_SUCH_UPLOAD) => StoreErrorKind::Refused,
        (404, _) => StoreErrorKind::NotFound,
        (412, _) | (409, "ConditionalRequestConflict" | "OperationAborted") => {
            StoreErrorKind::PreconditionFailed
        }
        (_, "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "ExpiredToken" | "InvalidToken") => {
            StoreErrorKind::Credentials
        }
        (403, _) => StoreErrorKind::AccessDenied,
        (_, "BadDigest" | "XAmzContentChecksumMismatch" | "InvalidDigest") => {
            StoreErrorKind::Damaged
        }
        (_, "SlowDown") | (429 | 500..=599, _) => StoreErrorKind::Unavailable,
        _ => StoreErrorKind::Refused,
    }
}

fn answer(error: &StoreError) -> Option<&Answer> {
    error.source()?.downcast_ref()
}

/// Whether S3 no longer knows an upload: it was given up, or completed.
pub(super) fn is_unknown_upload(error: &StoreError) -> bool {
    answer(error).is_some_and(|answer| answer.code == NO_SUCH_UPLOAD)
}

/// Whether S3 says that another write is under way, not that it has won.
pub(super) fn is_conflict(error: &StoreError) -> bool {
    answer(error).is_some_and(|answer| answer.status == 409)
}

/// Whether a range begins behind the end of the object.
pub(super) fn is_behind_the_end(error: &StoreError) -> bool {
    answer(error).is_some_and(|answer| answer.status == 416)
}

/// An answer that broke off or does not have its checksum.
pub(super) fn broken(object: &str, error: ByteStreamError) -> StoreError {
    let message = format!("what arrives of {object} is damaged or breaks off");
    StoreError::new(StoreErrorKind::Damaged, message).caused_by(error)
}

pub(super) fn not_found_as_none<T>(result: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == StoreErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = String> + 'a {
    std::iter::successors(Some(error), |error| (*error).source()).map(ToString::to_string)
}
