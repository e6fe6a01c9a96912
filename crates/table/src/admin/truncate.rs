//! Deletes all items of a table and leaves the table.

use super::TableAdmin;
use super::capacity::{Capacity, Meter};
use crate::{TableError, TableErrorKind};
use aws_sdk_dynamodb::types::{
    AttributeValue, DeleteRequest, ReturnConsumedCapacity, WriteRequest,
};
use ddbkit_flow::{CapacityUnits, Control, Pace, ProgressEvent, RetryPolicy};
use futures::{StreamExt, TryStreamExt, stream};
use std::collections::HashMap;

/// Items of one `BatchWriteItem` (API reference).
const BATCH: usize = 25;
/// Batches under way at a time.
const BATCHES: usize = 8;
/// After so many batches of which nothing was done, the work fails.
const ATTEMPTS_WITHOUT_PROGRESS: u32 = 10;

type ItemKey = HashMap<String, AttributeValue>;

/// How fast a table is emptied.
#[derive(Clone, Copy, Debug, Default)]
pub struct TruncateOptions {
    /// The read capacity that the scan may use.
    pub read: Pace,
    /// The write capacity that the deletes may use.
    pub write: Pace,
}

/// What was deleted, and what that cost.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Truncated {
    /// Items deleted.
    pub items: u64,
    /// Read units that `DynamoDB` charged.
    pub read_units: CapacityUnits,
    /// Write units that `DynamoDB` charged.
    pub write_units: CapacityUnits,
}

impl TableAdmin {
    /// Deletes every item that a strong scan finds, and keeps the table with all its settings.
    ///
    /// What others write meanwhile may stay. Every delete is a record of the stream. Work that was
    /// cancelled or failed has deleted what its progress told; the same call deletes the rest. Memory is
    /// a page of keys, at most 1 MB of them.
    ///
    /// # Errors
    /// [`NotFound`](TableErrorKind::NotFound) when the table is not there,
    /// [`Throttled`](TableErrorKind::Throttled) when `DynamoDB` deletes none of a batch although the work
    /// backed off, [`Canceled`](TableErrorKind::Canceled), and what `DynamoDB` refuses.
    pub async fn truncate(
        &self,
        table: &str,
        options: &TruncateOptions,
        control: &Control,
    ) -> Result<Truncated, TableError> {
        let described = control.run(self.description(table)).await??;
        let items = described.item_count().and_then(|items| u64::try_from(items).ok());
        control.emit(&ProgressEvent::Started { items: items.filter(|n| *n > 0), bytes: None });
        let names = described.key_schema().iter().map(|key| key.attribute_name.clone());
        let work = Work {
            admin: self,
            table,
            names: (0..).map(|n| format!("#k{n}")).zip(names).collect(),
            read: Meter::new(Capacity::Read, options.read, &described),
            write: Meter::new(Capacity::Write, options.write, &described),
            control,
        };
        let items = work.run().await?;
        control.emit(&ProgressEvent::Finished);
        let (read_units, write_units) = (work.read.consumed(), work.write.consumed());
        Ok(Truncated { items, read_units, write_units })
    }
}

struct Work<'a> {
    admin: &'a TableAdmin,
    table: &'a str,
    /// The names of the key attributes by their placeholders.
    names: HashMap<String, String>,
    read: Meter,
    write: Meter,
    control: &'a Control,
}

impl Work<'_> {
    async fn run(&self) -> Result<u64, TableError> {
        let (mut items, mut after) = (0, None);
        loop {
            let (keys, next) = self.page(after).await?;
            items += keys.len() as u64;
            self.delete(keys).await?;
            if next.is_none() {
                return Ok(items);
            }
            after = next;
        }
    }

    /// The keys of a page, and where the next one begins.
    async fn page(
        &self,
        after: Option<ItemKey>,
    ) -> Result<(Vec<ItemKey>, Option<ItemKey>), TableError> {
        self.read.ready(self.control).await?;
        let placeholders: Vec<&str> = self.names.keys().map(String::as_str).collect();
        let scan = self.admin.client.scan().table_name(self.table).consistent_read(true);
        let scan = scan
            .projection_expression(placeholders.join(","))
            .set_expression_attribute_names(Some(self.names.clone()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .set_exclusive_start_key(after);
        let answer = self.control.run(scan.send()).await?;
        let answer = answer.map_err(|error| {
            TableError::call(format_args!("scan of table {}", self.table), error)
        })?;
        if let Some(consumed) = &answer.consumed_capacity {
            self.read.charge(consumed, self.control);
        }
        Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key))
    }

    async fn delete(&self, keys: Vec<ItemKey>) -> Result<(), TableError> {
        let batches: Vec<Vec<ItemKey>> = keys.chunks(BATCH).map(<[ItemKey]>::to_vec).collect();
        let batches = stream::iter(batches).map(|batch| self.delete_batch(batch));
        batches.buffer_unordered(BATCHES).try_collect().await
    }

    async fn delete_batch(&self, keys: Vec<ItemKey>) -> Result<(), TableError> {
        let requests: Result<Vec<_>, _> = keys.into_iter().map(request).collect();
        let mut left = requests.map_err(|error| {
            TableError::new(TableErrorKind::Service, format!("keys of {}: {error}", self.table))
        })?;
        let mut attempt = 0;
        loop {
            let before = left.len();
            left = self.delete_once(left).await?;
            let deleted = before - left.len();
            self.control.emit(&ProgressEvent::Advanced { items: deleted as u64, bytes: 0 });
            if left.is_empty() {
                return Ok(());
            }
            attempt = if deleted > 0 { 0 } else { attempt + 1 };
            if attempt > ATTEMPTS_WITHOUT_PROGRESS {
                let message = format!(
                    "DynamoDB deletes none of {} items of table {}",
                    left.len(),
                    self.table
                );
                return Err(TableError::new(TableErrorKind::Throttled, message));
            }
            self.write.throttled(self.control);
            let wait = tokio::time::sleep(RetryPolicy::default().delay(attempt));
            self.control.run(wait).await?;
        }
    }

    /// Sends a batch once; what `DynamoDB` did not get to.
    async fn delete_once(
        &self,
        requests: Vec<WriteRequest>,
    ) -> Result<Vec<WriteRequest>, TableError> {
        self.write.ready(self.control).await?;
        let call = self.admin.client.batch_write_item().request_items(self.table, requests);
        let call = call.return_consumed_capacity(ReturnConsumedCapacity::Indexes);
        let answer = call.send().await.map_err(|error| {
            TableError::call(format_args!("batch of deletes from table {}", self.table), error)
        })?;
        for consumed in answer.consumed_capacity() {
            self.write.charge(consumed, self.control);
        }
        Ok(answer.unprocessed_items.unwrap_or_default().into_values().flatten().collect())
    }
}

fn request(key: ItemKey) -> Result<WriteRequest, aws_sdk_dynamodb::error::BuildError> {
    let delete = DeleteRequest::builder().set_key(Some(key)).build()?;
    Ok(WriteRequest::builder().delete_request(delete).build())
}
