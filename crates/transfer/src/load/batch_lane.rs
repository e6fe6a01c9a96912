//! A lane that writes batches.

use crate::load::deadline::before;
use crate::load::item::QueuedItem;
use crate::load::lane_queue::LaneQueue;
use crate::load::refusal::{Refusal, defect};
use crate::load::writing::Writing;
use crate::raw::{BatchOutcome, BatchRequest, WRITE_ATTEMPTS};
use crate::{TransferError, TransferErrorKind};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// How long a batch that is not full waits for more. A batch costs a request whatever is in it;
/// where the source is the slower side, the wait costs nothing.
const FILLING: Duration = Duration::from_millis(5);

/// Writes what comes, in batches as large as can be, until the queue ends.
pub(crate) async fn batch_lane(
    writing: Arc<Writing>,
    mut items: LaneQueue,
) -> Result<(), TransferError> {
    while let Some(first) = items.next().await {
        let batch = gather(first, &mut items).await;
        // Pointers to new objects may be longer; a batch that gets too large is halved when refused.
        let batch = writing.with_copies(batch).await?;
        write(&writing, batch).await?;
    }
    Ok(())
}

/// Fills a batch. An item that does not fit, or that may have the key of one in the batch, is left
/// for the next.
async fn gather(first: QueuedItem, items: &mut LaneQueue) -> Vec<QueuedItem> {
    let mut bytes = first.json.len();
    let mut batch = Vec::with_capacity(BatchRequest::MAX_ITEMS);
    batch.push(first);
    while batch.len() < BatchRequest::MAX_ITEMS {
        let Some(item) = items.next_within(FILLING).await else { break };
        bytes += item.json.len() + BatchRequest::FRAME;
        // Equal keys spread alike; different ones that do so by chance come with the next batch.
        if bytes > BatchRequest::MAX_BYTES || batch.iter().any(|other| other.spread == item.spread)
        {
            items.put_back(item);
            break;
        }
        batch.push(item);
    }
    batch
}

/// Writes a batch to the end: everything in it is written, or rejected.
async fn write(writing: &Writing, batch: Vec<QueuedItem>) -> Result<(), TransferError> {
    // A stack of batches instead of recursion: a refused one is put back in two halves.
    let mut pending = vec![batch];
    while let Some(mut batch) = pending.pop() {
        let mut attempt = 0;
        while !batch.is_empty() {
            writing.control().check()?;
            let error = match send(writing, &batch).await {
                Ok(outcome) => {
                    let before = batch.len();
                    batch = settle(writing, batch, &outcome)?;
                    if !batch.is_empty() {
                        attempt = if batch.len() < before { 0 } else { attempt + 1 };
                        wait_for_room(writing, &batch, attempt).await?;
                    }
                    continue;
                }
                Err(error) => error,
            };
            match Refusal::of(&error) {
                Refusal::Systemic => return Err(error),
                Refusal::Passing { suspect } => {
                    if suspect {
                        let before = batch.len();
                        batch = reject_defects(writing, batch).await?;
                        if batch.len() < before {
                            continue;
                        }
                    }
                    if attempt == WRITE_ATTEMPTS {
                        return Err(error);
                    }
                    tokio::time::sleep(writing.session.retry.delay(attempt)).await;
                    attempt += 1;
                }
                Refusal::Item => {
                    let before = batch.len();
                    batch = reject_defects(writing, batch).await?;
                    if batch.len() == before {
                        if let [only] = &batch[..] {
                            writing.reject(only, &error.to_string()).await?;
                            batch.clear();
                        } else {
                            let half = batch.split_off(batch.len() / 2);
                            pending.push(half);
                        }
                    }
                }
            }
        }
    }
    Ok(())
}

async fn send(writing: &Writing, batch: &[QueuedItem]) -> Result<BatchOutcome, TransferError> {
    let writes = batch.iter().map(QueuedItem::write);
    let request = BatchRequest::new(&writing.session.table, writes);
    let deadline = batch.iter().filter_map(|item| item.deadline).min();
    before(deadline, writing.session.batch_write(request)).await
}

/// Counts what was written, and leaves what DynamoDB did not get to.
fn settle(
    writing: &Writing,
    batch: Vec<QueuedItem>,
    outcome: &BatchOutcome,
) -> Result<Vec<QueuedItem>, TransferError> {
    if outcome.unprocessed.is_empty() {
        for item in &batch {
            writing.written(item);
        }
        return Ok(Vec::new());
    }
    let keys = outcome.unprocessed.iter().map(|item| writing.keys.id_of(item));
    let keys = keys
        .collect::<Result<HashSet<_>, _>>()
        .map_err(|why| foreign(&format!("an item without its key ({why})")))?;
    let (left, written): (Vec<_>, Vec<_>) =
        batch.into_iter().partition(|item| keys.contains(&item.key));
    if left.len() != outcome.unprocessed.len() {
        return Err(foreign("an item that was not in the batch"));
    }
    for item in &written {
        writing.written(item);
    }
    writing.tally.unprocessed.add(left.len() as u64);
    Ok(left)
}

fn foreign(what: &str) -> TransferError {
    let message = format!("DynamoDB gave back as unprocessed {what}");
    TransferError::new(TransferErrorKind::Service, message)
}

/// Waits before unprocessed items are sent again: they are a throttle in another form.
async fn wait_for_room(
    writing: &Writing,
    batch: &[QueuedItem],
    attempt: u32,
) -> Result<(), TransferError> {
    if attempt == WRITE_ATTEMPTS {
        let (count, table) = (batch.len(), &writing.session.table);
        let message = format!("DynamoDB takes none of {count} items for {table}, try after try");
        return Err(TransferError::new(TransferErrorKind::Throttled, message));
    }
    writing.session.limiter.throttled();
    tokio::time::sleep(writing.session.retry.delay(attempt)).await;
    Ok(())
}

/// Sets aside the items that are wrong by our own strict reading.
async fn reject_defects(
    writing: &Writing,
    batch: Vec<QueuedItem>,
) -> Result<Vec<QueuedItem>, TransferError> {
    let mut sound = Vec::with_capacity(batch.len());
    for item in batch {
        match defect(&item) {
            Some(defect) => writing.reject(&item, &defect).await?,
            None => sound.push(item),
        }
    }
    Ok(sound)
}
