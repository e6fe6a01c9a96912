//! Another look at an object before it is deleted, and at the item that it belonged to.

use super::collector::GarbageCollector;
use super::objects::{head, length_of, time_of};
use super::owner_metadata::key_in_metadata;
use super::plan_file::PlannedObject;
use super::pointers::{Found, visit};
use crate::{ItemKey, OffloadError};

/// What the look showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Delete,
    /// To be deleted although the item could not be looked at.
    DeleteUnchecked,
    Gone,
    Changed,
    Referenced,
}

/// Looks at the object, then strongly at its item. Between this and the deletion the item may change;
/// that it cannot begin to point to an object this old is what the protocol promises.
pub(super) async fn recheck(
    collector: &GarbageCollector,
    object: &PlannedObject,
    written_before: std::time::SystemTime,
) -> Result<Verdict, OffloadError> {
    let key = &object.key;
    let Some(head) = head(&collector.s3, &collector.bucket, key).await? else {
        return Ok(Verdict::Gone);
    };
    let modified = head.last_modified().and_then(time_of);
    // `Last-Modified` has whole seconds, a listing may have more.
    let is_old = modified.is_some_and(|modified| modified < written_before);
    if !is_old || length_of(&head) != Some(object.size) {
        return Ok(Verdict::Changed);
    }
    let Some(owner) = collector.layout.owner(key) else { return Ok(Verdict::DeleteUnchecked) };
    let table = &collector.ownership.table_name;
    let named = head.metadata().and_then(|metadata| {
        let item = key_in_metadata(metadata, &collector.key_schema);
        ItemKey::of_item(table, &collector.key_schema, &item?).ok()
    });
    // Metadata that names another item than the key does says nothing.
    let Some(item_key) = named.filter(|named| named.owner() == owner) else {
        return Ok(Verdict::DeleteUnchecked);
    };
    let get = collector.dynamodb.get_item().table_name(table).consistent_read(true);
    let item = get.set_key(Some(item_key.to_sdk())).send().await;
    let item =
        item.map_err(|error| OffloadError::dynamodb(format_args!("reading {item_key}"), error))?;
    let mut is_referenced = false;
    for value in item.item.iter().flat_map(|item| item.values()) {
        visit(value, &mut |found| {
            if let Found::Pointer(pointer) = found {
                is_referenced |= pointer?.key == *key;
            }
            Ok(())
        })?;
    }
    Ok(if is_referenced { Verdict::Referenced } else { Verdict::Delete })
}
