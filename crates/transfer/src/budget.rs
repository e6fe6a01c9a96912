//! How many items may still be taken.

use std::sync::atomic::{AtomicU64, Ordering};

/// A number of items that workers share; without a limit it never runs out.
#[derive(Debug)]
pub(crate) struct ItemBudget(AtomicU64);

impl ItemBudget {
    pub(crate) fn new(limit: Option<u64>) -> Self {
        Self(AtomicU64::new(limit.unwrap_or(u64::MAX)))
    }

    pub(crate) fn is_spent(&self) -> bool {
        self.left() == 0
    }

    pub(crate) fn left(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Takes up to `wanted` items, and says how many it got.
    pub(crate) fn take(&self, wanted: u64) -> u64 {
        let spend = |left: u64| Some(left - left.min(wanted));
        let order = Ordering::Relaxed;
        let before = self.0.fetch_update(order, order, spend).unwrap_or_default();
        before.min(wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_given_than_there_is() {
        let budget = ItemBudget::new(Some(5));
        assert_eq!([budget.take(3), budget.take(3), budget.take(3)], [3, 2, 0]);
        assert!(budget.is_spent());
        assert!(!ItemBudget::new(None).is_spent());
    }
}
