//! URLs by which others read and write objects without credentials of their own.

use super::download::check_range;
use super::{ObjectPlace, request};
use crate::{AttributeOptions, BlobKind, BlobPointer, Encoding, OffloadError, OffloadErrorKind};
use aws_sdk_s3::Client;
use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::ops::Range;
use std::time::{Duration, SystemTime};

/// A request that reads a value, or some bytes of one that is not compressed, for `expires_in`, of
/// which S3 takes 7 days at most. Of a value that is compressed it gives the stored bytes.
///
/// The range stands in a header that is signed: whoever sends the request has to send it too.
/// Whoever holds the URL reads the object even after the item got another value, until the collector
/// deletes it.
///
/// # Errors
/// [`InvalidInput`](OffloadErrorKind::InvalidInput) for a time or a range that cannot be, and
/// [`S3`](OffloadErrorKind::S3) when the client has no credentials.
pub async fn presign_get(
    s3: &Client,
    pointer: &BlobPointer,
    range: Option<Range<u64>>,
    expires_in: Duration,
) -> Result<PresignedRequest, OffloadError> {
    let mut call = s3.get_object().bucket(&pointer.bucket).key(&pointer.key);
    if let Some(range) = range {
        check_range(pointer, &range)?;
        call = call.range(format!("bytes={}-{}", range.start, range.end - 1));
    }
    let request = call.presigned(expiry(expires_in)?).await;
    request.map_err(|error| OffloadError::s3("signing a request", error))
}

/// What will be uploaded by a signed request.
#[derive(Clone, Debug)]
pub struct ExpectedBody {
    /// Its length in bytes; one `PutObject` takes 5 GiB at most.
    pub len: u64,
    /// Its SHA-256.
    pub sha256: [u8; 32],
    /// What the bytes are to the item.
    pub kind: BlobKind,
}

/// An upload that somebody else is to do.
#[derive(Debug)]
#[non_exhaustive]
pub struct PresignedUpload {
    /// The request: its headers are signed, and the sender has to send them all.
    pub request: PresignedRequest,
    /// The pointer to commit once [`confirm_upload`] has found the object.
    pub pointer: BlobPointer,
    /// The last moment at which the pointer may be written.
    pub deadline: SystemTime,
}

/// A request by which somebody else uploads a body that is known by its length and SHA-256, once,
/// to a key that is new. S3 refuses other bytes, and a second object.
///
/// `now` and `write_deadline` are those of the writer that will commit the pointer: the deadline
/// counts from now, because from now on the object may be there.
///
/// # Errors
/// [`InvalidInput`](OffloadErrorKind::InvalidInput) for a time that cannot be, or one that passes
/// the write deadline, and [`S3`](OffloadErrorKind::S3) when the client has no credentials.
///
/// ```
/// use ddbkit_offload::body::{ExpectedBody, ObjectPlace, confirm_upload, presign_put};
/// use ddbkit_offload::{AttributeOptions, BlobKind, OffloadErrorKind};
/// use std::time::{Duration, SystemTime};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// # let servers = ddbkit_testkit::backend().await;
/// # let key = ddbkit_testkit::KeySchema::hash("url", aws_sdk_dynamodb::types::ScalarAttributeType::S);
/// # let (table, bucket) = (servers.table("pages", key).await, servers.bucket().await);
/// # let (dynamodb, s3) = (servers.dynamodb.clone(), servers.s3.clone());
/// // What the browser says that it will send.
/// let body = ExpectedBody { len: 5, sha256: [0xab; 32], kind: BlobKind::Binary };
/// let place = ObjectPlace::new(&bucket, "films/2");
/// let hour = Duration::from_secs(3600);
/// let times = (SystemTime::now(), hour);
/// let upload = presign_put(&s3, &place, &body, &AttributeOptions::new(), hour, times).await?;
/// assert_eq!(upload.request.method(), "PUT");
///
/// // The pointer is written when the object is there, and only then.
/// let nobody_sent_it = confirm_upload(&s3, &upload.pointer).await.unwrap_err();
/// assert_eq!(nobody_sent_it.kind(), OffloadErrorKind::Dangling);
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
pub async fn presign_put(
    s3: &Client,
    place: &ObjectPlace,
    body: &ExpectedBody,
    options: &AttributeOptions,
    expires_in: Duration,
    (now, write_deadline): (SystemTime, Duration),
) -> Result<PresignedUpload, OffloadError> {
    if expires_in > write_deadline {
        let (expires, deadline) = (expires_in.as_secs(), write_deadline.as_secs());
        let message = format!(
            "a signed upload of {expires} s outlives the write deadline of {deadline} s: its object could not be committed"
        );
        return Err(OffloadError::new(OffloadErrorKind::InvalidInput, message));
    }
    let call = s3.put_object().bucket(&place.bucket).key(&place.key);
    let call = request::put(call, options)
        .if_none_match("*")
        .set_content_length(i64::try_from(body.len).ok())
        .checksum_sha256(STANDARD.encode(body.sha256));
    let request = call.presigned(expiry(expires_in)?).await;
    let request = request.map_err(|error| OffloadError::s3("signing a request", error))?;
    let pointer = BlobPointer {
        bucket: place.bucket.clone(),
        key: place.key.clone(),
        stored_len: body.len,
        len: body.len,
        sha256: body.sha256,
        encoding: Encoding::Identity,
        kind: body.kind,
        content_type: options.content_type.clone(),
    };
    Ok(PresignedUpload { request, pointer, deadline: now + write_deadline })
}

/// Proves that an object is there with the length of its pointer; that its bytes are those of the
/// pointer S3 has checked when it took them.
///
/// # Errors
/// [`Dangling`](OffloadErrorKind::Dangling) when nobody has uploaded it yet,
/// [`Corrupt`](OffloadErrorKind::Corrupt) when its length is another, and
/// [`S3`](OffloadErrorKind::S3).
pub async fn confirm_upload(s3: &Client, pointer: &BlobPointer) -> Result<(), OffloadError> {
    let name = ObjectPlace::new(&pointer.bucket, &pointer.key);
    let head = s3.head_object().bucket(&pointer.bucket).key(&pointer.key).send().await;
    let head = head.map_err(|error| match error.as_service_error() {
        Some(service) if service.is_not_found() => {
            let message = format!("{name} is not there: it was not uploaded");
            OffloadError::caused(OffloadErrorKind::Dangling, message, error)
        }
        _ => OffloadError::s3(format!("looking for {name}"), error),
    })?;
    if head.content_length.and_then(|len| u64::try_from(len).ok()) == Some(pointer.stored_len) {
        return Ok(());
    }
    let message = format!("{name} has another length than its pointer says");
    Err(OffloadError::new(OffloadErrorKind::Corrupt, message))
}

fn expiry(expires_in: Duration) -> Result<PresigningConfig, OffloadError> {
    PresigningConfig::expires_in(expires_in).map_err(|error| {
        let message = format!("a request cannot be signed for {} s", expires_in.as_secs());
        OffloadError::caused(OffloadErrorKind::InvalidInput, message, error)
    })
}
