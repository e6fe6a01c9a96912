//! What a dump would read, without reading it.

use crate::TransferError;
use crate::dump::builder::Dump;
use crate::raw::Session;
use crate::table::describe;
use ddbkit_codec::rules::{Consistency, read_units};
use ddbkit_flow::{CapacityUnits, Control};
use std::time::Duration;

/// What a dump would read, by what `DescribeTable` says: numbers that DynamoDB brings up to date about
/// every six hours, so they may be that old.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DumpEstimate {
    /// The table.
    pub table: String,
    /// Items of the table or index (`ItemCount`). A filter is not considered: what it leaves out is
    /// read too. A query reads a part of them; how large that is, only the query tells.
    pub items: u64,
    /// Their bytes as DynamoDB counts them (`TableSizeBytes`, `IndexSizeBytes`), without names of types and the like
    /// that make JSON larger.
    pub bytes: u64,
    /// The read units: 1 for 4 KB, half of that for eventually consistent reads. Each page is rounded
    /// up, so it is a little more where segments are small.
    pub units: CapacityUnits,
    /// Whether the reads would be strongly consistent.
    pub consistent_read: bool,
    /// `TotalSegments` of the scan.
    pub total_segments: u32,
    /// How long the units take at the pace that was asked for; `None` without one.
    pub duration: Option<Duration>,
}

impl Dump {
    /// What this dump would read. Asks for the description of the table and nothing else, and writes
    /// nothing.
    ///
    /// # Errors
    /// When the table cannot be described.
    pub async fn estimate(&self, control: &Control) -> Result<DumpEstimate, TransferError> {
        let options = &self.options;
        let session =
            Session::new(options.client.clone(), &options.table, options.pacing(), control);
        let info = control.run(describe(&session)).await??;
        options.selection.check(&info, options.consistent_read)?;
        let number = |n: Option<i64>| n.and_then(|n| u64::try_from(n).ok()).unwrap_or_default();
        let (count, size) = info.counts_of(options.selection.index_name.as_deref());
        let (all, all_bytes) = (number(count), number(size));
        let items = options.limit.unwrap_or(u64::MAX).min(all);
        let share = u128::from(all_bytes) * u128::from(items) / u128::from(all.max(1));
        let bytes = u64::try_from(share).unwrap_or(u64::MAX);
        let consistency =
            if options.consistent_read { Consistency::Strong } else { Consistency::Eventual };
        let units = read_units(usize::try_from(bytes).unwrap_or(usize::MAX), consistency);
        let units = CapacityUnits::new(units).unwrap_or_default();
        Ok(DumpEstimate {
            table: options.table.clone(),
            items,
            bytes,
            units,
            consistent_read: options.consistent_read,
            total_segments: options.segments_for(all_bytes),
            duration: session.pace_taken().limits.table.and_then(|pace| units.time_at(pace)),
        })
    }
}
