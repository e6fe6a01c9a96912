//! What is counted of one attribute.

use crate::ValueType;
use crate::profiler::distinct::{Distinct, hash};
use ddbkit_codec::ValueRef;
use std::collections::BTreeMap;

/// 1 KiB for an attribute, for a standard error of 3.3 %.
const PRECISION: u8 = 10;

/// The counts of one attribute.
#[derive(Clone, Debug)]
pub(super) struct Stats {
    types: BTreeMap<ValueType, u64>,
    pub(super) bytes: u64,
    pub(super) min_bytes: u64,
    pub(super) max_bytes: u64,
    distinct: Distinct,
}

impl Default for Stats {
    fn default() -> Self {
        let (types, distinct) = (BTreeMap::new(), Distinct::new(PRECISION));
        Self { types, bytes: 0, min_bytes: u64::MAX, max_bytes: 0, distinct }
    }
}

impl Stats {
    pub(super) fn add(&mut self, value: &ValueRef<'_>, bytes: u64) {
        *self.types.entry(ValueType::of(value)).or_default() += 1;
        self.bytes += bytes;
        self.min_bytes = self.min_bytes.min(bytes);
        self.max_bytes = self.max_bytes.max(bytes);
        // A number has one spelling in DynamoDB.
        match value {
            ValueRef::S(text) => self.distinct.add(hash(b'S', text.get().as_bytes())),
            ValueRef::N(number) => self.distinct.add(hash(b'N', number.text().as_bytes())),
            ValueRef::B(binary) => self.distinct.add(hash(b'B', &binary.to_vec())),
            _ => {}
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (value_type, count) in &other.types {
            *self.types.entry(*value_type).or_default() += count;
        }
        self.bytes += other.bytes;
        self.min_bytes = self.min_bytes.min(other.min_bytes);
        self.max_bytes = self.max_bytes.max(other.max_bytes);
        self.distinct.merge(&other.distinct);
    }

    pub(super) fn presence(&self) -> u64 {
        self.types.values().sum()
    }

    pub(super) fn types(&self) -> &BTreeMap<ValueType, u64> {
        &self.types
    }

    pub(super) fn distinct(&self) -> Option<u64> {
        // An estimate may be larger, a count of values is exact.
        self.distinct.count().map(|count| count.min(self.presence()))
    }
}

impl ValueType {
    fn of(value: &ValueRef<'_>) -> Self {
        match value {
            ValueRef::S(_) => Self::S,
            ValueRef::N(_) => Self::N,
            ValueRef::B(_) => Self::B,
            ValueRef::Bool(_) => Self::Bool,
            ValueRef::Null => Self::Null,
            ValueRef::M(_) => Self::M,
            ValueRef::L(_) => Self::L,
            ValueRef::Ss(_) => Self::Ss,
            ValueRef::Ns(_) => Self::Ns,
            ValueRef::Bs(_) => Self::Bs,
        }
    }
}
