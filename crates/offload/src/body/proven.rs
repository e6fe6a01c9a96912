//! Stored bytes on their way to another place, proven to be a value.

use super::BodyStream;
use super::decoder::Decoder;
use super::object_reader::ObjectReader;
use crate::{BlobPointer, OffloadError, OffloadErrorKind};
use aws_sdk_s3::Client;
use bytes::Bytes;
use futures::stream::{self, BoxStream, Stream, StreamExt};

/// The bytes of a pointer's object as they are stored, of which the value is proven at the end as in
/// [`download`](super::download). Memory is the same.
pub(crate) async fn stored_proven(
    s3: &Client,
    pointer: &BlobPointer,
) -> Result<BodyStream, OffloadError> {
    let reader = ObjectReader::open(s3, pointer, 0..pointer.stored_len).await?;
    let place = super::ObjectPlace::new(&pointer.bucket, &pointer.key).to_string();
    proven(reader.pieces(), pointer, place)
}

/// Gives the pieces on as they are. After the last comes an error when they were not the stored form
/// of the pointer's value; `place` is where they come from.
pub(crate) fn proven(
    pieces: impl Stream<Item = Result<Bytes, OffloadError>> + Send + 'static,
    pointer: &BlobPointer,
    place: String,
) -> Result<BodyStream, OffloadError> {
    let decoder = Decoder::new(pointer.encoding, pointer.len).map_err(|error| {
        OffloadError::caused(OffloadErrorKind::Io, "zstd does not start", error)
    })?;
    let proof = Proof { decoder, sha256: pointer.sha256, place };
    let state = Some((pieces.boxed(), proof));
    Ok(BodyStream::new(stream::try_unfold(state, |state| async {
        let Some((pieces, proof)) = state else { return Ok(None) };
        proof.next(pieces).await
    })))
}

type Pieces = BoxStream<'static, Result<Bytes, OffloadError>>;

struct Proof {
    decoder: Decoder,
    sha256: [u8; 32],
    place: String,
}

impl Proof {
    async fn next(
        mut self,
        mut pieces: Pieces,
    ) -> Result<Option<(Bytes, Option<(Pieces, Self)>)>, OffloadError> {
        let Some(piece) = pieces.next().await.transpose()? else {
            let Self { decoder, sha256, place } = self;
            return decoder.finish(&sha256).map(|()| None).map_err(|why| {
                OffloadError::new(OffloadErrorKind::Corrupt, format!("{place} {why}"))
            });
        };
        self.decoder.feed(piece.clone());
        // Hashing and decompressing take too long for a thread that drives others.
        let work = move || {
            let decoded = loop {
                match self.decoder.next() {
                    Ok(Some(_)) => {}
                    Ok(None) => break Ok(()),
                    Err(error) => break Err(error),
                }
            };
            (self, decoded)
        };
        let (own, decoded) = tokio::task::spawn_blocking(work).await.map_err(|error| {
            OffloadError::caused(OffloadErrorKind::Io, "decoding broke off", error)
        })?;
        decoded.map_err(|error| {
            let message = format!("{} cannot be decoded", own.place);
            OffloadError::caused(OffloadErrorKind::Corrupt, message, error)
        })?;
        Ok(Some((piece, Some((pieces, own)))))
    }
}
