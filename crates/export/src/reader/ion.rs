//! Data files in Amazon Ion, as lines of DynamoDB JSON.

use super::feed::FeedReader;
use super::lines::{BATCH_BYTES, FileEnd, FileEvent, LineBatch, RefusedValue, corrupt};
use crate::ExportError;
use ddbkit_codec::IncrementalRecord;
use ddbkit_codec::stream::{IonItemReader, ReadError};
use tokio::sync::mpsc;

/// What the values of Ion say.
#[derive(Clone, Copy, Debug)]
pub(super) enum Values {
    Items,
    Records,
}

/// About how much is gathered before it is sent.
const BATCH: usize = 1024 * 1024;

/// A line for each value, on the line on which it begins. Where a line has several values, as lists
/// have, those behind it are moved down.
struct Lines<'a> {
    events: &'a mpsc::Sender<FileEvent>,
    batch: LineBatch,
    bytes: Vec<u8>,
    end: &'a mut FileEnd,
}

/// Nobody takes lines any more.
struct Unwanted;

/// Sends all values as lines and returns how many they are; none when nobody listens.
pub(super) fn send_batches(
    mut reader: IonItemReader<&mut FeedReader>,
    values: Values,
    object: &str,
    events: &mpsc::Sender<FileEvent>,
    end: &mut FileEnd,
) -> Result<Option<u64>, ExportError> {
    let mut lines = Lines::new(events, end);
    let (mut line, mut items) = (Vec::new(), 0);
    loop {
        line.clear();
        let refused = match write_line(&mut reader, values, &mut line) {
            Ok(true) => None,
            Ok(false) => break,
            Err(error) if error.is_final() => {
                // What was read before it is still wanted.
                if lines.send().is_err() {
                    return Ok(None);
                }
                let (line, byte) = (error.line(), error.offset());
                return Err(corrupt(object, line, byte).caused_by(error));
            }
            Err(error) => {
                stand_in(reader.raw(), &mut line);
                Some(error.to_string())
            }
        };
        items += 1;
        if lines.add(reader.line(), &line, refused).is_err() {
            return Ok(None);
        }
    }
    let bytes = reader.bytes();
    let sent = lines.send();
    end.uncompressed_bytes = bytes;
    Ok(sent.is_ok().then_some(items))
}

/// Writes the next value as a line of DynamoDB JSON; false at the end.
fn write_line(
    reader: &mut IonItemReader<&mut FeedReader>,
    values: Values,
    out: &mut Vec<u8>,
) -> Result<bool, ReadError> {
    match values {
        Values::Items => {
            let Some(item) = reader.next_ref()? else { return Ok(false) };
            out.extend_from_slice(br#"{"Item":"#);
            item.write_dynamodb_json(out);
            out.push(b'}');
        }
        Values::Records => {
            let Some(value) = reader.next_ref()?.map(|value| value.to_item()) else {
                return Ok(false);
            };
            let record = IncrementalRecord::from_ion(value);
            record.map_err(|error| reader.refused(error))?.write_dynamodb_json(out);
        }
    }
    Ok(true)
}

/// The text of a value that is refused, on one line. With the version marker in front it can never
/// be taken for DynamoDB JSON.
fn stand_in(raw: &[u8], out: &mut Vec<u8>) {
    const VERSION: &[u8] = b"$ion_1_0";
    match std::str::from_utf8(raw.trim_ascii()) {
        Ok(text) => {
            if !text.as_bytes().starts_with(VERSION) {
                out.extend_from_slice(VERSION);
                out.push(b' ');
            }
            out.extend(
                text.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte }),
            );
        }
        Err(_) => {
            out.extend_from_slice(
                format!("$ion_1_0 /* {} bytes, not text */", raw.len()).as_bytes(),
            );
        }
    }
}

impl<'a> Lines<'a> {
    fn new(events: &'a mpsc::Sender<FileEvent>, end: &'a mut FileEnd) -> Self {
        let batch =
            LineBatch { bytes: Vec::new().into(), first_line: 1, lines: 0, refused: Vec::new() };
        Self { events, batch, bytes: Vec::with_capacity(BATCH_BYTES), end }
    }

    /// Adds a line with its number, or the next that is free.
    fn add(&mut self, number: u64, line: &[u8], refused: Option<String>) -> Result<(), Unwanted> {
        while self.batch.first_line + self.batch.lines < number {
            self.push(b"")?;
        }
        if let Some(why) = refused {
            let line = self.batch.first_line + self.batch.lines;
            self.batch.refused.push(RefusedValue { line, why });
        }
        self.push(line)
    }

    fn push(&mut self, line: &[u8]) -> Result<(), Unwanted> {
        self.bytes.extend_from_slice(line);
        self.bytes.push(b'\n');
        self.batch.lines += 1;
        if self.bytes.len() >= BATCH { self.send() } else { Ok(()) }
    }

    fn send(&mut self) -> Result<(), Unwanted> {
        let first_line = self.batch.first_line + self.batch.lines;
        let next =
            LineBatch { bytes: Vec::new().into(), first_line, lines: 0, refused: Vec::new() };
        let mut batch = std::mem::replace(&mut self.batch, next);
        batch.bytes = std::mem::replace(&mut self.bytes, Vec::with_capacity(BATCH_BYTES)).into();
        if batch.lines == 0 {
            return Ok(());
        }
        self.end.lines += batch.lines;
        self.events.blocking_send(FileEvent::Batch(batch)).map_err(|_| Unwanted)
    }
}
