//! An upload in parts: begun or gone on with, completed, aborted.

use super::settle::{NONCE, settle};
use super::{ObjectPlace, request};
use crate::{AttributeOptions, OffloadError, OffloadErrorKind};
use aws_sdk_s3::Client;
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::time::{Duration, SystemTime};

/// What is waited after each try to abort an upload that S3 still knows.
const ABORT_PAUSES: [Duration; 4] = [
    Duration::from_millis(50),
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
];

/// An upload that S3 knows of. Dropped before its end it is aborted in the background, unless it is
/// to be kept; what a kill leaves, the collector aborts.
#[derive(Debug)]
pub(super) struct Multipart {
    s3: Client,
    place: ObjectPlace,
    id: String,
    /// When S3 got to know it, as far as we know: the object will be as old as this.
    pub(super) initiated: SystemTime,
    nonce: String,
    /// The parts that were there before.
    stored: HashMap<i32, StoredPart>,
    /// Whether nothing has to be aborted: it was completed, or may have been, or is to be kept.
    keep: bool,
}

#[derive(Debug)]
struct StoredPart {
    len: u64,
    sha256: Option<String>,
    e_tag: Option<String>,
}

/// A part that S3 has.
#[derive(Debug)]
pub(super) struct SentPart {
    pub(super) part: CompletedPart,
    pub(super) len: u64,
    /// It was there before.
    pub(super) was_there: bool,
}

impl Multipart {
    /// Begins an upload. `now` is the time before the request: the deadline counts from it.
    pub(super) async fn begin(
        s3: &Client,
        place: &ObjectPlace,
        options: &AttributeOptions,
        now: SystemTime,
        keep: bool,
    ) -> Result<Self, OffloadError> {
        let nonce = new_nonce();
        let call = s3.create_multipart_upload().bucket(&place.bucket).key(&place.key);
        let call = call.checksum_algorithm(ChecksumAlgorithm::Sha256).metadata(NONCE, &nonce);
        let answer = request::create_upload(call, options).send().await;
        let answer = answer
            .map_err(|error| OffloadError::s3(format!("beginning the upload of {place}"), error))?;
        let id = answer.upload_id.unwrap_or_default();
        let (s3, place) = (s3.clone(), place.clone());
        Ok(Self { s3, place, id, initiated: now, nonce, stored: HashMap::new(), keep })
    }

    /// Goes on with an upload that is there.
    pub(super) async fn resume(
        s3: &Client,
        place: &ObjectPlace,
        unfinished: &UnfinishedUpload,
        keep: bool,
    ) -> Result<Self, OffloadError> {
        let mut upload = Self {
            s3: s3.clone(),
            place: place.clone(),
            id: unfinished.upload_id.clone(),
            initiated: unfinished.initiated,
            // The object of this upload carries a number that this process never knew: none.
            nonce: String::new(),
            stored: HashMap::new(),
            keep,
        };
        let mut marker = None;
        loop {
            let call = s3.list_parts().bucket(&place.bucket).key(&place.key);
            let call = call.upload_id(&upload.id).set_part_number_marker(marker.take());
            let answer = call.send().await.map_err(|error| {
                OffloadError::s3(format!("listing the parts of the upload of {place}"), error)
            })?;
            for part in answer.parts.into_iter().flatten() {
                let len = part.size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default();
                let stored = StoredPart { len, sha256: part.checksum_sha256, e_tag: part.e_tag };
                upload.stored.insert(part.part_number.unwrap_or_default(), stored);
            }
            marker = answer.next_part_number_marker;
            if answer.is_truncated != Some(true) || marker.is_none() {
                return Ok(upload);
            }
        }
    }

    /// A request that stores a part, unless S3 has it: then it has the same SHA-256. The future
    /// borrows nothing, so that parts can be sent at the same time.
    pub(super) fn send(
        &self,
        number: i32,
        bytes: Bytes,
    ) -> impl Future<Output = Result<SentPart, OffloadError>> + Send + 'static {
        let stored = self.stored.get(&number);
        let stored = stored.map(|part| (part.len, part.sha256.clone(), part.e_tag.clone()));
        let call = self.s3.upload_part().bucket(&self.place.bucket).key(&self.place.key);
        let call = call.upload_id(&self.id).part_number(number);
        let place = self.place.clone();
        async move {
            let len = bytes.len() as u64;
            let hashed = bytes.clone();
            let sha256 = tokio::task::spawn_blocking(move || Sha256::digest(&hashed)).await;
            let sha256 = STANDARD.encode(sha256.map_err(|error| {
                OffloadError::caused(OffloadErrorKind::Io, "hashing a part failed", error)
            })?);
            let part = CompletedPart::builder().part_number(number).checksum_sha256(&sha256);
            if let Some((stored_len, Some(stored), e_tag)) = stored
                && stored_len == len
                && stored == sha256
            {
                return Ok(SentPart { part: part.set_e_tag(e_tag).build(), len, was_there: true });
            }
            let call = call.checksum_sha256(sha256).body(ByteStream::from(bytes));
            let answer = call.send().await.map_err(|error| {
                OffloadError::s3(format!("sending part {number} of {place}"), error)
            })?;
            let part = part.set_e_tag(answer.e_tag).build();
            Ok(SentPart { part, len, was_there: false })
        }
    }

    /// Makes the object, if its key is new.
    pub(super) async fn complete(mut self, mut parts: Vec<SentPart>) -> Result<(), OffloadError> {
        parts.sort_by_key(|sent| sent.part.part_number);
        let len: u64 = parts.iter().map(|sent| sent.len).sum();
        let parts = parts.into_iter().map(|sent| sent.part).collect();
        let call = self.s3.complete_multipart_upload();
        let call = call.bucket(&self.place.bucket).key(&self.place.key).upload_id(&self.id);
        let call = call
            .if_none_match("*")
            .multipart_upload(CompletedMultipartUpload::builder().set_parts(Some(parts)).build())
            .set_mpu_object_size(i64::try_from(len).ok());
        // From here on the object may be there, and its upload is no longer ours to abort.
        let keep = std::mem::replace(&mut self.keep, true);
        let Err(error) = call.send().await else { return Ok(()) };
        let settled = settle(&self.s3, &self.place, &self.nonce, error).await;
        if settled.as_ref().is_err_and(|error| error.kind() == OffloadErrorKind::ConditionFailed) {
            self.keep = keep;
        }
        settled
    }

    /// Has S3 forget the parts, unless they are to be kept.
    ///
    /// A part that is on its way may be stored all the same: "it might be necessary to stop a given
    /// multipart upload multiple times" (`AbortMultipartUpload`, S3 API Reference). So it is stopped
    /// until S3 does not know it any more.
    pub(super) async fn abandon(mut self) {
        if std::mem::replace(&mut self.keep, true) {
            return;
        }
        for pause in ABORT_PAUSES {
            // What led here is the error to tell; what stays is aborted by the collector.
            let _ = self.abort().send().await;
            if self.is_forgotten().await {
                return;
            }
            tokio::time::sleep(pause).await;
        }
    }

    async fn is_forgotten(&self) -> bool {
        let call = self.s3.list_parts().bucket(&self.place.bucket).key(&self.place.key);
        let answer = call.upload_id(&self.id).send().await;
        answer.is_err_and(|error| error.code() == Some("NoSuchUpload"))
    }

    fn abort(
        &self,
    ) -> aws_sdk_s3::operation::abort_multipart_upload::builders::AbortMultipartUploadFluentBuilder
    {
        let call = self.s3.abort_multipart_upload().bucket(&self.place.bucket);
        call.key(&self.place.key).upload_id(&self.id)
    }
}

impl Drop for Multipart {
    fn drop(&mut self) {
        if !self.keep
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(self.abort().send());
        }
    }
}

/// A random number that stands in the metadata of an object.
pub(super) fn new_nonce() -> String {
    format!("{:032x}", fastrand::u128(..))
}

/// An upload that was begun and neither completed nor aborted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnfinishedUpload {
    /// The name that S3 gave it.
    pub upload_id: String,
    /// When it was begun, by the clock of S3. The object that it becomes is as old as this.
    pub initiated: SystemTime,
}

/// The unfinished uploads of one key, the newest first.
///
/// # Errors
/// When S3 cannot be asked.
pub async fn unfinished_uploads(
    s3: &Client,
    place: &ObjectPlace,
) -> Result<Vec<UnfinishedUpload>, OffloadError> {
    let mut found = Vec::new();
    let (mut key_marker, mut id_marker) = (None, None);
    loop {
        let call = s3.list_multipart_uploads().bucket(&place.bucket).prefix(&place.key);
        let call = call.set_key_marker(key_marker.take()).set_upload_id_marker(id_marker.take());
        let answer = call.send().await.map_err(|error| {
            OffloadError::s3(format!("listing the unfinished uploads of {place}"), error)
        })?;
        for upload in answer.uploads.into_iter().flatten() {
            if upload.key.as_deref() != Some(&place.key) {
                continue;
            }
            let initiated = upload.initiated.and_then(|time| SystemTime::try_from(time).ok());
            if let (Some(upload_id), Some(initiated)) = (upload.upload_id, initiated) {
                found.push(UnfinishedUpload { upload_id, initiated });
            }
        }
        (key_marker, id_marker) = (answer.next_key_marker, answer.next_upload_id_marker);
        if answer.is_truncated != Some(true) || key_marker.is_none() {
            break;
        }
    }
    found.sort_by_key(|upload| std::cmp::Reverse(upload.initiated));
    Ok(found)
}
