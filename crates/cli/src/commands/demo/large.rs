//! An attribute that no item could hold.

use super::items::order;
use super::stage::{BUCKET, COPY, LARGE, Stage};
use crate::error::Failure;
use crate::output::bytes;
use aws_sdk_dynamodb::types::AttributeValue;
use bytes::Bytes;
use ddbkit::offload::body::BodyOptions;
use ddbkit::offload::{
    ApplyOptions, AttributeOptions, GarbageCollector, ItemWrite, Offloader, PlanOptions, Timing,
};
use ddbkit::store::Store;
use futures::TryStreamExt;
use std::collections::HashMap;
use std::time::Duration;

const ATTRIBUTE: &str = "scan";
const SIZE: usize = 2_000_000;
/// A real grace is days; the demo has seconds.
const GRACE: Duration = Duration::from_secs(4);

/// Stores an attribute of 2 MB, reads it back, replaces it, and collects the object that nothing
/// points to any more.
pub(super) async fn store_and_collect(stage: &Stage) -> Result<String, Failure> {
    let timing = Timing {
        write_deadline: GRACE,
        grace: GRACE,
        request_lifetime: Duration::ZERO,
        clock_skew: Duration::ZERO,
    };
    let offloader = Offloader::builder(stage.dynamodb(), stage.s3())
        .table(COPY)
        .bucket(BUCKET)
        .prefix(LARGE)
        .attribute(ATTRIBUTE, AttributeOptions::new().content_type("application/pdf"))
        .timing(timing)
        .build()
        .await?;
    let mut key: HashMap<String, AttributeValue> = order(0).into();
    key.retain(|name, _| ["customer", "order"].contains(&name.as_str()));
    for page in [b'1', b'2'] {
        put(stage, &offloader, key.clone(), Bytes::from(vec![page; SIZE])).await?;
    }
    // Older than the grace, by the clock of S3, which counts whole seconds.
    tokio::time::sleep(GRACE + Duration::from_secs(1)).await;
    let collector = GarbageCollector::builder(stage.dynamodb(), stage.s3(), COPY, BUCKET, LARGE)?;
    let collector = collector.build().await?;
    let mut options = PlanOptions::default();
    options.max_garbage_share = 1.0;
    let (store, control) = (Store::memory(), &stage.control);
    collector.plan(&options, &store, "plan", control).await?;
    let applied = collector.apply(&ApplyOptions::default(), &store, "plan", control).await?;
    let collected = applied.applied.deleted;
    if collected != 1 {
        return Err(Failure::other(format!("{collected} objects were collected, not the old one")));
    }
    check(&offloader, key, b'2').await?;
    Ok(format!("{} stored, replaced, {collected} collected", bytes(SIZE as u64)))
}

async fn put(
    stage: &Stage,
    offloader: &Offloader,
    key: HashMap<String, AttributeValue>,
    value: Bytes,
) -> Result<(), Failure> {
    let body = futures::stream::iter([Ok(value.clone())]);
    let (item_key, options) = (offloader.item_key(&key)?, BodyOptions::default());
    let uploaded =
        offloader.upload_body(&item_key, ATTRIBUTE, body, &options, &stage.control).await?;
    offloader.update(ItemWrite::update(key.clone()).uploaded(ATTRIBUTE, uploaded)).await?;
    check(offloader, key, value.first().copied().unwrap_or_default()).await
}

/// Reads the attribute as a stream and compares it.
async fn check(
    offloader: &Offloader,
    key: HashMap<String, AttributeValue>,
    page: u8,
) -> Result<(), Failure> {
    let item_key = offloader.item_key(&key)?;
    let item = offloader.get(key).await?;
    let seen = item.as_ref().and_then(|item| item.seen().pointers().next());
    let (_, pointer) = seen.ok_or_else(|| Failure::other("the item has no pointer"))?;
    let pieces = offloader.download_body(&item_key, pointer).await?;
    let is_page =
        |piece: Bytes| async move { Ok((piece.len(), piece.iter().all(|byte| *byte == page))) };
    let sum = |(size, same), (piece, is_same)| async move { Ok((size + piece, same && is_same)) };
    let read = pieces.and_then(is_page).try_fold((0, true), sum).await?;
    if read == (SIZE, true) {
        return Ok(());
    }
    Err(Failure::other("the attribute has come back as another"))
}
