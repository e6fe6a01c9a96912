//! How many items are how large.

use crate::{Bucket, Sizes};
use ddbkit_codec::rules::MAX_ITEM_SIZE;

/// Sizes below this are counted each by itself; from there on every doubling has 64 parts.
const EXACT: u64 = 128;
const PARTS: u64 = 64;
/// The smallest border between two buckets that are shown.
const FIRST_BORDER: u64 = 64;
const LARGEST_ITEM: u64 = MAX_ITEM_SIZE as u64;

/// Counts of sizes, exact at the borders of what is shown, within 1/64 between.
#[derive(Clone, Debug, Default)]
pub(super) struct SizeCounts {
    /// Items and their bytes, by [`slot`]. As long as the largest size asks for: 888 for items that
    /// DynamoDB takes, 3,776 for whatever a size may be.
    counts: Vec<(u64, u64)>,
    items: u64,
    bytes: u64,
    min: Option<u64>,
    max: u64,
}

impl SizeCounts {
    pub(super) fn add(&mut self, size: u64) {
        self.add_all(slot(size), 1, size);
        self.min = Some(self.min.map_or(size, |min| min.min(size)));
        self.max = self.max.max(size);
    }

    fn add_all(&mut self, slot: usize, items: u64, bytes: u64) {
        self.items += items;
        self.bytes += bytes;
        if slot >= self.counts.len() {
            self.counts.resize(slot + 1, (0, 0));
        }
        if let Some(count) = self.counts.get_mut(slot) {
            *count = (count.0 + items, count.1 + bytes);
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (slot, (items, bytes)) in other.counts.iter().enumerate() {
            self.add_all(slot, *items, *bytes);
        }
        self.min = self.min.into_iter().chain(other.min).min();
        self.max = self.max.max(other.max);
    }

    pub(super) fn items(&self) -> u64 {
        self.items
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn summary(&self) -> Sizes {
        Sizes {
            min: self.min.unwrap_or_default(),
            max: self.max,
            mean: crate::ratio(self.bytes, self.items),
            p50: self.percentile(50),
            p90: self.percentile(90),
            p99: self.percentile(99),
        }
    }

    /// The size that no less than so many of 100 items do not exceed.
    fn percentile(&self, percent: u64) -> u64 {
        let wanted = u64::try_from((u128::from(self.items) * u128::from(percent)).div_ceil(100));
        let (wanted, mut passed) = (wanted.unwrap_or(u64::MAX), 0);
        let found = self.counts.iter().position(|(items, _)| {
            passed += items;
            passed >= wanted
        });
        found.map_or(0, last_size).min(self.max)
    }

    /// Always those up to the largest item that DynamoDB takes, more where there are larger ones.
    pub(super) fn histogram(&self) -> Vec<Bucket> {
        let mut buckets = Vec::new();
        let (mut above, mut slots) = (0, self.counts.iter().enumerate().peekable());
        while above < LARGEST_ITEM || above < self.max {
            let up_to = border_after(above);
            let mut bucket = Bucket { above, up_to, items: 0, bytes: 0 };
            while let Some((_, (items, bytes))) =
                slots.next_if(|(slot, _)| last_size(*slot) <= up_to)
            {
                bucket.items += items;
                bucket.bytes += bytes;
            }
            buckets.push(bucket);
            above = up_to;
        }
        buckets
    }
}

/// Powers of two, and the largest item that DynamoDB takes.
fn border_after(border: u64) -> u64 {
    let next = (border + 1).max(FIRST_BORDER).checked_next_power_of_two().unwrap_or(u64::MAX);
    if border < LARGEST_ITEM { next.min(LARGEST_ITEM) } else { next }
}

/// Where sizes are counted. An item of 0 bytes is counted as one of 1, so that each slot ends with a size
/// that DynamoDB rounds up to, like 1,024.
fn slot(size: u64) -> usize {
    let size = size.saturating_sub(1);
    let slot = if size < EXACT {
        size
    } else {
        let doubling = u64::from((size / PARTS).ilog2());
        EXACT + (doubling - 1) * PARTS + (size >> doubling) - PARTS
    };
    usize::try_from(slot).unwrap_or(usize::MAX)
}

/// The largest size that is counted in a slot.
fn last_size(slot: usize) -> u64 {
    let slot = slot as u64;
    let Some(behind) = slot.checked_sub(EXACT) else { return slot + 1 };
    let doubling = behind / PARTS + 1;
    let size = u128::from(behind % PARTS + PARTS + 1) << doubling;
    u64::try_from(size).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(sizes: &[u64]) -> SizeCounts {
        let mut counts = SizeCounts::default();
        for size in sizes {
            counts.add(*size);
        }
        counts
    }

    #[test]
    fn units_and_the_limit_are_borders() {
        let counts = of(&[1, 1024, 1025, 4096, 4097, 409_600, 409_601]);
        let histogram = counts.histogram();
        let borders: Vec<u64> = histogram.iter().map(|bucket| bucket.up_to).collect();
        let powers = (6..=18).map(|n| 1 << n);
        assert_eq!(borders, powers.chain([409_600, 524_288]).collect::<Vec<_>>());
        let filled: Vec<_> = histogram.iter().filter(|bucket| bucket.items > 0).collect();
        let filled: Vec<_> = filled.iter().map(|it| (it.above, it.up_to, it.bytes)).collect();
        let expected = [
            (0, 64, 1),
            (512, 1024, 1024),
            (1024, 2048, 1025),
            (2048, 4096, 4096),
            (4096, 8192, 4097),
            (262_144, 409_600, 409_600),
            (409_600, 524_288, 409_601),
        ];
        assert_eq!(filled, expected);
    }

    #[test]
    fn nothing_is_all_zeros() {
        assert_eq!(of(&[]).summary(), Sizes::default());
        assert_eq!(of(&[]).histogram().len(), 14);
    }

    #[test]
    fn sizes_beyond_all_limits_are_counted() {
        let counts = of(&[u64::MAX / 4]);
        assert_eq!(counts.summary().p50, u64::MAX / 4);
        assert_eq!(counts.histogram().iter().map(|bucket| bucket.items).sum::<u64>(), 1);
    }

    proptest! {
        #[test]
        fn percentiles_are_near_and_never_too_small(
            mut sizes in prop::collection::vec(1_u64..500_000, 1..200),
        ) {
            let summary = of(&sizes).summary();
            sizes.sort_unstable();
            for (percent, found) in [(50, summary.p50), (90, summary.p90), (99, summary.p99)] {
                let exact = sizes[(sizes.len() * percent).div_ceil(100) - 1];
                prop_assert!(found >= exact && (found - exact) * 64 <= exact, "{found} for {exact}");
            }
            let histogram = of(&sizes).histogram();
            prop_assert_eq!(histogram.iter().map(|bucket| bucket.items).sum::<u64>(), sizes.len() as u64);
            prop_assert_eq!(histogram.iter().map(|bucket| bucket.bytes).sum::<u64>(), sizes.iter().sum::<u64>());
            for bucket in histogram {
                let inside = sizes.iter().filter(|size| **size > bucket.above && **size <= bucket.up_to);
                prop_assert_eq!(inside.count() as u64, bucket.items);
            }
        }
    }
}
