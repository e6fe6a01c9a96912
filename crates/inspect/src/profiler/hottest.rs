//! The partition keys that hold the most, however many there are.
//!
//! Misra and Gries, "Finding repeated elements" (1982), with weights; merged as in Agarwal and others,
//! "Mergeable summaries" (2012). What a key weighs decides whether it stays; what it was seen to hold is
//! counted beside, so that keys that stay from the beginning on are counted exactly.

use crate::Partition;
use ddbkit_codec::rules::STORAGE_OVERHEAD;
use std::cmp::Reverse;
use std::collections::{HashMap, hash_map};

/// Keys that stay when there are too many. A key that holds more than this part of all storage is found.
pub(super) const KEPT: usize = 4096;

/// A few thousand partition keys, those with the most storage among them.
#[derive(Clone, Debug, Default)]
pub(super) struct Hottest {
    /// By the hash of the key; at most twice [`KEPT`].
    entries: HashMap<u64, Entry>,
    /// What every key may have lost so far.
    lost: u64,
}

#[derive(Clone, Debug)]
struct Entry {
    key: Option<String>,
    items: u64,
    bytes: u64,
    weight: u64,
    /// What it may have held before it came in for the last time.
    missed: u64,
}

impl Entry {
    /// What is billed.
    fn storage(&self) -> u64 {
        storage(self.items, self.bytes)
    }
}

/// Bytes that are billed: the overhead of each item counts.
fn storage(items: u64, bytes: u64) -> u64 {
    bytes.saturating_add(items.saturating_mul(STORAGE_OVERHEAD as u64))
}

impl Hottest {
    /// Counts an item of this partition key.
    pub(super) fn add(&mut self, hash: u64, bytes: u64, key: impl FnOnce() -> Option<String>) {
        let missed = self.lost;
        let entry = self.entries.entry(hash).or_insert_with(|| Entry {
            key: key(),
            items: 0,
            bytes: 0,
            weight: 0,
            missed,
        });
        entry.items += 1;
        entry.bytes += bytes;
        entry.weight += storage(1, bytes);
        self.cut();
    }

    pub(super) fn merge(&mut self, other: Self) {
        for entry in self.entries.values_mut() {
            entry.missed += other.lost;
        }
        for (hash, theirs) in other.entries {
            match self.entries.entry(hash) {
                hash_map::Entry::Occupied(own) => {
                    let own = own.into_mut();
                    own.items += theirs.items;
                    own.bytes += theirs.bytes;
                    own.weight += theirs.weight;
                    // What the other side lost was added above for all.
                    own.missed = own.missed - other.lost + theirs.missed;
                }
                hash_map::Entry::Vacant(place) => {
                    let missed = theirs.missed + self.lost;
                    place.insert(Entry { missed, ..theirs });
                }
            }
        }
        self.lost += other.lost;
        self.cut();
    }

    /// Takes from all keys what the first of them that does not stay weighs, so that each time at least
    /// [`KEPT`] times that goes: what a key may have lost never comes to more than that part of all.
    fn cut(&mut self) {
        if self.entries.len() <= 2 * KEPT {
            return;
        }
        let mut weights: Vec<u64> = self.entries.values().map(|entry| entry.weight).collect();
        let (_, cut, _) = weights.select_nth_unstable_by_key(KEPT, |weight| Reverse(*weight));
        let cut = *cut;
        self.entries.retain(|_, entry| {
            entry.weight = entry.weight.saturating_sub(cut);
            entry.weight > 0
        });
        self.lost += cut;
    }

    /// All that are known, those with the most storage first.
    pub(super) fn ranked(self) -> Vec<Partition> {
        let mut entries: Vec<(u64, Entry)> = self.entries.into_iter().collect();
        entries.sort_unstable_by_key(|(hash, entry)| (Reverse(entry.storage()), *hash));
        let partition = |(_, entry): (u64, Entry)| Partition {
            key: entry.key,
            items: entry.items,
            bytes: entry.bytes,
            missed: entry.missed,
        };
        entries.into_iter().map(partition).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(hottest: &mut Hottest, key: u64, bytes: u64) {
        hottest.add(key, bytes, || Some(key.to_string()));
    }

    fn held(hottest: Hottest) -> HashMap<String, Partition> {
        let ranked = hottest.ranked().into_iter();
        ranked.map(|partition| (partition.key.clone().unwrap(), partition)).collect()
    }

    /// Many keys with one item each, and among them one with a part of all items.
    fn skewed(keys: std::ops::Range<u64>, every: u64) -> Hottest {
        let mut hottest = Hottest::default();
        for key in keys {
            add(&mut hottest, key, 50);
            if key % every == 0 {
                add(&mut hottest, u64::MAX, 50);
            }
        }
        hottest
    }

    #[test]
    fn few_keys_are_counted_exactly_in_any_order_of_merging() {
        let whole = held(skewed(0..4000, 10));
        let (mut first, second) = (skewed(2000..4000, 10), skewed(0..2000, 10));
        first.merge(second);
        assert_eq!(held(first), whole);
        assert!(whole.values().all(|partition| partition.missed == 0));
    }

    #[test]
    fn a_hot_key_is_found_within_the_error_and_what_is_held_is_bounded() {
        let keys = 30_000;
        for every in [2, 1000] {
            let parts = [0..keys / 3, keys / 3..keys / 2, keys / 2..keys];
            let mut merged = Hottest::default();
            for part in parts {
                merged.merge(skewed(part, every));
                assert!(merged.entries.len() <= 2 * KEPT);
            }
            let items = keys + keys.div_ceil(every);
            for hottest in [skewed(0..keys, every), merged] {
                // The bound of the method.
                assert!(hottest.lost <= items * 150 / KEPT as u64);
                let first = hottest.ranked().swap_remove(0);
                assert_eq!(first.key, Some(u64::MAX.to_string()), "{every}");
                let exact = keys.div_ceil(every) * 150;
                let found = first.items * 150;
                assert!(found <= exact && exact <= found + first.missed, "{every}: {first:?}");
            }
        }
    }
}
