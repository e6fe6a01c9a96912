//! A value on its way into an object: counted, hashed, compressed.

use crate::Encoding;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::io::Write;

/// The level of zstd: the one where its time still goes unseen beside that of the network.
const LEVEL: i32 = 3;

/// Takes the bytes of a value and gives those of its object.
pub(super) struct Encoder {
    len: u64,
    sha256: Sha256,
    zstd: Option<zstd::stream::write::Encoder<'static, Vec<u8>>>,
}

/// What is known of a value when all of it went through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Encoded {
    pub(super) len: u64,
    pub(super) sha256: [u8; 32],
}

impl Encoder {
    pub(super) fn new(encoding: Encoding) -> std::io::Result<Self> {
        let zstd = match encoding {
            Encoding::Identity => None,
            Encoding::Zstd => Some(zstd::stream::write::Encoder::new(Vec::new(), LEVEL)?),
        };
        Ok(Self { len: 0, sha256: Sha256::new(), zstd })
    }

    /// The bytes of the object that this piece of the value gives, perhaps none yet.
    pub(super) fn push(&mut self, value: Bytes) -> std::io::Result<Bytes> {
        self.len += value.len() as u64;
        self.sha256.update(&value);
        let Some(zstd) = &mut self.zstd else { return Ok(value) };
        zstd.write_all(&value)?;
        Ok(std::mem::take(zstd.get_mut()).into())
    }

    /// The last bytes of the object, and what is known of the value.
    pub(super) fn finish(self) -> std::io::Result<(Bytes, Encoded)> {
        let encoded = Encoded { len: self.len, sha256: self.sha256.finalize().into() };
        let rest = match self.zstd {
            Some(zstd) => zstd.finish()?,
            None => Vec::new(),
        };
        Ok((rest.into(), encoded))
    }
}
