//! Objects in an S3 bucket.

mod error;
mod multipart;
mod nonce;

use crate::backend::{Backend, BoxFuture, Upload};
use crate::{Condition, ETag, ObjectMeta, ObjectReader, PutOptions, StoreError};
use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::ChecksumMode;
use bytes::Bytes;
use error::{failed, not_found_as_none};
use futures::stream;
use multipart::MultipartUpload;
use nonce::{NONCE, Nonce};
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
        let nonce = Nonce::for_condition(&options.condition);
        nonce
            .write(self, key, || async {
                let (if_none_match, if_match) = conditions(&options.condition);
                let answer = self
                    .client
                    .put_object()
                    .bucket(&self.bucket)
                    .key(key)
                    .set_if_none_match(if_none_match)
                    .set_if_match(if_match)
                    .set_content_type(options.content_type.clone())
                    .set_metadata(nonce.with(&options.metadata))
                    .body(ByteStream::from(content.clone()))
                    .send()
                    .await;
                let answer =
                    answer.map_err(|error| failed("write", &self.describe(key), &error))?;
                Ok(tag(answer.e_tag()))
            })
            .await
    }
}

/// `If-None-Match` and `If-Match`.
fn conditions(condition: &Condition) -> (Option<String>, Option<String>) {
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
            let answer = answer.map_err(|error| failed("read", &self.describe(key), &error));
            let Some(answer) = not_found_as_none(answer)? else { return Ok(None) };
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
                    let error = failed("read", &self.describe(key), &error);
                    // A range behind the end is an empty part, as in the other stores.
                    if range.is_some() && error::is_behind_the_end(&error) {
                        let meta = self.head(key).await?.ok_or(error)?;
                        return Ok(ObjectReader::new(meta, stream::empty()));
                    }
                    return Err(error);
                }
            };
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
            let answer = answer.map_err(|error| failed("list", &self.describe(prefix), &error))?;
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
            let answer = answer.map_err(|error| failed("delete", &self.describe(key), &error));
            not_found_as_none(answer).map(drop)
        })
    }
}
