//! Sorts more entries than memory holds.

use super::runs::{Entry, EntryKey, Merged, Run, RunWriter};
use std::io;
use std::path::PathBuf;
use std::{mem, ops};

/// What is held before it is sorted and written: the size of a run before compression.
pub(super) const RUN_BYTES: usize = 32 * 1024 * 1024;
/// Runs that are open at once.
const RUNS: usize = 64;
/// Runs that are joined when there are too many, the smallest.
const JOINED: usize = 32;

/// Takes entries in any order and gives them sorted.
///
/// Holds `run_bytes` of entries; the rest is in runs in the scratch folder. When there are 64 of them,
/// the 32 smallest are joined to one, so that neither memory nor open files grow with what is sorted.
pub(super) struct Sorter {
    scratch: PathBuf,
    run_bytes: usize,
    runs: Vec<Run>,
    items: Vec<u8>,
    slots: Vec<Slot>,
    /// Bytes written to runs, as stored.
    pub(super) written: u64,
}

/// An entry whose item is in `items`.
struct Slot {
    key: EntryKey,
    item: ops::Range<usize>,
}

impl Sorter {
    pub(super) fn new(scratch: PathBuf, run_bytes: usize) -> Self {
        Self { scratch, run_bytes, runs: vec![], items: vec![], slots: vec![], written: 0 }
    }

    /// Adds an entry, whose item `write` appends.
    pub(super) fn push(
        &mut self,
        key: EntryKey,
        write: impl FnOnce(&mut Vec<u8>),
    ) -> io::Result<()> {
        let start = self.items.len();
        write(&mut self.items);
        self.slots.push(Slot { key, item: start..self.items.len() });
        if self.items.len() + self.slots.len() * mem::size_of::<Slot>() < self.run_bytes {
            return Ok(());
        }
        self.spill()
    }

    /// All entries in order.
    pub(super) fn finish(mut self) -> io::Result<(Merged, u64)> {
        self.spill()?;
        Ok((Merged::new(self.runs)?, self.written))
    }

    fn spill(&mut self) -> io::Result<()> {
        if self.slots.is_empty() {
            return Ok(());
        }
        self.slots.sort_unstable_by_key(|slot| slot.key);
        let mut run = RunWriter::create(&self.scratch)?;
        for slot in &self.slots {
            run.write(&slot.key, self.items.get(slot.item.clone()).unwrap_or_default())?;
        }
        self.slots.clear();
        self.items.clear();
        self.add(run.finish()?);
        if self.runs.len() < RUNS { Ok(()) } else { self.join() }
    }

    fn join(&mut self) -> io::Result<()> {
        self.runs.sort_unstable_by_key(|run| run.bytes);
        let smallest = self.runs.drain(..JOINED.min(self.runs.len())).collect();
        let mut joined = Merged::new(smallest)?;
        let mut run = RunWriter::create(&self.scratch)?;
        let mut entry = Entry::default();
        while joined.next(&mut entry)? {
            run.write(&entry.key, &entry.item)?;
        }
        self.add(run.finish()?);
        Ok(())
    }

    fn add(&mut self, run: Run) {
        self.written += run.bytes;
        self.runs.push(run);
    }
}

#[cfg(test)]
mod tests {
    use super::super::runs::Place;
    use super::*;

    #[test]
    fn what_goes_in_comes_out_sorted_through_any_number_of_runs() {
        let scratch = tempfile::tempdir().unwrap();
        // Each run holds a few entries, so there are hundreds of runs and several joins.
        let mut sorter = Sorter::new(scratch.path().to_owned(), 512);
        let mut random = fastrand::Rng::with_seed(7);
        let mut expected = Vec::new();
        for line in 0..3000_u64 {
            let mut key = EntryKey { place: Place { file: 1, line }, ..EntryKey::default() };
            key.digest[0] = random.u8(..);
            let item = vec![b'x'; random.usize(..50)];
            expected.push((key, item.clone()));
            sorter.push(key, |out| out.extend_from_slice(&item)).unwrap();
            assert!(sorter.runs.len() < RUNS);
        }
        expected.sort_unstable();
        let (mut merged, written) = sorter.finish().unwrap();
        assert!(written > 0);
        let mut entry = Entry::default();
        for (key, item) in expected {
            assert!(merged.next(&mut entry).unwrap());
            assert_eq!((entry.key, &entry.item), (key, &item));
        }
        assert!(!merged.next(&mut entry).unwrap());
        assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0);
    }

    #[test]
    fn nothing_is_sorted_too() {
        let scratch = tempfile::tempdir().unwrap();
        let sorter = Sorter::new(scratch.path().to_owned(), RUN_BYTES);
        let (mut merged, written) = sorter.finish().unwrap();
        assert!(!merged.next(&mut Entry::default()).unwrap());
        assert_eq!(written, 0);
    }
}
