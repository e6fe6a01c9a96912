//! Lines of streams, plain or compressed, and the items in them.

use ddbkit_codec::lines::{LineBatch, LineErrorKind, LineOptions, LineReader, read_all};
use ddbkit_codec::stream::ItemReader;
use ddbkit_codec::{DecodeOptions, Item};
use std::io::{self, Read};

const OPTIONS: LineOptions =
    LineOptions { longest_line: 1 << 12, most_bytes: Some(1 << 20), most_expansion: 10_000 };

pub(super) fn lines(bytes: &[u8]) {
    let whole = numbered(bytes);
    same_lines(&numbered(Slow(bytes)), &whole);
    if whole.failure.is_none() {
        let mut batch = LineBatch::default();
        read_all(bytes, 1 << 20, &mut batch).expect("a stream that was read");
        assert_eq!((batch.lines, &batch.bytes), (whole.count, &whole.bytes));
    }
    items(bytes, &whole);
}

/// What came out of a stream.
#[derive(Debug, PartialEq)]
struct Lines {
    bytes: Vec<u8>,
    count: u64,
    failure: Option<(LineErrorKind, u64, u64)>,
}

/// A slow pipe has the same lines. Of a stream that is damaged, the lines before the damage may come
/// or not.
fn same_lines(slow: &Lines, whole: &Lines) {
    if matches!(whole.failure, Some((LineErrorKind::Corrupt | LineErrorKind::Truncated, ..))) {
        assert!(slow.bytes.starts_with(&whole.bytes) || whole.bytes.starts_with(&slow.bytes));
    } else {
        assert_eq!(slow, whole);
    }
}

/// Reads all lines, which must follow each other without a gap; lines that are too long are skipped.
fn numbered(stream: impl Read) -> Lines {
    let mut reader = LineReader::with_options(stream, OPTIONS);
    let mut batch = LineBatch::default();
    let mut read = Lines { bytes: Vec::new(), count: 0, failure: None };
    loop {
        match reader.next_batch(&mut batch) {
            Ok(true) => {
                assert_eq!(batch.first_line, read.count + 1);
                assert_eq!(batch.first_offset, read.bytes.len() as u64);
                let mut last = read.count;
                for line in batch.iter() {
                    assert!(line.number > last && line.bytes.len() < OPTIONS.longest_line + 1);
                    let at = usize::try_from(line.offset - batch.first_offset)
                        .expect("a place in memory");
                    assert!(batch.bytes[at..].starts_with(line.bytes));
                    last = line.number;
                }
                read.count += batch.lines;
                assert!(last <= read.count);
                read.bytes.extend_from_slice(&batch.bytes);
            }
            Ok(false) => return read,
            Err(error) => {
                read.failure = Some((error.kind(), error.line(), error.offset()));
                assert_eq!(error.line(), read.count + 1);
                let again = reader.next_batch(&mut batch).expect_err("an error that stays");
                assert_eq!(again.kind(), error.kind());
                skipped(&mut reader, error.kind(), error.line());
                return read;
            }
        }
    }
}

/// Behind a line that is too long comes the next one, or the end, or an error that is final.
fn skipped<R: Read>(reader: &mut LineReader<R>, kind: LineErrorKind, line: u64) {
    let mut batch = LineBatch::default();
    let skipped = reader.skip_line();
    match reader.next_batch(&mut batch) {
        Ok(true) => assert!(kind == LineErrorKind::LineTooLong && batch.first_line == line + 1),
        Ok(false) => assert_eq!(kind, LineErrorKind::LineTooLong),
        Err(error) if skipped.is_ok() && kind == LineErrorKind::LineTooLong => {
            assert!(error.line() > line);
        }
        Err(_) => {}
    }
}

/// The reader of items gives of each line what the line alone gives.
fn items(bytes: &[u8], whole: &Lines) {
    let lines = whole.bytes.split(|byte| *byte == b'\n');
    let lines = lines.filter(|line| !line.trim_ascii().is_empty());
    let mut reader = ItemReader::with_options(bytes, OPTIONS, DecodeOptions::default());
    let mut good = 0;
    for line in lines {
        let read = reader.next().expect("the item of a line");
        match (read, Item::from_line(line)) {
            (Ok(item), Ok(alone)) => {
                assert_eq!(item, alone);
                good += 1;
            }
            (Err(error), Err(alone)) => {
                assert!(!error.is_final());
                assert_eq!(error.path(), alone.path());
            }
            (read, alone) => panic!("{read:?}, but {alone:?}"),
        }
    }
    assert_eq!(reader.items(), good);
    let behind = reader.next();
    let is_too_long = matches!(whole.failure, Some((LineErrorKind::LineTooLong, ..)));
    match behind {
        Some(_) => assert!(whole.failure.is_some()),
        None => assert!(whole.failure.is_none() || is_too_long),
    }
}

/// Gives one byte at a time.
struct Slow<'a>(&'a [u8]);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(1);
        self.0.read(&mut buffer[..most])
    }
}
