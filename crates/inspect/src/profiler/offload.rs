//! What moving large attributes to S3 would change.

use crate::{OffloadSaving, Prices};
use ddbkit_codec::rules::write_units;

/// Bytes that stay in an item for each value that moves: a pointer as `ddbkit-offload` writes it, with
/// names of a usual length, and its part of the revision of the item.
pub(crate) const POINTER: u64 = 200;

/// What would move at each threshold.
#[derive(Clone, Debug)]
pub(super) struct OffloadCounts(Vec<Threshold>);

#[derive(Clone, Debug)]
struct Threshold {
    above: u64,
    attributes: u64,
    items: u64,
    bytes_moved: u64,
    units_after: f64,
    /// Values of the item that is being added, and their bytes.
    of_item: (u64, u64),
}

impl OffloadCounts {
    /// The thresholds ascending, none of them twice.
    pub(super) fn new(thresholds: impl IntoIterator<Item = u64>) -> Self {
        let mut thresholds: Vec<u64> = thresholds.into_iter().collect();
        thresholds.sort_unstable();
        thresholds.dedup();
        let threshold = |above| Threshold {
            above,
            attributes: 0,
            items: 0,
            bytes_moved: 0,
            units_after: 0.0,
            of_item: (0, 0),
        };
        Self(thresholds.into_iter().map(threshold).collect())
    }

    /// Takes a value at the top of an item that is no part of its key.
    pub(super) fn add_value(&mut self, bytes: u64) {
        for threshold in self.0.iter_mut().take_while(|threshold| bytes > threshold.above) {
            threshold.of_item.0 += 1;
            threshold.of_item.1 += bytes;
        }
    }

    /// Ends an item after its values.
    pub(super) fn end_item(&mut self, bytes: u64) {
        for threshold in &mut self.0 {
            let (values, moved) = std::mem::take(&mut threshold.of_item);
            threshold.attributes += values;
            threshold.items += u64::from(values > 0);
            threshold.bytes_moved += moved;
            threshold.units_after += units(bytes - moved + values * POINTER);
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            own.attributes += other.attributes;
            own.items += other.items;
            own.bytes_moved += other.bytes_moved;
            own.units_after += other.units_after;
        }
    }

    pub(super) fn savings(&self, bytes: u64, units: f64, prices: &Prices) -> Vec<OffloadSaving> {
        let saving = |threshold: &Threshold| {
            let bytes_left = bytes - threshold.bytes_moved + threshold.attributes * POINTER;
            OffloadSaving {
                above: threshold.above,
                attributes: threshold.attributes,
                items: threshold.items,
                bytes_moved: threshold.bytes_moved,
                bytes_left,
                write_units_before: units,
                write_units_after: threshold.units_after,
                monthly_saving: prices.moved_to_s3(bytes, bytes_left, threshold.bytes_moved),
            }
        };
        self.0.iter().map(saving).collect()
    }
}

/// Write units of an item.
pub(super) fn units(bytes: u64) -> f64 {
    write_units(usize::try_from(bytes).unwrap_or(usize::MAX))
}
