//! A page of items.

use crate::TableError;
use ddbkit_codec::Item;
use ddbkit_flow::CapacityUnits;

/// What one request of a query, a scan or a batch gave.
#[derive(Debug)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items, and in the place of one that is no `T` its error, of kind
    /// [`Decode`](crate::TableErrorKind::Decode), with its key and the path of the attribute.
    pub items: Vec<Result<T, TableError>>,
    /// Where [`start_at`](crate::ReadRequest::start_at) goes on; `None` at the end of the table, of the
    /// partition or of the segment. As JSON it is a token for a caller of one's own.
    pub last_key: Option<Item>,
    /// The segment of a parallel scan that the page is of.
    pub segment: Option<u32>,
    /// Items that `DynamoDB` read, before the filter.
    pub scanned_count: u64,
    /// Read capacity units that `DynamoDB` says the request consumed.
    pub consumed: CapacityUnits,
}
