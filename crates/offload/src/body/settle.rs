//! What has become of a write whose answer does not tell.

use super::ObjectPlace;
use crate::{OffloadError, OffloadErrorKind};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::head_object::HeadObjectError;
use std::error::Error as StdError;

/// The metadata by which a write is known again: a repetition of it by the SDK meets the object of
/// the first attempt, and is refused.
pub(super) const NONCE: &str = "ddbkit-write";

/// What an answer of S3 to a conditional write says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// There is an object of this key: 412.
    Exists,
    /// Another write of this key is under way: 409. Of an upload S3 keeps nothing then.
    Conflict,
    /// Nothing was heard, or the server failed: the object may be there.
    Unknown,
    /// It was refused.
    Refused,
}

impl Answer {
    pub(super) fn of<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Self {
        let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
        match (error.raw_response().map(|answer| answer.status().as_u16()), code) {
            (Some(412), _) => Self::Exists,
            (Some(409), _) => Self::Conflict,
            // An upload is gone when its completion was carried out before.
            (None | Some(500..), _) | (_, Some("NoSuchUpload")) => Self::Unknown,
            _ => Self::Refused,
        }
    }
}

/// Takes the error of a conditional write for success when the object is that of this write; an
/// empty nonce says that the one of this write is not known.
pub(super) async fn settle<E>(
    s3: &Client,
    place: &ObjectPlace,
    nonce: &str,
    error: SdkError<E, HttpResponse>,
) -> Result<(), OffloadError>
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    let answer = Answer::of(&error);
    if answer == Answer::Refused {
        return Err(OffloadError::s3(format!("the upload of {place}"), error));
    }
    let head = s3.head_object().bucket(&place.bucket).key(&place.key).send().await;
    let found = match head {
        Ok(head) => Some(head),
        Err(failed) if failed.as_service_error().is_some_and(HeadObjectError::is_not_found) => None,
        Err(failed) => {
            let message = format!("whether {place} was written is not known: the upload");
            return Err(OffloadError::s3(message, failed));
        }
    };
    let is_own = found.as_ref().and_then(|head| head.metadata()).is_some_and(|metadata| {
        metadata.iter().any(|(name, value)| name.eq_ignore_ascii_case(NONCE) && value == nonce)
    });
    match answer {
        _ if is_own => Ok(()),
        _ if found.is_some() && nonce.is_empty() => {
            let message = format!("whether {place} is of this upload is not known: take a new key");
            Err(OffloadError::caused(OffloadErrorKind::Ambiguous, message, error))
        }
        _ if found.is_some() => {
            let message =
                format!("{place} is there already and was written by another: take a new key");
            Err(OffloadError::caused(OffloadErrorKind::ConditionFailed, message, error))
        }
        Answer::Conflict => {
            let message = format!(
                "another write of {place} was under way, and S3 gave up this one: begin again with a new key"
            );
            Err(OffloadError::caused(OffloadErrorKind::ConditionFailed, message, error))
        }
        _ => Err(OffloadError::s3(format!("the upload of {place}"), error)),
    }
}
