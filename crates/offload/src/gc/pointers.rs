//! The pointers of a table.

use crate::{BlobPointer, OffloadError, POINTER_MARKER};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use ddbkit_flow::{CapacityLimiter, consumed_units};
use futures::stream::{self, Stream, StreamExt};
use std::collections::HashMap;
use std::pin::Pin;

/// Pages of pointers.
pub type PointerPages = Pin<Box<dyn Stream<Item = Result<PointerPage, OffloadError>> + Send>>;

/// What some items point to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PointerPage {
    /// How many items were read.
    pub items: u64,
    /// The read capacity units that it took.
    pub read_units: f64,
    /// The keys of objects in the bucket, in any order, also more than once.
    pub keys: Vec<String>,
    /// How many pointers lead to other buckets.
    pub elsewhere: u64,
}

/// Where the collector learns what the items point to.
pub trait PointerSource: Send + Sync {
    /// All pointers of the table. What is read must be no older than the time of the mark that the
    /// plan was made for: a strong scan that begins after it, or an export of a later point in time.
    fn pointers(&self) -> PointerPages;
}

/// A strong parallel scan of a whole table.
///
/// Items are read whole: a projection would save no capacity, and could hide the pointer of an
/// attribute that no configuration knows of any more.
#[derive(Clone, Debug)]
pub(super) struct TableScan {
    pub(super) dynamodb: Client,
    pub(super) table: String,
    pub(super) bucket: String,
    pub(super) segments: i32,
    pub(super) limiter: CapacityLimiter,
    /// Whether texts of the form `s3://bucket/key` count as pointers.
    pub(super) texts: bool,
}

/// An item of the SDK.
pub(super) type SdkItem = HashMap<String, AttributeValue>;

/// A page of the scan.
pub(super) struct ItemPage {
    pub(super) items: Vec<SdkItem>,
    pub(super) read_units: f64,
}

impl TableScan {
    /// All pages, several segments at a time.
    pub(super) fn pages(
        &self,
    ) -> impl Stream<Item = Result<ItemPage, OffloadError>> + Send + use<> {
        let scan = self.clone();
        let segments = stream::iter(0..self.segments);
        segments.flat_map_unordered(None, move |segment| scan.clone().segment(segment).boxed())
    }

    fn segment(
        self,
        segment: i32,
    ) -> impl Stream<Item = Result<ItemPage, OffloadError>> + Send + use<> {
        let request = self
            .dynamodb
            .scan()
            .table_name(&self.table)
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .segment(segment)
            .total_segments(self.segments);
        stream::try_unfold(Some((self, request)), |next| async move {
            let Some((scan, request)) = next else { return Ok(None) };
            scan.limiter.ready().await;
            let answer = request.clone().send().await.map_err(|error| {
                OffloadError::dynamodb(format_args!("scanning table {:?}", scan.table), error)
            })?;
            let units = consumed_units(answer.consumed_capacity());
            scan.limiter.charge(units);
            let read_units = units.get();
            let page = ItemPage { items: answer.items.unwrap_or_default(), read_units };
            let last = answer.last_evaluated_key.filter(|key| !key.is_empty());
            let next = last.map(|key| (scan, request.set_exclusive_start_key(Some(key))));
            Ok(Some((page, next)))
        })
    }
}

impl PointerSource for TableScan {
    fn pointers(&self) -> PointerPages {
        let (bucket, texts) = (self.bucket.clone(), self.texts);
        let pages = self.pages().map(move |page| {
            let page = page?;
            let mut found = PointerPage {
                items: page.items.len() as u64,
                read_units: page.read_units,
                ..PointerPage::default()
            };
            for value in page.items.iter().flat_map(HashMap::values) {
                visit(value, &mut |pointer| {
                    let (in_bucket, key) = match pointer {
                        Found::Pointer(pointer) => {
                            let pointer = pointer?;
                            (pointer.bucket, pointer.key)
                        }
                        Found::Text(in_bucket, key) if texts => {
                            (in_bucket.to_owned(), key.to_owned())
                        }
                        Found::Text(..) => return Ok(()),
                    };
                    if in_bucket == bucket {
                        found.keys.push(key);
                    } else {
                        found.elsewhere += 1;
                    }
                    Ok(())
                })?;
            }
            Ok(found)
        });
        pages.boxed()
    }
}

/// What a value points with.
pub(super) enum Found<'a> {
    /// One of ours, or something that bears our mark and cannot be read.
    Pointer(Result<BlobPointer, OffloadError>),
    /// Bucket and key of a text of the form `s3://bucket/key`.
    Text(&'a str, &'a str),
}

/// Shows all pointers in a value, however deep they lie. What bears the mark of a pointer and cannot
/// be read is an error for the collector: it may be what keeps an object alive.
pub(super) fn visit(
    value: &AttributeValue,
    see: &mut impl FnMut(Found<'_>) -> Result<(), OffloadError>,
) -> Result<(), OffloadError> {
    match value {
        AttributeValue::S(text) => {
            let found = text.strip_prefix("s3://").and_then(|rest| rest.split_once('/'));
            found.map_or(Ok(()), |(bucket, key)| see(Found::Text(bucket, key)))
        }
        AttributeValue::M(map) if map.contains_key(POINTER_MARKER) => {
            BlobPointer::from_sdk(value).map_or(Ok(()), |pointer| see(Found::Pointer(pointer)))
        }
        AttributeValue::M(map) => map.values().try_for_each(|value| visit(value, see)),
        AttributeValue::L(list) => list.iter().try_for_each(|value| visit(value, see)),
        AttributeValue::Ss(texts) => texts.iter().try_for_each(|text| {
            let found = text.strip_prefix("s3://").and_then(|rest| rest.split_once('/'));
            found.map_or(Ok(()), |(bucket, key)| see(Found::Text(bucket, key)))
        }),
        _ => Ok(()),
    }
}
