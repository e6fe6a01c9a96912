//! A part of a stream that moves along, for values that are not lines.

use super::input::Input;
use super::{LineError, LineErrorKind, LineOptions};
use memchr::{memchr, memchr_iter};
use std::io::Read;

/// How much is read at a time.
const PART: usize = 1024 * 1024;

/// The bytes of a stream from a value on, as far as they were read.
pub(crate) struct Window<R: Read> {
    input: Input<R>,
    options: LineOptions,
    bytes: Vec<u8>,
    /// What was used of them, and the newlines up to there are counted.
    at: usize,
    /// The line of the stream at `at`, from 0.
    line: u64,
    /// The byte of the stream at which the bytes begin.
    start: u64,
    /// Whether nothing is behind the bytes.
    is_all: bool,
    /// What stopped the reading. It is told when the bytes before it are used up.
    failure: Option<LineError>,
}

impl<R: Read> Window<R> {
    pub(crate) fn new(stream: R, options: LineOptions) -> Self {
        Self {
            input: Input::new(stream),
            options,
            bytes: Vec::new(),
            at: 0,
            line: 0,
            start: 0,
            is_all: false,
            failure: None,
        }
    }

    /// The bytes that were not used yet.
    pub(crate) fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// The last so many bytes that were used.
    pub(crate) fn used(&self, length: usize) -> &[u8] {
        self.bytes.get(self.at.saturating_sub(length)..self.at).unwrap_or_default()
    }

    /// The last so many bytes that were used, and what is there of the rest of their line.
    pub(crate) fn used_line(&self, length: usize) -> &[u8] {
        let rest = self.rest();
        let end = self.at + memchr(b'\n', rest).unwrap_or(rest.len());
        self.bytes.get(self.at.saturating_sub(length)..end).unwrap_or_default()
    }

    /// Whether nothing is behind the rest.
    pub(crate) fn is_all(&self) -> bool {
        self.is_all
    }

    /// The line, from 1, and the byte of the stream at which the rest begins.
    pub(crate) fn place(&self) -> (u64, u64) {
        (self.line + 1, self.start + self.at as u64)
    }

    pub(crate) fn use_up(&mut self, length: usize) {
        let used = self.rest().get(..length).unwrap_or_default();
        self.line += memchr_iter(b'\n', used).count() as u64;
        self.at += length;
    }

    /// Reads more behind the rest, as much as there is or a part.
    pub(crate) fn more(&mut self) -> Result<(), LineError> {
        if let Some(failure) = &mut self.failure {
            return Err(failure.tell());
        }
        self.bytes.drain(..self.at);
        self.start += self.at as u64;
        self.at = 0;
        let longest = self.options.longest_line;
        if self.bytes.len() > longest {
            return Err(self.fail(LineErrorKind::ValueTooLong));
        }
        let most = self.bytes.len().max(PART).min(longest.saturating_add(1) - self.bytes.len());
        let read = self.input.read(&mut self.bytes, most);
        let bytes = self.start + self.bytes.len() as u64;
        if let Some(kind) = self.options.excess(bytes, self.input.compressed()) {
            return Err(self.fail(kind));
        }
        match read {
            Ok(read) => self.is_all = read < most,
            // What was read before it may hold whole values.
            Err(fault) => {
                let (line, offset) = self.place();
                self.failure = Some(LineError::new(fault.kind, line, offset, fault.source));
            }
        }
        Ok(())
    }

    /// An error that is told from now on.
    fn fail(&mut self, kind: LineErrorKind) -> LineError {
        let (line, offset) = self.place();
        self.failure.insert(LineError::new(kind, line, offset, None)).tell()
    }
}
