//! What to do when DynamoDB refuses.

use crate::load::item::QueuedItem;
use crate::{TransferError, TransferErrorKind};
use ddbkit_codec::RawItem;

/// Whose fault a failed write is.
pub(crate) enum Refusal {
    /// An item's: find it, set it aside, go on with the others.
    Item,
    /// Nobody's, it may pass: try again.
    Passing {
        /// Unless an item is malformed: that makes some servers fail instead of refuse.
        suspect: bool,
    },
    /// Everybody's: no other item would fare better.
    Systemic,
}

impl Refusal {
    pub(crate) fn of(error: &TransferError) -> Self {
        match error.kind() {
            TransferErrorKind::Throttled | TransferErrorKind::Connection => {
                Self::Passing { suspect: false }
            }
            TransferErrorKind::Service => match error.code() {
                Some(
                    "ValidationException"
                    | "SerializationException"
                    | "ItemCollectionSizeLimitExceededException"
                    | "RequestEntityTooLarge",
                ) => Self::Item,
                Some("InternalServerError" | "InternalFailure" | "ServiceUnavailable") | None => {
                    Self::Passing { suspect: true }
                }
                Some(_) => Self::Systemic,
            },
            _ => Self::Systemic,
        }
    }
}

/// What is wrong with an item by our own strict reading; `None` when nothing is.
pub(crate) fn defect(item: &QueuedItem) -> Option<String> {
    let raw = RawItem::from_prefix(&item.json).map(|(raw, _)| raw);
    raw.and_then(|raw| raw.decode()).err().map(|error| error.to_string())
}
