//! From lines to the bytes of a data file, with the checksum of what comes out.

use super::ion::IonLines;
use crate::checksum::{Md5Hasher, Md5Sum};
use crate::{Compression, ExportError, ExportErrorKind, GZIP_LEVEL, OutputFormat, ZSTD_LEVEL};
use bytes::Bytes;
use flate2::GzBuilder;
use flate2::write::GzEncoder;
use std::io::{self, Write};
use std::{fmt, mem};

/// Takes lines and gives compressed bytes; owned, so that it can move to a blocking thread.
pub(super) struct Encoder {
    /// Where the file is in Ion.
    ion: Option<IonLines>,
    codec: Codec,
    md5: Md5Hasher,
    object: String,
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
    /// For the data file that messages name `object`.
    pub(super) fn new(
        format: OutputFormat,
        compression: Compression,
        object: &str,
    ) -> Result<Self, ExportError> {
        let ion = (format == OutputFormat::Ion).then(IonLines::default);
        let codec = Codec::new(compression).map_err(|error| failed(object, error))?;
        Ok(Self { ion, codec, md5: Md5Hasher::default(), object: object.to_owned() })
    }

    /// Compresses `input` and returns what is ready so far.
    pub(super) fn compress(&mut self, input: Vec<Bytes>) -> Result<Bytes, ExportError> {
        for lines in input {
            let lines = match &mut self.ion {
                Some(ion) => ion.convert(lines, &self.object)?,
                None => lines,
            };
            self.codec.write(&lines).map_err(|error| failed(&self.object, error))?;
        }
        let ready = self.codec.take();
        self.md5.update(&ready);
        Ok(ready.into())
    }

    /// Ends the stream and returns the rest, with the checksum of everything.
    pub(super) fn finish(mut self) -> Result<(Bytes, Md5Sum), ExportError> {
        let rest = self.codec.finish().map_err(|error| failed(&self.object, error))?;
        self.md5.update(&rest);
        Ok((rest.into(), self.md5.finish()))
    }
}

impl Codec {
    fn new(compression: Compression) -> io::Result<Self> {
        Ok(match compression {
            Compression::Gzip => {
                // As AWS writes it: no time, no name, unknown operating system.
                let level = flate2::Compression::new(GZIP_LEVEL);
                Self::Gzip(GzBuilder::new().mtime(0).operating_system(0xff).write(vec![], level))
            }
            Compression::Zstd => {
                let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), ZSTD_LEVEL)?;
                encoder.include_checksum(true)?;
                Self::Zstd(encoder)
            }
            Compression::None => Self::None(Vec::new()),
        })
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Gzip(encoder) => encoder.write_all(bytes),
            Self::Zstd(encoder) => encoder.write_all(bytes),
            Self::None(out) => out.write_all(bytes),
        }
    }

    fn take(&mut self) -> Vec<u8> {
        mem::take(match self {
            Self::Gzip(encoder) => encoder.get_mut(),
            Self::Zstd(encoder) => encoder.get_mut(),
            Self::None(out) => out,
        })
    }

    fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Gzip(encoder) => encoder.finish(),
            Self::Zstd(encoder) => encoder.finish(),
            Self::None(out) => Ok(out),
        }
    }
}

/// A compressor that writes to memory fails only when it cannot be set up.
fn failed(object: &str, error: io::Error) -> ExportError {
    ExportError::new(ExportErrorKind::Compression, object).caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoder(compression: Compression) -> Encoder {
        Encoder::new(OutputFormat::DynamodbJson, compression, "file").unwrap()
    }

    #[test]
    fn an_empty_gzip_file_is_the_one_of_aws() {
        let (bytes, sum) = encoder(Compression::Gzip).finish().unwrap();
        assert_eq!(&bytes[..], b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x03\0\0\0\0\0\0\0\0\0");
        assert_eq!(sum.to_base64(), "FjvgqIxwymKf1RbbqtrZag==");
    }

    #[test]
    fn the_checksum_is_that_of_all_pieces() {
        for compression in [Compression::Gzip, Compression::Zstd, Compression::None] {
            let mut encoder = encoder(compression);
            let mut stored = Vec::new();
            for n in 0..2000 {
                stored.extend(encoder.compress(vec![format!("line {n}\n").into()]).unwrap());
            }
            let (rest, sum) = encoder.finish().unwrap();
            stored.extend(rest);
            assert_eq!(sum, Md5Sum::of(&stored), "{compression:?}");
        }
    }
}
