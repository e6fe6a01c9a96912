//! Proving one data file.

use super::lines::{Decoded, Expected};
use super::{Check, FaultKind, VerifyReport};
use crate::reader::{FileEnd, FileEvent, is_provable};
use crate::{DataFile, ExportError, ExportErrorKind, ExportKind, ExportReader, ReadOptions};
use ddbkit_flow::{Control, ProgressEvent};

/// What one data file adds to the report.
pub(super) struct FileReport {
    /// Whether all its items were read and decoded.
    pub(super) is_complete: bool,
    pub(super) report: VerifyReport,
}

pub(super) async fn verify_file(
    reader: &ExportReader,
    file: DataFile,
    max_faults: usize,
    control: &Control,
) -> Result<FileReport, ExportError> {
    let mut report = VerifyReport::new(max_faults);
    let object = reader.describe_file(&file);
    let expected = Expected::of(reader.summary());
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
            FileEvent::Batch(batch) => {
                let (expected, bytes) = (expected.clone(), batch.bytes.len() as u64);
                let decode = move || expected.decode(&batch, max_faults);
                let decoded = tokio::task::spawn_blocking(decode);
                let decoded = decoded.await.map_err(|stopped| {
                    ExportError::new(ExportErrorKind::Interrupted, &object).caused_by(stopped)
                })?;
                are_lines_valid &= decoded.faults.is_empty();
                let items = decoded.items;
                report.add_lines(&object, decoded);
                control.emit(&ProgressEvent::Advanced { items, bytes });
            }
        }
    };
    let is_read = end.items.is_some();
    close(&mut report, end, &file, &object)?;
    let is_complete = reader.kind() == ExportKind::Full && are_lines_valid && is_read;
    Ok(FileReport { is_complete, report })
}

fn close(
    report: &mut VerifyReport,
    end: FileEnd,
    file: &DataFile,
    object: &str,
) -> Result<(), ExportError> {
    report.check_if(Check::DataFileChecksum, file.md5_checksum.is_some());
    report.check_if(Check::DataFileEtag, file.etag.as_deref().is_some_and(is_provable));
    report.check_if(Check::ItemCount, end.items.is_some());
    report.checked(Check::Lines);
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
        self.add_changes(decoded.changes);
        for (line, kind, message) in decoded.faults {
            self.fault(kind, object, Some(line), message);
        }
        self.count_faults(decoded.unlisted);
    }
}

fn cancelled(object: &str) -> ExportError {
    ExportError::new(ExportErrorKind::Cancelled, object)
}
