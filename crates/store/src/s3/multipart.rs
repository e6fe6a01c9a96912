//! Objects that are written piece by piece.

use super::error::failed;
use super::nonce::{Nonce, without_nonce};
use super::{S3Backend, conditions, tag};
use crate::backend::{Backend, BoxFuture, Upload};
use crate::{ETag, PutOptions, StoreError, StoreErrorKind};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use bytes::{Bytes, BytesMut};

/// Parts begin with this size, which bounds the memory of a small object, and double every thousand
/// parts, so that the 10,000 parts of S3 hold the 5 TB that an object may have.
const PART: usize = 8 * 1024 * 1024;
const PARTS_OF_ONE_SIZE: usize = 1000;

/// Holds one part in memory. What fits one part goes as a single put.
#[derive(Debug)]
pub(super) struct MultipartUpload {
    backend: S3Backend,
    key: String,
    options: PutOptions,
    nonce: Nonce,
    part: BytesMut,
    started: Option<Started>,
    failed: bool,
}

/// An upload that S3 knows of. Dropped before its end it is aborted in the background, as far as
/// there still is a runtime; a lifecycle rule for incomplete uploads catches the rest.
#[derive(Debug)]
struct Started {
    backend: S3Backend,
    key: String,
    id: String,
    parts: Vec<CompletedPart>,
    ended: bool,
}

impl MultipartUpload {
    pub(super) fn new(backend: S3Backend, key: String, options: PutOptions) -> Self {
        // An upload that is completed twice is unknown the second time, whatever its condition.
        let nonce = Nonce::random();
        let options = without_nonce(options);
        let (part, started) = (BytesMut::new(), None);
        Self { backend, key, options, nonce, part, started, failed: false }
    }

    fn part_size(&self) -> usize {
        let parts = self.started.as_ref().map_or(0, |started| started.parts.len());
        PART << (parts / PARTS_OF_ONE_SIZE).min(9)
    }

    fn describe(&self) -> String {
        self.backend.describe(&self.key)
    }

    async fn append(&mut self, bytes: Bytes) -> Result<(), StoreError> {
        if self.failed {
            let message = format!("cannot write {}: an earlier write failed", self.describe());
            return Err(StoreError::new(StoreErrorKind::Io, message));
        }
        // Until the end of this call; a drop within it must not leave a hole.
        self.failed = true;
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let size = self.part_size();
            let room = size.saturating_sub(self.part.len()).min(rest.len());
            let (now, later) = rest.split_at(room);
            self.part.extend_from_slice(now);
            rest = later;
            if self.part.len() >= size {
                self.send_part().await?;
            }
        }
        self.failed = false;
        Ok(())
    }

    async fn send_part(&mut self) -> Result<(), StoreError> {
        let object = self.describe();
        let started = match &mut self.started {
            Some(started) => started,
            none => {
                let create = self.backend.client.create_multipart_upload();
                let answer = create
                    .bucket(&self.backend.bucket)
                    .key(&self.key)
                    .set_content_type(self.options.content_type.clone())
                    .set_metadata(self.nonce.with(&self.options.metadata))
                    // The SDK sends this checksum with each part; some servers then want it named.
                    .checksum_algorithm(ChecksumAlgorithm::Crc32)
                    .send()
                    .await
                    .map_err(|error| failed("write", &object, &error))?;
                none.insert(Started {
                    backend: self.backend.clone(),
                    key: self.key.clone(),
                    id: answer.upload_id.unwrap_or_default(),
                    parts: Vec::new(),
                    ended: false,
                })
            }
        };
        let number = i32::try_from(started.parts.len() + 1).unwrap_or(i32::MAX);
        let answer = self
            .backend
            .client
            .upload_part()
            .bucket(&self.backend.bucket)
            .key(&self.key)
            .upload_id(&started.id)
            .part_number(number)
            .body(ByteStream::from(self.part.split().freeze()))
            .send()
            .await
            .map_err(|error| failed("write", &object, &error))?;
        let part = CompletedPart::builder()
            .part_number(number)
            .set_e_tag(answer.e_tag)
            .set_checksum_crc32(answer.checksum_crc32)
            .set_checksum_crc32_c(answer.checksum_crc32_c)
            .set_checksum_crc64_nvme(answer.checksum_crc64_nvme)
            .set_checksum_sha1(answer.checksum_sha1)
            .set_checksum_sha256(answer.checksum_sha256);
        started.parts.push(part.build());
        Ok(())
    }

    async fn complete(mut self) -> Result<ETag, StoreError> {
        if self.failed {
            return self.append(Bytes::new()).await.map(|()| ETag::new(""));
        }
        if self.started.is_none() {
            return self.backend.put_whole(&self.key, self.part.freeze(), &self.options).await;
        }
        if !self.part.is_empty() {
            self.send_part().await?;
        }
        let Some(mut started) = self.started.take() else {
            let message = format!("cannot write {}: the upload was lost", self.describe());
            return Err(StoreError::new(StoreErrorKind::Io, message));
        };
        let parts = CompletedMultipartUpload::builder().set_parts(Some(started.parts.clone()));
        let parts = parts.build();
        let complete = || async {
            let (if_none_match, if_match) = conditions(&self.options.condition);
            let answer = self
                .backend
                .client
                .complete_multipart_upload()
                .bucket(&self.backend.bucket)
                .key(&self.key)
                .upload_id(&started.id)
                .multipart_upload(parts.clone())
                .set_if_none_match(if_none_match)
                .set_if_match(if_match)
                .send()
                .await;
            let answer = answer.map_err(|error| failed("write", &self.describe(), &error))?;
            Ok(tag(answer.e_tag()))
        };
        let result = self.nonce.write(&self.backend, &self.key, complete).await;
        if result.is_ok() {
            started.ended = true;
        }
        result
    }
}

impl Started {
    async fn abort(&mut self) -> Result<(), StoreError> {
        self.ended = true;
        let call = self.backend.client.abort_multipart_upload().bucket(&self.backend.bucket);
        let answer = call.key(&self.key).upload_id(&self.id).send().await;
        let object = self.backend.describe(&self.key);
        answer.map(drop).map_err(|error| failed("clean up the upload of", &object, &error))
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        self.ended = true;
        let call = self.backend.client.abort_multipart_upload().bucket(&self.backend.bucket);
        let call = call.key(&self.key).upload_id(&self.id);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { call.send().await.map(drop) });
        }
    }
}

impl Upload for MultipartUpload {
    fn write(&mut self, bytes: Bytes) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(self.append(bytes))
    }

    fn finish(self: Box<Self>) -> BoxFuture<'static, Result<ETag, StoreError>> {
        Box::pin(self.complete())
    }

    fn abort(mut self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(async move {
            match &mut self.started {
                Some(started) => started.abort().await,
                None => Ok(()),
            }
        })
    }
}
