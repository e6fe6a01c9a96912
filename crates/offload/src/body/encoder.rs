//! A value on its way into an object: counted, hashed, compressed.

use crate::BlobKind;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// Takes the bytes of a value and gives those of its object.
pub(super) struct Encoder {
    len: u64,
    sha256: Sha256,
    /// Where the value has to be text.
    utf8: Option<Utf8>,
    zstd: Option<zstd::stream::write::Encoder<'static, Vec<u8>>>,
}

/// What is known of a value when all of it went through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Encoded {
    pub(super) len: u64,
    pub(super) sha256: [u8; 32],
}

impl Encoder {
    /// Compresses with zstd where a level is given.
    pub(super) fn new(zstd_level: Option<i32>, kind: BlobKind) -> io::Result<Self> {
        let encoder = |level| zstd::stream::write::Encoder::new(Vec::new(), level);
        let zstd = zstd_level.map(encoder).transpose()?;
        let utf8 = (kind == BlobKind::String).then(Utf8::default);
        Ok(Self { len: 0, sha256: Sha256::new(), utf8, zstd })
    }

    /// The bytes of the object that this piece of the value gives, perhaps none yet.
    pub(super) fn push(&mut self, value: Bytes) -> io::Result<Bytes> {
        self.len += value.len() as u64;
        self.sha256.update(&value);
        if !self.utf8.as_mut().is_none_or(|utf8| utf8.takes(&value)) {
            return Err(no_text());
        }
        let Some(zstd) = &mut self.zstd else { return Ok(value) };
        zstd.write_all(&value)?;
        Ok(std::mem::take(zstd.get_mut()).into())
    }

    /// The last bytes of the object, and what is known of the value.
    pub(super) fn finish(self) -> io::Result<(Bytes, Encoded)> {
        if self.utf8.is_some_and(|utf8| !utf8.unfinished.is_empty()) {
            return Err(no_text());
        }
        let encoded = Encoded { len: self.len, sha256: self.sha256.finalize().into() };
        let rest = match self.zstd {
            Some(zstd) => zstd.finish()?,
            None => Vec::new(),
        };
        Ok((rest.into(), encoded))
    }
}

/// A text that no reader could decode is not stored as one.
fn no_text() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the value is no UTF-8: store it as binary")
}

/// Checks that pieces are UTF-8 together.
#[derive(Debug, Default)]
struct Utf8 {
    /// The first bytes of a character that the next piece goes on with.
    unfinished: Vec<u8>,
}

impl Utf8 {
    fn takes(&mut self, piece: &[u8]) -> bool {
        let mut rest = piece;
        while !self.unfinished.is_empty() {
            let Some((first, behind)) = rest.split_first() else { return true };
            self.unfinished.push(*first);
            rest = behind;
            match std::str::from_utf8(&self.unfinished) {
                Ok(_) => self.unfinished.clear(),
                Err(error) if error.error_len().is_some() => return false,
                Err(_) => {}
            }
        }
        match std::str::from_utf8(rest) {
            Ok(_) => true,
            Err(error) if error.error_len().is_some() => false,
            Err(error) => {
                let unfinished = rest.get(error.valid_up_to()..).unwrap_or_default();
                self.unfinished.extend_from_slice(unfinished);
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_text(bytes: &[u8], step: usize) -> bool {
        let mut encoder = Encoder::new(None, BlobKind::String).unwrap();
        let mut pieces = bytes.chunks(step);
        pieces.all(|piece| encoder.push(Bytes::copy_from_slice(piece)).is_ok())
            && encoder.finish().is_ok()
    }

    #[test]
    fn text_is_known_however_it_is_cut() {
        let text = "a\u{e9}\u{20ac}\u{1f600}z".as_bytes();
        for step in 1..=text.len() {
            assert!(is_text(text, step), "{step}");
            assert!(!is_text(&text[..text.len() - 2], step));
            assert!(!is_text(&text[2..], step));
            assert!(!is_text(b"ab\xff\xffcd", step));
        }
        let binary = Encoder::new(None, BlobKind::Binary).unwrap().push(b"\xff"[..].into());
        assert_eq!(binary.unwrap(), &b"\xff"[..]);
    }
}
