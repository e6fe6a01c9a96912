//! The reader of lines.

use super::input::{BUFFER, Input};
use super::{LineBatch, LineError, LineErrorKind, LineOptions};
use std::fmt;
use std::io::Read;

/// About how much is read before a batch is given out.
const BATCH: usize = 1024 * 1024;

/// Reads lines from a stream, plain, gzip (of any number of members) or zstd (of any number of
/// frames): the first bytes tell.
///
/// A compressed stream that is cut off or damaged ends in an error and never in silence: gzip and
/// zstd mark their end, and what they have as checksums is checked. A plain stream has no such
/// mark. The lines that are whole before the fault are given out first.
///
/// Holds one batch of about 1 MiB, or one line where that is longer, and the window of the
/// decompression: 32 KiB for gzip, what the frame asks for with zstd, 128 MiB at most.
///
/// ```
/// use ddbkit_codec::RawItem;
/// use ddbkit_codec::lines::{LineBatch, LineReader};
///
/// let mut reader = LineReader::new(&b"{\"Item\":{\"pk\":{\"S\":\"a\"}}}\n\n{\"Item\":{}}"[..]);
/// let (mut batch, mut found) = (LineBatch::default(), Vec::new());
/// while reader.next_batch(&mut batch)? {
///     for line in batch.iter() {
///         let item = RawItem::from_line(line.bytes).map_err(|error| error.with_line(line.number))?;
///         found.push((line.number, item.decode()?.len()));
///     }
/// }
/// assert_eq!(found, [(1, 1), (3, 0)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct LineReader<R: Read> {
    input: Input<R>,
    options: LineOptions,
    /// The lines that were given out or skipped.
    lines: u64,
    /// Their bytes.
    bytes: u64,
    /// What stopped the reading. It is told after the lines before it, and again when asked again.
    failure: Option<LineError>,
    is_told: bool,
    /// What was read of a line that is too long, and whether that is all of it.
    too_long: (u64, bool),
}

impl<R: Read> LineReader<R> {
    /// Reads with the default options.
    pub fn new(stream: R) -> Self {
        Self::with_options(stream, LineOptions::default())
    }

    /// Reads with these options.
    pub fn with_options(stream: R, options: LineOptions) -> Self {
        Self {
            input: Input::new(stream),
            options,
            lines: 0,
            bytes: 0,
            failure: None,
            is_told: false,
            too_long: (0, false),
        }
    }

    /// Puts the next lines in place of what is in the batch; `false` at the end.
    ///
    /// # Errors
    /// When the stream fails, is damaged, or goes beyond the options. There are no lines after an
    /// error: the next call fails in the same way, unless [`LineReader::skip_line`] helps.
    pub fn next_batch(&mut self, batch: &mut LineBatch) -> Result<bool, LineError> {
        batch.start(self.lines + 1, self.bytes);
        while batch.bytes.len() < BATCH && self.failure.is_none() {
            let whole = batch.bytes.len();
            match self.some_lines(&mut batch.bytes) {
                Ok((0, _)) => break,
                Ok((length, lines)) => {
                    batch.lines += lines;
                    self.lines += lines;
                    self.bytes += length as u64;
                }
                Err(error) => {
                    let last = batch.bytes.len() - whole;
                    self.too_long = (last as u64, batch.bytes.last() == Some(&b'\n'));
                    batch.bytes.truncate(whole);
                    self.failure = Some(error);
                }
            }
        }
        match &mut self.failure {
            Some(failure) if batch.lines == 0 => {
                self.is_told = true;
                Err(failure.tell())
            }
            _ => Ok(batch.lines > 0),
        }
    }

    /// Steps over the line that is too long, after that error, so that the lines behind it can be
    /// read. Does nothing when there was no such error yet.
    ///
    /// # Errors
    /// When the rest of the line cannot be read, as in [`LineReader::next_batch`].
    ///
    /// ```
    /// use ddbkit_codec::lines::{LineBatch, LineErrorKind, LineOptions, LineReader};
    ///
    /// let options = LineOptions { longest_line: 8, ..LineOptions::default() };
    /// let mut reader = LineReader::with_options(&b"short\nmuch too long\nagain\n"[..], options);
    /// let (mut batch, mut lines, mut skipped) = (LineBatch::default(), Vec::new(), 0);
    /// loop {
    ///     match reader.next_batch(&mut batch) {
    ///         Ok(true) => lines.extend(batch.iter().map(|line| line.bytes.to_vec())),
    ///         Ok(false) => break,
    ///         Err(error) if error.kind() == LineErrorKind::LineTooLong => {
    ///             skipped += 1;
    ///             reader.skip_line()?;
    ///         }
    ///         Err(error) => return Err(error),
    ///     }
    /// }
    /// assert_eq!((lines, skipped), (vec![b"short".to_vec(), b"again".to_vec()], 1));
    /// # Ok::<(), ddbkit_codec::lines::LineError>(())
    /// ```
    pub fn skip_line(&mut self) -> Result<(), LineError> {
        let is_too_long = |error: &LineError| error.kind() == LineErrorKind::LineTooLong;
        if !self.is_told || !self.failure.as_ref().is_some_and(is_too_long) {
            return Ok(());
        }
        let (mut skipped, mut is_ended) = self.too_long;
        while !is_ended {
            let length;
            let part = self.input.skip();
            (length, is_ended) = part.map_err(|fault| self.fail(fault.kind, fault.source))?;
            skipped += length as u64;
            self.bounded(skipped)?;
        }
        self.failure = None;
        self.is_told = false;
        self.lines += 1;
        self.bytes += skipped;
        Ok(())
    }

    /// Appends the lines that are in the buffer as a whole, or else the next line, and returns how
    /// many bytes and lines they are; no bytes at the end of the stream.
    fn some_lines(&mut self, out: &mut Vec<u8>) -> Result<(usize, u64), LineError> {
        let most = BATCH.saturating_sub(out.len()).min(BUFFER);
        // Where a limit may be met, each line is looked at by itself.
        if most <= self.options.longest_line && self.excess(most as u64).is_none() {
            let read = self.input.buffered_lines(out, most);
            let (length, lines) = read.map_err(|fault| self.error(fault.kind, fault.source))?;
            if lines > 0 {
                return Ok((length, lines));
            }
        }
        self.line(out).map(|length| (length, 1))
    }

    /// Appends the next line with its end and returns its length; 0 at the end of the stream.
    fn line(&mut self, out: &mut Vec<u8>) -> Result<usize, LineError> {
        let read = match self.input.line(out, self.options.longest_line) {
            Ok(read) => read,
            Err(fault) => return Err(self.error(fault.kind, fault.source)),
        };
        if let Some(kind) = self.excess(read as u64) {
            return Err(self.error(kind, None));
        }
        if read > self.options.longest_line {
            return Err(self.error(LineErrorKind::LineTooLong, None));
        }
        Ok(read)
    }

    /// Fails for good when so many bytes more are more than allowed.
    fn bounded(&mut self, more: u64) -> Result<(), LineError> {
        match self.excess(more) {
            Some(kind) => Err(self.fail(kind, None)),
            None => Ok(()),
        }
    }

    /// In what way so many bytes more are more than allowed.
    fn excess(&self, more: u64) -> Option<LineErrorKind> {
        self.options.excess(self.bytes + more, self.input.compressed())
    }

    /// An error that is told from now on.
    fn fail(&mut self, kind: LineErrorKind, source: Option<std::io::Error>) -> LineError {
        let mut failure = self.error(kind, source);
        let told = failure.tell();
        self.failure = Some(failure);
        told
    }

    fn error(&self, kind: LineErrorKind, source: Option<std::io::Error>) -> LineError {
        LineError::new(kind, self.lines + 1, self.bytes, source)
    }
}

impl<R: Read> fmt::Debug for LineReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LineReader")
            .field("lines", &self.lines)
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}
