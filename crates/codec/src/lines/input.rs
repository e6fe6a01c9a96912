//! The stream below the lines, and its decompression.

use super::LineErrorKind;
#[cfg(feature = "gzip")]
use flate2::bufread::MultiGzDecoder;
use memchr::{memchr, memchr_iter, memrchr};
use std::fmt;
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

/// What is read or decompressed at once.
pub(super) const BUFFER: usize = 128 * 1024;
const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// Frames of zstd that want more memory than `1 << WINDOW` bytes are refused.
#[cfg(feature = "zstd")]
const WINDOW: u32 = 27;

/// The stream with the bytes that were looked at in front again.
type Whole<R> = BufReader<Chain<Cursor<Vec<u8>>, Marked<R>>>;

pub(super) enum Input<R: Read> {
    Unread(Marked<R>),
    Plain(Box<Whole<R>>),
    #[cfg(feature = "gzip")]
    Gzip(Box<BufReader<MultiGzDecoder<Whole<R>>>>),
    #[cfg(feature = "zstd")]
    Zstd(Box<BufReader<zstd::Decoder<'static, Whole<R>>>>),
    /// The first bytes could not be read.
    Failed,
}

/// Why a line could not be read.
pub(super) struct Fault {
    pub(super) kind: LineErrorKind,
    pub(super) source: Option<io::Error>,
}

/// How the first bytes of a stream say that it is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Gzip,
    Zstd,
}

impl Compression {
    pub(super) fn of(bytes: &[u8]) -> Self {
        if bytes.starts_with(GZIP) {
            Self::Gzip
        } else if bytes.starts_with(ZSTD) {
            Self::Zstd
        } else {
            Self::None
        }
    }
}

impl<R: Read> Input<R> {
    pub(super) fn new(stream: R) -> Self {
        Self::Unread(Marked { stream, read: 0 })
    }

    /// Appends one line with its end and returns its length; reads one byte more than `longest` at
    /// most.
    pub(super) fn line(&mut self, out: &mut Vec<u8>, longest: usize) -> Result<usize, Fault> {
        let most = (longest as u64).saturating_add(1);
        let Some(reader) = self.reader()? else { return Ok(0) };
        Ok(reader.take(most).read_until(b'\n', out)?)
    }

    /// Appends whole lines that lie in the buffer already, `most` bytes of them at most, and returns
    /// how many bytes and lines they are; none where the next line lies there in part only.
    pub(super) fn buffered_lines(
        &mut self,
        out: &mut Vec<u8>,
        most: usize,
    ) -> Result<(usize, u64), Fault> {
        let Some(reader) = self.reader()? else { return Ok((0, 0)) };
        let buffer = reader.fill_buf()?;
        let buffer = buffer.get(..most).unwrap_or(buffer);
        let Some(last) = memrchr(b'\n', buffer) else { return Ok((0, 0)) };
        let (whole, _) = buffer.split_at(last + 1);
        out.extend_from_slice(whole);
        let lines = memchr_iter(b'\n', whole).count() as u64;
        reader.consume(last + 1);
        Ok((last + 1, lines))
    }

    /// Steps over what comes next of a line, a buffer at most, and returns its length and whether
    /// that was its end.
    pub(super) fn skip(&mut self) -> Result<(usize, bool), Fault> {
        let Some(reader) = self.reader()? else { return Ok((0, true)) };
        let buffer = reader.fill_buf()?;
        let end = memchr(b'\n', buffer);
        let length = end.map_or(buffer.len(), |end| end + 1);
        reader.consume(length);
        Ok((length, end.is_some() || length == 0))
    }

    /// Appends up to `most` bytes, fewer only at the end, and returns how many.
    #[cfg(feature = "ion")]
    pub(super) fn read(&mut self, out: &mut Vec<u8>, most: usize) -> Result<usize, Fault> {
        let Some(reader) = self.reader()? else { return Ok(0) };
        Ok(reader.take(most as u64).read_to_end(out)?)
    }

    /// How many compressed bytes were read; none where the stream is not compressed.
    pub(super) fn compressed(&self) -> Option<u64> {
        match self {
            #[cfg(feature = "gzip")]
            Self::Gzip(stream) => Some(stream.get_ref().get_ref().get_ref().get_ref().1.read),
            #[cfg(feature = "zstd")]
            Self::Zstd(stream) => Some(stream.get_ref().get_ref().get_ref().get_ref().1.read),
            Self::Unread(_) | Self::Plain(_) | Self::Failed => None,
        }
    }

    fn reader(&mut self) -> Result<Option<&mut dyn BufRead>, Fault> {
        if let Self::Unread(_) = self {
            self.detect()?;
        }
        Ok(match self {
            Self::Plain(stream) => Some(stream.as_mut()),
            #[cfg(feature = "gzip")]
            Self::Gzip(stream) => Some(stream.as_mut()),
            #[cfg(feature = "zstd")]
            Self::Zstd(stream) => Some(stream.as_mut()),
            Self::Unread(_) | Self::Failed => None,
        })
    }

    /// Looks at the first bytes and puts the decoder on.
    fn detect(&mut self) -> Result<(), Fault> {
        let Self::Unread(mut stream) = std::mem::replace(self, Self::Failed) else { return Ok(()) };
        let mut magic = Vec::with_capacity(ZSTD.len());
        // A pipe may give them one by one.
        (&mut stream).take(ZSTD.len() as u64).read_to_end(&mut magic)?;
        let is_cut_off = |whole: &[u8]| magic.len() < whole.len() && whole.starts_with(&magic);
        if !magic.is_empty() && (is_cut_off(GZIP) || is_cut_off(ZSTD)) {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        let compression = Compression::of(&magic);
        let stream = BufReader::with_capacity(BUFFER, Cursor::new(magic).chain(stream));
        *self = match compression {
            Compression::None => Self::Plain(Box::new(stream)),
            Compression::Gzip => Self::gzip(stream)?,
            Compression::Zstd => Self::zstd(stream)?,
        };
        Ok(())
    }

    #[cfg(feature = "gzip")]
    #[allow(clippy::unnecessary_wraps, reason = "without the feature there is an error")]
    fn gzip(stream: Whole<R>) -> Result<Self, Fault> {
        let decoder = MultiGzDecoder::new(stream);
        Ok(Self::Gzip(Box::new(BufReader::with_capacity(BUFFER, decoder))))
    }

    #[cfg(not(feature = "gzip"))]
    fn gzip(_: Whole<R>) -> Result<Self, Fault> {
        Err(Fault::unsupported("gzip"))
    }

    #[cfg(feature = "zstd")]
    fn zstd(stream: Whole<R>) -> Result<Self, Fault> {
        let mut decoder = zstd::Decoder::with_buffer(stream)?;
        decoder.window_log_max(WINDOW)?;
        Ok(Self::Zstd(Box::new(BufReader::with_capacity(BUFFER, decoder))))
    }

    #[cfg(not(feature = "zstd"))]
    fn zstd(_: Whole<R>) -> Result<Self, Fault> {
        Err(Fault::unsupported("zstd"))
    }
}

#[cfg(not(all(feature = "gzip", feature = "zstd")))]
impl Fault {
    fn unsupported(feature: &'static str) -> Self {
        Self { kind: LineErrorKind::UnsupportedCompression { feature }, source: None }
    }
}

impl From<io::Error> for Fault {
    fn from(source: io::Error) -> Self {
        let (kind, source) = match source.downcast::<Below>() {
            Ok(Below(source)) => (LineErrorKind::Io, source),
            Err(source) if source.kind() == io::ErrorKind::UnexpectedEof => {
                (LineErrorKind::Truncated, source)
            }
            Err(source) => (LineErrorKind::Corrupt, source),
        };
        Self { kind, source: Some(source) }
    }
}

/// The stream below: its bytes counted, its errors marked, since the decompression has errors of
/// the same kinds.
pub(super) struct Marked<R> {
    stream: R,
    read: u64,
}

#[derive(Debug)]
struct Below(io::Error);

impl<R: Read> Read for Marked<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.stream.read(out) {
                // Not every decoder can be called again in the middle of what it does.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(io::Error::new(error.kind(), Below(error))),
                Ok(read) => {
                    self.read += read as u64;
                    return Ok(read);
                }
            }
        }
    }
}

impl fmt::Display for Below {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Below {}
