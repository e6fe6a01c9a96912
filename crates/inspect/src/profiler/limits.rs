//! How near items come to what DynamoDB refuses.

use crate::NearLimit;

/// What one limit counts.
#[derive(Clone, Debug)]
pub(super) struct LimitCount(NearLimit);

impl LimitCount {
    pub(super) fn new(name: &str, limit: usize, unit: &str) -> Self {
        let (name, unit, limit) = (name.to_owned(), unit.to_owned(), limit as u64);
        Self(NearLimit { name, limit, unit, near: 0, over: 0, max: 0 })
    }

    pub(super) fn add(&mut self, value: u64) {
        let count = &mut self.0;
        count.near += u64::from(u128::from(value) * 5 >= u128::from(count.limit) * 4);
        count.over += u64::from(value > count.limit);
        count.max = count.max.max(value);
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.0.near += other.0.near;
        self.0.over += other.0.over;
        self.0.max = self.0.max.max(other.0.max);
    }

    pub(super) fn into_row(self) -> NearLimit {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_fifths_are_near_and_the_limit_itself_is_not_over() {
        let mut count = LimitCount::new("sort_key", 1024, "bytes");
        for bytes in [819, 820, 1024, 1025] {
            count.add(bytes);
        }
        let row = count.into_row();
        assert_eq!((row.near, row.over, row.max), (3, 1, 1025));
    }
}
