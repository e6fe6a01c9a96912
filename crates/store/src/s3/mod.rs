//! Objects in an S3 bucket.

mod error;
mod multipart;
mod nonce;

use crate::backend::{Backend, BoxFuture, Upload};
use crate::object::NONCE;
use crate::{Condition, ETag, ObjectMeta, ObjectReader, PutOptions, StoreError, StoreErrorKind};
use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::ChecksumMode;
use bytes::Bytes;
use error::{Failure, failed, found};
use futures::stream;
use multipart::MultipartUpload;
use nonce::{Nonce, with_nonce};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::time::SystemTime;

#[derive(Clone, Debug)]
pub(crate) struct S3Backend {
    client: Client,
    bucket: String,
}

impl S3Backend {
    pub(crate) fn new(client: Client, bucket: String) -> Self {
        Self { client, bucket }
    }

    /// Writes an object in one request.
    async fn put_whole(
        &self,
        key: &str,
        content: Bytes,
        options: &PutOptions,
    ) -> Result<ETag, StoreError> {
        let condition = &options.condition;
        // Without a condition a repeated write does no harm and tells nothing.
        let nonce = (*condition != Condition::Always).then(Nonce::random);
        let put = || async {
            let (if_none_match, if_match) = headers(condition);
            let call = self.client.put_object().bucket(&self.bucket).key(key);
            let answer = call
                .set_if_none_match(if_none_match)
                .set_if_match(if_match)
                .set_content_type(options.content_type.clone())
                .set_metadata(with_nonce(&options.metadata, nonce.as_ref()))
                .body(ByteStream::from(content.clone()))
                .send()
                .await;
            answer
                .map(|answer| tag(answer.e_tag()))
                .map_err(|error| failed("write", &self.describe(key), error).under(condition))
        };
        match &nonce {
            Some(nonce) => nonce.settle(self, key, put).await,
            None => put().await.map_err(Failure::into_error),
        }
    }
}

/// `If-None-Match` and `If-Match`.
fn headers(condition: &Condition) -> (Option<String>, Option<String>) {
    match condition {
        Condition::Always => (None, None),
        Condition::IfAbsent => (Some("*".to_owned()), None),
        Condition::IfMatch(etag) => (None, Some(format!("\"{etag}\""))),
    }
}

fn tag(etag: Option<&str>) -> ETag {
    ETag::new(etag.unwrap_or_default().trim_matches('"'))
}

fn size(bytes: Option<i64>) -> u64 {
    bytes.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or_default()
}

fn time(time: Option<&DateTime>) -> Option<SystemTime> {
    time.and_then(|time| SystemTime::try_from(*time).ok())
}

/// User metadata without what this store put there.
fn metadata(metadata: Option<HashMap<String, String>>) -> BTreeMap<String, String> {
    let pairs = metadata.unwrap_or_default().into_iter();
    pairs
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .filter(|(n, _)| n != NONCE)
        .collect()
}

impl Backend for S3Backend {
    fn describe(&self, key: &str) -> String {
        match key {
            "" => format!("s3://{}", self.bucket),
            key => format!("s3://{}/{key}", self.bucket),
        }
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>, StoreError>> {
        Box::pin(async move {
            let answer = self.client.head_object().bucket(&self.bucket).key(key).send().await;
            let answer = answer.map_err(|error| failed("read", &self.describe(key), error));
            let found = found(answer).map_err(Failure::into_error)?;
            let Some(answer) = found else { return Ok(None) };
            Ok(Some(ObjectMeta {
                key: key.to_owned(),
                size: size(answer.content_length()),
                etag: tag(answer.e_tag()),
                modified: time(answer.last_modified()),
                metadata: metadata(answer.metadata),
            }))
        })
    }

    fn read<'a>(
        &'a self,
        key: &'a str,
        range: Option<Range<u64>>,
    ) -> BoxFuture<'a, Result<ObjectReader, StoreError>> {
        Box::pin(async move {
            let call = self.client.get_object().bucket(&self.bucket).key(key);
            let call = match &range {
                Some(range) => {
                    let last = range.end.saturating_sub(1);
                    call.range(format!("bytes={}-{last}", range.start))
                }
                // The checksum is of the whole object.
                None => call.checksum_mode(ChecksumMode::Enabled),
            };
            let answer = match call.send().await {
                Ok(answer) => answer,
                Err(error) => {
                    let failure = failed("read", &self.describe(key), error);
                    // A range behind the end is an empty part, as in the other stores.
                    if range.is_some() && failure.is_behind_the_end() {
                        let meta = self.head(key).await?.ok_or(failure.into_error())?;
                        return Ok(ObjectReader::new(meta, stream::empty()));
                    }
                    return Err(failure.into_error());
                }
            };
            if range.is_some() && answer.content_range().is_none() {
                let message = format!(
                    "cannot read a part of {}: the server gave all of it",
                    self.describe(key)
                );
                return Err(StoreError::new(StoreErrorKind::Unsupported, message));
            }
            let whole = answer.content_range().and_then(|range| range.rsplit('/').next());
            let whole = whole.and_then(|length| length.parse().ok());
            let meta = ObjectMeta {
                key: key.to_owned(),
                size: whole.unwrap_or_else(|| size(answer.content_length())),
                etag: tag(answer.e_tag()),
                modified: time(answer.last_modified()),
                metadata: metadata(answer.metadata),
            };
            let object = self.describe(key);
            let chunks = stream::try_unfold(answer.body, move |mut body| {
                let object = object.clone();
                async move {
                    let chunk = body.try_next().await;
                    let chunk = chunk.map_err(|error| error::broken(&object, error))?;
                    Ok(chunk.map(|chunk| (chunk, body)))
                }
            });
            Ok(ObjectReader::new(meta, chunks))
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        content: Bytes,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<ETag, StoreError>> {
        Box::pin(async move { self.put_whole(key, content, &options).await })
    }

    fn upload<'a>(
        &'a self,
        key: &'a str,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<Box<dyn Upload>, StoreError>> {
        Box::pin(async move {
            let upload: Box<dyn Upload> =
                Box::new(MultipartUpload::new(self.clone(), key.to_owned(), options));
            Ok(upload)
        })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<ObjectMeta>, StoreError>> {
        Box::pin(async move {
            let call = self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix);
            let answer = call.set_start_after(after.map(ToOwned::to_owned)).send().await;
            let answer = answer
                .map_err(|error| failed("list", &self.describe(prefix), error).into_error())?;
            let objects = answer.contents.unwrap_or_default().into_iter();
            let meta = objects.map(|object| ObjectMeta {
                size: size(object.size()),
                etag: tag(object.e_tag()),
                modified: time(object.last_modified()),
                metadata: BTreeMap::new(),
                key: object.key.unwrap_or_default(),
            });
            Ok(meta.collect())
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let answer = self.client.delete_object().bucket(&self.bucket).key(key).send().await;
            let answer = answer.map_err(|error| failed("delete", &self.describe(key), error));
            found(answer).map(drop).map_err(Failure::into_error)
        })
    }
}
