//! How items spread over partition keys.

use super::distinct::{Distinct, hash};
use super::hottest::Hottest;
use super::limits::LimitCount;
use crate::{InspectError, InspectErrorKind, KeyDistribution, KeyNames, NearLimit, RankShare};
use ddbkit_codec::rules::{MAX_PARTITION_KEY, MAX_SORT_KEY};
use ddbkit_codec::{Item, ItemRef, PlainOptions, ValueRef};

/// 16 KiB, for a standard error of 0.8 %.
const PRECISION: u8 = 14;
/// Buckets of the hash of the partition key: one for each of so many first bits.
const SPREAD_BITS: u32 = 6;
/// Partition keys that have a row.
const ROWS: usize = 20;
/// How many partition keys are taken together to tell their share.
const RANKS: [usize; 5] = [1, 2, 5, 10, 100];
/// Bytes of the text of a key that are kept. No key that DynamoDB takes has more, unless it is all escapes.
const LONGEST_TEXT: usize = 4096;
/// The most that the items of one partition key may have in a table with local secondary indexes, the
/// entries of the indexes included (Developer Guide, "Quotas in Amazon DynamoDB").
const MAX_ITEM_COLLECTION: usize = 10 << 30;

/// What is counted by key.
#[derive(Clone, Debug)]
pub(super) struct Partitions {
    names: KeyNames,
    /// Whether no value of a key may be kept.
    hide: bool,
    distinct: Distinct,
    hottest: Hottest,
    spread: Vec<u64>,
    partition_key: LimitCount,
    sort_key: LimitCount,
}

/// The key of an item.
#[derive(Clone, Copy)]
pub(super) struct Key<'a> {
    hash: ValueRef<'a>,
    range: Option<ValueRef<'a>>,
}

impl Partitions {
    pub(super) fn new(names: KeyNames, hide: bool) -> Self {
        Self {
            names,
            hide,
            distinct: Distinct::new(PRECISION),
            hottest: Hottest::default(),
            spread: vec![0; 1 << SPREAD_BITS],
            partition_key: LimitCount::new("partition_key", MAX_PARTITION_KEY, "bytes"),
            sort_key: LimitCount::new("sort_key", MAX_SORT_KEY, "bytes"),
        }
    }

    /// The key of an item.
    pub(super) fn key<'a>(&self, item: ItemRef<'a>) -> Result<Key<'a>, InspectError> {
        let value = |name: &str| match item.get(name) {
            Some(value @ (ValueRef::S(_) | ValueRef::N(_) | ValueRef::B(_))) => Ok(value),
            found => {
                let why = if found.is_some() { "is no key" } else { "is missing" };
                let message = format!("the key attribute {name:?} {why}");
                Err(InspectError::new(InspectErrorKind::InvalidItem, message))
            }
        };
        let range = self.names.range.as_deref().map(value).transpose()?;
        Ok(Key { hash: value(&self.names.hash)?, range })
    }

    pub(super) fn is_key(&self, name: &str) -> bool {
        name == self.names.hash || self.names.range.as_deref() == Some(name)
    }

    /// Counts an item of this size.
    pub(super) fn add(&mut self, key: &Key<'_>, bytes: u64) {
        let (hash, length) = match key.hash {
            ValueRef::N(number) => (hash(b'N', number.text().as_bytes()), key.hash.size()),
            ValueRef::B(binary) => (hash(b'B', &binary.to_vec()), binary.len()),
            ValueRef::S(text) => (hash(b'S', text.get().as_bytes()), text.len()),
            _ => return,
        };
        self.distinct.add(hash);
        let bucket = usize::try_from(hash >> (64 - SPREAD_BITS)).unwrap_or_default();
        if let Some(count) = self.spread.get_mut(bucket) {
            *count += 1;
        }
        let hide = self.hide;
        self.hottest.add(hash, bytes, || (!hide).then(|| text_of_value(&key.hash)));
        self.partition_key.add(length as u64);
        if let Some(range) = &key.range {
            self.sort_key.add(range.size() as u64);
        }
    }

    /// A key as plain JSON, where it may be shown.
    pub(super) fn text(&self, key: &Key<'_>) -> Option<String> {
        if self.hide {
            return None;
        }
        let mut item = Item::new();
        item.insert(self.names.hash.as_str(), key.hash.to_value());
        if let (Some(name), Some(value)) = (&self.names.range, &key.range) {
            item.insert(name.as_str(), value.to_value());
        }
        Some(cut(item.to_plain_json(&PlainOptions::default())))
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.distinct.merge(&other.distinct);
        self.hottest.merge(other.hottest);
        for (own, other) in self.spread.iter_mut().zip(&other.spread) {
            *own += other;
        }
        self.partition_key.merge(&other.partition_key);
        self.sort_key.merge(&other.sort_key);
    }

    /// The distribution, and the limits of keys and partitions.
    pub(super) fn finish(self, items: u64, bytes: u64) -> (KeyDistribution, Vec<NearLimit>) {
        let ranked = self.hottest.ranked();
        let mut limits = vec![self.partition_key];
        if self.names.range.is_some() {
            let mut collection = LimitCount::new("item_collection", MAX_ITEM_COLLECTION, "bytes");
            for partition in &ranked {
                collection.add(partition.bytes);
            }
            limits.extend([self.sort_key, collection]);
        }
        let share = |partitions: usize| {
            let first = ranked.iter().take(partitions);
            let sum = first.fold((0, 0), |sum, it| (sum.0 + it.items, sum.1 + it.bytes));
            RankShare {
                partitions: partitions as u64,
                items: crate::ratio(sum.0, items),
                bytes: crate::ratio(sum.1, bytes),
            }
        };
        let distribution = KeyDistribution {
            hash_key: self.names.hash.clone(),
            range_key: self.names.range.clone(),
            partitions: self.distinct.count().unwrap_or_default().min(items),
            share_by_rank: RANKS.into_iter().map(share).collect(),
            spread: self.spread,
            hottest: ranked.into_iter().take(ROWS).collect(),
        };
        (distribution, limits.into_iter().map(LimitCount::into_row).collect())
    }
}

/// A value as plain JSON.
fn text_of_value(value: &ValueRef<'_>) -> String {
    let mut text = Vec::new();
    value.to_value().write_plain_json(&PlainOptions::default(), &mut text);
    cut(String::from_utf8(text).unwrap_or_default())
}

fn cut(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(LONGEST_TEXT));
    text
}
