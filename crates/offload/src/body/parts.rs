//! Cuts a body into the parts of an upload.

use super::encoder::{Encoded, Encoder};
use bytes::{Buf, Bytes, BytesMut};
use futures::{Stream, StreamExt};
use std::io;

/// Below this a part grows as it fills, so that a small body takes little memory; from here on its
/// whole size is taken at once, because growing would take twice of it.
const SMALL: usize = 1 << 20;

/// One part of an object.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) bytes: Bytes,
    /// Nothing comes after it.
    pub(super) is_last: bool,
}

/// A body that is cut. Holds the part that is being filled, and the last piece of the body.
pub(super) struct Parts<S> {
    body: S,
    /// `None` when the body has ended.
    encoder: Option<Encoder>,
    /// What comes next, of the part that is full or the one after it.
    ahead: Bytes,
    encoded: Option<Encoded>,
}

impl<S> Parts<S>
where
    S: Stream<Item = io::Result<Bytes>> + Unpin,
{
    pub(super) fn new(body: S, encoder: Encoder) -> Self {
        Self { body, encoder: Some(encoder), ahead: Bytes::new(), encoded: None }
    }

    /// The next part; all but the last have this size. After the last there is none to ask for.
    pub(super) async fn next(&mut self, size: u64) -> io::Result<Part> {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let mut part = BytesMut::new();
        loop {
            if self.ahead.is_empty() {
                match self.encode_next().await? {
                    Some(bytes) => self.ahead = bytes,
                    None => return Ok(Part { bytes: part.freeze(), is_last: true }),
                }
                continue;
            }
            if part.len() == size {
                return Ok(Part { bytes: part.freeze(), is_last: false });
            }
            let now = self.ahead.len().min(size - part.len());
            if part.len() + now > SMALL && part.capacity() < size {
                part.reserve(size - part.len());
            }
            part.extend_from_slice(self.ahead.get(..now).unwrap_or_default());
            self.ahead.advance(now);
        }
    }

    /// What is known of the value, once its last part was given out.
    pub(super) fn encoded(&self) -> Option<Encoded> {
        self.encoded
    }

    /// The next bytes of the object, perhaps none; `None` at their end. Hashing and compressing
    /// take too long for a thread that drives others.
    async fn encode_next(&mut self) -> io::Result<Option<Bytes>> {
        let Some(mut encoder) = self.encoder.take() else { return Ok(None) };
        let value = self.body.next().await.transpose()?;
        let work = move || match value {
            Some(value) => encoder.push(value).map(|bytes| (bytes, Ok(encoder))),
            None => encoder.finish().map(|(bytes, encoded)| (bytes, Err(encoded))),
        };
        let (bytes, next) = tokio::task::spawn_blocking(work).await.map_err(io::Error::other)??;
        match next {
            Ok(encoder) => self.encoder = Some(encoder),
            Err(value) => self.encoded = Some(value),
        }
        Ok(Some(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BlobKind;
    use sha2::{Digest, Sha256};

    async fn cut(pieces: &[&'static [u8]], size: u64) -> (Vec<Bytes>, Encoded) {
        let body = futures::stream::iter(pieces.iter().map(|piece| Ok(Bytes::from_static(piece))));
        let mut parts = Parts::new(body, Encoder::new(None, BlobKind::Binary).unwrap());
        let mut cut = Vec::new();
        loop {
            let part = parts.next(size).await.unwrap();
            cut.push(part.bytes);
            if part.is_last {
                return (cut, parts.encoded().unwrap());
            }
        }
    }

    #[tokio::test]
    async fn parts_have_their_size_whatever_the_pieces() {
        let (parts, encoded) = cut(&[b"ab", b"", b"cdefgh", b"i"], 4).await;
        assert_eq!(parts, [&b"abcd"[..], b"efgh", b"i"]);
        assert_eq!(encoded.len, 9);
        assert_eq!(encoded.sha256, <[u8; 32]>::from(Sha256::digest(b"abcdefghi")));
    }

    #[tokio::test]
    async fn a_body_that_just_fills_a_part_is_one_part() {
        let (parts, _) = cut(&[b"abcd"], 4).await;
        assert_eq!(parts, [&b"abcd"[..]]);
        let (parts, encoded) = cut(&[], 4).await;
        assert_eq!(parts, [&b""[..]]);
        assert_eq!(encoded.len, 0);
    }

    #[tokio::test]
    async fn a_compressed_body_is_hashed_as_the_value() {
        let value = vec![7; 1 << 20];
        let body = futures::stream::iter(
            value.chunks(1000).map(|piece| Ok(Bytes::copy_from_slice(piece))),
        );
        let mut parts = Parts::new(body, Encoder::new(Some(3), BlobKind::Binary).unwrap());
        let part = parts.next(1 << 20).await.unwrap();
        assert!(part.is_last && part.bytes.len() < 1000);
        assert_eq!(zstd::decode_all(&part.bytes[..]).unwrap(), value);
        assert_eq!(parts.encoded().unwrap().sha256, <[u8; 32]>::from(Sha256::digest(&value)));
    }
}
