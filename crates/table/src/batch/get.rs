//! Reading many items by their keys.

use super::pause::Pace;
use crate::expression::{Placeholders, Rendered, projection};
use crate::read::{Attributes, Page, RawPage, RawPages};
use crate::table::{Core, incomplete};
use crate::{Key, Path, Table, TableError};
use aws_sdk_dynamodb::types::{KeysAndAttributes, ReturnConsumedCapacity};
use ddbkit_flow::{CapacityLimiter, Control, ProgressEvent, consumed_units};
use futures::stream::{self, BoxStream, StreamExt};
use serde::de::DeserializeOwned;
use std::collections::HashSet;
use std::marker::PhantomData;
use std::sync::Arc;

/// Keys that `DynamoDB` takes with one request.
const MAX_KEYS: usize = 100;

/// A read of many items by their keys; made by [`Table::batch_get`].
#[must_use = "nothing is read before `items` or `pages`"]
pub struct BatchGetRequest<T> {
    core: Arc<Core>,
    keys: Vec<Key>,
    consistent: bool,
    projection: Vec<Path>,
    limiter: CapacityLimiter,
    item: PhantomData<fn() -> T>,
}

impl<T> Table<T> {
    /// Reads the items with these keys, any number of them: 100 with a request, requests one after the
    /// other. A key that is given twice is read once. Items come in no order, and keys without an item
    /// are left out.
    ///
    /// ```
    /// use ddbkit_codec::Item;
    /// use ddbkit_table::{Key, KeySchema, Table};
    /// use futures::TryStreamExt;
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = ddbkit_local::LocalDynamoDb::start().await?;
    /// # let client = server.client();
    /// # let (control, keys) = (ddbkit_flow::Control::new(), KeySchema::with_range("customer", "number"));
    /// # let admin = ddbkit_table::admin::TableAdmin::new(client.clone());
    /// # let key = ddbkit_codec::rules::Key::partition("customer", ddbkit_codec::rules::KeyType::S);
    /// # let key = key.sort("number", ddbkit_codec::rules::KeyType::N);
    /// # admin.create(&ddbkit_table::admin::NewTable::new("Orders", key), &control).await?;
    /// # admin.wait_until_ready("Orders", &control).await?;
    /// let orders = Table::<Item>::with_keys(client, "Orders", keys);
    /// for number in 0..3 {
    ///     let mut order = Item::from_iter([("customer", "a")]);
    ///     order.insert("number", number);
    ///     order.insert("note", "as told on the phone");
    ///     orders.put(&order).send().await?;
    /// }
    ///
    /// let keys = [0, 2, 9].map(|number| Key::with_range("a", number));
    /// let some = orders.batch_get(keys.clone()).items(&control).try_collect::<Vec<_>>().await?;
    /// assert_eq!(some.len(), 2); // there is no order 9
    /// let only_keys = orders.batch_get(keys).project::<Item>([] as [&str; 0]);
    /// let only_keys = only_keys.items(&control).try_collect::<Vec<_>>().await?;
    /// assert_eq!((only_keys.len(), only_keys[0].len()), (2, 2));
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    pub fn batch_get<K: Into<Key>>(&self, keys: impl IntoIterator<Item = K>) -> BatchGetRequest<T> {
        BatchGetRequest {
            core: Arc::clone(&self.core),
            keys: keys.into_iter().map(Into::into).collect(),
            consistent: false,
            projection: Vec::new(),
            limiter: CapacityLimiter::unlimited(),
            item: PhantomData,
        }
    }
}

impl<T> BatchGetRequest<T> {
    /// Reads what all writes that were answered before have made, for twice the capacity.
    pub fn consistent(mut self) -> Self {
        self.consistent = true;
        self
    }

    /// Reads the keys and these alone, into a type that has only them.
    pub fn project<P>(
        self,
        paths: impl IntoIterator<Item = impl Into<Path>>,
    ) -> BatchGetRequest<P> {
        let projection = self.core.keys.with_paths(paths);
        let Self { core, keys, consistent, limiter, .. } = self;
        BatchGetRequest { core, keys, consistent, projection, limiter, item: PhantomData }
    }

    /// Waits for this limiter before each request, and charges it with what was consumed.
    pub fn limiter(mut self, limiter: CapacityLimiter) -> Self {
        self.limiter = limiter;
        self
    }

    fn read(self, control: &Control) -> RawPages {
        let core = Arc::clone(&self.core);
        let is_whole = self.projection.is_empty();
        let pages = match self.prepare(control) {
            Err(error) => stream::once(async { Err(error) }).boxed(),
            Ok(reader) => stream::try_unfold(reader, |mut reader| async move {
                let page = Box::pin(reader.page()).await?;
                Ok(page.map(|page| (page, reader)))
            })
            .boxed(),
        };
        RawPages { core, is_whole, pages }
    }

    fn prepare(self, control: &Control) -> Result<Reader, TableError> {
        let mut placeholders = Placeholders::default();
        let projection = projection(&self.projection, &mut placeholders);
        let rendered = placeholders.finish()?;
        let (mut seen, mut keys) = (HashSet::new(), Vec::with_capacity(self.keys.len()));
        for key in self.keys {
            let key = self.core.keys.item_of(key)?;
            if seen.insert(self.core.keys.identity(&key)?) {
                keys.push(Attributes::from(key));
            }
        }
        Ok(Reader {
            core: self.core,
            keys: keys.into_iter(),
            batch: Vec::new(),
            consistent: self.consistent,
            projection,
            rendered,
            pace: Pace::new(self.limiter, control),
        })
    }
}

impl<T: DeserializeOwned + Send + 'static> BatchGetRequest<T> {
    /// The items, read as they are taken. What `DynamoDB` leaves unprocessed is asked for again, with
    /// growing pauses, for as long as it answers some. Memory: the keys, and the page of one request,
    /// 16 MB at most.
    ///
    /// An item that is no `T` is an error of kind [`Decode`](crate::TableErrorKind::Decode) in its
    /// place, and the stream goes on; any other error is its end.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::TableErrorKind::InvalidInput) when a key cannot be one of this table;
    /// [`Throttled`](crate::TableErrorKind::Throttled) when `DynamoDB` answers nothing, try after try;
    /// [`Canceled`](crate::TableErrorKind::Canceled); what calls may give.
    #[must_use]
    pub fn items(self, control: &Control) -> BoxStream<'static, Result<T, TableError>> {
        self.read(control).items()
    }

    /// The pages, each read when it is taken.
    ///
    /// # Errors
    /// As [`items`](Self::items); items that cannot be read are errors within their page.
    #[must_use]
    pub fn pages(self, control: &Control) -> BoxStream<'static, Result<Page<T>, TableError>> {
        self.read(control).typed()
    }
}

struct Reader {
    core: Arc<Core>,
    keys: std::vec::IntoIter<Attributes>,
    /// What the next request asks for first: it was left unprocessed.
    batch: Vec<Attributes>,
    consistent: bool,
    projection: Option<String>,
    rendered: Rendered,
    pace: Pace,
}

impl Reader {
    async fn page(&mut self) -> Result<Option<RawPage>, TableError> {
        let room = MAX_KEYS.saturating_sub(self.batch.len());
        self.batch.extend(self.keys.by_ref().take(room));
        if self.batch.is_empty() {
            return Ok(None);
        }
        let core = Arc::clone(&self.core);
        let keys = std::mem::take(&mut self.batch);
        let sent = keys.len();
        let keys = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(self.consistent)
            .set_projection_expression(self.projection.clone())
            .set_expression_attribute_names(self.rendered.names.clone());
        let keys = keys.build().map_err(incomplete)?;
        self.pace.control.check()?;
        self.pace.control.run(self.pace.limiter.ready()).await?;
        let call = core.client.batch_get_item().request_items(&core.name, keys);
        let call = call.return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = self.pace.control.run(call.send()).await?.map_err(|error| {
            TableError::call(format!("reading a batch of {sent} keys of {}", core.table()), error)
        })?;
        let consumed = consumed_units(answer.consumed_capacity());
        self.pace.limiter.charge(consumed);
        self.pace.control.emit(&ProgressEvent::Consumed(consumed));
        let left = answer.unprocessed_keys.and_then(|mut tables| tables.remove(&core.name));
        self.batch = left.map(|left| left.keys).unwrap_or_default();
        let found = answer.responses.and_then(|mut tables| tables.remove(&core.name));
        let items = found.unwrap_or_default();
        let count = items.len() as u64;
        self.pace.control.emit(&ProgressEvent::Advanced { items: count, bytes: 0 });
        self.pace.pause(&core, sent, self.batch.len()).await?;
        Ok(Some(RawPage { items, last_key: None, segment: None, scanned_count: count, consumed }))
    }
}
