//! Values that `pynamodb_mate` has stored.

use super::ForeignText;
use crate::body::{BodyStream, ObjectPlace, download_range};
use crate::{BlobKind, BlobPointer, Encoding, OffloadError, OffloadErrorKind};
use aws_sdk_s3::Client;
use aws_sdk_s3::operation::head_object::HeadObjectError;
use bytes::Bytes;
use futures::stream::{self, StreamExt};
use md5::{Digest, Md5};

/// Reads the value that a text of `pynamodb_mate` leads to. Its MD5 is proven at the end of the stream;
/// an answer that breaks off is asked for again from where it broke. Memory: one piece of the answer.
///
/// # Errors
/// [`Dangling`](OffloadErrorKind::Dangling) when the object is gone, which that library does not
/// exclude; [`Corrupt`](OffloadErrorKind::Corrupt) when it has another MD5, and
/// [`S3`](OffloadErrorKind::S3).
pub async fn download(s3: &Client, text: &ForeignText) -> Result<BodyStream, OffloadError> {
    let place = ObjectPlace::new(&text.bucket, &text.key);
    let head = s3.head_object().bucket(&text.bucket).key(&text.key).send().await;
    let head = head.map_err(|error| {
        if error.as_service_error().is_some_and(HeadObjectError::is_not_found) {
            let message = format!("{place} is gone");
            return OffloadError::caused(OffloadErrorKind::Dangling, message, error);
        }
        OffloadError::s3(format!("looking for {place}"), error)
    })?;
    let len = head.content_length.and_then(|len| u64::try_from(len).ok()).unwrap_or_default();
    let pointer = BlobPointer {
        bucket: text.bucket.clone(),
        key: text.key.clone(),
        stored_len: len,
        len,
        // Not known, and not asked for: the MD5 is.
        sha256: [0; 32],
        encoding: Encoding::Identity,
        kind: BlobKind::Binary,
        content_type: None,
    };
    let pieces = match len {
        0 => BodyStream::new(stream::empty()),
        len => download_range(s3, &pointer, 0..len).await?,
    };
    let proven = Proven { pieces, md5: Md5::new(), expected: text.md5, place };
    Ok(BodyStream::new(stream::try_unfold(Some(proven), |proven| async {
        let Some(proven) = proven else { return Ok(None) };
        proven.next().await
    })))
}

struct Proven {
    pieces: BodyStream,
    md5: Md5,
    expected: [u8; 16],
    place: ObjectPlace,
}

impl Proven {
    async fn next(mut self) -> Result<Option<(Bytes, Option<Self>)>, OffloadError> {
        if let Some(piece) = self.pieces.next().await.transpose()? {
            self.md5.update(&piece);
            return Ok(Some((piece, Some(self))));
        }
        if self.md5.finalize()[..] == self.expected[..] {
            return Ok(None);
        }
        let message = format!("{} does not have the MD5 of its key", self.place);
        Err(OffloadError::new(OffloadErrorKind::Corrupt, message))
    }
}
