//! Lines out of plain, gzip and zstd streams.

use flate2::bufread::MultiGzDecoder;
use std::fmt;
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

/// A line may be this long: an item of 400 KB whose every byte is escaped has 2.4 MB.
const LONGEST_LINE: usize = 16 * 1024 * 1024;
/// About how much is read before a batch is given out.
const BATCH: usize = 1024 * 1024;
const BUFFER: usize = 128 * 1024;
/// How many bytes tell the forms apart.
const MAGIC: usize = 4;

/// What a reader of lines lets pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineOptions {
    /// The longest line in bytes; 16 MiB by default.
    pub longest_line: usize,
    /// The most bytes that may come out of the decompression; no limit by default.
    pub most_bytes: Option<u64>,
}

impl Default for LineOptions {
    fn default() -> Self {
        Self { longest_line: LONGEST_LINE, most_bytes: None }
    }
}

/// Some whole lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineBatch {
    /// The lines, each ended by a newline but perhaps the last of the stream.
    pub bytes: Vec<u8>,
    /// The number of the first of them, from 1.
    pub first_line: u64,
    /// How many they are.
    pub lines: u64,
}

/// Why lines cannot be read, for code that decides by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LineErrorKind {
    /// The compressed stream ends before its end.
    Truncated,
    /// The compressed stream is damaged.
    Corrupt,
    /// A line is longer than allowed.
    LineTooLong,
    /// More came out of the decompression than allowed.
    TooLarge,
    /// The stream cannot be read.
    Io,
}

/// Why lines cannot be read, and where.
#[derive(Debug)]
pub struct LineError {
    kind: LineErrorKind,
    line: u64,
    offset: u64,
    source: Option<io::Error>,
}

impl LineError {
    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> LineErrorKind {
        self.kind
    }

    /// The line that could not be read, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The byte of the decompressed stream at which that line begins.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            LineErrorKind::Truncated => "the compressed stream is cut off",
            LineErrorKind::Corrupt => "the compressed stream is damaged",
            LineErrorKind::LineTooLong => "a line is too long",
            LineErrorKind::TooLarge => "more comes out of the compressed stream than is allowed",
            LineErrorKind::Io => "the stream cannot be read",
        })?;
        write!(f, " at line {}, byte {}", self.line, self.offset)
    }
}

impl std::error::Error for LineError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

/// Reads lines from a stream, plain, gzip (of any number of members) or zstd: the first bytes tell.
///
/// Holds one batch of about 1 MiB, or one line where that is longer.
///
/// ```
/// use ddbkit_codec::lines::{LineBatch, LineReader};
///
/// let mut reader = LineReader::new(&b"{}\n{}"[..]);
/// let mut batch = LineBatch::default();
/// while reader.next_batch(&mut batch)? {
///     assert_eq!((batch.first_line, batch.lines), (1, 2));
/// }
/// # Ok::<(), ddbkit_codec::lines::LineError>(())
/// ```
pub struct LineReader<R: Read> {
    input: Input<R>,
    options: LineOptions,
    /// The lines that were given out.
    lines: u64,
    /// Their bytes.
    bytes: u64,
}

/// The stream with the bytes that were looked at in front again.
type Buffered<R> = BufReader<Chain<Cursor<Vec<u8>>, R>>;

enum Input<R: Read> {
    Unread(R),
    Plain(Box<Buffered<R>>),
    Gzip(Box<BufReader<MultiGzDecoder<Buffered<R>>>>),
    Zstd(Box<BufReader<zstd::Decoder<'static, Buffered<R>>>>),
    Ended,
}

impl<R: Read> LineReader<R> {
    /// Reads with the default options.
    pub fn new(stream: R) -> Self {
        Self::with_options(stream, LineOptions::default())
    }

    /// Reads with these options.
    pub fn with_options(stream: R, options: LineOptions) -> Self {
        Self { input: Input::Unread(stream), options, lines: 0, bytes: 0 }
    }

    /// Puts the next lines in place of what is in the batch; `false` at the end.
    ///
    /// # Errors
    /// When the stream fails, is damaged, or goes beyond the options. Lines before the damage are
    /// given out first where they are whole.
    pub fn next_batch(&mut self, batch: &mut LineBatch) -> Result<bool, LineError> {
        batch.bytes.clear();
        batch.first_line = self.lines + 1;
        batch.lines = 0;
        while batch.bytes.len() < BATCH {
            let whole = batch.bytes.len();
            let read = self.line(&mut batch.bytes);
            match read {
                Ok(0) => break,
                Ok(n) => {
                    batch.lines += 1;
                    self.lines += 1;
                    self.bytes += n as u64;
                }
                // The lines before are good: they are given out, and the error comes next time.
                Err(error) if batch.lines > 0 && error.kind == LineErrorKind::LineTooLong => {
                    batch.bytes.truncate(whole);
                    return Err(error);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(batch.lines > 0)
    }

    fn line(&mut self, out: &mut Vec<u8>) -> Result<usize, LineError> {
        let (line, offset) = (self.lines + 1, self.bytes);
        let error = |kind, source| LineError { kind, line, offset, source };
        let read = self.input.line(out, self.options.longest_line);
        let read = read.map_err(|source| {
            let kind = match source.kind() {
                io::ErrorKind::UnexpectedEof => LineErrorKind::Truncated,
                _ if self.input.is_compressed() => LineErrorKind::Corrupt,
                _ => LineErrorKind::Io,
            };
            error(kind, Some(source))
        })?;
        if read > self.options.longest_line {
            return Err(error(LineErrorKind::LineTooLong, None));
        }
        if self.options.most_bytes.is_some_and(|most| offset + read as u64 > most) {
            return Err(error(LineErrorKind::TooLarge, None));
        }
        Ok(read)
    }
}

impl<R: Read> Input<R> {
    fn is_compressed(&self) -> bool {
        matches!(self, Self::Gzip(_) | Self::Zstd(_))
    }

    /// Looks at the first bytes and puts the decoder on.
    fn detect(&mut self) -> io::Result<()> {
        let Self::Unread(mut stream) = std::mem::replace(self, Self::Ended) else { return Ok(()) };
        let mut magic = Vec::with_capacity(MAGIC);
        // A pipe may give them one by one.
        (&mut stream).take(MAGIC as u64).read_to_end(&mut magic)?;
        let is_gzip = magic.starts_with(&[0x1f, 0x8b]);
        let is_zstd = magic.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]);
        let stream = BufReader::with_capacity(BUFFER, Cursor::new(magic).chain(stream));
        *self = if is_gzip {
            Self::Gzip(Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(stream))))
        } else if is_zstd {
            let decoder = zstd::Decoder::with_buffer(stream)?;
            Self::Zstd(Box::new(BufReader::with_capacity(BUFFER, decoder)))
        } else {
            Self::Plain(Box::new(stream))
        };
        Ok(())
    }

    /// Appends one line with its end; reads one byte more than `most` at most.
    fn line(&mut self, out: &mut Vec<u8>, most: usize) -> io::Result<usize> {
        if matches!(self, Self::Unread(_)) {
            self.detect()?;
        }
        let most = most as u64 + 1;
        match self {
            Self::Plain(stream) => stream.take(most).read_until(b'\n', out),
            Self::Gzip(stream) => stream.take(most).read_until(b'\n', out),
            Self::Zstd(stream) => stream.take(most).read_until(b'\n', out),
            Self::Unread(_) | Self::Ended => Ok(0),
        }
    }
}

impl<R: Read> fmt::Debug for LineReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LineReader").field("lines", &self.lines).finish_non_exhaustive()
    }
}
