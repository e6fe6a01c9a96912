//! Where a worker puts its pages.

use crate::TransferError;
use crate::TransferErrorKind;
use bytes::Bytes;
use ddbkit_export::{ClosedFile, DataFileWriter, ExportWriter};
use ddbkit_flow::{Control, ProgressEvent};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// A file is closed at the latest after this time, so that little is lost when a slow dump is
/// killed.
const FILE_AGE: Duration = Duration::from_mins(5);

/// The place of one worker's pages.
pub(crate) enum Sink {
    /// A growing data file of an export, replaced by the next when it is large or old.
    Export(Box<RotatingFile>),
    /// A shared stream.
    Stream(mpsc::Sender<Bytes>),
}

impl Sink {
    /// Takes one page.
    pub(crate) async fn write(&mut self, lines: Bytes, items: u64) -> Result<(), TransferError> {
        match self {
            Self::Export(file) => file.write(lines, items).await,
            // The receiver is gone only after it failed, and then its error is the one to tell.
            Self::Stream(stream) => {
                stream.send(lines).await.map_err(|_| TransferError::interrupted())
            }
        }
    }

    /// Closes what is open, and names the files that were written.
    pub(crate) async fn finish(self) -> Result<Vec<ClosedFile>, TransferError> {
        match self {
            Self::Export(file) => file.finish().await,
            Self::Stream(_) => Ok(Vec::new()),
        }
    }
}

/// Writes one data file after the other.
pub(crate) struct RotatingFile {
    export: ExportWriter,
    file_size: u64,
    open: Option<(DataFileWriter, Instant)>,
    closed: Vec<ClosedFile>,
    control: Control,
}

impl RotatingFile {
    pub(crate) fn new(export: ExportWriter, file_size: u64, control: Control) -> Self {
        Self { export, file_size, open: None, closed: Vec::new(), control }
    }

    async fn write(&mut self, lines: Bytes, items: u64) -> Result<(), TransferError> {
        if lines.is_empty() {
            return Ok(());
        }
        let (mut file, opened) = match self.open.take() {
            Some(open) => open,
            None => (self.export.data_file().await.map_err(not_written)?, Instant::now()),
        };
        file.write_lines(lines, items).await.map_err(not_written)?;
        if file.uncompressed_bytes() >= self.file_size || opened.elapsed() >= FILE_AGE {
            self.close(file).await
        } else {
            self.open = Some((file, opened));
            Ok(())
        }
    }

    async fn close(&mut self, file: DataFileWriter) -> Result<(), TransferError> {
        let closed = file.finish().await.map_err(not_written)?;
        self.control.emit(&ProgressEvent::FileClosed {
            key: closed.file.data_file_s3_key.clone(),
            items: closed.file.item_count,
            bytes: closed.compressed_bytes,
        });
        self.closed.push(closed);
        Ok(())
    }

    async fn finish(mut self) -> Result<Vec<ClosedFile>, TransferError> {
        if let Some((file, _)) = self.open.take() {
            self.close(file).await?;
        }
        Ok(self.closed)
    }
}

pub(crate) fn not_written(error: ddbkit_export::ExportError) -> TransferError {
    TransferError::caused(TransferErrorKind::Destination, "the dump cannot be written", error)
}
