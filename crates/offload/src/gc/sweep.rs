//! Sweep: the sorted listing of a shard against the sorted keys that items point to.

use super::foreign::is_foreign_key;
use super::mark::MarkedKeys;
use super::objects::ListedObject;
use crate::{KeyLayout, OffloadError, OffloadErrorKind};
use std::time::SystemTime;

/// What is asked of every object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules<'a> {
    /// Only what was written before is a candidate: the time of the mark less the grace.
    pub(super) written_before: SystemTime,
    pub(super) layout: &'a dyn KeyLayout,
    /// Whether objects of `pynamodb_mate` are ours to delete.
    pub(super) writers_stopped: bool,
}

/// How the objects of a shard are divided. Every object is in one of the last four.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) objects: u64,
    pub(super) bytes: u64,
    pub(super) garbage: u64,
    pub(super) garbage_bytes: u64,
    pub(super) young: u64,
    pub(super) referenced: u64,
    pub(super) foreign: u64,
    /// Pointers whose object is not in the listing.
    pub(super) pointers_without_object: u64,
}

impl Counts {
    pub(super) fn plus(&self, other: &Self) -> Self {
        Self {
            objects: self.objects + other.objects,
            bytes: self.bytes + other.bytes,
            garbage: self.garbage + other.garbage,
            garbage_bytes: self.garbage_bytes + other.garbage_bytes,
            young: self.young + other.young,
            referenced: self.referenced + other.referenced,
            foreign: self.foreign + other.foreign,
            pointers_without_object: self.pointers_without_object + other.pointers_without_object,
        }
    }
}

/// Goes through a shard page by page; holds one key.
pub(super) struct Sweep<'a> {
    rules: Rules<'a>,
    marked: MarkedKeys,
    /// The next key that an item points to, empty when there is none.
    next: Vec<u8>,
    /// The object before, for the proof that the listing is sorted.
    last: String,
    pub(super) counts: Counts,
}

impl<'a> Sweep<'a> {
    pub(super) fn new(rules: Rules<'a>, marked: MarkedKeys) -> Result<Self, OffloadError> {
        let mut sweep =
            Self { rules, marked, next: vec![], last: String::new(), counts: Counts::default() };
        sweep.advance()?;
        Ok(sweep)
    }

    fn advance(&mut self) -> Result<(), OffloadError> {
        if !self.marked.next(&mut self.next)? {
            self.next.clear();
        }
        Ok(())
    }

    /// Takes the next page and gives the garbage in it.
    pub(super) fn page(
        &mut self,
        objects: Vec<ListedObject>,
    ) -> Result<Vec<ListedObject>, OffloadError> {
        let mut garbage = Vec::new();
        for object in objects {
            if object.key <= self.last {
                // A key out of order would be compared with the wrong pointers, and deleted.
                let message = "the listing of the bucket is not in ascending order of keys: \
                               nothing can be told from it";
                return Err(OffloadError::new(OffloadErrorKind::S3, message));
            }
            self.last.clone_from(&object.key);
            if self.is_garbage(&object)? {
                garbage.push(object);
            }
        }
        Ok(garbage)
    }

    fn is_garbage(&mut self, object: &ListedObject) -> Result<bool, OffloadError> {
        let key = object.key.as_bytes();
        while !self.next.is_empty() && self.next.as_slice() < key {
            self.counts.pointers_without_object += 1;
            self.advance()?;
        }
        self.counts.objects += 1;
        self.counts.bytes += object.size;
        let Rules { written_before, layout, writers_stopped } = self.rules;
        if self.next == key {
            self.counts.referenced += 1;
            self.advance()?;
        } else if layout.owner(&object.key).is_none()
            && !(writers_stopped && is_foreign_key(&object.key))
        {
            self.counts.foreign += 1;
        } else if object.modified >= written_before {
            self.counts.young += 1;
        } else {
            self.counts.garbage += 1;
            self.counts.garbage_bytes += object.size;
            return Ok(true);
        }
        Ok(false)
    }

    /// Counts the pointers after the last object.
    pub(super) fn finish(mut self) -> Result<Counts, OffloadError> {
        while !self.next.is_empty() {
            self.counts.pointers_without_object += 1;
            self.advance()?;
        }
        Ok(self.counts)
    }
}
