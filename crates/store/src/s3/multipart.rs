//! Objects that are written piece by piece.

use super::error::{Failure, failed};
use super::nonce::{Nonce, with_nonce};
use super::{S3Backend, headers, tag};
use crate::backend::{Backend, BoxFuture, Upload};
use crate::{Condition, ETag, PutOptions, StoreError, StoreErrorKind};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use bytes::{Bytes, BytesMut};

/// Parts begin with this size, which bounds the memory of a small object, and double every thousand
/// parts, so that the 10,000 parts of S3 hold more than 8 TB.
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
    has_failed: bool,
}

impl MultipartUpload {
    pub(super) fn new(backend: S3Backend, key: String, options: PutOptions) -> Self {
        let (nonce, part, started) = (Nonce::random(), BytesMut::new(), None);
        Self { backend, key, options, nonce, part, started, has_failed: false }
    }

    async fn append(&mut self, bytes: Bytes) -> Result<(), StoreError> {
        self.check()?;
        // Until the end of this call; a drop within it must not leave a hole.
        self.has_failed = true;
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let size = part_size(self.started.as_ref().map_or(0, |started| started.parts.len()));
            // A full part waits until there is more: alone it goes as a single put.
            if self.part.len() >= size {
                self.send_part_or_abort().await?;
                continue;
            }
            let (now, later) = rest.split_at((size - self.part.len()).min(rest.len()));
            self.part.extend_from_slice(now);
            rest = later;
        }
        self.has_failed = false;
        Ok(())
    }

    fn check(&self) -> Result<(), StoreError> {
        if !self.has_failed {
            return Ok(());
        }
        let object = self.backend.describe(&self.key);
        let message = format!("cannot write {object}: an earlier write failed");
        Err(StoreError::new(StoreErrorKind::Io, message))
    }

    async fn send_part_or_abort(&mut self) -> Result<(), StoreError> {
        let result = self.send_part().await;
        if result.is_err()
            && let Some(started) = self.started.take()
        {
            // The first error is the one to tell.
            let _ = started.abort().await;
        }
        result.map_err(Failure::into_error)
    }

    async fn send_part(&mut self) -> Result<(), Failure> {
        let body = self.part.split().freeze();
        if self.started.is_none() {
            self.started = Some(Started::begin(self).await?);
        }
        match &mut self.started {
            Some(started) => started.send(body).await,
            None => Ok(()),
        }
    }

    async fn complete(mut self) -> Result<ETag, StoreError> {
        self.check()?;
        if self.started.is_some() && !self.part.is_empty() {
            self.send_part_or_abort().await?;
        }
        let Some(mut started) = self.started.take() else {
            return self.backend.put_whole(&self.key, self.part.freeze(), &self.options).await;
        };
        let complete = || started.complete(&self.options.condition);
        let result = self.nonce.settle(&self.backend, &self.key, complete).await;
        match &result {
            Ok(_) => started.has_ended = true,
            // The first error is the one to tell.
            Err(_) => drop(started.abort().await),
        }
        result
    }
}

/// An upload that S3 knows of. Dropped before its end it is aborted in the background, as far as
/// there still is a runtime; a lifecycle rule for incomplete uploads catches the rest.
#[derive(Debug)]
struct Started {
    backend: S3Backend,
    key: String,
    id: String,
    parts: Vec<CompletedPart>,
    has_ended: bool,
}

impl Started {
    async fn begin(upload: &MultipartUpload) -> Result<Self, Failure> {
        let (backend, key) = (upload.backend.clone(), upload.key.clone());
        let call = backend.client.create_multipart_upload().bucket(&backend.bucket).key(&key);
        let answer = call
            .set_content_type(upload.options.content_type.clone())
            .set_metadata(with_nonce(&upload.options.metadata, Some(&upload.nonce)))
            .send()
            .await
            .map_err(|error| failed("write", &backend.describe(&key), error))?;
        let id = answer.upload_id.unwrap_or_default();
        Ok(Self { backend, key, id, parts: Vec::new(), has_ended: false })
    }

    async fn send(&mut self, body: Bytes) -> Result<(), Failure> {
        let number = i32::try_from(self.parts.len() + 1).unwrap_or(i32::MAX);
        let call = self.backend.client.upload_part().bucket(&self.backend.bucket).key(&self.key);
        let answer = call
            .upload_id(&self.id)
            .part_number(number)
            .body(ByteStream::from(body))
            .send()
            .await
            .map_err(|error| failed("write", &self.describe(), error))?;
        // Its tag and no checksum: the SDK protects a part on its way with a CRC-32, but begins the
        // upload without an algorithm, and a server may refuse to complete it with one.
        let part = CompletedPart::builder().part_number(number).set_e_tag(answer.e_tag);
        self.parts.push(part.build());
        Ok(())
    }

    async fn complete(&self, condition: &Condition) -> Result<ETag, Failure> {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(self.parts.clone()));
        let (if_none_match, if_match) = headers(condition);
        let call = self.backend.client.complete_multipart_upload();
        let answer = call
            .bucket(&self.backend.bucket)
            .key(&self.key)
            .upload_id(&self.id)
            .multipart_upload(parts.build())
            .set_if_none_match(if_none_match)
            .set_if_match(if_match)
            .send()
            .await;
        answer
            .map(|answer| tag(answer.e_tag()))
            .map_err(|error| failed("write", &self.describe(), error).under(condition))
    }

    async fn abort(mut self) -> Result<(), StoreError> {
        self.has_ended = true;
        let call = self.backend.client.abort_multipart_upload().bucket(&self.backend.bucket);
        match call.key(&self.key).upload_id(&self.id).send().await {
            Ok(_) => Ok(()),
            Err(error) => {
                let failure = failed("clean up the upload of", &self.describe(), error);
                if failure.is_upload_gone() { Ok(()) } else { Err(failure.into_error()) }
            }
        }
    }

    fn describe(&self) -> String {
        self.backend.describe(&self.key)
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if self.has_ended {
            return;
        }
        let call = self.backend.client.abort_multipart_upload().bucket(&self.backend.bucket);
        let call = call.key(&self.key).upload_id(&self.id);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(call.send());
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
            match self.started.take() {
                Some(started) => started.abort().await,
                None => Ok(()),
            }
        })
    }
}

/// The size of the part that comes after so many.
fn part_size(parts: usize) -> usize {
    PART << (parts / PARTS_OF_ONE_SIZE).min(9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_object_of_the_service_fits_its_parts() {
        let all: usize = (0..10_000).map(part_size).sum();
        assert!(all > 5 << 40, "{all}");
        assert_eq!(part_size(0), 8 << 20);
        // A part has at most 5 GiB.
        assert!(part_size(9_999) <= 5 << 30);
    }
}
