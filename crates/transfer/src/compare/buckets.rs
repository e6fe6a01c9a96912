//! Digests in buckets by key.

use crate::keys::KeyId;
use ddbkit_codec::{ContentDigest, Item};

/// A difference narrows the second look down to this part of the items.
const BUCKETS: usize = 4096;

/// The content digest of a set of items, split by key.
#[derive(Clone)]
pub(crate) struct Buckets(Vec<ContentDigest>);

impl Default for Buckets {
    fn default() -> Self {
        Self(vec![ContentDigest::default(); BUCKETS])
    }
}

/// The bucket of a key.
#[expect(clippy::cast_possible_truncation, reason = "less than the number of buckets")]
pub(crate) fn bucket_of(key: &KeyId) -> usize {
    (key.spread() % BUCKETS as u64) as usize
}

impl Buckets {
    pub(crate) fn add(&mut self, key: &KeyId, item: &Item) {
        if let Some(bucket) = self.0.get_mut(bucket_of(key)) {
            bucket.add(item);
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (bucket, other) in self.0.iter_mut().zip(&other.0) {
            bucket.merge(other);
        }
    }

    pub(crate) fn total(&self) -> ContentDigest {
        let mut total = ContentDigest::default();
        for bucket in &self.0 {
            total.merge(bucket);
        }
        total
    }

    /// The buckets that differ, each with the number of items in both sides together.
    pub(crate) fn differing(&self, other: &Self) -> Vec<(usize, u64)> {
        let pairs = self.0.iter().zip(&other.0).enumerate();
        let differing = pairs.filter(|(_, (left, right))| left != right);
        differing.map(|(bucket, (left, right))| (bucket, left.count() + right.count())).collect()
    }
}
