//! Objects become values of items again.

use super::{Attributes, Change, Outcome};
use crate::{
    BlobKind, BlobPointer, ItemKey, ItemWrite, OffloadError, OffloadPolicy, OffloadedItem,
    Offloader,
};
use async_trait::async_trait;
use ddbkit_codec::rules::{MAX_ITEM_SIZE, update_units};
use ddbkit_codec::{AttributeValue, Item};
use ddbkit_flow::Control;

/// A document of 400 KB as `DynamoDB` JSON is at most so many times longer: the smallest members of
/// lists take two bytes of an item, and 14 of text.
const LONGEST_TEXT: u64 = 16;

/// Brings values back.
pub(super) struct Outward {
    offloader: Offloader,
}

impl Outward {
    pub(super) fn new(offloader: &Offloader) -> Self {
        Self { offloader: offloader.with_policy(OffloadPolicy::Above(usize::MAX)) }
    }
}

fn too_large(size: u64) -> Outcome {
    Outcome::Rejected(format!(
        "the item would have {size} bytes with its values in it, DynamoDB takes {MAX_ITEM_SIZE}"
    ))
}

#[async_trait]
impl Change for Outward {
    async fn apply(
        &self,
        key: &ItemKey,
        item: Attributes,
        control: &Control,
    ) -> Result<Outcome, OffloadError> {
        let seen = self.offloader.seen(&item)?;
        let named = &self.offloader.shared.attributes;
        let pointers: Vec<(&str, &BlobPointer)> =
            seen.pointers().filter(|(name, _)| named.contains_key(*name)).collect();
        if pointers.is_empty() {
            return Ok(Outcome::Unchanged);
        }
        // What no item could hold is not read at all.
        let least = |pointer: &BlobPointer| match pointer.kind {
            BlobKind::Document => pointer.len / LONGEST_TEXT,
            BlobKind::String | BlobKind::Binary => pointer.len,
        };
        let least = pointers.iter().map(|(_, pointer)| least(pointer)).fold(0, u64::saturating_add);
        if least > MAX_ITEM_SIZE as u64 {
            return Ok(too_large(least));
        }
        let Ok(mut after) = Item::try_from(item.clone()) else {
            return Ok(Outcome::Rejected("it has a value that cannot be read".to_owned()));
        };
        let before = after.size();
        let item = OffloadedItem::new(self.offloader.clone(), item, true)?;
        let mut write = ItemWrite::update(key.to_sdk()).seen(seen.clone());
        let mut bytes = 0;
        for (name, pointer) in &pointers {
            let Some(value) = control.run(Box::pin(item.value(name))).await?? else {
                return Ok(Outcome::ChangedByOthers);
            };
            let Ok(sized) = AttributeValue::try_from(value.clone()) else {
                return Ok(Outcome::Rejected(format!("attribute {name:?} cannot be read")));
            };
            after.insert(*name, sized);
            write = write.set(*name, value);
            bytes += pointer.len;
        }
        // The rev is replaced by one of the same length, or added.
        let rev = self.offloader.rev_attribute();
        if !after.contains(rev) {
            after.insert(rev, AttributeValue::S("0".repeat(32)));
        }
        if after.size() > MAX_ITEM_SIZE {
            return Ok(too_large(after.size() as u64));
        }
        let (_, units) = control.run(Box::pin(self.offloader.update_counted(write))).await??;
        let values = pointers.len() as u64;
        let units = units.unwrap_or_else(|| update_units(before, after.size()));
        Ok(Outcome::Changed { values, bytes, units })
    }
}
