//! Writing many items.

use super::BatchReport;
use super::pause::Pace;
use crate::key::Identity;
use crate::table::{Core, incomplete};
use crate::{Key, Table, TableError};
use aws_sdk_dynamodb::types::{DeleteRequest, PutRequest, ReturnConsumedCapacity, WriteRequest};
use ddbkit_flow::{CapacityLimiter, Control, ProgressEvent};
use serde::Serialize;
use std::collections::HashSet;
use std::sync::Arc;

/// Writes that `DynamoDB` takes with one request.
const MAX_WRITES: usize = 25;
/// Bytes of JSON in one request: the 16 MB of the API, less room for what stands around the items.
const MAX_BYTES: usize = 16 * 1024 * 1024 - 16 * 1024;

/// A write of a batch.
#[derive(Clone, Debug, PartialEq)]
pub enum Write<T> {
    /// Writes this item, in the place of the one that has its key.
    Put(T),
    /// Removes the item with this key, if there is one.
    Remove(Key),
}

/// Many writes; made by [`Table::batch_write`].
#[must_use = "nothing happens before `send`"]
pub struct BatchWriteRequest<I> {
    core: Arc<Core>,
    writes: I,
    limiter: CapacityLimiter,
}

impl<T: Serialize> Table<T> {
    /// Writes any number of items, in their order: 25 or 16 MB with a request, requests one after the
    /// other. Of two writes with one key the later counts: within a request the earlier is left out,
    /// which the report tells.
    ///
    /// ```no_run
    /// use ddbkit_flow::Control;
    /// use ddbkit_table::Write;
    /// # async fn example<T: ddbkit_table::Model + Send>(
    /// #     table: ddbkit_table::Table<T>,
    /// #     items: Vec<T>,
    /// # ) -> Result<(), Box<dyn std::error::Error>> {
    ///
    /// let writes = items.into_iter().map(Write::Put).chain([Write::Remove("old".into())]);
    /// let report = table.batch_write(writes).send(&Control::new()).await?;
    /// assert_eq!(report.removed, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn batch_write<W>(&self, writes: W) -> BatchWriteRequest<W::IntoIter>
    where
        W: IntoIterator<Item = Write<T>>,
    {
        BatchWriteRequest {
            core: Arc::clone(&self.core),
            writes: writes.into_iter(),
            limiter: CapacityLimiter::unlimited(),
        }
    }
}

/// A write that waits for its request, or for another attempt.
struct Pending {
    identity: Identity,
    bytes: usize,
    request: WriteRequest,
}

impl Pending {
    fn of<T: Serialize>(core: &Core, write: Write<T>) -> Result<Self, TableError> {
        let (item, is_put) = match write {
            Write::Put(value) => {
                core.values.refuse("a put in a batch")?;
                (core.encode(&value)?, true)
            }
            Write::Remove(key) => (core.keys.item_of(key)?, false),
        };
        let identity = core.keys.identity(&item)?;
        let bytes = item.to_dynamodb_json().len();
        let item = Some(item.into());
        let request = WriteRequest::builder();
        let request = if is_put {
            request.put_request(PutRequest::builder().set_item(item).build().map_err(incomplete)?)
        } else {
            let delete = DeleteRequest::builder().set_key(item).build().map_err(incomplete)?;
            request.delete_request(delete)
        };
        Ok(Self { identity, bytes, request: request.build() })
    }
}

impl<I> BatchWriteRequest<I> {
    /// Waits for this limiter before each request, and charges it with what was consumed.
    pub fn limiter(mut self, limiter: CapacityLimiter) -> Self {
        self.limiter = limiter;
        self
    }
}

impl<T: Serialize, I: Iterator<Item = Write<T>>> BatchWriteRequest<I> {
    /// Sends the writes. What `DynamoDB` leaves unprocessed is sent again, with growing pauses, for as
    /// long as it takes some of them. Memory: the writes of one request.
    ///
    /// A failure leaves the writes before it done but for the last 25, and
    /// [`TableError::batch`] tells how many: all of them may be sent again.
    ///
    /// # Errors
    /// [`Encode`](crate::TableErrorKind::Encode) and
    /// [`InvalidInput`](crate::TableErrorKind::InvalidInput) with the number of the write, from 0;
    /// [`Throttled`](crate::TableErrorKind::Throttled) when `DynamoDB` takes nothing, try after try;
    /// [`Canceled`](crate::TableErrorKind::Canceled); what calls may give.
    pub async fn send(self, control: &Control) -> Result<BatchReport, TableError> {
        let Self { core, writes, limiter } = self;
        let mut sender = Sender {
            core: &core,
            pace: Pace::new(limiter, control),
            batch: Vec::new(),
            report: BatchReport::default(),
        };
        let mut writes = writes.enumerate().peekable();
        let all = async {
            while writes.peek().is_some() || !sender.batch.is_empty() {
                sender.fill(&mut writes)?;
                sender.send().await?;
            }
            Ok(())
        };
        let done: Result<(), TableError> = all.await;
        match done {
            Ok(()) => Ok(sender.report),
            Err(error) => Err(error.with_done(sender.report)),
        }
    }
}

struct Sender<'a> {
    core: &'a Core,
    pace: Pace,
    batch: Vec<Pending>,
    report: BatchReport,
}

impl Sender<'_> {
    /// Takes writes until the request is full.
    fn fill<T: Serialize>(
        &mut self,
        writes: &mut impl Iterator<Item = (usize, Write<T>)>,
    ) -> Result<(), TableError> {
        let mut bytes: usize = self.batch.iter().map(|pending| pending.bytes).sum();
        // The largest item has 400 KB, which escapes in JSON make longer, so there is room for one more.
        while self.batch.len() < MAX_WRITES && bytes < MAX_BYTES - 4 * 1024 * 1024 {
            let Some((number, write)) = writes.next() else { return Ok(()) };
            let pending = Pending::of(self.core, write)
                .map_err(|error| error.within(&format!("write {number} of a batch")))?;
            bytes += pending.bytes;
            let before = self.batch.iter().position(|own| own.identity == pending.identity);
            if let Some(before) = before {
                self.batch.remove(before);
                self.report.superseded += 1;
            }
            self.batch.push(pending);
        }
        Ok(())
    }

    /// Sends what is there once, and keeps what was left unprocessed.
    async fn send(&mut self) -> Result<(), TableError> {
        self.pace.control.check()?;
        self.pace.control.run(self.pace.limiter.ready()).await?;
        let core = self.core;
        let requests = self.batch.iter().map(|pending| pending.request.clone()).collect();
        let call = core.client.batch_write_item().request_items(&core.name, requests);
        let call = call.return_consumed_capacity(ReturnConsumedCapacity::Indexes);
        let answer = Box::pin(call.send()).await;
        let sent = self.batch.len();
        let answer = answer.map_err(|error| {
            TableError::call(format!("a batch of {sent} writes to {}", core.table()), error)
        })?;
        for consumed in answer.consumed_capacity() {
            let consumed = self.pace.limiter.charge_answer(consumed);
            self.pace.control.emit(&ProgressEvent::Consumed(consumed));
            self.report.consumed += consumed;
        }
        let left = answer.unprocessed_items.unwrap_or_default().into_values().flatten();
        let left: HashSet<Identity> =
            left.map(|request| identity_of(core, request)).collect::<Result<_, _>>()?;
        let batch = std::mem::take(&mut self.batch);
        for pending in batch {
            if left.contains(&pending.identity) {
                self.batch.push(pending);
            } else if pending.request.put_request.is_some() {
                self.report.put += 1;
            } else {
                self.report.removed += 1;
            }
        }
        let done = (sent - self.batch.len()) as u64;
        self.pace.control.emit(&ProgressEvent::Advanced { items: done, bytes: 0 });
        self.report.retries += u64::from(!self.batch.is_empty());
        self.pace.pause(core, sent, self.batch.len()).await
    }
}

fn identity_of(core: &Core, request: WriteRequest) -> Result<Identity, TableError> {
    let item = match request.put_request {
        Some(put) => put.item,
        None => request.delete_request.map(|delete| delete.key).unwrap_or_default(),
    };
    core.keys.identity(&core.item_of_sdk(item)?)
}
