//! Pointers in pages of a dump.

use super::{export_line, unread};
use crate::{CopiedValues, TransferError, TransferErrorKind};
use aws_sdk_s3::Client;
use bytes::Bytes;
use ddbkit_codec::{Item, RawItem};
use ddbkit_export::ExportWriter;
use ddbkit_flow::Control;
use ddbkit_offload::copy::BlobFolder;
use ddbkit_offload::{BlobPointer, inline_pointers, is_pointer_text};
use futures::{StreamExt, TryStreamExt, stream};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Semaphore;

/// How many items of a page get their values at the same time.
const INLINED_AT_ONCE: usize = 4;
/// The longest value that a line of a dump takes, in bytes.
const LONGEST_IN_DUMP: u64 = 16 << 20;
/// How many values are copied at the same time, over all workers.
const COPIED_AT_ONCE: usize = 8;

/// What becomes of pointers that are dumped, where they do not just stay.
#[derive(Clone, Debug)]
pub(crate) enum Outgoing {
    /// Their values take their place.
    Inline(Client),
    /// Their values are copied beside the data.
    Copy(Client),
}

/// The same, at work for all workers of a dump.
#[derive(Debug)]
pub(crate) enum PagePointers {
    Inline(Client),
    Copy(PageCopies),
}

impl PagePointers {
    /// The lines of a page as they are written. Values that are copied are there when it returns.
    pub(crate) async fn lines(
        &self,
        lines: Bytes,
        control: &Control,
    ) -> Result<Bytes, TransferError> {
        if !is_pointer_text(&lines) {
            return Ok(lines);
        }
        match self {
            Self::Inline(s3) => control.run(inlined(s3, &lines)).await?,
            Self::Copy(copies) => {
                control.run(copies.copy_all(&lines)).await??;
                Ok(lines)
            }
        }
    }

    /// What was copied so far; nothing where values are written into lines.
    pub(crate) fn counts(&self) -> Option<CopiedValues> {
        let Self::Copy(copies) = self else { return None };
        let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Some(CopiedValues {
            copied: count(&copies.copied),
            bytes: count(&copies.bytes),
            there: count(&copies.there),
        })
    }
}

/// Values of pages that go into the dump.
#[derive(Debug)]
pub(crate) struct PageCopies {
    s3: Client,
    folder: BlobFolder,
    at_once: Semaphore,
    copied: AtomicU64,
    bytes: AtomicU64,
    there: AtomicU64,
}

impl PageCopies {
    pub(crate) fn new(s3: Client, export: &ExportWriter) -> Self {
        let folder = export.store().subtree(&export.sidecar_key("blobs"));
        Self {
            s3,
            folder: BlobFolder::new(folder),
            at_once: Semaphore::new(COPIED_AT_ONCE),
            copied: AtomicU64::default(),
            bytes: AtomicU64::default(),
            there: AtomicU64::default(),
        }
    }

    async fn copy_all(&self, lines: &[u8]) -> Result<(), TransferError> {
        let mut pointers = Vec::new();
        for line in lines.split(|byte| *byte == b'\n').filter(|line| is_pointer_text(line)) {
            pointers.extend(BlobPointer::in_item(&item(line)?).map_err(unread)?);
        }
        // Two at the same time would both be copied.
        pointers.sort_by_key(|(_, pointer)| BlobFolder::name_of(pointer));
        let all = pointers.len() as u64;
        pointers.dedup_by_key(|(_, pointer)| BlobFolder::name_of(pointer));
        self.there.fetch_add(all - pointers.len() as u64, Ordering::Relaxed);
        let copies = pointers.iter().map(async |(name, pointer)| {
            // It is never closed.
            let _place = self.at_once.acquire().await;
            let copied = self.folder.add(&self.s3, pointer).await;
            match copied.map_err(|error| unread(error.of_attribute(name)))? {
                Some(bytes) => {
                    self.copied.fetch_add(1, Ordering::Relaxed);
                    self.bytes.fetch_add(bytes, Ordering::Relaxed);
                }
                None => drop(self.there.fetch_add(1, Ordering::Relaxed)),
            }
            Ok::<_, TransferError>(())
        });
        let copies: Vec<_> = copies.collect();
        stream::iter(copies).buffer_unordered(COPIED_AT_ONCE).try_collect().await
    }
}

fn item(line: &[u8]) -> Result<Item, TransferError> {
    let raw = RawItem::from_line(line);
    raw.and_then(|raw| Item::from_dynamodb_json(raw.as_bytes())).map_err(|error| {
        let message = "an item of the table cannot be read";
        TransferError::caused(TransferErrorKind::Service, message, error)
    })
}

/// Lines with values in the place of pointers.
async fn inlined(s3: &Client, lines: &Bytes) -> Result<Bytes, TransferError> {
    let pieces = lines.split_inclusive(|byte| *byte == b'\n').map(async |line| {
        if !is_pointer_text(line) {
            return Ok(line.to_vec());
        }
        let item = inline_pointers(s3, item(line)?, LONGEST_IN_DUMP).await.map_err(unread)?;
        let mut line = export_line(&item);
        line.push(b'\n');
        Ok::<_, TransferError>(line)
    });
    let pieces: Vec<_> = pieces.collect();
    let pieces = stream::iter(pieces).buffered(INLINED_AT_ONCE);
    let all = pieces.try_fold(Vec::new(), |mut all, piece| async move {
        all.extend_from_slice(&piece);
        Ok(all)
    });
    Ok(all.await?.into())
}
