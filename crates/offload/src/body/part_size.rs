//! How large the parts of an upload are.

/// S3 takes no part but the last below this size, in bytes (S3 User Guide, "multipart upload limits").
pub(super) const SMALLEST: u64 = 5 << 20;
/// The largest part, in bytes.
const LARGEST: u64 = 5 << 30;
/// An upload has at most so many parts.
pub(super) const MOST_PARTS: u64 = 10_000;
/// The first part, where nothing else is asked for.
pub(super) const FIRST: u64 = 8 << 20;
/// Where the length is not known, parts double after so many.
const PARTS_OF_ONE_SIZE: u64 = 100;

/// The sizes of an upload's parts: a function of the number of the part, so that an upload that is
/// gone on with is cut as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PartSizes {
    first: u64,
    grows: bool,
}

impl PartSizes {
    /// Parts for a body of at most `len` bytes, all of one size, the smallest that does; or of a
    /// body of unknown length, small at first and doubling.
    pub(super) fn new(first: u64, len: Option<u64>) -> Self {
        let first = first.clamp(SMALLEST, LARGEST);
        match len {
            Some(len) => {
                Self { first: first.max(len.div_ceil(MOST_PARTS)).min(LARGEST), grows: false }
            }
            None => Self { first, grows: true },
        }
    }

    /// The size of the part of this number, from 1 on.
    pub(super) fn size(self, number: u64) -> u64 {
        let doublings = if self.grows { number.saturating_sub(1) / PARTS_OF_ONE_SIZE } else { 0 };
        // Ten doublings of the smallest part pass the largest.
        (self.first << doublings.min(10)).min(LARGEST)
    }

    /// How many parts of this size may be in memory at a time when `budget` bytes may.
    pub(super) fn in_memory(budget: u64, size: u64) -> usize {
        usize::try_from(budget / size.max(1)).unwrap_or(usize::MAX).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(sizes: PartSizes) -> u64 {
        (1..=MOST_PARTS).map(|number| sizes.size(number)).sum()
    }

    #[test]
    fn ten_thousand_parts_of_unknown_length_hold_48_tb() {
        let sizes = PartSizes::new(FIRST, None);
        assert!(reach(sizes) > 48_000_000_000_000, "{}", reach(sizes));
        assert_eq!(sizes.size(1), 8 << 20);
        assert_eq!(sizes.size(MOST_PARTS), 5 << 30);
    }

    #[test]
    fn five_gb_of_unknown_length_have_small_parts() {
        let sizes = PartSizes::new(FIRST, None);
        let mut sum = 0;
        let last = (1..=MOST_PARTS).find(|number| {
            sum += sizes.size(*number);
            sum >= 5_000_000_000
        });
        assert_eq!(sizes.size(last.unwrap()), 32 << 20);
    }

    #[test]
    fn a_known_length_has_the_smallest_parts_that_do() {
        assert_eq!(PartSizes::new(FIRST, Some(1)).size(1), 8 << 20);
        let sizes = PartSizes::new(FIRST, Some(100_000_000_000));
        assert_eq!(sizes.size(1), 10_000_000);
        assert_eq!(sizes.size(MOST_PARTS), 10_000_000);
        // 48.8 TiB, the largest object there is.
        assert_eq!(reach(PartSizes::new(FIRST, Some(10_000 * (5 << 30)))), 10_000 * (5 << 30));
    }

    #[test]
    fn a_part_is_never_below_what_the_service_takes() {
        assert_eq!(PartSizes::new(1, None).size(1), SMALLEST);
        assert_eq!(PartSizes::in_memory(1, 8 << 20), 1);
        assert_eq!(PartSizes::in_memory(64 << 20, 8 << 20), 8);
    }
}
