//! Items in the order of their keys, more of them than memory holds.

mod key;
mod runs;

use crate::{ColumnarError, ColumnarErrorKind};
use ddbkit_codec::ItemRef;
use runs::{Entry, Merged, Run};
use std::mem;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Runs that are open at once, and how many of them, the smallest, are joined when there are so many.
const RUNS: usize = 64;
const JOINED: usize = 32;
/// What an entry takes beside its bytes.
const ENTRY: usize = mem::size_of::<Entry>();

/// Sorts items by their keys: the partition key first, then the sort key, strings and binaries by
/// their bytes and numbers by their value.
///
/// Holds `run_bytes` of items; the rest is in files of the scratch folder that are gone with the
/// sorter, as large as the DynamoDB JSON of all items, and half as much again while runs are joined.
///
/// ```
/// use ddbkit_codec::Tape;
/// use ddbkit_columnar::KeySorter;
/// use std::num::NonZeroUsize;
///
/// let names = ["pk".to_owned(), "sk".to_owned()];
/// let run_bytes = NonZeroUsize::new(1 << 20).unwrap();
/// let mut sorter = KeySorter::new(std::env::temp_dir(), &names, run_bytes);
/// let mut tape = Tape::new();
/// for line in [r#"{"pk":{"S":"a"},"sk":{"N":"10"}}"#, r#"{"pk":{"S":"a"},"sk":{"N":"9"}}"#] {
///     sorter.add(tape.read_line(line.as_bytes())?)?;
/// }
/// let mut sorted = sorter.finish()?;
/// assert_eq!(sorted.next_item()?.unwrap(), br#"{"pk":{"S":"a"},"sk":{"N":"9"}}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct KeySorter {
    names: Vec<String>,
    scratch: PathBuf,
    run_bytes: usize,
    held: usize,
    entries: Vec<Entry>,
    runs: Vec<Run>,
}

impl KeySorter {
    /// A sorter by these key attributes, which has its files in this folder.
    #[must_use]
    pub fn new(scratch: impl Into<PathBuf>, names: &[String], run_bytes: NonZeroUsize) -> Self {
        Self {
            names: names.to_vec(),
            scratch: scratch.into(),
            run_bytes: run_bytes.get(),
            held: 0,
            entries: Vec::new(),
            runs: Vec::new(),
        }
    }

    /// Takes an item.
    ///
    /// # Errors
    /// [`ColumnarErrorKind::OtherType`] when it has not the key, and when the scratch folder cannot
    /// be written.
    pub fn add(&mut self, item: ItemRef<'_>) -> Result<(), ColumnarError> {
        let mut entry = Entry::default();
        for name in &self.names {
            let value = item.get(name);
            if !value.is_some_and(|value| key::append(&mut entry.key, &value)) {
                let message =
                    format!("the key attribute {name:?} is missing, or of no type of keys");
                return Err(ColumnarError::new(ColumnarErrorKind::OtherType, message));
            }
        }
        item.write_dynamodb_json(&mut entry.item);
        self.held += ENTRY + entry.key.capacity() + entry.item.capacity();
        self.entries.push(entry);
        if self.held < self.run_bytes { Ok(()) } else { self.spill() }
    }

    /// All items in order.
    ///
    /// # Errors
    /// When the scratch folder cannot be written or read.
    pub fn finish(mut self) -> Result<SortedItems, ColumnarError> {
        self.spill()?;
        let merged = Merged::new(mem::take(&mut self.runs)).map_err(ColumnarError::write)?;
        Ok(SortedItems { merged, item: Vec::new() })
    }

    fn spill(&mut self) -> Result<(), ColumnarError> {
        if self.entries.is_empty() {
            return Ok(());
        }
        self.entries.sort_unstable();
        self.held = 0;
        let mut entries = mem::take(&mut self.entries).into_iter();
        let run = Run::write(&self.scratch, || Ok(entries.next()));
        self.runs.push(run.map_err(ColumnarError::write)?);
        if self.runs.len() < RUNS { Ok(()) } else { self.join() }
    }

    fn join(&mut self) -> Result<(), ColumnarError> {
        self.runs.sort_unstable_by_key(|run| run.bytes);
        let smallest = self.runs.drain(..JOINED.min(self.runs.len())).collect();
        let mut merged = Merged::new(smallest).map_err(ColumnarError::write)?;
        let run = Run::write(&self.scratch, || merged.next());
        self.runs.push(run.map_err(ColumnarError::write)?);
        Ok(())
    }
}

impl std::fmt::Debug for KeySorter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeySorter").field("runs", &self.runs.len()).finish_non_exhaustive()
    }
}

/// Items in the order of their keys.
pub struct SortedItems {
    merged: Merged,
    item: Vec<u8>,
}

impl SortedItems {
    /// The next item as DynamoDB JSON, none at the end.
    ///
    /// # Errors
    /// When the scratch folder cannot be read.
    pub fn next_item(&mut self) -> Result<Option<&[u8]>, ColumnarError> {
        let Some(entry) = self.merged.next().map_err(ColumnarError::write)? else {
            return Ok(None);
        };
        self.item = entry.item;
        Ok(Some(&self.item))
    }
}

impl std::fmt::Debug for SortedItems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SortedItems").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ddbkit_codec::Tape;

    #[test]
    fn any_number_of_runs_comes_out_in_order_and_leaves_nothing() {
        let scratch = tempfile::tempdir().unwrap();
        // A few items a run, so that there are hundreds of runs and several joins.
        let run_bytes = NonZeroUsize::new(1000).unwrap();
        let mut sorter = KeySorter::new(scratch.path(), &["n".to_owned()], run_bytes);
        let mut tape = Tape::new();
        for n in 0..2000_i64 {
            let line = format!(r#"{{"n":{{"N":"{}"}}}}"#, (n * 7919) % 2000 - 1000);
            sorter.add(tape.read_line(line.as_bytes()).unwrap()).unwrap();
            assert!(sorter.runs.len() < RUNS);
        }
        assert!(sorter.runs.len() > JOINED);
        let mut items = sorter.finish().unwrap();
        for n in -1000..1000 {
            let expected = format!(r#"{{"n":{{"N":"{n}"}}}}"#);
            assert_eq!(items.next_item().unwrap(), Some(expected.as_bytes()));
        }
        assert_eq!(items.next_item().unwrap(), None);
        drop(items);
        assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0);
    }

    #[test]
    fn an_item_without_its_key_is_an_error() {
        let run_bytes = NonZeroUsize::MIN;
        let mut sorter = KeySorter::new(std::env::temp_dir(), &["pk".to_owned()], run_bytes);
        let mut tape = Tape::new();
        for line in [r#"{"n":{"N":"1"}}"#, r#"{"pk":{"BOOL":true}}"#] {
            let error = sorter.add(tape.read_line(line.as_bytes()).unwrap()).unwrap_err();
            assert!(error.to_string().contains("the key attribute \"pk\""), "{error}");
        }
    }
}
