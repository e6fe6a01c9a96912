//! The counts of a load.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts that all lanes add to.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) read: Count,
    pub(crate) written: Count,
    pub(crate) deleted: Count,
    pub(crate) already_equal: Count,
    pub(crate) skipped_different: Count,
    pub(crate) not_newer: Count,
    pub(crate) rejected: Count,
    /// Items that have expired, whatever became of them.
    pub(crate) expired: Count,
    pub(crate) skipped_expired: Count,
    pub(crate) unprocessed: Count,
    pub(crate) json_bytes: Count,
    /// Lines that an earlier run settled.
    pub(crate) resumed: Count,
}

#[derive(Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Tally {
    /// How many items have an end that is accounted for.
    pub(crate) fn settled(&self) -> u64 {
        let skipped = [&self.already_equal, &self.skipped_different, &self.not_newer];
        let settled = [&self.written, &self.deleted, &self.rejected, &self.skipped_expired];
        settled.into_iter().chain(skipped).map(Count::get).sum()
    }
}
