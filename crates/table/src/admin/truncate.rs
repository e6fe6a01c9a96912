//! Deletes all items of a table and leaves the table.

use super::TableAdmin;
use crate::{KeySchema, Page, Table, TableError, TableErrorKind, Write};
use aws_sdk_dynamodb::types::TableDescription;
use ddbkit_codec::Item;
use ddbkit_flow::{
    Capacity, CapacityLimiter, CapacityUnits, Control, Pace, Progress, ProgressEvent,
};
use futures::{StreamExt, stream};
use std::num::NonZeroU32;
use std::sync::Arc;

/// Items of one request.
const BATCH: usize = 25;
/// Requests under way at a time.
const REQUESTS: usize = 8;

/// How fast a table is emptied.
#[derive(Clone, Copy, Debug, Default)]
pub struct TruncateOptions {
    /// The read capacity that the scan may use.
    pub read: Pace,
    /// The write capacity that the deletes may use.
    pub write: Pace,
}

/// What was deleted, and what that cost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
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
        let keys = KeySchema::of_description(described.key_schema()).ok_or_else(|| {
            TableError::new(
                TableErrorKind::Service,
                format!("table {table} is described without key"),
            )
        })?;
        let items = described.item_count().and_then(|items| u64::try_from(items).ok());
        control.emit(&ProgressEvent::Started { items: items.filter(|n| *n > 0), bytes: None });
        let table: Table<Item> = Table::with_keys(self.client.clone(), table, keys);
        let scan = table
            .scan()
            .project::<Item>(table.keys().names())
            .consistent()
            .limiter(limiter(Capacity::Read, options.read, &described));
        // Progress is what was deleted; that it was read is half of the work.
        let reading = control.child().with_progress(Arc::new(CapacityOnly(control.clone())));
        let mut pages = scan.pages(&reading);
        let limiter = limiter(Capacity::Write, options.write, &described);
        let mut done = Truncated::default();
        while let Some(page) = control.run(pages.next()).await? {
            let page = page?;
            done.read_units += page.consumed;
            delete(&table, page, &limiter, control, &mut done).await?;
        }
        control.emit(&ProgressEvent::Finished);
        Ok(done)
    }
}

/// A limiter at this pace of what the table has.
fn limiter(capacity: Capacity, pace: Pace, table: &TableDescription) -> CapacityLimiter {
    let limiter = CapacityLimiter::unlimited();
    limiter.set_limits(&pace.limits(&capacity.of(table), NonZeroU32::MIN));
    limiter
}

async fn delete(
    table: &Table<Item>,
    page: Page<Item>,
    limiter: &CapacityLimiter,
    control: &Control,
    done: &mut Truncated,
) -> Result<(), TableError> {
    let keys: Vec<Item> = page.items.into_iter().collect::<Result<_, _>>()?;
    let removals = keys.into_iter().map(|item| Ok(Write::Remove(table.keys().key_of(item)?)));
    let removals: Vec<Write<Item>> = removals.collect::<Result<_, TableError>>()?;
    let batches: Vec<Vec<_>> = removals.chunks(BATCH).map(<[_]>::to_vec).collect();
    // The first failure stops the others, and requests that are under way are counted.
    let requests_control = control.child();
    let requests = stream::iter(batches)
        .map(|batch| table.batch_write(batch).limiter(limiter.clone()).send(&requests_control));
    let mut reports = requests.buffer_unordered(REQUESTS);
    let mut failure = None;
    while let Some(report) = reports.next().await {
        match report {
            Ok(report) => {
                done.items += report.removed;
                done.write_units += report.consumed;
            }
            Err(error) => {
                requests_control.cancel();
                failure.get_or_insert(error);
            }
        }
    }
    failure.map_or(Ok(()), Err)
}

/// Passes on what was consumed and nothing else.
struct CapacityOnly(Control);

impl Progress for CapacityOnly {
    fn on_event(&self, event: &ProgressEvent) {
        if matches!(event, ProgressEvent::Consumed(_)) {
            self.0.emit(event);
        }
    }
}
