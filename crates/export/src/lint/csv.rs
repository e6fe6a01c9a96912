//! Rows of CSV: all columns but those of keys become strings.

use super::object::Tally;
use super::report::FindingKind;
use crate::{ExportError, ExportErrorKind};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use csv::{ErrorKind, ReaderBuilder, StringRecord};
use ddbkit_codec::lines::{LineBatch, LineError, LineErrorKind, LineReader};
use ddbkit_codec::rules::KeyType;
use ddbkit_codec::{AttributeValue, Item};
use ddbkit_flow::ProgressEvent;
use std::collections::BTreeSet;
use std::io::{self, Read};

pub(super) fn read<R: Read>(
    lines: LineReader<R>,
    tally: &mut Tally<'_>,
) -> Result<(), ExportError> {
    let mut text = Text { lines, batch: LineBatch::default(), at: 0, failure: None };
    text.fill();
    tally.check_format(&text.batch.bytes);
    let options = &tally.job.options;
    let mut header = options.csv_header.clone();
    if let Some(header) = &header {
        check_header(header, tally);
    }
    let mut builder = ReaderBuilder::new();
    builder.delimiter(options.csv_delimiter).has_headers(false).flexible(true);
    let mut rows = builder.from_reader(&mut text);
    let mut row = StringRecord::new();
    loop {
        let cancelled = |_| ExportError::new(ExportErrorKind::Cancelled, tally.object);
        tally.job.control.check().map_err(cancelled)?;
        let line = rows.position().line();
        match (rows.read_record(&mut row), &header) {
            (Ok(false), _) => break,
            (Ok(true), None) => {
                let names: Vec<String> = row.iter().map(ToOwned::to_owned).collect();
                check_header(&names, tally);
                header = Some(names);
            }
            (Ok(true), Some(header)) => take(&row, header, line, tally)?,
            (Err(error), _) => {
                if !matches!(error.kind(), ErrorKind::Utf8 { .. }) {
                    break;
                }
                let finding =
                    tally.finding(FindingKind::ObjectAbandoned, line, "a row is not valid UTF-8");
                tally.abandon(finding, 1);
            }
        }
    }
    drop(rows);
    tally.report.uncompressed_bytes = text.batch.first_offset + text.batch.bytes.len() as u64;
    match text.failure {
        // The feed tells why.
        None => {}
        Some(error) if error.kind() == LineErrorKind::Io => {}
        Some(error) => {
            let kind = FindingKind::DamagedObject;
            let finding = tally.finding(kind, error.line(), error.to_string());
            tally.abandon(finding, 0);
        }
    }
    Ok(())
}

fn check_header(names: &[String], tally: &mut Tally<'_>) {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for name in names {
        if name.is_empty() {
            wrong.push("a column has no name".to_owned());
        } else if !seen.insert(name) {
            wrong.push(format!("the column {name:?} is there twice"));
        }
    }
    let keys = tally.job.keys.iter().map(super::LintKeys::schema);
    for key in keys.flat_map(|schema| std::iter::once(&schema.hash).chain(&schema.range)) {
        if !seen.contains(&key.name) {
            wrong.push(format!("there is no column for the key {:?}", key.name));
        }
    }
    for why in wrong {
        let finding = tally.finding(FindingKind::CsvHeader, 1, why);
        tally.report.find(finding);
    }
}

fn take(
    row: &StringRecord,
    header: &[String],
    line: u64,
    tally: &mut Tally<'_>,
) -> Result<(), ExportError> {
    if row.len() != header.len() {
        let why = format!(
            "a row of {} columns under a header of {}: the rest of the object is not imported",
            row.len(),
            header.len()
        );
        let finding = tally.finding(FindingKind::ObjectAbandoned, line, why);
        tally.abandon(finding, 1);
        return Ok(());
    }
    tally
        .job
        .control
        .emit(&ProgressEvent::Advanced { items: 1, bytes: row.as_slice().len() as u64 });
    let mut item = Item::with_capacity(header.len());
    for (name, text) in header.iter().zip(row) {
        let key_type = tally.job.keys.as_ref().and_then(|keys| keys.type_of_column(name));
        match value(text, key_type) {
            Ok(value) => item.insert(name.as_str(), value),
            Err(why) => {
                let why = format!("the key {name:?} {why}");
                tally.refuse(FindingKind::ItemRefused, line, why);
                return Ok(());
            }
        };
    }
    tally.item(&item, line)
}

/// The value of a column: text, or what the type of a key makes of it.
fn value(text: &str, key_type: Option<KeyType>) -> Result<AttributeValue, &'static str> {
    Ok(match key_type {
        None | Some(KeyType::S) => text.into(),
        Some(KeyType::N) => AttributeValue::N(text.parse().map_err(|_| "is not a number")?),
        Some(KeyType::B) => {
            AttributeValue::B(STANDARD.decode(text).map_err(|_| "is not valid Base64")?)
        }
    })
}

/// Lines as a stream of bytes, decompressed, because a row may have line breaks in its quotes.
struct Text<R: Read> {
    lines: LineReader<R>,
    batch: LineBatch,
    at: usize,
    failure: Option<LineError>,
}

impl<R: Read> Text<R> {
    /// Reads on when the batch is used up.
    fn fill(&mut self) {
        if self.at < self.batch.bytes.len() || self.failure.is_some() {
            return;
        }
        self.at = 0;
        if let Err(error) = self.lines.next_batch(&mut self.batch) {
            self.failure = Some(error);
        }
    }
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.fill();
        let rest = self.batch.bytes.get(self.at..).unwrap_or_default();
        let length = rest.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..length), rest.get(..length)) {
            to.copy_from_slice(from);
        }
        self.at += length;
        Ok(length)
    }
}
