//! Capacity units of reads and writes, as `ConsumedCapacity` has them.
//!
//! Units are `f64` as in the API, and exact: half a unit is the smallest part.

/// Bytes that one unit reads strongly consistently.
const READ_UNIT: usize = 4_096;
/// Bytes that one unit writes.
const WRITE_UNIT: usize = 1_024;

/// How consistent a read is, which decides its price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Consistency {
    /// Half a unit for 4 KB.
    Eventual,
    /// One unit for 4 KB.
    Strong,
    /// Two units for 4 KB: reads within `TransactGetItems`.
    Transactional,
}

/// Read units of one item of a size, in bytes; see [`Item::size`]. An item that is not there is read
/// for the same units as an empty one.
///
/// Rule: "DynamoDB throughput capacity" in the Developer Guide. A projection or filter changes
/// nothing: the size is that of the whole item.
///
/// ```
/// use ddbkit_codec::rules::{Consistency, read_units};
///
/// assert_eq!(read_units(4_096, Consistency::Eventual), 0.5);
/// assert_eq!(read_units(4_097, Consistency::Strong), 2.0);
/// assert_eq!(read_units(0, Consistency::Transactional), 2.0);
/// ```
///
/// [`Item::size`]: crate::Item::size
#[must_use]
pub fn read_units(size: usize, consistency: Consistency) -> f64 {
    let strong = blocks(size, READ_UNIT);
    match consistency {
        Consistency::Eventual => strong / 2.0,
        Consistency::Strong => strong,
        Consistency::Transactional => strong * 2.0,
    }
}

/// Read units of a BatchGetItem, or of a `TransactGetItems`, of items of these sizes: each item is
/// rounded up by itself. A key without an item counts as size 0.
///
/// ```
/// use ddbkit_codec::rules::{Consistency, batch_get_units};
///
/// // The example of the Developer Guide: 1.5 KB and 6.5 KB are read as 4 KB and 8 KB.
/// assert_eq!(batch_get_units([1_536, 6_656], Consistency::Strong), 3.0);
/// ```
#[must_use]
pub fn batch_get_units(sizes: impl IntoIterator<Item = usize>, consistency: Consistency) -> f64 {
    sizes.into_iter().map(|size| read_units(size, consistency)).sum()
}

/// Read units of one page of a Query or Scan that went over items of these sizes, found or filtered
/// out: the sum is rounded up once.
///
/// ```
/// use ddbkit_codec::rules::{Consistency, page_units};
///
/// assert_eq!(page_units([1_536, 6_656], Consistency::Strong), 2.0);
/// ```
#[must_use]
pub fn page_units(sizes: impl IntoIterator<Item = usize>, consistency: Consistency) -> f64 {
    read_units(sizes.into_iter().sum(), consistency)
}

/// Write units of a new item of a size, in bytes, of the table itself: indexes count theirs beside.
///
/// Rule: "DynamoDB throughput capacity" in the Developer Guide. In a BatchWriteItem each item is
/// rounded up by itself. A delete counts the item that was there; where none was, size 0.
///
/// ```
/// use ddbkit_codec::rules::write_units;
///
/// assert_eq!(write_units(1_024), 1.0);
/// assert_eq!(write_units(1_025), 2.0);
/// ```
#[must_use]
pub fn write_units(size: usize) -> f64 {
    blocks(size, WRITE_UNIT)
}

/// Write units of a put or update over an item that is there: the larger of the two sizes counts,
/// also where one attribute was changed.
///
/// ```
/// use ddbkit_codec::rules::{transactional_write_units, update_units};
///
/// // An item of 3 KB of which one byte is changed, alone and in a transaction.
/// assert_eq!(update_units(3_000, 3_000), 3.0);
/// assert_eq!(transactional_write_units(3_000), 6.0);
/// ```
#[must_use]
pub fn update_units(before: usize, after: usize) -> f64 {
    write_units(before.max(after))
}

/// Write units within a `TransactWriteItems`: twice those of the same write outside of one.
#[must_use]
pub fn transactional_write_units(size: usize) -> f64 {
    2.0 * write_units(size)
}

/// Blocks that a size takes, at least one.
#[allow(clippy::cast_precision_loss, reason = "blocks of all memory are counted exactly")]
fn blocks(size: usize, block: usize) -> f64 {
    size.div_ceil(block).max(1) as f64
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "halves are exact")]
mod tests {
    use super::Consistency::{Eventual, Strong, Transactional};
    use super::*;

    #[test]
    fn reads_are_counted_in_blocks_of_4_kb() {
        for (size, strong) in
            [(0, 1.0), (1, 1.0), (4_096, 1.0), (4_097, 2.0), (8_192, 2.0), (409_600, 100.0)]
        {
            assert_eq!(read_units(size, Eventual), strong / 2.0, "{size}");
            assert_eq!(read_units(size, Strong), strong, "{size}");
            assert_eq!(read_units(size, Transactional), strong * 2.0, "{size}");
        }
    }

    #[test]
    fn a_batch_rounds_each_item_and_a_page_their_sum() {
        let sizes = [1_400, 1_400, 1_400];
        assert_eq!(batch_get_units(sizes, Strong), 3.0);
        assert_eq!(page_units(sizes, Strong), 2.0);
        assert_eq!(page_units(sizes, Eventual), 1.0);
        assert_eq!(batch_get_units([], Strong), 0.0);
        assert_eq!(page_units([], Strong), 1.0);
    }

    #[test]
    fn writes_are_counted_in_blocks_of_1_kb() {
        for (size, units) in [(0, 1.0), (1_024, 1.0), (1_025, 2.0), (409_600, 400.0)] {
            assert_eq!(write_units(size), units, "{size}");
            assert_eq!(transactional_write_units(size), units * 2.0, "{size}");
            assert_eq!((update_units(size, 1), update_units(1, size)), (units, units), "{size}");
        }
    }
}
