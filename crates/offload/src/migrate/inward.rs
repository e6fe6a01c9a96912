//! Values of items become objects.

use super::{Attributes, Change, Outcome};
use crate::{BlobPointer, ItemKey, ItemWrite, OffloadError, OffloadPolicy, Offloader};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue as SdkValue;
use ddbkit_codec::{AttributeValue, Item, rules::update_units};
use ddbkit_flow::Control;

/// Moves values to S3, as the policy says.
pub(super) struct Inward {
    offloader: Offloader,
}

impl Inward {
    pub(super) fn new(offloader: &Offloader) -> Self {
        Self { offloader: offloader.clone() }
    }

    /// The attributes of the item that the policy may want to go.
    fn wanted(&self, item: &Attributes, sizes: &Item) -> Vec<(String, SdkValue)> {
        let shared = &self.offloader.shared;
        let goes = |name: &String| match shared.policy {
            OffloadPolicy::Always => true,
            OffloadPolicy::Above(limit) => {
                sizes.get(name).is_some_and(|value| value.size() > limit)
            }
            OffloadPolicy::WhenItemExceeds(limit) => sizes.size() > limit,
        };
        let named = shared.attributes.keys().filter(|name| goes(name));
        named
            .filter_map(|name| Some((name.clone(), item.get(name)?.clone())))
            .filter(|(_, value)| BlobPointer::from_sdk(value).is_none())
            .collect()
    }
}

#[async_trait]
impl Change for Inward {
    async fn apply(
        &self,
        key: &ItemKey,
        item: Attributes,
        control: &Control,
    ) -> Result<Outcome, OffloadError> {
        let Ok(before) = Item::try_from(item.clone()) else {
            return Ok(Outcome::Rejected("it has a value that cannot be read".to_owned()));
        };
        let wanted = self.wanted(&item, &before);
        if wanted.is_empty() {
            return Ok(Outcome::Unchanged);
        }
        let mut write = ItemWrite::update(key.to_sdk()).seen(self.offloader.seen(&item)?);
        for (number, (name, value)) in wanted.iter().enumerate() {
            // Who writes past the library changes no rev: the value itself is the condition.
            write = write
                .condition(format!("#old{number} = :old{number}"))
                .name(format!("#old{number}"), name)
                .value(format!(":old{number}"), value.clone())
                .set(name, value.clone());
        }
        let written = control.run(Box::pin(self.offloader.update_counted(write))).await?;
        let (written, units) = written?;
        let seen = written.seen();
        let moved: Vec<&str> = seen
            .pointers()
            .map(|(name, _)| name)
            .filter(|moved| wanted.iter().any(|(name, _)| name == moved))
            .collect();
        let bytes = moved.iter().filter_map(|name| before.get(name)).map(AttributeValue::size);
        // The item was the larger of the two before.
        let size = before.size();
        Ok(Outcome::Changed {
            values: moved.len() as u64,
            bytes: bytes.sum::<usize>() as u64,
            units: units.unwrap_or_else(|| update_units(size, size)),
        })
    }
}
