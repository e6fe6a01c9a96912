//! An item on its way from a line to the table.

use crate::keys::KeyId;
use crate::load::frontier::Ticket;
use bytes::Bytes;
use std::fmt;
use std::sync::Arc;

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

/// An item as the text that stands in the source.
#[derive(Debug)]
pub(crate) struct QueuedItem {
    /// The whole line, for the rejects file.
    pub(crate) line: Bytes,
    /// The item in it, without its `{"Item":` frame.
    pub(crate) json: Bytes,
    pub(crate) key: KeyId,
    /// [`KeyId::spread`] of the key.
    pub(crate) spread: u64,
    pub(crate) place: Place,
    /// To be told when the item is settled.
    pub(crate) ticket: Arc<Ticket>,
}
