//! What the answers of S3 mean.

use crate::{Condition, StoreError, StoreErrorKind};
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ErrorMetadata, ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::RequestId;
use aws_sdk_s3::primitives::ByteStreamError;
use std::error::Error as StdError;

/// A call that failed: the error for the caller, and what the store itself decides by.
#[derive(Debug)]
pub(super) struct Failure {
    /// `None` when there was no answer.
    status: Option<u16>,
    code: String,
    error: StoreError,
}

impl Failure {
    /// Another write is under way; it has not won.
    pub(super) fn is_conflict(&self) -> bool {
        self.status == Some(409)
    }

    /// A range begins behind the end of the object.
    pub(super) fn is_behind_the_end(&self) -> bool {
        self.status == Some(416)
    }

    /// The upload has ended, perhaps because an earlier attempt completed it.
    pub(super) fn is_upload_gone(&self) -> bool {
        self.code == "NoSuchUpload"
    }

    /// The server may have done what it was asked.
    pub(super) fn is_uncertain(&self) -> bool {
        self.status.is_none_or(|status| status >= 500)
    }

    pub(super) fn is_precondition(&self) -> bool {
        self.status == Some(412)
    }

    /// The object of an `If-Match` that is not there does not match, in all stores alike.
    pub(super) fn under(mut self, condition: &Condition) -> Self {
        let is_gone = self.error.kind() == StoreErrorKind::NotFound;
        if is_gone && matches!(condition, Condition::IfMatch(_)) {
            self.error = self.error.with_kind(StoreErrorKind::PreconditionFailed);
        }
        self
    }

    /// Named, because another `From` would leave the error of every closure to be written out.
    pub(super) fn into_error(self) -> StoreError {
        self.error
    }
}

/// The failure of a call; `what` says what could not be done with the object.
pub(super) fn failed<E>(what: &str, object: &str, error: SdkError<E, HttpResponse>) -> Failure
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    let Some(response) = error.raw_response() else {
        let kind = if is_about_credentials(&error) {
            StoreErrorKind::Credentials
        } else {
            StoreErrorKind::Unavailable
        };
        let message = format!("cannot {what} {object}: S3 gave no answer");
        let error = StoreError::new(kind, message).caused_by(error);
        return Failure { status: None, code: String::new(), error };
    };
    let status = response.status().as_u16();
    let service = error.as_service_error();
    let code = service.and_then(ProvideErrorMetadata::code).unwrap_or_default().to_owned();
    let kind = kind(status, &code);
    let shown = if code.is_empty() { "no code" } else { &code };
    let words = service.and_then(|service| words(service.meta()));
    let shown =
        words.map_or(format!("{shown} ({status})"), |words| format!("{shown} ({status}): {words}"));
    let message = match kind {
        StoreErrorKind::NotFound => format!("{object} is not there: {shown}"),
        StoreErrorKind::PreconditionFailed => {
            format!("{object} is there already, or was changed by another: {shown}")
        }
        _ => format!("cannot {what} {object}: {shown}"),
    };
    // The service's part of the error, without the headers and the body of the answer.
    let error = match error {
        SdkError::ServiceError(error) => StoreError::new(kind, message).caused_by(error.into_err()),
        error => StoreError::new(kind, message).caused_by(error),
    };
    Failure { status: Some(status), code, error }
}

/// What the service says, and by what it knows the request.
fn words(meta: &ErrorMetadata) -> Option<String> {
    let message = meta.message().map(|message| message.trim_end_matches('.').to_owned());
    let request = meta.request_id().map(|id| format!("request {id}"));
    let words: Vec<String> = message.into_iter().chain(request).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn kind(status: u16, code: &str) -> StoreErrorKind {
    match (status, code) {
        (_, "NoSuchBucket") => StoreErrorKind::NoSuchBucket,
        (_, "NoSuchUpload") => StoreErrorKind::Refused,
        (404, _) => StoreErrorKind::NotFound,
        (412, _) => StoreErrorKind::PreconditionFailed,
        (409, "ConditionalRequestConflict" | "OperationAborted") => StoreErrorKind::Conflict,
        (_, "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "ExpiredToken" | "InvalidToken") => {
            StoreErrorKind::Credentials
        }
        (403, _) => StoreErrorKind::AccessDenied,
        (_, "BadDigest" | "XAmzContentChecksumMismatch" | "InvalidDigest") => {
            StoreErrorKind::Damaged
        }
        (501, _) => StoreErrorKind::Unsupported,
        (_, "SlowDown" | "RequestTimeout") | (429 | 500..=599, _) => StoreErrorKind::Unavailable,
        _ => StoreErrorKind::Refused,
    }
}

/// The SDK has no kind for credentials that are missing; its words are all there is.
fn is_about_credentials(error: &(dyn StdError + 'static)) -> bool {
    chain(error).any(|error| {
        let text = error.to_string();
        text.contains("credential") || text.contains("no identity")
    })
}

/// An answer that broke off or does not have its checksum.
pub(super) fn broken(object: &str, error: ByteStreamError) -> StoreError {
    // The SDK does not give out the type of this error.
    let is_mismatch = chain(&error).any(|error| error.to_string().contains("checksum mismatch"));
    let (kind, why) = if is_mismatch {
        (StoreErrorKind::Damaged, "does not have its checksum")
    } else {
        (StoreErrorKind::Unavailable, "breaks off")
    };
    StoreError::new(kind, format!("what arrives of {object} {why}")).caused_by(error)
}

/// `None` when there is no such object.
pub(super) fn found<T>(result: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(failure) if failure.error.kind() == StoreErrorKind::NotFound => Ok(None),
        Err(failure) => Err(failure),
    }
}

fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}
