//! Lines for readers, one after the other.

use super::ReadError;
use crate::DecodeError;
use crate::lines::{Line, LineBatch, LineErrorKind, LineOptions, LineReader, Position};
use std::io::Read;

/// The lines of a stream that are not blank.
#[derive(Debug)]
pub(super) struct Source<R: Read> {
    reader: LineReader<R>,
    batch: LineBatch,
    position: Position,
    /// What came of the lines that were given out.
    pub(super) counts: Counts,
    /// An error was given out behind which there is nothing.
    pub(super) is_over: bool,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) good: u64,
    pub(super) bad: u64,
}

impl Counts {
    /// Counts what a line came to, and puts the place of the line into the error.
    pub(super) fn decoded<T>(
        &mut self,
        decoded: Result<T, DecodeError>,
        number: u64,
        line_offset: u64,
    ) -> Result<T, ReadError> {
        match decoded {
            Ok(value) => {
                self.good += 1;
                Ok(value)
            }
            Err(error) => {
                self.bad += 1;
                let error = error.with_line(number);
                Err(ReadError::Decode { error, line_offset, is_final: false })
            }
        }
    }
}

impl<R: Read> Source<R> {
    pub(super) fn new(stream: R, options: LineOptions) -> Self {
        Self {
            reader: LineReader::with_options(stream, options),
            batch: LineBatch::default(),
            position: Position::default(),
            counts: Counts::default(),
            is_over: false,
        }
    }

    /// The next line, and where to count what comes of it.
    pub(super) fn next(&mut self) -> Result<Option<(Line<'_>, &mut Counts)>, ReadError> {
        while !self.batch.skip_blank(&mut self.position) {
            self.position = Position::default();
            // After the error of a line that is too long the lines behind it are wanted.
            let read = self.reader.skip_line();
            let read = read.and_then(|()| self.reader.next_batch(&mut self.batch));
            match read {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(error) => {
                    self.batch = LineBatch::default();
                    let is_line = error.kind() == LineErrorKind::LineTooLong;
                    self.counts.bad += u64::from(is_line);
                    self.is_over = !is_line;
                    return Err(error.into());
                }
            }
        }
        Ok(self.batch.line(&mut self.position).map(|line| (line, &mut self.counts)))
    }
}
