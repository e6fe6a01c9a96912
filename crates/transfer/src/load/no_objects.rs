//! Lanes of a load to which a pointer is a map like any other.

use crate::TransferError;
use crate::dump::CopiedValues;
use crate::load::item::QueuedItem;
use crate::load::writing::Writing;
use ddbkit_codec::Item;

#[expect(clippy::unused_async, clippy::unused_self, reason = "as with the feature")]
impl Writing {
    pub(crate) async fn with_copies(
        &self,
        items: Vec<QueuedItem>,
    ) -> Result<Vec<QueuedItem>, TransferError> {
        Ok(items)
    }

    pub(crate) async fn settles_as_there(&self, _: &QueuedItem) -> Result<bool, TransferError> {
        Ok(false)
    }

    pub(crate) fn is_same(&self, one: &Item, other: &Item) -> bool {
        one == other
    }

    pub(crate) fn copied_values(&self) -> Option<CopiedValues> {
        None
    }
}
