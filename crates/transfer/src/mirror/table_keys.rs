//! The keys of both sides on their way to the files.

use crate::TransferError;
use crate::compare::{ItemSink, no_key};
use crate::keys::KeySchema;
use crate::mirror::key_files::{KeyFiles, KeyRecord};
use crate::parallel_scan::PageSink;
use crate::raw::Page;
use crate::workers::died;
use ddbkit_codec::Item;
use ddbkit_flow::{Control, ProgressEvent};
use std::sync::Arc;

/// Writes the keys of what one worker reads, and counts them.
#[derive(Clone)]
pub(crate) struct KeyWriter {
    pub(crate) keys: KeySchema,
    pub(crate) files: Arc<KeyFiles>,
    pub(crate) control: Control,
    pub(crate) count: u64,
}

impl KeyWriter {
    async fn write(&mut self, records: Vec<KeyRecord>) -> Result<(), TransferError> {
        self.count += records.len() as u64;
        let files = self.files.clone();
        let written = tokio::task::spawn_blocking(move || files.add(&records)).await;
        written.map_err(|error| died(&error))?
    }
}

impl ItemSink for KeyWriter {
    type Done = u64;

    async fn take(&mut self, items: Vec<Item>) -> Result<(), TransferError> {
        let records = items.iter().map(|item| KeyRecord::of_source(&self.keys, item));
        let records = records.collect::<Result<Vec<_>, _>>().map_err(|why| no_key(&why))?;
        self.write(records).await
    }

    async fn finish(self) -> Result<u64, TransferError> {
        Ok(self.count)
    }
}

impl PageSink for KeyWriter {
    type Done = u64;

    async fn take(&mut self, _: u32, page: &Page, most: usize) -> Result<(), TransferError> {
        let record = |item: Result<Item, TransferError>| {
            KeyRecord::of_table(&self.keys, &item?).map_err(|why| no_key(&why))
        };
        let records = page.decoded(most).map(record).collect::<Result<Vec<_>, _>>()?;
        let event = ProgressEvent::Advanced { items: records.len() as u64, bytes: 0 };
        self.write(records).await?;
        self.control.emit(&event);
        Ok(())
    }

    async fn finish(self) -> Result<u64, TransferError> {
        Ok(self.count)
    }
}
