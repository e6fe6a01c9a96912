//! A stream of text, decompressed, with an end to what one record may take.

use ddbkit_codec::lines::{LineBatch, LineReader};
use std::io::{self, Read};

/// The most bytes of a record: as long as a line may be. A quote that is never closed would take the
/// rest of the file into memory.
const LONGEST_RECORD: usize = 16 << 20;

pub(super) struct Text<R: Read> {
    lines: LineReader<R>,
    batch: LineBatch,
    at: usize,
    /// Bytes since the last record.
    since: usize,
    /// What was given last, and how many bytes were given in all.
    last: Vec<u8>,
    given: u64,
}

impl<R: Read> Text<R> {
    pub(super) fn new(stream: R) -> Self {
        Self {
            lines: LineReader::new(stream),
            batch: LineBatch::default(),
            at: 0,
            since: 0,
            last: Vec::new(),
            given: 0,
        }
    }

    /// A record is read.
    pub(super) fn next_record(&mut self) {
        self.since = 0;
    }

    /// Whether there is a line break at a byte of what was given last.
    pub(super) fn is_newline(&self, byte: u64) -> bool {
        let before = self.given - self.last.len() as u64;
        let at = byte.checked_sub(before).and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| self.last.get(at)) == Some(&b'\n')
    }
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.since > LONGEST_RECORD {
            let message = "a record has more than 16 MiB; a quote may not be closed";
            return Err(io::Error::other(message));
        }
        if self.at >= self.batch.bytes.len() {
            self.at = 0;
            self.lines.next_batch(&mut self.batch).map_err(io::Error::other)?;
        }
        let rest = self.batch.bytes.get(self.at..).unwrap_or_default();
        let length = rest.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..length), rest.get(..length)) {
            to.copy_from_slice(from);
            if length > 0 {
                self.last.clear();
                self.last.extend_from_slice(from);
            }
        }
        self.given += length as u64;
        self.at += length;
        self.since += length;
        Ok(length)
    }
}
