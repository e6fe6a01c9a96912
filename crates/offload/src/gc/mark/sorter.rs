//! Sorts more keys than memory holds.

use super::runs::{Merged, Run, RunWriter};
use std::io;
use std::path::{Path, PathBuf};

/// What is held before it is sorted and written.
pub(super) const RUN_BYTES: usize = 32 * 1024 * 1024;
/// Runs that are open at once.
const RUNS: usize = 64;
/// Runs that are joined when there are too many, the smallest.
const JOINED: usize = 32;

/// Takes keys in any order and gives them sorted, each once.
///
/// Holds `run_bytes`; the rest is in runs in the scratch folder. When there are 64 of them, the 32
/// smallest are joined to one, so that neither memory nor open files grow with what is sorted.
pub(super) struct Sorter {
    scratch: PathBuf,
    run_bytes: usize,
    runs: Vec<Run>,
    bytes: Vec<u8>,
    /// Where keys begin in `bytes`, and how long they are.
    keys: Vec<(u32, u16)>,
}

impl Sorter {
    pub(super) fn new(scratch: &Path, run_bytes: usize) -> Self {
        Self { scratch: scratch.to_owned(), run_bytes, runs: vec![], bytes: vec![], keys: vec![] }
    }

    pub(super) fn push(&mut self, key: &str) -> io::Result<()> {
        let begin = u32::try_from(self.bytes.len()).map_err(io::Error::other)?;
        let length = u16::try_from(key.len()).map_err(io::Error::other)?;
        self.bytes.extend_from_slice(key.as_bytes());
        self.keys.push((begin, length));
        let held = self.bytes.len() + self.keys.len() * size_of::<(u32, u16)>();
        if held < self.run_bytes { Ok(()) } else { self.spill() }
    }

    /// All keys in order.
    pub(super) fn finish(mut self) -> io::Result<Merged> {
        self.spill()?;
        Merged::new(self.runs)
    }

    fn spill(&mut self) -> io::Result<()> {
        if self.keys.is_empty() {
            return Ok(());
        }
        let bytes = &self.bytes;
        let key = |&(begin, length): &(u32, u16)| {
            let begin = begin as usize;
            bytes.get(begin..begin + usize::from(length)).unwrap_or_default()
        };
        self.keys.sort_unstable_by(|one, other| key(one).cmp(key(other)));
        let mut run = RunWriter::create(&self.scratch)?;
        for at in &self.keys {
            run.write(key(at))?;
        }
        self.keys.clear();
        self.bytes.clear();
        self.runs.push(run.finish()?);
        if self.runs.len() < RUNS { Ok(()) } else { self.join() }
    }

    fn join(&mut self) -> io::Result<()> {
        self.runs.sort_unstable_by_key(|run| run.bytes);
        let smallest: Vec<_> = self.runs.drain(..JOINED.min(self.runs.len())).collect();
        let mut joined = Merged::new(smallest)?;
        let mut run = RunWriter::create(&self.scratch)?;
        while let Some(key) = joined.next()? {
            run.write(key)?;
        }
        self.runs.push(run.finish()?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn keys_come_out_sorted_and_once_through_any_number_of_runs() {
        let scratch = tempfile::tempdir().unwrap();
        // A run holds some hundred keys: there are several joins.
        let mut sorter = Sorter::new(scratch.path(), 2048);
        let mut random = fastrand::Rng::with_seed(3);
        let mut expected = BTreeSet::new();
        for _ in 0..20_000 {
            let key = format!("p/{:04x}{}", random.u16(..), "é".repeat(random.usize(..3)));
            sorter.push(&key).unwrap();
            assert!(sorter.runs.len() < RUNS);
            expected.insert(key);
        }
        let mut merged = sorter.finish().unwrap();
        for key in expected {
            assert_eq!(merged.next().unwrap(), Some(key.as_bytes()));
        }
        assert_eq!(merged.next().unwrap(), None);
        assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0);
    }

    #[test]
    fn nothing_is_sorted_too() {
        let scratch = tempfile::tempdir().unwrap();
        let mut merged = Sorter::new(scratch.path(), RUN_BYTES).finish().unwrap();
        assert_eq!(merged.next().unwrap(), None);
    }
}
