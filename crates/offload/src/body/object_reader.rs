//! The stored bytes of an object, across connections that break.

use crate::{BlobPointer, OffloadError, OffloadErrorKind};
use aws_sdk_s3::Client;
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use futures::stream::{self, Stream};
use std::ops::Range;
use std::time::Duration;

/// How often in a row a download is begun again without a byte in between.
const ATTEMPTS: u32 = 5;

/// Reads a range of an object, and asks for the rest of it when an answer breaks off.
pub(super) struct ObjectReader {
    s3: Client,
    pointer: BlobPointer,
    left: Range<u64>,
    /// Of the first answer: the others must be of the same object.
    e_tag: Option<String>,
    body: Option<ByteStream>,
    failures: u32,
}

impl ObjectReader {
    /// Asks for the range, so that an object that is gone is told at once.
    pub(super) async fn open(
        s3: &Client,
        pointer: &BlobPointer,
        range: Range<u64>,
    ) -> Result<Self, OffloadError> {
        let (s3, pointer) = (s3.clone(), pointer.clone());
        let mut reader = Self { s3, pointer, left: range, e_tag: None, body: None, failures: 0 };
        reader.body = Some(reader.get().await?);
        Ok(reader)
    }

    /// The next bytes; `None` when the range was read.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, OffloadError> {
        loop {
            let body = match &mut self.body {
                _ if self.left.is_empty() => return Ok(None),
                Some(body) => body,
                None => {
                    let body = self.get().await?;
                    self.body.insert(body)
                }
            };
            let why = match body.next().await {
                Some(Ok(bytes)) if bytes.is_empty() => continue,
                Some(Ok(bytes)) if bytes.len() as u64 <= self.left.end - self.left.start => {
                    self.left.start += bytes.len() as u64;
                    self.failures = 0;
                    return Ok(Some(bytes));
                }
                Some(Ok(_)) => return Err(self.corrupt("is longer than its pointer says")),
                Some(Err(error)) => Some(error),
                None => None,
            };
            self.body = None;
            self.failures += 1;
            if self.failures == ATTEMPTS {
                let message = format!("reading {} broke off {ATTEMPTS} times", self.name());
                return Err(match why {
                    Some(error) => OffloadError::caused(OffloadErrorKind::S3, message, error),
                    None => OffloadError::new(OffloadErrorKind::S3, message),
                });
            }
            tokio::time::sleep(Duration::from_millis(50 << self.failures)).await;
        }
    }

    /// All pieces of the range.
    pub(super) fn pieces(self) -> impl Stream<Item = Result<Bytes, OffloadError>> + Send {
        stream::try_unfold(self, |mut reader| async {
            Ok(reader.next().await?.map(|piece| (piece, reader)))
        })
    }

    async fn get(&mut self) -> Result<ByteStream, OffloadError> {
        let whole = self.left == (0..self.pointer.stored_len);
        let range = (!whole)
            .then(|| format!("bytes={}-{}", self.left.start, self.left.end.saturating_sub(1)));
        let call = self.s3.get_object().bucket(&self.pointer.bucket).key(&self.pointer.key);
        let answer = call.set_range(range).set_if_match(self.e_tag.clone()).send().await;
        let answer = answer.map_err(|error| {
            let status = error.raw_response().map(|answer| answer.status().as_u16());
            let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
            match (status, code) {
                (_, Some("NoSuchKey")) => {
                    let message = format!("{} is gone", self.name());
                    OffloadError::caused(OffloadErrorKind::Dangling, message, error)
                }
                (Some(412), _) => {
                    let message = format!("{} was changed while it was read", self.name());
                    OffloadError::caused(OffloadErrorKind::Corrupt, message, error)
                }
                (Some(416), _) => self.corrupt("is shorter than its pointer says"),
                _ => OffloadError::s3(format!("reading {}", self.name()), error),
            }
        })?;
        let len = match (&answer.content_range, answer.content_length) {
            (Some(range), _) => range.rsplit('/').next().and_then(|len| len.parse().ok()),
            (None, len) => len.and_then(|len| u64::try_from(len).ok()),
        };
        if len != Some(self.pointer.stored_len) {
            return Err(self.corrupt("has another length than its pointer says"));
        }
        self.e_tag = answer.e_tag;
        Ok(answer.body)
    }

    fn corrupt(&self, why: &str) -> OffloadError {
        OffloadError::new(OffloadErrorKind::Corrupt, format!("{} {why}", self.name()))
    }

    fn name(&self) -> String {
        super::ObjectPlace::new(&self.pointer.bucket, &self.pointer.key).to_string()
    }
}
