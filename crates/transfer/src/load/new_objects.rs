//! Items with pointers, in lanes of a load that gives them objects of their own.

use crate::TransferError;
use crate::dump::CopiedValues;
use crate::load::builder::WriteMode;
use crate::load::item::QueuedItem;
use crate::load::writing::Writing;
use ddbkit_codec::{Item, RawItem};
use ddbkit_offload::copy::have_same_values;
use ddbkit_offload::{BlobPointer, is_pointer_text};
use futures::future::try_join_all;

impl Writing {
    /// The items of a write, those with pointers with objects of their own. Those that cannot have them
    /// are rejected.
    pub(crate) async fn with_copies(
        &self,
        items: Vec<QueuedItem>,
    ) -> Result<Vec<QueuedItem>, TransferError> {
        if self.copies.is_none() {
            return Ok(items);
        }
        let items = items.into_iter().map(|item| self.with_own_objects(item));
        Ok(try_join_all(items).await?.into_iter().flatten().collect())
    }

    async fn with_own_objects(
        &self,
        item: QueuedItem,
    ) -> Result<Option<QueuedItem>, TransferError> {
        let Some(copies) = self.copies.as_ref().filter(|_| is_pointer_text(&item.json)) else {
            return Ok(Some(item));
        };
        let decoded = match decoded(&item) {
            Ok(decoded) => decoded,
            Err(why) => return self.reject(&item, &why).await.map(|()| None),
        };
        match copies.of(decoded).await? {
            Ok(with) => {
                Ok(Some(QueuedItem { json: with.json, deadline: Some(with.deadline), ..item }))
            }
            Err(why) => self.reject(&item, &why).await.map(|()| None),
        }
    }

    /// Settles an item with pointers that the table holds already, where existing items stay: its values
    /// need not be copied for a put that would be refused. Whether it did.
    pub(crate) async fn settles_as_there(&self, item: &QueuedItem) -> Result<bool, TransferError> {
        let Some(copies) = &self.copies else { return Ok(false) };
        if self.mode != WriteMode::SkipExisting || !is_pointer_text(&item.json) {
            return Ok(false);
        }
        // One that cannot be read is rejected where it would be copied.
        let Ok(decoded) = decoded(item) else { return Ok(false) };
        let key = self.keys.project(&decoded);
        let Some(existing) = self.session.get_item(key).await? else { return Ok(false) };
        copies.are_there(BlobPointer::in_item(&decoded).map_or(0, |all| all.len() as u64));
        let count = if self.is_same(&decoded, &existing) {
            &self.tally.already_equal
        } else {
            &self.tally.skipped_different
        };
        count.add(1);
        self.advanced(item);
        Ok(true)
    }

    /// Whether two items are the same, wherever their values lie if these are copied.
    pub(crate) fn is_same(&self, one: &Item, other: &Item) -> bool {
        if self.copies.is_some() { have_same_values(one, other) } else { one == other }
    }

    /// What was copied, where that was asked for.
    pub(crate) fn copied_values(&self) -> Option<CopiedValues> {
        self.copies.as_ref().map(crate::pointers::Copies::counts)
    }
}

fn decoded(item: &QueuedItem) -> Result<Item, String> {
    let raw = RawItem::from_prefix(&item.json);
    raw.and_then(|(raw, _)| raw.decode()).map_err(|error| error.to_string())
}
