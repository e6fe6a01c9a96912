//! Many items.

use super::OffloadedItem;
use crate::{OffloadError, OffloadErrorKind, Offloader};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::scan::builders::ScanFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use ddbkit_flow::RetryPolicy;
use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt, TryStreamExt};
use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::Semaphore;

type Attributes = HashMap<String, AttributeValue>;

/// Keys of one `BatchGetItem`.
const BATCH: usize = 100;
/// How often keys that came back unprocessed are asked for again without one being answered.
const ATTEMPTS: u32 = 10;

/// Items as they are read, page by page; their pointers are followed when asked for.
///
/// Holds one page, 1 MB at most (16 MB of a batch).
///
/// ```
/// use aws_sdk_dynamodb::types::AttributeValue::S;
/// # use ddbkit_offload::AttributeOptions;
/// use ddbkit_offload::{OffloadPolicy, OffloadedItem, Offloader};
/// use futures::TryStreamExt;
/// use std::collections::HashMap;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// # let servers = ddbkit_testkit::backend().await;
/// # let key = ddbkit_testkit::KeySchema::hash("url", aws_sdk_dynamodb::types::ScalarAttributeType::S);
/// # let (table, bucket) = (servers.table("pages", key).await, servers.bucket().await);
/// # let (dynamodb, s3) = (servers.dynamodb.clone(), servers.s3.clone());
/// # let pages = Offloader::builder(dynamodb.clone(), s3.clone()).table(&table).bucket(&bucket);
/// # let pages = pages.prefix("pages").attribute("html", AttributeOptions::new()).build().await?;
/// let key = |url: &str| HashMap::from([("url".to_owned(), S(url.to_owned()))]);
/// // The shorter of the two stays in its item: the policy is "above 4 KB".
/// for (url, times) in [("/a", 1), ("/b", 1000)] {
///     let mut item = key(url);
///     item.insert("html".to_owned(), S("<p>Hello</p>".repeat(times)));
///     pages.with_policy(OffloadPolicy::Above(4096)).create(item).await?;
/// }
/// let whole = pages.scan(dynamodb.scan()).hydrated().try_collect::<Vec<_>>().await?;
/// assert!(whole.iter().all(|item| item["html"].is_s()));
///
/// let items = pages.batch_get(vec![key("/b"), key("/c")]).try_collect::<Vec<_>>().await?;
/// assert_eq!(items.len(), 1); // there is no /c
/// let blob = items[0].blob("html")?.ok_or("in S3")?;
/// assert_eq!(blob.read().await?, Some(S("<p>Hello</p>".repeat(1000))));
/// let pieces = blob.stream().await?.ok_or("there")?.try_collect::<Vec<_>>().await?;
/// assert_eq!(pieces.concat().len(), 12_000);
///
/// // An item that came another way is given to the offloader as it is.
/// let answer = dynamodb.get_item().table_name(&table).set_key(Some(key("/b"))).send().await?;
/// let item = OffloadedItem::new(pages, answer.item.ok_or("there")?, true)?;
/// assert_eq!(item.hydrate().await?.ok_or("there")?["url"], S("/b".to_owned()));
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[must_use]
pub struct Items {
    offloader: Offloader,
    items: BoxStream<'static, Result<OffloadedItem, OffloadError>>,
}

impl Items {
    fn of_pages(
        offloader: &Offloader,
        is_whole: bool,
        pages: impl Stream<Item = Result<Vec<Attributes>, OffloadError>> + Send + 'static,
    ) -> Self {
        let own = offloader.clone();
        let items = pages.map_ok(move |page| {
            let own = own.clone();
            let items = page.into_iter();
            stream::iter(items.map(move |item| OffloadedItem::new(own.clone(), item, is_whole)))
        });
        Self { offloader: offloader.clone(), items: items.try_flatten().boxed() }
    }

    /// The items with all their values read, in the same order; see [`OffloadedItem::hydrate`]. Items
    /// that were deleted since their page was read are left out.
    ///
    /// Reads ahead as many items as the offloader's `concurrency`, and holds no more than its `memory`
    /// of values that were not yet taken.
    ///
    /// # Errors
    /// Each item may be an error: that of its page, or of its hydration.
    #[must_use]
    pub fn hydrated(self) -> BoxStream<'static, Result<Attributes, OffloadError>> {
        let shared = &self.offloader.shared;
        let (concurrency, memory) = (shared.concurrency, kibibytes(shared.memory));
        let room = Arc::new(Semaphore::new(memory as usize));
        // Room is taken in the order of the items and given back when one is taken out, so the item
        // that is wanted next always has its room.
        let with_room = self.items.then(move |item| {
            let room = Arc::clone(&room);
            async move {
                let item = item?;
                let needs = kibibytes(item.memory()).min(memory);
                // Never closed.
                let taken = room.acquire_many_owned(needs).await.ok();
                Ok((item, taken))
            }
        });
        with_room
            .map(|item: Result<_, OffloadError>| async move {
                let (item, taken) = item?;
                Ok((item.hydrate().await?, taken))
            })
            .buffered(concurrency)
            .try_filter_map(|(item, _taken)| async move { Ok(item) })
            .boxed()
    }
}

/// In units that fit a semaphore.
fn kibibytes(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX).min(1 << 28)
}

impl Stream for Items {
    type Item = Result<OffloadedItem, OffloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.items.poll_next_unpin(context)
    }
}

impl fmt::Debug for Items {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("offloader", &self.offloader).finish_non_exhaustive()
    }
}

impl Offloader {
    /// Runs a query of the SDK on this table.
    ///
    /// An item with a damaged pointer is an error in its place; a page that cannot be read is the last.
    /// A projection must have the key of the table where pointers are to be followed.
    pub fn query(&self, query: QueryFluentBuilder) -> Items {
        let pages = query.table_name(self.table()).into_paginator().send();
        let what = format!("querying table {:?}", self.table());
        let pages = stream::try_unfold((pages, what), |(mut pages, what)| async move {
            match pages.next().await {
                None => Ok(None),
                Some(Ok(page)) => Ok(Some((page.items.unwrap_or_default(), (pages, what)))),
                Some(Err(error)) => Err(OffloadError::dynamodb(what, error)),
            }
        });
        Items::of_pages(self, false, pages)
    }

    /// Runs a scan of the SDK on this table; else as [`query`](Self::query).
    pub fn scan(&self, scan: ScanFluentBuilder) -> Items {
        let pages = scan.table_name(self.table()).into_paginator().send();
        let what = format!("scanning table {:?}", self.table());
        let pages = stream::try_unfold((pages, what), |(mut pages, what)| async move {
            match pages.next().await {
                None => Ok(None),
                Some(Ok(page)) => Ok(Some((page.items.unwrap_or_default(), (pages, what)))),
                Some(Err(error)) => Err(OffloadError::dynamodb(what, error)),
            }
        });
        Items::of_pages(self, false, pages)
    }

    /// Reads items by their keys, strongly, in no order; keys without an item are left out. Keys may be
    /// any number, none twice.
    ///
    /// What `DynamoDB` leaves unprocessed is asked for again, with growing pauses.
    pub fn batch_get(&self, keys: Vec<HashMap<String, AttributeValue>>) -> Items {
        let state = (self.clone(), keys.into_iter(), Vec::new(), 0);
        let pages = stream::try_unfold(state, |(own, mut keys, mut batch, attempt)| async move {
            let room = BATCH.saturating_sub(batch.len());
            batch.extend(keys.by_ref().take(room));
            if batch.is_empty() {
                return Ok(None);
            }
            if attempt > 0 {
                tokio::time::sleep(RetryPolicy::default().delay(attempt - 1)).await;
            }
            let (page, left) = own.get_batch(batch).await?;
            let attempt = if page.is_empty() && !left.is_empty() { attempt + 1 } else { 0 };
            if attempt > ATTEMPTS {
                return Err(OffloadError::new(
                    OffloadErrorKind::DynamoDb,
                    format!(
                        "reading {} items of table {:?} failed: they stay unprocessed",
                        left.len(),
                        own.table()
                    ),
                ));
            }
            Ok(Some((page, (own, keys, left, attempt))))
        });
        Items::of_pages(self, true, pages)
    }

    /// One `BatchGetItem`: the items, and the keys that were not processed.
    async fn get_batch(
        &self,
        keys: Vec<Attributes>,
    ) -> Result<(Vec<Attributes>, Vec<Attributes>), OffloadError> {
        for key in &keys {
            self.item_key(key)?;
        }
        let table = self.table();
        let keys = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true);
        let keys = keys.build().map_err(|error| {
            let message = "a batch of keys is not complete";
            OffloadError::caused(OffloadErrorKind::InvalidInput, message, error)
        })?;
        let call = self.shared.dynamodb.batch_get_item().request_items(table, keys);
        let answer = call.send().await.map_err(|error| {
            OffloadError::dynamodb(format!("reading a batch of table {table:?}"), error)
        })?;
        let items = answer.responses.and_then(|mut tables| tables.remove(table));
        let left = answer.unprocessed_keys.and_then(|mut tables| tables.remove(table));
        Ok((items.unwrap_or_default(), left.map(|left| left.keys).unwrap_or_default()))
    }
}
