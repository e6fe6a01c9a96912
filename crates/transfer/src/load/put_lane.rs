//! A lane that writes one item at a time, each with a condition on the item of its key.

use crate::TransferError;
use crate::load::builder::WriteMode;
use crate::load::deadline::before;
use crate::load::item::QueuedItem;
use crate::load::lane_queue::LaneQueue;
use crate::load::newer::Stamp;
use crate::load::refusal::{AfterRefusal, after_refusal};
use crate::load::writing::Writing;
use crate::raw::{PutCondition, PutOutcome};
use ddbkit_codec::rules::update_units;
use ddbkit_codec::{Item, RawItem};
use std::sync::Arc;

/// Writes what comes until the queue ends.
pub(crate) async fn put_lane(
    writing: Arc<Writing>,
    mut items: LaneQueue,
) -> Result<(), TransferError> {
    while let Some(item) = items.next().await {
        if writing.settles_as_there(&item).await? {
            continue;
        }
        for item in writing.with_copies(vec![item]).await? {
            put(&writing, &item).await?;
        }
    }
    Ok(())
}

async fn put(writing: &Writing, item: &QueuedItem) -> Result<(), TransferError> {
    let stamp = match &writing.mode {
        WriteMode::IfNewer(attribute) => match Stamp::of(item, attribute) {
            Ok(stamp) => Some(stamp),
            Err(why) => return writing.reject(item, &why).await,
        },
        _ => None,
    };
    let key = writing.keys.hash();
    let condition = match &stamp {
        Some(stamp) => PutCondition::IfLess { key, attribute: stamp.attribute, value: stamp.json },
        None => PutCondition::IfAbsent { key },
    };
    let mut attempt = 0;
    loop {
        writing.control().check()?;
        let put = writing.session.put_if(&condition, &item.json);
        let error = match before(item.deadline, put).await {
            Ok(PutOutcome::Written) => {
                writing.written(item);
                return Ok(());
            }
            Ok(PutOutcome::Taken(existing)) => {
                return taken(writing, item, stamp.as_ref(), &existing).await;
            }
            Err(error) => error,
        };
        match after_refusal(writing, item, error, &mut attempt).await? {
            AfterRefusal::Rejected => return Ok(()),
            AfterRefusal::TryAgain => {}
        }
    }
}

/// The key is taken: by an equal item, perhaps by this very put whose answer was lost, or by
/// another.
async fn taken(
    writing: &Writing,
    item: &QueuedItem,
    stamp: Option<&Stamp<'_>>,
    existing: &Item,
) -> Result<(), TransferError> {
    let decoded = RawItem::from_prefix(&item.json).and_then(|(raw, _)| raw.decode());
    let decoded = match decoded {
        Ok(decoded) => decoded,
        Err(error) => return writing.reject(item, &error.to_string()).await,
    };
    // The answer to a refused put says nothing about capacity, though DynamoDB counts it.
    writing.session.charge_refused(update_units(existing.size(), decoded.size()));
    let count = if writing.is_same(&decoded, existing) {
        &writing.tally.already_equal
    } else if let Some(stamp) = stamp {
        if let Some(why) = stamp.cannot_be_compared(existing) {
            return writing.reject(item, &why).await;
        }
        &writing.tally.not_newer
    } else {
        &writing.tally.skipped_different
    };
    count.add(1);
    writing.advanced(item);
    Ok(())
}
