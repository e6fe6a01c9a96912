//! Records in the order of their keys, more of them than memory holds.
//!
//! A record is a key and a payload, both bytes; keys are compared byte by byte. [`Sorter`] takes records in
//! any order, [`Sorted`] gives them in order. What memory does not hold is in *runs*, files without a name in
//! a scratch folder, which are gone with the handle, also after a kill. [`RunWriter`] and [`RunReader`] are
//! for those who keep what is sorted in files of their own.

mod run;

use run::Run;
pub use run::{Record, RunReader, RunWriter};
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::path::PathBuf;
use std::{fmt, io};

/// Runs that are open at once.
const RUNS: usize = 64;
/// Runs that are joined when there are too many, the smallest.
const JOINED: usize = 32;

/// Takes records in any order and gives them sorted by their keys.
///
/// Holds `run_bytes` and a record, and up to 64 open runs of 0.3 MB each; the rest is in the scratch folder,
/// compressed. When there are 64 runs, the 32 smallest are joined to one, so that neither memory nor open
/// files grow with what is sorted; the folder holds all records once, and half of them twice while runs are
/// joined. Blocks: call it off the async threads.
///
/// ```
/// use ddbkit_store::sort::{Record, Sorter};
///
/// # let scratch = tempfile::tempdir()?;
/// let mut sorter = Sorter::new(scratch.path(), 32 << 20);
/// for (key, payload) in [("b", "2"), ("a", "1")] {
///     sorter.push(key.as_bytes(), |out| out.extend_from_slice(payload.as_bytes()))?;
/// }
/// let (mut sorted, mut record) = (sorter.finish()?, Record::default());
/// assert!(sorted.next(&mut record)?);
/// assert_eq!((&*record.key, &*record.payload), (&b"a"[..], &b"1"[..]));
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Sorter {
    scratch: PathBuf,
    run_bytes: usize,
    runs: Vec<Run>,
    written: u64,
    /// Keys and payloads of the records that are held, each key before its payload.
    bytes: Vec<u8>,
    slots: Vec<Slot>,
}

/// A record in `bytes`.
#[derive(Clone, Copy)]
struct Slot {
    /// The first eight bytes of the key: most keys differ there, and are compared without a look at them.
    first: u64,
    begin: usize,
    key: u32,
    payload: u32,
}

impl Slot {
    fn key<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        bytes.get(self.begin..self.payload_begin()).unwrap_or_default()
    }

    fn payload<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        let begin = self.payload_begin();
        bytes.get(begin..begin + self.payload as usize).unwrap_or_default()
    }

    fn payload_begin(&self) -> usize {
        self.begin + self.key as usize
    }
}

impl Sorter {
    /// A sorter that holds this much before it sorts it and writes it to the scratch folder.
    pub fn new(scratch: impl Into<PathBuf>, run_bytes: usize) -> Self {
        let (runs, bytes, slots) = (Vec::new(), Vec::new(), Vec::new());
        Self { scratch: scratch.into(), run_bytes, runs, written: 0, bytes, slots }
    }

    /// Adds a record, whose payload `write` appends.
    ///
    /// # Errors
    /// When the scratch folder cannot be written, and for a record of 4 GiB and more.
    pub fn push(&mut self, key: &[u8], write: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        let begin = self.bytes.len();
        self.bytes.extend_from_slice(key);
        let payload_begin = self.bytes.len();
        write(&mut self.bytes);
        let payload = self.bytes.len() - payload_begin;
        self.slots.push(Slot {
            first: first(key),
            begin,
            key: u32::try_from(key.len()).map_err(io::Error::other)?,
            payload: u32::try_from(payload).map_err(io::Error::other)?,
        });
        let held = self.bytes.len() + self.slots.len() * size_of::<Slot>();
        if held < self.run_bytes { Ok(()) } else { self.spill() }
    }

    /// All records in order; those of equal keys in that of their payloads.
    ///
    /// # Errors
    /// When the scratch folder cannot be written or read.
    pub fn finish(mut self) -> io::Result<Sorted> {
        self.spill()?;
        Sorted::of(self.runs, self.written)
    }

    fn spill(&mut self) -> io::Result<()> {
        if self.slots.is_empty() {
            return Ok(());
        }
        let bytes = &self.bytes;
        self.slots.sort_unstable_by(|one, other| {
            let whole = |slot: &Slot| (slot.key(bytes), slot.payload(bytes));
            one.first.cmp(&other.first).then_with(|| whole(one).cmp(&whole(other)))
        });
        let mut run = RunWriter::create(&self.scratch)?;
        for slot in &self.slots {
            run.write(slot.key(bytes), slot.payload(bytes))?;
        }
        self.slots.clear();
        self.bytes.clear();
        self.add(run.finish()?);
        if self.runs.len() < RUNS { Ok(()) } else { self.join() }
    }

    fn join(&mut self) -> io::Result<()> {
        self.runs.sort_unstable_by_key(|run| run.bytes);
        let smallest = self.runs.drain(..JOINED.min(self.runs.len())).collect();
        let mut joined = Sorted::of(smallest, 0)?;
        let mut run = RunWriter::create(&self.scratch)?;
        let mut record = Record::default();
        while joined.next(&mut record)? {
            run.write(&record.key, &record.payload)?;
        }
        self.add(run.finish()?);
        Ok(())
    }

    fn add(&mut self, run: Run) {
        self.written += run.bytes;
        self.runs.push(run);
    }
}

impl fmt::Debug for Sorter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sorter").field("runs", &self.runs.len()).finish_non_exhaustive()
    }
}

/// Of two different numbers the less is that of the less key; a key of less than eight bytes counts as
/// filled up with zeros.
fn first(key: &[u8]) -> u64 {
    let mut first = [0; 8];
    first.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    u64::from_be_bytes(first)
}

/// Sorted records of several runs.
pub struct Sorted {
    runs: Vec<RunReader>,
    /// The next record of each run that is not at its end.
    heads: BinaryHeap<Head>,
    written: u64,
}

/// The next record of a run. The least is the greatest, because the heap gives the greatest.
struct Head {
    record: Record,
    run: usize,
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        (&other.record, other.run).cmp(&(&self.record, self.run))
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Head {}

impl Sorted {
    fn of(runs: Vec<Run>, written: u64) -> io::Result<Self> {
        let mut heads = BinaryHeap::with_capacity(runs.len());
        let mut readers = Vec::with_capacity(runs.len());
        for (run, file) in runs.into_iter().enumerate() {
            let mut reader = RunReader::of(file.file)?;
            let mut record = Record::default();
            if reader.next(&mut record)? {
                heads.push(Head { record, run });
            }
            readers.push(reader);
        }
        Ok(Self { runs: readers, heads, written })
    }

    /// Puts the next record into `record`; false at the end.
    ///
    /// # Errors
    /// When the scratch folder cannot be read, or does not give back what was written.
    pub fn next(&mut self, record: &mut Record) -> io::Result<bool> {
        let Some(mut head) = self.heads.peek_mut() else { return Ok(false) };
        std::mem::swap(record, &mut head.record);
        let run = head.run;
        let has_more = match self.runs.get_mut(run) {
            Some(run) => run.next(&mut head.record)?,
            None => false,
        };
        if !has_more {
            PeekMut::pop(head);
        }
        Ok(true)
    }

    /// Bytes that were written to the scratch folder on the way, as stored.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written
    }
}

impl fmt::Debug for Sorted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sorted").field("runs", &self.runs.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_sorted_through_any_number_of_runs() {
        let scratch = tempfile::tempdir().unwrap();
        // Each run holds a few records, so there are hundreds of runs and several joins.
        let mut sorter = Sorter::new(scratch.path(), 512);
        let mut random = fastrand::Rng::with_seed(7);
        let mut expected = Vec::new();
        for n in 0..3000_u32 {
            // Keys of any length, many of which begin alike or are equal, some with zeros.
            let mut key = vec![random.u8(..3); random.usize(..12)];
            key.extend_from_slice(&(n / 2).to_le_bytes()[..random.usize(..3)]);
            let payload = vec![b'x'; random.usize(..50)];
            sorter.push(&key, |out| out.extend_from_slice(&payload)).unwrap();
            assert!(sorter.runs.len() < RUNS);
            expected.push((key, payload));
        }
        expected.sort_unstable();
        let mut merged = sorter.finish().unwrap();
        assert!(merged.written() > 0);
        let mut record = Record::default();
        for (key, payload) in expected {
            assert!(merged.next(&mut record).unwrap());
            assert_eq!((&record.key, &record.payload), (&key, &payload));
        }
        assert!(!merged.next(&mut record).unwrap());
        assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0);
    }

    #[test]
    fn nothing_is_sorted_too() {
        let scratch = tempfile::tempdir().unwrap();
        let mut sorted = Sorter::new(scratch.path(), 512).finish().unwrap();
        assert!(!sorted.next(&mut Record::default()).unwrap());
        assert_eq!(sorted.written(), 0);
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let mut sorter = Sorter::new("/nowhere/at/all", 512);
        sorter.push(b"a", |_| {}).unwrap();
        assert_eq!(sorter.finish().unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
