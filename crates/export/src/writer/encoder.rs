//! Compression of a data file, with the checksum of what comes out.

use crate::checksum::{Md5Hasher, Md5Sum};
use crate::{Compression, GZIP_LEVEL, ZSTD_LEVEL};
use bytes::Bytes;
use flate2::GzBuilder;
use flate2::write::GzEncoder;
use std::io::{self, Write};
use std::{fmt, mem};

/// Takes lines and gives compressed bytes; owned, so that it can move to a blocking thread.
pub(super) struct Encoder {
    codec: Codec,
    md5: Md5Hasher,
}

enum Codec {
    Gzip(GzEncoder<Vec<u8>>),
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
    None(Vec<u8>),
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder").finish_non_exhaustive()
    }
}

impl Encoder {
    pub(super) fn new(compression: Compression) -> io::Result<Self> {
        let codec = match compression {
            Compression::Gzip => {
                // As AWS writes it: no time, no name, unknown operating system.
                let level = flate2::Compression::new(GZIP_LEVEL);
                Codec::Gzip(GzBuilder::new().mtime(0).operating_system(0xff).write(vec![], level))
            }
            Compression::Zstd => {
                let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), ZSTD_LEVEL)?;
                encoder.include_checksum(true)?;
                Codec::Zstd(encoder)
            }
            Compression::None => Codec::None(Vec::new()),
        };
        Ok(Self { codec, md5: Md5Hasher::default() })
    }

    /// Compresses `input` and returns what is ready so far.
    pub(super) fn compress(&mut self, input: &[Bytes]) -> io::Result<Bytes> {
        for chunk in input {
            match &mut self.codec {
                Codec::Gzip(encoder) => encoder.write_all(chunk)?,
                Codec::Zstd(encoder) => encoder.write_all(chunk)?,
                Codec::None(out) => out.extend_from_slice(chunk),
            }
        }
        let ready = match &mut self.codec {
            Codec::Gzip(encoder) => mem::take(encoder.get_mut()),
            Codec::Zstd(encoder) => mem::take(encoder.get_mut()),
            Codec::None(out) => mem::take(out),
        };
        self.md5.update(&ready);
        Ok(ready.into())
    }

    /// Ends the stream and returns the rest, with the checksum of everything.
    pub(super) fn finish(mut self) -> io::Result<(Bytes, Md5Sum)> {
        let rest = match self.codec {
            Codec::Gzip(encoder) => encoder.finish()?,
            Codec::Zstd(encoder) => encoder.finish()?,
            Codec::None(out) => out,
        };
        self.md5.update(&rest);
        Ok((rest.into(), self.md5.finish()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_gzip_file_is_the_one_of_aws() {
        let (bytes, sum) = Encoder::new(Compression::Gzip).unwrap().finish().unwrap();
        assert_eq!(&bytes[..], b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x03\0\0\0\0\0\0\0\0\0");
        assert_eq!(sum.to_base64(), "FjvgqIxwymKf1RbbqtrZag==");
    }

    #[test]
    fn the_checksum_is_that_of_all_pieces() {
        for compression in [Compression::Gzip, Compression::Zstd, Compression::None] {
            let mut encoder = Encoder::new(compression).unwrap();
            let mut stored = Vec::new();
            for n in 0..2000 {
                stored.extend(encoder.compress(&[format!("line {n}\n").into()]).unwrap());
            }
            let (rest, sum) = encoder.finish().unwrap();
            stored.extend(rest);
            assert_eq!(sum, Md5Sum::of(&stored), "{compression:?}");
        }
    }
}
