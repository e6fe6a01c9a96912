//! The value in the bytes of an object: decompressed within bounds, counted, hashed.

use crate::Encoding;
use bytes::{Buf, Bytes};
use sha2::{Digest, Sha256};
use std::io;
use zstd::stream::raw::{Decoder as Zstd, InBuffer, Operation, OutBuffer};

/// A piece of a decompressed value has at most so many bytes.
const PIECE: usize = 256 * 1024;

/// Takes the stored bytes and gives those of the value.
pub(super) struct Decoder {
    zstd: Option<Zstd<'static>>,
    /// Stored bytes that were not decoded yet.
    input: Bytes,
    /// Whether the compressed data ended where the input did.
    at_end: bool,
    len: u64,
    expected_len: u64,
    sha256: Sha256,
}

impl Decoder {
    pub(super) fn new(encoding: Encoding, expected_len: u64) -> io::Result<Self> {
        let zstd = match encoding {
            Encoding::Identity => None,
            Encoding::Zstd => Some(Zstd::new()?),
        };
        let (input, sha256) = (Bytes::new(), Sha256::new());
        Ok(Self { zstd, input, at_end: false, len: 0, expected_len, sha256 })
    }

    /// Gives it stored bytes; those before must have been decoded.
    pub(super) fn feed(&mut self, stored: Bytes) {
        self.input = stored;
    }

    /// The next piece of the value, `None` when more stored bytes are needed.
    pub(super) fn next(&mut self) -> io::Result<Option<Bytes>> {
        let piece = match &mut self.zstd {
            None => std::mem::take(&mut self.input),
            Some(zstd) => decompress(zstd, &mut self.input, &mut self.at_end)?,
        };
        if piece.is_empty() {
            return Ok(None);
        }
        self.len += piece.len() as u64;
        if self.len > self.expected_len {
            return Err(io::Error::other("the value is longer than its pointer says"));
        }
        self.sha256.update(&piece);
        Ok(Some(piece))
    }

    /// Proves that what was decoded is the value.
    pub(super) fn finish(self, sha256: &[u8; 32]) -> Result<(), &'static str> {
        if self.zstd.is_some() && !self.at_end {
            return Err("breaks off within its compressed data");
        }
        if self.len != self.expected_len {
            return Err("holds a value that is shorter than its pointer says");
        }
        if self.sha256.finalize()[..] != sha256[..] {
            return Err("does not have the SHA-256 of its pointer");
        }
        Ok(())
    }
}

/// A piece; empty when the input is used up.
fn decompress(zstd: &mut Zstd<'_>, input: &mut Bytes, at_end: &mut bool) -> io::Result<Bytes> {
    let mut piece = vec![0; PIECE];
    loop {
        let mut from = InBuffer::around(&input[..]);
        let mut to = OutBuffer::around(&mut piece[..]);
        let hint = zstd.run(&mut from, &mut to)?;
        let (used, made) = (from.pos(), to.pos());
        input.advance(used);
        if (used, made) == (0, 0) {
            return Ok(Bytes::new());
        }
        *at_end = hint == 0;
        if made > 0 {
            piece.truncate(made);
            return Ok(piece.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(encoding: Encoding, stored: &[u8], value: &[u8], step: usize) -> Result<(), String> {
        let mut decoder = Decoder::new(encoding, value.len() as u64).unwrap();
        let mut bytes = Vec::new();
        for chunk in stored.chunks(step) {
            decoder.feed(Bytes::copy_from_slice(chunk));
            while let Some(piece) = decoder.next().map_err(|error| error.to_string())? {
                assert!(piece.len() <= PIECE.max(step));
                bytes.extend_from_slice(&piece);
            }
        }
        decoder.finish(&Sha256::digest(value).into())?;
        assert!(bytes == value);
        Ok(())
    }

    #[test]
    fn a_value_comes_out_as_it_went_in() {
        let value: Vec<u8> = (0..2_000_000_u32).map(|n| (n / 7).to_le_bytes()[0]).collect();
        let zstd = zstd::encode_all(&value[..], 3).unwrap();
        for step in [1_000, 1 << 20] {
            decode(Encoding::Identity, &value, &value, step).unwrap();
            decode(Encoding::Zstd, &zstd, &value, step).unwrap();
        }
        decode(Encoding::Zstd, &zstd::encode_all(&b""[..], 3).unwrap(), b"", 1).unwrap();
    }

    #[test]
    fn a_bomb_is_stopped_where_the_value_should_end() {
        let bomb = zstd::encode_all(io::Read::take(io::repeat(0), 1 << 24), 3).unwrap();
        let error = decode(Encoding::Zstd, &bomb, &[0; 1000], 1 << 20).unwrap_err();
        assert!(error.contains("longer"), "{error}");
    }

    #[test]
    fn what_is_not_the_value_is_found() {
        let value = vec![5; 100_000];
        let zstd = zstd::encode_all(&value[..], 3).unwrap();
        let cut = &zstd[..zstd.len() - 1];
        assert!(decode(Encoding::Zstd, cut, &value, 10).unwrap_err().contains("breaks off"));
        let shorter = decode(Encoding::Identity, &value[1..], &value, 10).unwrap_err();
        assert!(shorter.contains("shorter"), "{shorter}");
        let mut other = value.clone();
        other[7] = 6;
        let error = decode(Encoding::Identity, &other, &value, 10).unwrap_err();
        assert!(error.contains("SHA-256"), "{error}");
    }
}
