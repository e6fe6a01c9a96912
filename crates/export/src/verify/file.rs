//! Proving one data file.

use super::{Check, FaultKind, VerifyReport};
use crate::reader::{FileEnd, FileEvent, is_provable};
use crate::{
    DataFile, ExportError, ExportErrorKind, ExportKind, ExportReader, LineBatch, ReadOptions,
};
use ddbkit_codec::{ContentDigest, Tape};
use ddbkit_flow::{Control, ProgressEvent};

/// What one data file adds to the report.
pub(super) struct FileReport {
    /// Whether all its items were read and decoded.
    pub(super) is_complete: bool,
    pub(super) report: VerifyReport,
}

/// What the lines of a batch are.
struct Decoded {
    digest: ContentDigest,
    faults: Vec<(u64, String)>,
    /// Faults beyond the listed ones.
    unlisted: u64,
    items: u64,
    bytes: u64,
}

pub(super) async fn verify_file(
    reader: &ExportReader,
    file: DataFile,
    max_faults: usize,
    control: &Control,
) -> Result<FileReport, ExportError> {
    let mut report = VerifyReport::new(max_faults);
    let object = reader.describe_file(&file);
    let has_items = reader.kind() == ExportKind::Full;
    let mut stream = match reader.read_file(&file, ReadOptions::default()).await {
        Ok(stream) => stream,
        Err(error) => {
            let Some(kind) = FaultKind::of(&error) else { return Err(error) };
            report.fault(kind, object, None, error.what());
            return Ok(FileReport { is_complete: false, report });
        }
    };

    let mut are_lines_valid = true;
    let end = loop {
        let event = control.run(stream.next_event()).await;
        match event.map_err(|_| cancelled(&object))? {
            FileEvent::End(end) => break end,
            FileEvent::Batch(batch) if has_items => {
                let decoded = tokio::task::spawn_blocking(move || decode(&batch, max_faults));
                let decoded = decoded.await.map_err(|stopped| {
                    ExportError::new(ExportErrorKind::Interrupted, &object).caused_by(stopped)
                })?;
                are_lines_valid &= decoded.faults.is_empty();
                let (items, bytes) = (decoded.items, decoded.bytes);
                report.add_lines(&object, decoded);
                control.emit(&ProgressEvent::Advanced { items, bytes });
            }
            FileEvent::Batch(batch) => {
                let (items, bytes) = (batch.lines, batch.bytes.len() as u64);
                control.emit(&ProgressEvent::Advanced { items, bytes });
            }
        }
    };
    let is_read = end.items.is_some();
    close(&mut report, end, &file, &object, has_items)?;
    Ok(FileReport { is_complete: has_items && are_lines_valid && is_read, report })
}

fn close(
    report: &mut VerifyReport,
    end: FileEnd,
    file: &DataFile,
    object: &str,
    has_items: bool,
) -> Result<(), ExportError> {
    report.check_if(Check::DataFileChecksum, file.md5_checksum.is_some());
    report.check_if(Check::DataFileEtag, file.etag.as_deref().is_some_and(is_provable));
    report.check_if(Check::ItemCount, end.items.is_some());
    report.check_if(Check::Lines, has_items);
    report.count_file(end.lines, end.uncompressed_bytes, end.compressed_bytes);
    for error in end.faults(file, object) {
        let Some(kind) = FaultKind::of(&error) else { return Err(error) };
        report.fault(kind, object, error.line(), error.what());
    }
    Ok(())
}

impl VerifyReport {
    fn add_lines(&mut self, object: &str, decoded: Decoded) {
        self.add_digest(&decoded.digest);
        for (line, message) in decoded.faults {
            self.fault(FaultKind::InvalidLine, object, Some(line), message);
        }
        self.count_faults(decoded.unlisted);
    }
}

fn decode(batch: &LineBatch, max_faults: usize) -> Decoded {
    let mut decoded = Decoded {
        digest: ContentDigest::default(),
        faults: Vec::new(),
        unlisted: 0,
        items: 0,
        bytes: batch.bytes.len() as u64,
    };
    let mut tape = Tape::new();
    for (number, line) in batch.iter() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        decoded.items += 1;
        let why = match (batch.refusal(number), tape.read_export_line(line)) {
            (Some(why), _) => why.to_owned(),
            (None, Err(error)) => error.to_string(),
            (None, Ok(item)) => {
                decoded.digest.add_ref(item);
                continue;
            }
        };
        if decoded.faults.len() < max_faults {
            decoded.faults.push((number, why));
        } else {
            decoded.unlisted += 1;
        }
    }
    decoded
}

fn cancelled(object: &str) -> ExportError {
    ExportError::new(ExportErrorKind::Cancelled, object)
}
