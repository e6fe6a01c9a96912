//! A lane that writes one item at a time and never replaces one.

use crate::TransferError;
use crate::load::item::QueuedItem;
use crate::load::lane_queue::LaneQueue;
use crate::load::refusal::{Refusal, defect};
use crate::load::run::Writing;
use crate::raw::PutOutcome;
use ddbkit_codec::{Item, RawItem};
use std::sync::Arc;

/// How often a put is tried while DynamoDB throttles or cannot be reached.
const ATTEMPTS: u32 = 30;

/// Writes what comes until the queue ends.
pub(crate) async fn put_lane(
    writing: Arc<Writing>,
    mut items: LaneQueue,
) -> Result<(), TransferError> {
    while let Some(item) = items.next().await {
        put(&writing, &item).await?;
    }
    Ok(())
}

async fn put(writing: &Writing, item: &QueuedItem) -> Result<(), TransferError> {
    let mut attempt = 0;
    loop {
        writing.control().check()?;
        let error = match writing.session.put_if_absent(writing.keys.hash(), &item.json).await {
            Ok(PutOutcome::Written) => {
                writing.written(item);
                return Ok(());
            }
            Ok(PutOutcome::Taken(existing)) => return taken(writing, item, &existing).await,
            Err(error) => error,
        };
        match Refusal::of(&error) {
            Refusal::Systemic => return Err(error),
            Refusal::Item => {
                let reason = defect(item).unwrap_or_else(|| error.to_string());
                return writing.reject(item, &reason).await;
            }
            Refusal::Passing { suspect } => {
                if suspect && let Some(defect) = defect(item) {
                    return writing.reject(item, &defect).await;
                }
                if attempt == ATTEMPTS {
                    return Err(error);
                }
                tokio::time::sleep(writing.session.retry.delay(attempt)).await;
                attempt += 1;
            }
        }
    }
}

/// The key is taken: by an equal item, perhaps by this very put whose answer was lost, or by
/// another.
async fn taken(writing: &Writing, item: &QueuedItem, existing: &Item) -> Result<(), TransferError> {
    let decoded = RawItem::from_prefix(&item.json).and_then(|(raw, _)| raw.decode());
    match decoded {
        Ok(decoded) if decoded == *existing => writing.tally.already_equal.add(1),
        Ok(_) => writing.tally.skipped_different.add(1),
        Err(error) => return writing.reject(item, &error.to_string()).await,
    }
    writing.advanced(item);
    Ok(())
}
