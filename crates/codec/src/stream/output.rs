//! The stream that is written to, and its compression.

#[cfg(feature = "gzip")]
use flate2::write::GzEncoder;
use std::io::{self, Write};

/// How a stream is compressed.
///
/// ```
/// use ddbkit_codec::stream::{Compression, ItemReader, ItemWriter, WriteOptions};
/// use ddbkit_codec::{RawItem, Tape};
///
/// let compression = Compression::Gzip { level: 6 };
/// let options = WriteOptions { compression, ..WriteOptions::default() };
/// let mut writer = ItemWriter::with_options(Vec::new(), options)?;
/// // Borrowed items and texts are written without values in between.
/// writer.write_ref(&Tape::new().read_line(br#"{"pk":{"S":"a"}}"#)?)?;
/// writer.write_raw(&RawItem::from_line(br#"{"pk":{"S":"b"}}"#)?)?;
/// let bytes = writer.finish()?;
///
/// assert_eq!(bytes[..2], [0x1f, 0x8b]);
/// assert_eq!(ItemReader::new(&bytes[..]).count(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// gzip, one member, as in exports.
    #[cfg(feature = "gzip")]
    Gzip {
        /// From 0 to 9; 6 is usual.
        level: u32,
    },
    /// zstd, one frame with a checksum.
    #[cfg(feature = "zstd")]
    Zstd {
        /// From 1 to 22; 3 is usual.
        level: i32,
    },
}

pub(super) enum Output<W: Write> {
    Plain(W),
    #[cfg(feature = "gzip")]
    Gzip(Box<GzEncoder<Gate<W>>>),
    #[cfg(feature = "zstd")]
    Zstd(zstd::Encoder<'static, W>),
}

impl<W: Write> Output<W> {
    #[allow(clippy::unnecessary_wraps, reason = "zstd can fail")]
    pub(super) fn new(stream: W, compression: Compression) -> io::Result<Self> {
        Ok(match compression {
            Compression::None => Self::Plain(stream),
            #[cfg(feature = "gzip")]
            Compression::Gzip { level } => {
                let level = flate2::Compression::new(level.min(9));
                Self::Gzip(Box::new(GzEncoder::new(Gate { stream, is_closed: false }, level)))
            }
            #[cfg(feature = "zstd")]
            Compression::Zstd { level } => {
                let mut encoder = zstd::Encoder::new(stream, level)?;
                encoder.include_checksum(true)?;
                Self::Zstd(encoder)
            }
        })
    }

    pub(super) fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.write_all(bytes),
            #[cfg(feature = "gzip")]
            Self::Gzip(encoder) => encoder.write_all(bytes),
            #[cfg(feature = "zstd")]
            Self::Zstd(encoder) => encoder.write_all(bytes),
        }
    }

    /// Writes the end and gives the stream back.
    pub(super) fn finish(self) -> io::Result<W> {
        let mut stream = match self {
            Self::Plain(stream) => stream,
            #[cfg(feature = "gzip")]
            Self::Gzip(mut encoder) => match encoder.try_finish() {
                Ok(()) => encoder.finish()?.stream,
                Err(error) => {
                    Self::Gzip(encoder).abandon();
                    return Err(error);
                }
            },
            #[cfg(feature = "zstd")]
            Self::Zstd(encoder) => encoder.finish()?,
        };
        stream.flush()?;
        Ok(stream)
    }

    /// Ends without the mark of the end, so that what was written is seen to be cut off.
    pub(super) fn abandon(self) {
        match self {
            #[cfg(feature = "gzip")]
            Self::Gzip(mut encoder) => encoder.get_mut().is_closed = true,
            other => drop(other),
        }
    }
}

/// Lets nothing pass once it is closed: an encoder of gzip that is dropped writes its end.
#[cfg(feature = "gzip")]
pub(super) struct Gate<W> {
    stream: W,
    is_closed: bool,
}

#[cfg(feature = "gzip")]
impl<W: Write> Write for Gate<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_closed {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
