//! How many values were copied, by all workers together.

use crate::CopiedValues;
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug, Default)]
pub(super) struct Counts {
    copied: AtomicU64,
    bytes: AtomicU64,
    there: AtomicU64,
}

impl Counts {
    pub(super) fn add_copied(&self, values: u64, bytes: u64) {
        self.copied.fetch_add(values, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Values that were at their place already.
    pub(super) fn add_there(&self, values: u64) {
        self.there.fetch_add(values, Ordering::Relaxed);
    }

    pub(super) fn so_far(&self) -> CopiedValues {
        let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
        CopiedValues {
            copied: count(&self.copied),
            bytes: count(&self.bytes),
            there: count(&self.there),
        }
    }
}
