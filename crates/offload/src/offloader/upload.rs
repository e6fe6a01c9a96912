//! The step *upload*: values become objects that are written once and never again.

use super::Offloader;
use super::plan::Upload;
use crate::{AttributeOptions, ItemKey, OffloadError, OffloadErrorKind, metadata};
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ChecksumAlgorithm;
use ddbkit_flow::RetryPolicy;
use futures::{StreamExt, TryStreamExt, stream};
use std::time::SystemTime;

/// How often a put that S3 calls a conflict is repeated.
const ATTEMPTS: u32 = 5;

impl Offloader {
    /// Uploads all values, a few at a time. What was uploaded when one fails stays: no item points to
    /// it, so the collector takes it.
    pub(crate) async fn upload_all(
        &self,
        key: &ItemKey,
        uploads: Vec<Upload>,
        deadline: SystemTime,
    ) -> Result<(), OffloadError> {
        let uploads = stream::iter(uploads.into_iter().map(|upload| self.put(key, upload)));
        let all = uploads.buffer_unordered(self.shared.concurrency).try_collect::<()>();
        match tokio::time::timeout(self.time_left(deadline)?, all).await {
            Ok(done) => done,
            Err(_) => Err(self.too_late()),
        }
    }

    async fn put(&self, key: &ItemKey, upload: Upload) -> Result<(), OffloadError> {
        let Upload { attribute, pointer, encoded } = upload;
        let default = AttributeOptions::default();
        let options = self.shared.attributes.get(&attribute).unwrap_or(&default);
        let metadata = metadata::of_object(key, &attribute, self.shared.clock.now(), options)?;
        let mut attempt = 0;
        loop {
            let put = self.shared.s3.put_object().bucket(&pointer.bucket).key(&pointer.key);
            let put = with_options(put, options)
                .set_metadata(Some(metadata.clone()))
                .if_none_match("*")
                .body(ByteStream::from(encoded.stored.clone()));
            let Err(error) = put.send().await else { return Ok(()) };
            match status(&error) {
                // Nobody else knows the key: an earlier attempt of this very put was carried out.
                Some(412) => return Ok(()),
                Some(409) if attempt < ATTEMPTS => {
                    tokio::time::sleep(RetryPolicy::default().delay(attempt)).await;
                    attempt += 1;
                }
                _ => {
                    let what = format!("uploading attribute {attribute:?} of {key}");
                    return Err(OffloadError::s3(what, error));
                }
            }
        }
    }

    /// The time until the deadline.
    pub(crate) fn time_left(
        &self,
        deadline: SystemTime,
    ) -> Result<std::time::Duration, OffloadError> {
        let left = deadline.duration_since(self.shared.clock.now()).unwrap_or_default();
        if left.is_zero() { Err(self.too_late()) } else { Ok(left) }
    }

    pub(crate) fn too_late(&self) -> OffloadError {
        let seconds = self.shared.ownership.timing.write_deadline.as_secs_f64();
        OffloadError::new(
            OffloadErrorKind::DeadlineExceeded,
            format!("more than {seconds} s since the upload began: start again"),
        )
    }
}

fn status<E>(error: &SdkError<E, aws_sdk_s3::config::http::HttpResponse>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

/// What the options say, in the request.
fn with_options(put: PutObjectFluentBuilder, options: &AttributeOptions) -> PutObjectFluentBuilder {
    let tags = options.tags.iter().map(|(name, value)| {
        let encoded = |text: &String| metadata::percent_encoded(text.as_bytes());
        format!("{}={}", encoded(name), encoded(value))
    });
    let tags: Vec<String> = tags.collect();
    put.set_content_type(options.content_type.clone())
        .set_server_side_encryption(options.encryption.clone())
        .set_ssekms_key_id(options.kms_key_id.clone())
        .set_bucket_key_enabled(options.bucket_key)
        .set_storage_class(options.storage_class.clone())
        .set_tagging((!tags.is_empty()).then(|| tags.join("&")))
        .checksum_algorithm(options.checksum.clone().unwrap_or(ChecksumAlgorithm::Sha256))
}
