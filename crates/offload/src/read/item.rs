//! An item as it is in the table, with handles to what is in S3.

use super::blob::{dangling, memory_of, restless};
use super::{ATTEMPTS, LazyBlob};
use crate::{ItemKey, OffloadError, OffloadErrorKind, Offloader, Seen};
use aws_sdk_dynamodb::types::AttributeValue;
use futures::{StreamExt, TryStreamExt, stream};
use std::collections::HashMap;

/// An item as it was read, its pointers not followed.
#[derive(Clone, Debug)]
pub struct OffloadedItem {
    offloader: Offloader,
    attributes: HashMap<String, AttributeValue>,
    seen: Seen,
    /// Whether all attributes were read.
    is_whole: bool,
}

impl OffloadedItem {
    /// An item that was read by other means, of the table of this offloader; `is_whole` when all its
    /// attributes were read.
    ///
    /// # Errors
    /// As [`Offloader::seen`].
    pub fn new(
        offloader: Offloader,
        attributes: HashMap<String, AttributeValue>,
        is_whole: bool,
    ) -> Result<Self, OffloadError> {
        let seen = offloader.seen(&attributes)?;
        Ok(Self { offloader, attributes, seen, is_whole })
    }

    /// The attributes as they are in the table, pointers among them.
    #[must_use]
    pub fn attributes(&self) -> &HashMap<String, AttributeValue> {
        &self.attributes
    }

    /// What a write needs to know that the item has not changed since. Of an item that was read in part
    /// only the attributes that were read may be written with it.
    #[must_use]
    pub fn seen(&self) -> &Seen {
        &self.seen
    }

    /// A handle to an attribute's value in S3; `None` when the item has no pointer there.
    ///
    /// # Errors
    /// [`InvalidInput`](OffloadErrorKind::InvalidInput) when the key of the item was not read: ask for
    /// it in the projection.
    pub fn blob(&self, attribute: &str) -> Result<Option<LazyBlob>, OffloadError> {
        let Some(pointer) = self.seen.pointers.get(attribute) else { return Ok(None) };
        let key = self.key()?;
        let (offloader, pointer) = (self.offloader.clone(), pointer.clone());
        Ok(Some(LazyBlob::new(offloader, key, attribute.to_owned(), pointer)))
    }

    /// The value of an attribute, from the item or from S3.
    ///
    /// # Errors
    /// As [`blob`](Self::blob) and [`LazyBlob::read`].
    pub async fn value(&self, attribute: &str) -> Result<Option<AttributeValue>, OffloadError> {
        match self.blob(attribute)? {
            Some(blob) => blob.read().await,
            None => Ok(self.attributes.get(attribute).cloned()),
        }
    }

    /// Reads all values that are in S3, and puts them in the place of their pointers.
    ///
    /// The item is whole: where an object is gone because the item was written since, all of it is read
    /// anew. `None` when it was deleted since. An item that was read in part keeps the attributes that
    /// it has.
    ///
    /// # Errors
    /// As [`LazyBlob::read`], where the bound of memory is for all values together.
    pub async fn hydrate(self) -> Result<Option<HashMap<String, AttributeValue>>, OffloadError> {
        if self.seen.pointers.is_empty() {
            return Ok(Some(self.attributes));
        }
        let key = self.key()?;
        let mut item = self;
        for _ in 0..ATTEMPTS {
            item.check_memory(&key)?;
            let mut gone = None;
            for (attribute, value) in item.fetch_all(&key).await? {
                match value {
                    Some(value) => drop(item.attributes.insert(attribute, value)),
                    None => gone = Some(attribute),
                }
            }
            let Some(attribute) = gone else { return Ok(Some(item.attributes)) };
            let Some(mut now) = item.offloader.read_strongly(&key).await? else {
                return Ok(None);
            };
            if !item.is_whole {
                now.retain(|name, _| item.attributes.contains_key(name));
            }
            let now = Self::new(item.offloader.clone(), now, item.is_whole)?;
            let (before, after) =
                (item.seen.pointers.get(&attribute), now.seen.pointers.get(&attribute));
            if let (Some(before), Some(after)) = (before, after)
                && before.key == after.key
            {
                return Err(dangling(&key, &attribute, before));
            }
            item = now;
        }
        Err(restless(&key))
    }

    async fn fetch_all(
        &self,
        key: &ItemKey,
    ) -> Result<Vec<(String, Option<AttributeValue>)>, OffloadError> {
        let fetches = self.seen.pointers.iter().map(async |(attribute, pointer)| {
            let value = self.offloader.fetch(key, attribute, pointer).await?;
            Ok((attribute.clone(), value))
        });
        stream::iter(fetches.collect::<Vec<_>>())
            .buffer_unordered(self.offloader.shared.concurrency)
            .try_collect()
            .await
    }

    /// What hydrating the item takes, in bytes.
    pub(super) fn memory(&self) -> u64 {
        self.seen.pointers.values().map(memory_of).fold(0, u64::saturating_add)
    }

    fn check_memory(&self, key: &ItemKey) -> Result<(), OffloadError> {
        let (needs, memory) = (self.memory(), self.offloader.shared.memory);
        if needs <= memory {
            return Ok(());
        }
        Err(OffloadError::new(
            OffloadErrorKind::InvalidInput,
            format!(
                "the values of {key} need {needs} bytes of memory, {memory} are allowed: read them one by one"
            ),
        ))
    }

    fn key(&self) -> Result<ItemKey, OffloadError> {
        self.offloader.item_key(&self.attributes)
    }
}

impl Offloader {
    /// Reads an item strongly; `None` when it is not there.
    ///
    /// # Errors
    /// [`InvalidInput`](OffloadErrorKind::InvalidInput) when the key is wrong,
    /// [`InvalidPointer`](OffloadErrorKind::InvalidPointer) when the item has a map that is a damaged
    /// pointer, [`DynamoDb`](OffloadErrorKind::DynamoDb) when the read failed.
    pub async fn get(
        &self,
        key: HashMap<String, AttributeValue>,
    ) -> Result<Option<OffloadedItem>, OffloadError> {
        let item = self.read_strongly(&self.item_key(&key)?).await?;
        item.map(|item| OffloadedItem::new(self.clone(), item, true)).transpose()
    }
}
