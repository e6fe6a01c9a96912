//! The largest items.

use crate::LargeItem;
use std::cmp::Reverse;

/// How many are kept.
const KEPT: usize = 20;

/// The largest items so far, the largest first. Of two that are equally large the one whose key comes
/// first is kept, so that the order of the input does not matter.
#[derive(Clone, Debug, Default)]
pub(super) struct Largest(Vec<LargeItem>);

impl Largest {
    /// Takes an item; its key is asked for only if it is among the largest.
    pub(super) fn add(&mut self, bytes: u64, key: impl FnOnce() -> Option<String>) {
        let is_full = self.0.len() >= KEPT;
        if is_full && self.0.last().is_some_and(|smallest| smallest.bytes > bytes) {
            return;
        }
        self.0.push(LargeItem { key: key(), bytes });
        self.cut();
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
        self.cut();
    }

    fn cut(&mut self) {
        self.0.sort_by(|a, b| (Reverse(a.bytes), &a.key).cmp(&(Reverse(b.bytes), &b.key)));
        self.0.truncate(KEPT);
    }

    pub(super) fn into_items(self) -> Vec<LargeItem> {
        self.0
    }
}
