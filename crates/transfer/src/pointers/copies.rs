//! Copies of values, made just before the items that point to them are written.

use super::{rejected, unread};
use crate::{CopiedValues, TransferError};
use aws_sdk_dynamodb::types::TableDescription;
use aws_sdk_s3::Client;
use bytes::Bytes;
use ddbkit_codec::Item;
use ddbkit_flow::Control;
use ddbkit_offload::copy::{CopySource, ItemCopier};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// How many items have their values copied at the same time, over all lanes.
const ITEMS_AT_ONCE: usize = 8;

/// Gives items of a load objects of their own.
///
/// That is done in the lane, when the item is next: an object may be taken for garbage some time after
/// it was written, and an item may wait long before its lane.
pub(crate) struct Copies {
    copier: ItemCopier,
    from: CopySource,
    control: Control,
    at_once: Semaphore,
    copied: AtomicU64,
    bytes: AtomicU64,
    there: AtomicU64,
}

/// An item with objects of its own, as `DynamoDB` JSON, and when its write may begin at the latest.
pub(crate) struct WithCopies {
    pub(crate) json: Bytes,
    pub(crate) deadline: Instant,
}

impl Copies {
    /// Copies from a source to the prefix, which is claimed for the table.
    pub(crate) async fn begin(
        s3: &Client,
        bucket: &str,
        prefix: &str,
        table: &TableDescription,
        from: CopySource,
        control: &Control,
    ) -> Result<Self, TransferError> {
        let copier = ItemCopier::claim(s3.clone(), bucket, prefix, table).await;
        Ok(Self {
            copier: copier.map_err(unread)?,
            from,
            // The bytes of the source are told, not those of values.
            control: control.unwatched(),
            at_once: Semaphore::new(ITEMS_AT_ONCE),
            copied: AtomicU64::default(),
            bytes: AtomicU64::default(),
            there: AtomicU64::default(),
        })
    }

    /// The item with copies; why it cannot have them otherwise.
    pub(crate) async fn of(&self, item: Item) -> Result<Result<WithCopies, String>, TransferError> {
        // It is never closed.
        let _place = self.at_once.acquire().await;
        let copied = match self.copier.copy(item, &self.from, &self.control).await {
            Ok(copied) => copied,
            Err(error) => return rejected(error).map(Err),
        };
        self.copied.fetch_add(copied.objects, Ordering::Relaxed);
        self.bytes.fetch_add(copied.bytes, Ordering::Relaxed);
        let left = copied.deadline.duration_since(SystemTime::now()).unwrap_or_default();
        let json = copied.item.to_dynamodb_json().into();
        Ok(Ok(WithCopies { json, deadline: Instant::now() + left }))
    }

    /// Counts the values of an item that is in the table already.
    pub(crate) fn are_there(&self, values: u64) {
        self.there.fetch_add(values, Ordering::Relaxed);
    }

    pub(crate) fn counts(&self) -> CopiedValues {
        let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
        CopiedValues {
            copied: count(&self.copied),
            bytes: count(&self.bytes),
            there: count(&self.there),
        }
    }
}
