//! Where a worker puts its pages.

use crate::TransferError;
use crate::TransferErrorKind;
use crate::dump::journal::{FileEntry, Journal};
use crate::parallel_scan::Position;
use bytes::Bytes;
use ddbkit_codec::ContentDigest;
use ddbkit_export::{DataFileWriter, ExportWriter};
use ddbkit_flow::{Control, ProgressEvent};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// A file is closed at the latest after this time, so that little is lost when a slow dump is
/// killed.
const FILE_AGE: Duration = Duration::from_mins(5);

/// One page as lines, and where it ends.
pub(crate) struct PageLines {
    pub(crate) lines: Bytes,
    pub(crate) items: u64,
    pub(crate) digest: ContentDigest,
    pub(crate) segment: u32,
    pub(crate) position: Position,
}

/// The place of one worker's pages.
pub(crate) enum Sink {
    /// A growing data file of an export, replaced by the next when it is large or old.
    Export(Box<RotatingFile>),
    /// A shared stream.
    Stream(mpsc::Sender<Bytes>),
}

impl Sink {
    /// Takes one page.
    pub(crate) async fn write(&mut self, page: PageLines) -> Result<(), TransferError> {
        match self {
            Self::Export(file) => file.write(page).await,
            // The receiver is gone only after it failed, and then its error is the one to tell.
            Self::Stream(stream) => {
                stream.send(page.lines).await.map_err(|_| TransferError::interrupted())
            }
        }
    }

    /// Closes what is open.
    pub(crate) async fn finish(self) -> Result<(), TransferError> {
        match self {
            Self::Export(file) => file.finish().await,
            Self::Stream(_) => Ok(()),
        }
    }
}

/// Writes one data file after the other, and says in the journal what is in them.
pub(crate) struct RotatingFile {
    export: ExportWriter,
    journal: Arc<Journal>,
    file_size: u64,
    digest: bool,
    /// Gone while it is written to, so that after a failure nothing of it counts.
    open: Option<Open>,
    control: Control,
}

/// What was read since the last entry of the journal.
struct Open {
    /// None as long as the pages had no items.
    file: Option<DataFileWriter>,
    since: Instant,
    digest: ContentDigest,
    positions: BTreeMap<u32, Position>,
}

impl RotatingFile {
    pub(crate) fn new(
        export: ExportWriter,
        journal: Arc<Journal>,
        file_size: u64,
        digest: bool,
        control: Control,
    ) -> Self {
        Self { export, journal, file_size, digest, open: None, control }
    }

    async fn write(&mut self, page: PageLines) -> Result<(), TransferError> {
        let mut open = self.open.take().unwrap_or_else(|| Open {
            file: None,
            since: Instant::now(),
            digest: ContentDigest::default(),
            positions: BTreeMap::new(),
        });
        let mut is_large = false;
        if !page.lines.is_empty() {
            let mut file = match open.file.take() {
                Some(file) => file,
                None => self.export.data_file().await.map_err(not_written)?,
            };
            file.write_lines(page.lines, page.items).await.map_err(not_written)?;
            is_large = file.uncompressed_bytes() >= self.file_size;
            open.file = Some(file);
        }
        open.digest.merge(&page.digest);
        open.positions.insert(page.segment, page.position);
        if is_large || open.since.elapsed() >= FILE_AGE {
            self.close(open).await
        } else {
            self.open = Some(open);
            Ok(())
        }
    }

    /// Makes the file visible, then says so in the journal.
    async fn close(&mut self, open: Open) -> Result<(), TransferError> {
        let Some(file) = open.file else {
            return self.journal.append(None, &open.positions).await;
        };
        let closed = file.finish().await.map_err(not_written)?;
        let entry = FileEntry::new(&closed, self.digest.then_some(&open.digest));
        let appended = self.journal.append(Some(entry), &open.positions).await;
        if let Err(error) = appended {
            if error.kind() == TransferErrorKind::Superseded {
                // The process that goes on reads these pages again, so the file must not stay. If
                // it cannot be removed now, the end of the dump removes it.
                self.export.store().delete(&closed.key).await.ok();
            }
            return Err(error);
        }
        self.control.emit(&ProgressEvent::FileClosed {
            key: closed.file.data_file_s3_key.clone(),
            items: closed.file.item_count,
            bytes: closed.compressed_bytes,
        });
        Ok(())
    }

    async fn finish(mut self) -> Result<(), TransferError> {
        match self.open.take() {
            Some(open) => self.close(open).await,
            None => Ok(()),
        }
    }
}

pub(crate) fn not_written(error: ddbkit_export::ExportError) -> TransferError {
    TransferError::caused(TransferErrorKind::Destination, "the dump cannot be written", error)
}
