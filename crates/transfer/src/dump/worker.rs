//! What a worker of a dump does with its pages.

use crate::TransferError;
use crate::dump::builder::DumpBuilder;
use crate::dump::sink::{PageLines, Sink};
use crate::parallel_scan::{PageSink, Position};
#[cfg(feature = "offload")]
use crate::pointers::PagePointers;
use crate::raw::Page;
use ddbkit_codec::ContentDigest;
use ddbkit_flow::{Control, ProgressEvent};
#[cfg(feature = "offload")]
use std::sync::Arc;

/// Turns pages into lines, counts them, digests them where asked.
pub(crate) struct DumpWorker {
    sink: Sink,
    digest: bool,
    sort_keys: bool,
    #[cfg(feature = "offload")]
    pointers: Option<Arc<PagePointers>>,
    control: Control,
    done: Done,
}

/// What one worker did, or all of them.
#[derive(Default)]
pub(crate) struct Done {
    pub(crate) items: u64,
    pub(crate) json_bytes: u64,
    pub(crate) digest: ContentDigest,
}

impl Done {
    pub(crate) fn add(&mut self, other: &Self) {
        self.items += other.items;
        self.json_bytes += other.json_bytes;
        self.digest.merge(&other.digest);
    }
}

impl DumpWorker {
    pub(crate) fn new(sink: Sink, options: &DumpBuilder, control: &Control) -> Self {
        Self {
            sink,
            digest: options.digest,
            sort_keys: options.sort_keys,
            #[cfg(feature = "offload")]
            pointers: None,
            control: control.clone(),
            done: Done::default(),
        }
    }

    /// What is done about pointers, where they do not just stay.
    #[cfg(feature = "offload")]
    pub(crate) fn with_pointers(self, pointers: Option<Arc<PagePointers>>) -> Self {
        Self { pointers, ..self }
    }
}

impl PageSink for DumpWorker {
    type Done = Done;

    async fn take(&mut self, segment: u32, page: &Page, most: usize) -> Result<(), TransferError> {
        let mut digest = ContentDigest::default();
        if self.digest {
            page.add_to(&mut digest, most)?;
            self.done.digest.merge(&digest);
        }
        let items = page.items().min(most as u64);
        let lines = if self.sort_keys { page.sorted_lines(most)? } else { page.lines(most)? };
        #[cfg(feature = "offload")]
        let lines = match &self.pointers {
            Some(pointers) => pointers.lines(lines, &self.control).await?,
            None => lines,
        };
        let bytes = lines.len() as u64;
        let position = page.last_evaluated_key.clone().map_or(Position::Done, Position::After);
        self.sink.write(PageLines { lines, items, digest, segment, position }).await?;
        self.done.items += items;
        self.done.json_bytes += bytes;
        self.control.emit(&ProgressEvent::Advanced { items, bytes });
        Ok(())
    }

    async fn finish(self) -> Result<Done, TransferError> {
        self.sink.finish().await?;
        Ok(self.done)
    }
}
