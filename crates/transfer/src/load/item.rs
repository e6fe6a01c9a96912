//! An item on its way from a line to the table.

use crate::keys::KeyId;
use crate::load::frontier::Ticket;
use crate::raw::BatchWrite;
use bytes::Bytes;
use std::fmt;
use std::sync::Arc;
use tokio::time::Instant;

/// Where in the source a line stands.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The file, or what stands for the stream.
    pub(crate) file: Arc<str>,
    /// From 1.
    pub(crate) line: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// An item, or the change of one, as the text that stands in the source.
#[derive(Debug)]
pub(crate) struct QueuedItem {
    /// The whole line, for the rejects file.
    pub(crate) line: Bytes,
    /// The item in it, without what stands around it, or what is written in its place.
    pub(crate) json: Bytes,
    pub(crate) key: KeyId,
    /// [`KeyId::spread`] of the key.
    pub(crate) spread: u64,
    pub(crate) place: Place,
    /// When a write of it may begin at the latest, where it points to new objects.
    pub(crate) deadline: Option<Instant>,
    /// To be told when the item is settled.
    pub(crate) ticket: Arc<Ticket>,
    /// What else the line says where it is the record of a change, and `json` the image or, where
    /// there is none, the key.
    pub(crate) change: Option<Box<Change>>,
}

/// What a record of an incremental export says beside its new image.
#[derive(Debug)]
pub(crate) struct Change {
    /// Whether the item was deleted.
    pub(crate) is_delete: bool,
    /// When the item was last written, in microseconds since 1970.
    pub(crate) micros: u64,
    /// The key attributes, DynamoDB JSON.
    pub(crate) keys: Bytes,
    /// The item before the window, where the export has it.
    pub(crate) old_image: Option<Bytes>,
}

impl QueuedItem {
    /// What is to be written.
    pub(crate) fn write(&self) -> BatchWrite<'_> {
        if self.is_delete() { BatchWrite::Delete(&self.json) } else { BatchWrite::Put(&self.json) }
    }

    /// Whether the item of the key goes, instead of being put.
    pub(crate) fn is_delete(&self) -> bool {
        self.change.as_ref().is_some_and(|change| change.is_delete)
    }
}
