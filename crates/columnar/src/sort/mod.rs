//! Items in the order of their keys, more of them than memory holds.

mod key;

use crate::{ColumnarError, ColumnarErrorKind};
use ddbkit_codec::ItemRef;
use ddbkit_store::sort::{Record, Sorted, Sorter};
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Sorts items by their keys: the partition key first, then the sort key, strings and binaries by
/// their bytes and numbers by their value.
///
/// Holds `run_bytes` of items and up to 64 open files of 0.3 MB each; the rest is in files of the scratch
/// folder that are gone with the sorter, at most as large as keys and DynamoDB JSON of all items, and half as
/// much again while runs are joined.
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
#[derive(Debug)]
pub struct KeySorter {
    names: Vec<String>,
    sorter: Sorter,
    /// That of the item which is added.
    key: Vec<u8>,
}

impl KeySorter {
    /// A sorter by these key attributes, which has its files in this folder.
    #[must_use]
    pub fn new(scratch: impl Into<PathBuf>, names: &[String], run_bytes: NonZeroUsize) -> Self {
        let sorter = Sorter::new(scratch, run_bytes.get());
        Self { names: names.to_vec(), sorter, key: Vec::new() }
    }

    /// Takes an item.
    ///
    /// # Errors
    /// [`ColumnarErrorKind::OtherType`] when it has not the key, and when the scratch folder cannot
    /// be written.
    pub fn add(&mut self, item: ItemRef<'_>) -> Result<(), ColumnarError> {
        self.key.clear();
        for name in &self.names {
            let value = item.get(name);
            if !value.is_some_and(|value| key::append(&mut self.key, &value)) {
                let message =
                    format!("the key attribute {name:?} is missing, or of no type of keys");
                return Err(ColumnarError::new(ColumnarErrorKind::OtherType, message));
            }
        }
        let added = self.sorter.push(&self.key, |out| item.write_dynamodb_json(out));
        added.map_err(ColumnarError::write)
    }

    /// All items in order.
    ///
    /// # Errors
    /// When the scratch folder cannot be written or read.
    pub fn finish(self) -> Result<SortedItems, ColumnarError> {
        let sorted = self.sorter.finish().map_err(ColumnarError::write)?;
        Ok(SortedItems { sorted, record: Record::default() })
    }
}

/// Items in the order of their keys.
#[derive(Debug)]
pub struct SortedItems {
    sorted: Sorted,
    record: Record,
}

impl SortedItems {
    /// The next item as DynamoDB JSON, none at the end.
    ///
    /// # Errors
    /// When the scratch folder cannot be read.
    pub fn next_item(&mut self) -> Result<Option<&[u8]>, ColumnarError> {
        let has_more = self.sorted.next(&mut self.record).map_err(ColumnarError::write)?;
        Ok(has_more.then_some(&*self.record.payload))
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
        }
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
