//! How often a shard is asked.

use crate::ArchiveRecord;
use std::time::Duration;

/// A page of so many bytes of records was cut by its size, so there is more.
const FULL_BYTES: u64 = 500_000;

/// When a shard is asked again, from what its pages say.
///
/// The stream keeps records for a day, so that an archive need not be there within seconds, and each
/// call costs: a shard at its end is asked once in the latency, and a shard with more to read as
/// fast as it may be (five calls a second for a shard; this makes four). Between the two, after
/// pages without records, the wait doubles, because a shard may have empty pages anywhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Polling {
    latency: Duration,
    fastest: Duration,
    empty: u32,
}

/// Where in its shard a page seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PageKind {
    /// There is more behind it.
    Full,
    /// Its records are new: it is at the end of the shard.
    Newest,
    /// It has no records.
    Empty,
}

impl PageKind {
    /// What a page is; `most` is how many records it may have, `fresh` the time in seconds since
    /// 1970 from which on records are new.
    pub(crate) fn of(records: &[ArchiveRecord], most: u32, fresh: u64) -> Self {
        let Some(last) = records.last() else { return Self::Empty };
        let bytes: u64 = records.iter().filter_map(|record| record.size_bytes).sum();
        if records.len() >= most as usize || bytes >= FULL_BYTES || last.created < fresh {
            Self::Full
        } else {
            Self::Newest
        }
    }
}

impl Polling {
    pub(crate) fn new(latency: Duration, fastest: Duration) -> Self {
        Self { latency, fastest: fastest.min(latency), empty: 0 }
    }

    /// How long to wait after a page.
    pub(crate) fn after(&mut self, page: PageKind) -> Duration {
        match page {
            PageKind::Full => {
                self.empty = 0;
                self.fastest
            }
            PageKind::Newest => {
                self.empty = 0;
                self.latency
            }
            PageKind::Empty => {
                self.empty = self.empty.saturating_add(1);
                let doubled = self.fastest.saturating_mul(1 << (self.empty - 1).min(20));
                doubled.min(self.latency)
            }
        }
    }

    /// How many empty pages came in a row.
    pub(crate) fn empty_pages(&self) -> u32 {
        self.empty
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ddbkit_codec::EventName;

    fn records(count: u64, created: u64, bytes: u64) -> Vec<ArchiveRecord> {
        let record = |n: u64| {
            let sequence = n.to_string().parse().unwrap();
            let mut record = ArchiveRecord::new("e", EventName::Insert, sequence, created);
            record.size_bytes = Some(bytes);
            record
        };
        (0..count).map(record).collect()
    }

    #[test]
    fn a_page_tells_whether_there_is_more() {
        assert_eq!(PageKind::of(&[], 10, 0), PageKind::Empty);
        assert_eq!(PageKind::of(&records(10, 100, 1), 10, 50), PageKind::Full);
        assert_eq!(PageKind::of(&records(3, 100, 200_000), 10, 50), PageKind::Full);
        assert_eq!(PageKind::of(&records(3, 40, 1), 10, 50), PageKind::Full, "old: it lags");
        assert_eq!(PageKind::of(&records(3, 100, 1), 10, 50), PageKind::Newest);
    }

    #[test]
    fn an_idle_shard_is_asked_once_in_the_latency() {
        let (fast, slow) = (Duration::from_millis(250), Duration::from_mins(1));
        let mut polling = Polling::new(slow, fast);
        assert_eq!(polling.after(PageKind::Full), fast);
        assert_eq!(polling.after(PageKind::Empty), fast);
        assert_eq!(polling.after(PageKind::Empty), 2 * fast);
        for _ in 0..100 {
            polling.after(PageKind::Empty);
        }
        assert_eq!(polling.after(PageKind::Empty), slow);
        assert_eq!(polling.after(PageKind::Full), fast);
        assert_eq!(polling.after(PageKind::Newest), slow);
    }
}
