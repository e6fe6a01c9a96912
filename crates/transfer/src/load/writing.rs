//! What the lanes of a load share: how an item is settled, whichever way it went.

use crate::TransferError;
use crate::keys::KeySchema;
use crate::load::builder::WriteMode;
use crate::load::expiry::{Expired, Expiry};
use crate::load::frontier::Ticket;
use crate::load::item::{Place, QueuedItem};
use crate::load::reader::Lines;
use crate::load::rejects::Rejects;
use crate::load::tally::Tally;
use crate::load::warnings::Warnings;
#[cfg(feature = "offload")]
use crate::pointers::{Copies, Pointers};
use crate::raw::Session;
use bytes::Bytes;
use ddbkit_codec::RawItem;
use ddbkit_flow::{Control, ProgressEvent};
use std::collections::HashMap;

/// What is written in the place of a line, or why it must not be written.
pub(crate) type Looked = Result<Bytes, String>;

/// What the lanes of a load share.
pub(crate) struct Writing {
    pub(crate) session: Session,
    pub(crate) keys: KeySchema,
    pub(crate) lines: Lines,
    pub(crate) mode: WriteMode,
    pub(crate) tally: Tally,
    pub(crate) expiry: Option<Expiry>,
    pub(crate) warnings: Warnings,
    pub(crate) rejects: Rejects,
    #[cfg(feature = "offload")]
    pub(crate) pointers: Option<Pointers>,
    #[cfg(feature = "offload")]
    pub(crate) copies: Option<Copies>,
}

impl Writing {
    pub(crate) fn control(&self) -> &Control {
        self.session.control()
    }

    pub(crate) fn written(&self, item: &QueuedItem) {
        let count = if item.is_delete() { &self.tally.deleted } else { &self.tally.written };
        count.add(1);
        self.advanced(item);
    }

    pub(crate) fn advanced(&self, item: &QueuedItem) {
        item.ticket.settle();
        let bytes = item.line.len() as u64;
        self.control().emit(&ProgressEvent::Advanced { items: 1, bytes });
    }

    /// Whether the item is written as far as its time to live goes; why it is rejected otherwise.
    pub(crate) fn takes_expired(&self, item: &RawItem<'_>) -> Result<bool, String> {
        let Some(expiry) = self.expiry.as_ref().filter(|expiry| expiry.is_expired(item)) else {
            return Ok(true);
        };
        let is_first = self.tally.expired.get() == 0;
        self.tally.expired.add(1);
        match expiry.mode {
            Expired::Load => {
                if is_first {
                    let text = "there are items that have expired: they are loaded, and DynamoDB \
                                deletes them again";
                    self.warnings.add(text);
                }
                Ok(true)
            }
            Expired::Skip => Ok(false),
            Expired::Reject => Err(expiry.reason()),
        }
    }

    /// What is written in the place of lines with pointers, or why they must not be written, by their
    /// numbers.
    #[cfg(feature = "offload")]
    pub(crate) async fn look_at_pointers<'a>(
        &self,
        batch: &[u8],
        lines: impl Iterator<Item = (u64, &'a [u8])>,
    ) -> Result<HashMap<u64, Looked>, TransferError> {
        match &self.pointers {
            Some(pointers) => pointers.look(batch, lines).await,
            None => Ok(HashMap::new()),
        }
    }

    /// Without the feature a pointer is a map like any other.
    #[cfg(not(feature = "offload"))]
    #[expect(clippy::unused_async, reason = "as with the feature")]
    pub(crate) async fn look_at_pointers<'a>(
        &self,
        _: &[u8],
        _: impl Iterator<Item = (u64, &'a [u8])>,
    ) -> Result<HashMap<u64, Looked>, TransferError> {
        Ok(HashMap::new())
    }

    pub(crate) async fn reject(&self, item: &QueuedItem, why: &str) -> Result<(), TransferError> {
        self.reject_line(&item.line, &item.place, &item.ticket, why).await?;
        item.ticket.settle();
        Ok(())
    }

    /// Sets a line aside. It is settled, for which others wait, by whoever calls this.
    pub(crate) async fn reject_line(
        &self,
        line: &[u8],
        place: &Place,
        ticket: &Ticket,
        why: &str,
    ) -> Result<(), TransferError> {
        self.rejects.add(line, place, why).await?;
        ticket.reject();
        self.tally.rejected.add(1);
        self.control().emit(&ProgressEvent::Rejected);
        Ok(())
    }
}
