//! A lane that writes one record at a time, unless the table has something newer.

use crate::TransferError;
use crate::apply::bookkeeping::Bookkeeping;
use crate::apply::stamp::{Standing, stamped};
use crate::load::item::{Change, QueuedItem};
use crate::load::lane_queue::LaneQueue;
use crate::load::refusal::{AfterRefusal, after_refusal};
use crate::load::writing::Writing;
use crate::raw::{DeleteOutcome, PutCondition, PutOutcome};
use ddbkit_codec::rules::{update_units, write_units};
use ddbkit_codec::{Item, RawItem};
use std::sync::Arc;

/// What knows what is newer.
pub(super) enum Guard {
    Bookkeeping(Bookkeeping),
    Attribute(String),
}

/// Applies what comes until the queue ends.
pub(super) async fn guarded_lane(
    writing: Arc<Writing>,
    guard: Arc<Guard>,
    mut items: LaneQueue,
) -> Result<(), TransferError> {
    while let Some(item) = items.next().await {
        apply(&writing, &guard, &item).await?;
    }
    Ok(())
}

async fn apply(writing: &Writing, guard: &Guard, item: &QueuedItem) -> Result<(), TransferError> {
    let Some(change) = item.change.as_deref() else {
        return writing.reject(item, "the line is no record of a change").await;
    };
    let mut attempt = 0;
    loop {
        writing.control().check()?;
        let wrote = match guard {
            Guard::Bookkeeping(notes) => with_note(writing, notes, item, change).await,
            Guard::Attribute(attribute) if change.is_delete => {
                delete(writing, attribute, change).await
            }
            Guard::Attribute(attribute) => match stamped(&item.json, attribute, change.micros) {
                Ok(stamped) => put(writing, attribute, change, &stamped).await,
                Err(why) => return writing.reject(item, &why).await,
            },
        };
        match wrote {
            Ok(standing) => return settle(writing, guard, item, standing).await,
            Err(error) => match after_refusal(writing, item, error, &mut attempt).await? {
                AfterRefusal::Rejected => return Ok(()),
                AfterRefusal::TryAgain => {}
            },
        }
    }
}

/// Counts a record that was written, or that stands so to what was there.
async fn settle(
    writing: &Writing,
    guard: &Guard,
    item: &QueuedItem,
    standing: Option<Standing>,
) -> Result<(), TransferError> {
    match standing {
        None => writing.written(item),
        Some(Standing::Same) => {
            writing.tally.already_equal.add(1);
            writing.advanced(item);
        }
        Some(Standing::Older) => {
            writing.tally.not_newer.add(1);
            writing.advanced(item);
        }
        // A condition that is false for a newer record: its attribute cannot be compared.
        Some(Standing::Newer | Standing::Unknown) => {
            let why = match guard {
                Guard::Attribute(name) => format!(
                    "the attribute {name} of the item in the table is no number, so that it is not \
                     known which is newer"
                ),
                Guard::Bookkeeping(_) => {
                    "the note about this key in the bookkeeping has no number".to_owned()
                }
            };
            writing.reject(item, &why).await?;
        }
    }
    Ok(())
}

/// With bookkeeping, of a put and of a delete alike.
async fn with_note(
    writing: &Writing,
    notes: &Bookkeeping,
    item: &QueuedItem,
    change: &Change,
) -> Result<Option<Standing>, TransferError> {
    let standing = notes.write(&writing.session, item, change).await?;
    if standing.is_some() {
        // Of the two writes of a transaction to each item the first was made. Decoding the item to
        // know its size is no loss here, where nothing was written.
        writing.session.charge_refused(write_units(size(&item.json)));
        notes.session().charge_refused(write_units(Bookkeeping::note_size(change)));
    }
    Ok(standing)
}

async fn put(
    writing: &Writing,
    attribute: &str,
    change: &Change,
    stamped: &[u8],
) -> Result<Option<Standing>, TransferError> {
    let value = format!("{{\"N\":\"{}\"}}", change.micros);
    let condition = PutCondition::UnlessStamped { attribute, value: value.as_bytes() };
    match writing.session.put_if(&condition, stamped).await? {
        PutOutcome::Written => Ok(None),
        PutOutcome::Taken(there) => {
            writing.session.charge_refused(update_units(there.size(), size(stamped)));
            Ok(Some(Standing::of(change.micros, &there, attribute)))
        }
    }
}

async fn delete(
    writing: &Writing,
    attribute: &str,
    change: &Change,
) -> Result<Option<Standing>, TransferError> {
    // That the key can be decoded was seen when it was read.
    let key = Item::from_dynamodb_json(&change.keys).unwrap_or_default();
    match writing.session.delete_unless_stamped(key, attribute, change.micros).await? {
        DeleteOutcome::Deleted => Ok(None),
        DeleteOutcome::Kept(there) => {
            writing.session.charge_refused(write_units(there.size()));
            Ok(Some(Standing::of(change.micros, &there, attribute)))
        }
    }
}

/// The size of an item as DynamoDB counts it; nothing where it is none.
pub(super) fn size(json: &[u8]) -> usize {
    let decoded = RawItem::from_prefix(json).and_then(|(raw, _)| raw.decode());
    decoded.map_or(0, |item| item.size())
}
