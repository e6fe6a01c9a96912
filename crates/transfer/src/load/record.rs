//! The records of an incremental export on their way to the table.

use crate::keys::KeySchema;
use crate::load::frontier::Ticket;
use crate::load::item::{Change, Place, QueuedItem};
use bytes::Bytes;
use ddbkit_codec::{RawItem, RawRecord};
use std::sync::Arc;

/// What is to be written for a record; what is wrong with it otherwise.
pub(super) fn queued(
    keys: &KeySchema,
    line: &Bytes,
    place: &Place,
    ticket: &Arc<Ticket>,
) -> Result<QueuedItem, String> {
    let record = RawRecord::from_line(line).map_err(|error| error.to_string())?;
    let key = keys.of_raw(&record.keys)?;
    if let Some(image) = record.new_image {
        // The lane goes by the key of the record, and DynamoDB by that of the image.
        if keys.of_raw(&image)? != key {
            return Err("the new image has another key than its record".to_owned());
        }
    }
    let part = |item: RawItem<'_>| line.slice_ref(item.as_bytes());
    let change = Change {
        is_delete: record.new_image.is_none(),
        micros: record.write_timestamp_micros,
        keys: part(record.keys),
        old_image: record.old_image.map(part),
    };
    ticket.add();
    Ok(QueuedItem {
        json: part(record.new_image.unwrap_or(record.keys)),
        line: line.clone(),
        spread: key.spread(),
        key,
        place: place.clone(),
        deadline: None,
        ticket: ticket.clone(),
        change: Some(Box::new(change)),
    })
}
