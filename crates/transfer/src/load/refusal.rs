//! What to do when DynamoDB refuses.

use crate::load::item::QueuedItem;
use crate::load::writing::Writing;
use crate::raw::WRITE_ATTEMPTS;
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
            kind if kind.may_pass() => Self::Passing { suspect: false },
            TransferErrorKind::Service => match error.code() {
                Some(
                    "ValidationException"
                    | "ValidationError"
                    | "SerializationException"
                    | "ItemCollectionSizeLimitExceeded"
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

/// What is to be done about a single write that failed.
pub(crate) enum AfterRefusal {
    /// Nothing: its item is rejected.
    Rejected,
    /// It is to be sent again; the wait is over.
    TryAgain,
}

/// Rejects the item of a write that failed, or waits for the next try. `attempt` counts tries.
pub(crate) async fn after_refusal(
    writing: &Writing,
    item: &QueuedItem,
    error: TransferError,
    attempt: &mut u32,
) -> Result<AfterRefusal, TransferError> {
    match Refusal::of(&error) {
        Refusal::Systemic => return Err(error),
        Refusal::Item => {
            let reason = defect(item).unwrap_or_else(|| error.to_string());
            writing.reject(item, &reason).await?;
            return Ok(AfterRefusal::Rejected);
        }
        Refusal::Passing { suspect } => {
            if suspect && let Some(defect) = defect(item) {
                writing.reject(item, &defect).await?;
                return Ok(AfterRefusal::Rejected);
            }
        }
    }
    if *attempt == WRITE_ATTEMPTS {
        return Err(error);
    }
    tokio::time::sleep(writing.session.retry.delay(*attempt)).await;
    *attempt += 1;
    Ok(AfterRefusal::TryAgain)
}

/// What is wrong with an item by our own strict reading; `None` when nothing is.
pub(crate) fn defect(item: &QueuedItem) -> Option<String> {
    let raw = RawItem::from_prefix(&item.json).map(|(raw, _)| raw);
    raw.and_then(|raw| raw.decode()).err().map(|error| error.to_string())
}
