//! Reads a body from its object.

use super::decoder::Decoder;
use super::object_reader::ObjectReader;
use crate::{BlobPointer, Encoding, OffloadError, OffloadErrorKind};
use aws_sdk_s3::Client;
use bytes::{Bytes, BytesMut};
use futures::stream::{BoxStream, Stream, StreamExt};
use std::fmt;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The bytes of a value, piece by piece. It is whole and right only when the stream has ended
/// without an error: the proof comes last.
pub struct BodyStream(BoxStream<'static, Result<Bytes, OffloadError>>);

impl BodyStream {
    pub(crate) fn new(
        pieces: impl Stream<Item = Result<Bytes, OffloadError>> + Send + 'static,
    ) -> Self {
        Self(pieces.boxed())
    }
}

impl Stream for BodyStream {
    type Item = Result<Bytes, OffloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(cx)
    }
}

impl fmt::Debug for BodyStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BodyStream").finish()
    }
}

/// Reads a value as a stream, with its length and SHA-256 proven at the end.
///
/// An answer that breaks off is asked for again from where it broke, five times in a row at most.
/// Memory: one piece of the answer and one of 256 KiB; a compressed value takes up to 128 MiB more,
/// the largest window that zstd accepts, and no more than the length in the pointer comes out of it.
///
/// ```
/// # async fn example(
/// #     s3: aws_sdk_s3::Client,
/// #     pointer: ddbkit_offload::BlobPointer,
/// # ) -> Result<(), ddbkit_offload::OffloadError> {
/// use futures::TryStreamExt as _;
///
/// let mut pieces = ddbkit_offload::body::download(&s3, &pointer).await?;
/// let mut read = 0;
/// while let Some(piece) = pieces.try_next().await? {
///     read += piece.len() as u64;
/// } // here the bytes are proven
/// assert_eq!(read, pointer.len);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Dangling`](OffloadErrorKind::Dangling) at once when the object is gone: the item may have got
/// another pointer meanwhile, read it again strongly. [`Corrupt`](OffloadErrorKind::Corrupt) when
/// its length or its bytes are others than the pointer says, and [`S3`](OffloadErrorKind::S3).
pub async fn download(s3: &Client, pointer: &BlobPointer) -> Result<BodyStream, OffloadError> {
    let reader = ObjectReader::open(s3, pointer, 0..pointer.stored_len).await?;
    let decoder = Decoder::new(pointer.encoding, pointer.len).map_err(|error| {
        OffloadError::caused(OffloadErrorKind::Io, "zstd does not start", error)
    })?;
    let download = Download { reader, decoder, pointer: pointer.clone() };
    let pieces = futures::stream::try_unfold(Some(download), |download| async {
        let Some(download) = download else { return Ok(None) };
        download.next().await
    });
    Ok(BodyStream::new(pieces))
}

/// Reads some bytes of a value that is stored as it is. Their number is proven; their content is
/// not, because the SHA-256 is that of the whole value.
///
/// # Errors
/// [`InvalidInput`](OffloadErrorKind::InvalidInput) when the value is compressed or the range does
/// not lie within it, and what [`download`] gives.
pub async fn download_range(
    s3: &Client,
    pointer: &BlobPointer,
    range: Range<u64>,
) -> Result<BodyStream, OffloadError> {
    check_range(pointer, &range)?;
    let reader = ObjectReader::open(s3, pointer, range).await?;
    Ok(BodyStream::new(reader.pieces()))
}

/// Whether these bytes can be asked for.
pub(super) fn check_range(pointer: &BlobPointer, range: &Range<u64>) -> Result<(), OffloadError> {
    let invalid = |message: String| Err(OffloadError::new(OffloadErrorKind::InvalidInput, message));
    if pointer.encoding != Encoding::Identity {
        return invalid("a value that is compressed has no ranges: read all of it".to_owned());
    }
    if range.is_empty() || range.end > pointer.len {
        let (Range { start, end }, len) = (range, pointer.len);
        return invalid(format!("bytes {start} to {end} do not lie in a value of {len} bytes"));
    }
    Ok(())
}

/// The bytes of an object, with its length proven and nothing else.
pub(crate) async fn stored(s3: &Client, pointer: &BlobPointer) -> Result<Bytes, OffloadError> {
    let mut reader = ObjectReader::open(s3, pointer, 0..pointer.stored_len).await?;
    let mut bytes = BytesMut::new();
    while let Some(piece) = reader.next().await? {
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes.freeze())
}

struct Download {
    reader: ObjectReader,
    decoder: Decoder,
    pointer: BlobPointer,
}

impl Download {
    /// The next piece, and what reads those after it.
    async fn next(mut self) -> Result<Option<(Bytes, Option<Self>)>, OffloadError> {
        loop {
            // Hashing and decompressing take too long for a thread that drives others.
            let work = move || {
                let piece = self.decoder.next();
                (self, piece)
            };
            let (own, piece) = tokio::task::spawn_blocking(work).await.map_err(|error| {
                OffloadError::caused(OffloadErrorKind::Io, "decoding broke off", error)
            })?;
            self = own;
            match piece {
                Ok(Some(piece)) => return Ok(Some((piece, Some(self)))),
                Ok(None) => {}
                Err(error) => {
                    let message = format!("{} cannot be decoded", self.name());
                    return Err(OffloadError::caused(OffloadErrorKind::Corrupt, message, error));
                }
            }
            match self.reader.next().await? {
                Some(stored) => self.decoder.feed(stored),
                None => return self.finish(),
            }
        }
    }

    fn finish(self) -> Result<Option<(Bytes, Option<Self>)>, OffloadError> {
        let name = self.name();
        let proof = self.decoder.finish(&self.pointer.sha256);
        proof
            .map(|()| None)
            .map_err(|why| OffloadError::new(OffloadErrorKind::Corrupt, format!("{name} {why}")))
    }

    fn name(&self) -> String {
        super::ObjectPlace::new(&self.pointer.bucket, &self.pointer.key).to_string()
    }
}
