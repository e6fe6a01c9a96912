//! The reader of records.

use super::ReadError;
use super::source::Source;
use crate::lines::LineOptions;
use crate::{IncrementalRecord, RawRecord};
use std::io::Read;

/// Reads records from lines of an incremental export, plain or compressed.
///
/// Everything that is said of [`ItemReader`](super::ItemReader) about errors and memory holds
/// here, too.
///
/// ```
/// use ddbkit_codec::stream::RecordReader;
///
/// let lines = br#"{"Metadata":{"WriteTimestampMicros":{"N":"1"}},"Keys":{"pk":{"S":"a"}}}
/// {"Metadata":{"WriteTimestampMicros":{"N":"2"}},"Keys":{"pk":{"S":"b"}},"NewImage":{"pk":{"S":"b"}}}
/// "#;
/// let mut reader = RecordReader::new(&lines[..]);
/// let mut deletes = 0;
/// while let Some(record) = reader.next_raw()? {
///     deletes += u32::from(record.new_image.is_none());
/// }
/// assert_eq!((deletes, reader.records()), (1, 2));
/// # Ok::<(), ddbkit_codec::stream::ReadError>(())
/// ```
#[derive(Debug)]
pub struct RecordReader<R: Read> {
    source: Source<R>,
}

impl<R: Read> RecordReader<R> {
    /// Reads with the default options.
    pub fn new(stream: R) -> Self {
        Self::with_options(stream, LineOptions::default())
    }

    /// Reads with these options.
    pub fn with_options(stream: R, lines: LineOptions) -> Self {
        Self { source: Source::new(stream, lines) }
    }

    /// The next record, not decoded, borrowed until the next call; none at the end.
    ///
    /// # Errors
    /// When the line is no record, or cannot be read. An error that is final comes again with each
    /// call.
    pub fn next_raw(&mut self) -> Result<Option<RawRecord<'_>>, ReadError> {
        let Some((line, counts)) = self.source.next()? else { return Ok(None) };
        counts.decoded(RawRecord::from_line(line.bytes), line.number, line.offset).map(Some)
    }

    fn read(&mut self) -> Result<Option<IncrementalRecord>, ReadError> {
        let Some((line, counts)) = self.source.next()? else { return Ok(None) };
        let record = IncrementalRecord::from_dynamodb_json(line.bytes);
        counts.decoded(record, line.number, line.offset).map(Some)
    }

    /// How many records were given out.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.source.counts.good
    }

    /// How many lines were refused.
    #[must_use]
    pub fn bad_lines(&self) -> u64 {
        self.source.counts.bad
    }
}

impl<R: Read> Iterator for RecordReader<R> {
    type Item = Result<IncrementalRecord, ReadError>;
    fn next(&mut self) -> Option<Self::Item> {
        if self.source.is_over {
            return None;
        }
        self.read().transpose()
    }
}
