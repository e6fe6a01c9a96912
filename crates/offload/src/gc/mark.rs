//! Mark: which objects the items point to, sorted and by shard.

use super::pointers::PointerSource;
use crate::{OffloadError, OffloadErrorKind};
use ddbkit_flow::{CapacityUnits, Control, ProgressEvent};
use ddbkit_store::sort::{Record, RunReader, RunWriter, Sorted, Sorter};
use futures::StreamExt;
use std::fs::File;
use std::io;
use std::path::Path;
use tempfile::TempDir;
use tokio::sync::mpsc;

/// Pages of keys that wait for the sorter.
const WAITING: usize = 16;
/// What is held before it is sorted and written.
const RUN_BYTES: usize = 32 * 1024 * 1024;

/// What the items point to: for each shard the keys of its objects, sorted, on disk until it is
/// dropped.
pub(super) struct Marked {
    folder: TempDir,
    pub(super) items: u64,
    pub(super) read_units: f64,
    /// Pointers to other buckets, and to keys in no shard.
    pub(super) elsewhere: u64,
}

impl Marked {
    /// The keys of a shard. A file is open only while its shard is swept.
    pub(super) fn shard(&self, shard: usize) -> Result<MarkedKeys, OffloadError> {
        let reader = match File::open(self.folder.path().join(shard.to_string())) {
            Ok(file) => Some(RunReader::of(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => Some(Err(error)),
        };
        let reader = reader.transpose().map_err(scratch_failed)?;
        Ok(MarkedKeys { reader, record: Record::default() })
    }
}

/// The keys of a shard that items point to, in ascending order.
pub(super) struct MarkedKeys {
    reader: Option<RunReader>,
    record: Record,
}

impl MarkedKeys {
    /// Reads the next key in; false at the end.
    pub(super) fn next(&mut self, key: &mut Vec<u8>) -> Result<bool, OffloadError> {
        let Some(reader) = &mut self.reader else { return Ok(false) };
        let has_more = reader.next(&mut self.record).map_err(scratch_failed)?;
        std::mem::swap(key, &mut self.record.key);
        Ok(has_more)
    }
}

/// Reads all pointers and sorts them. Holds 32 MiB of keys and up to 64 open runs of 0.3 MB each,
/// whatever the table; the disk holds about half the bytes of all keys, twice while runs are joined.
pub(super) async fn mark(
    source: &dyn PointerSource,
    shards: Vec<String>,
    scratch: &Path,
    control: &Control,
) -> Result<Marked, OffloadError> {
    let (send, receive) = mpsc::channel(WAITING);
    let scratch = scratch.to_owned();
    let sorting = tokio::task::spawn_blocking(move || sort(receive, &shards, &scratch));
    let (mut items, mut read_units, mut elsewhere) = (0, 0.0, 0);
    let mut pages = source.pointers();
    while let Some(page) = control.run(pages.next()).await? {
        let page = page?;
        items += page.items;
        read_units += page.read_units;
        elsewhere += page.elsewhere;
        control.emit(&ProgressEvent::Advanced { items: page.items, bytes: 0 });
        if let Ok(units) = CapacityUnits::new(page.read_units) {
            control.emit(&ProgressEvent::Consumed(units));
        }
        if send.send(page.keys).await.is_err() {
            // The sorter has failed, and says why.
            break;
        }
    }
    drop(send);
    let joined = sorting.await.map_err(io::Error::other).and_then(|sorted| sorted);
    let Divided { folder, outside } = joined.map_err(scratch_failed)?;
    Ok(Marked { folder, items, read_units, elsewhere: elsewhere + outside })
}

fn scratch_failed(error: io::Error) -> OffloadError {
    let message = "sorting the pointers in the scratch folder failed";
    OffloadError::caused(OffloadErrorKind::Io, message, error)
}

struct Divided {
    folder: TempDir,
    outside: u64,
}

fn sort(
    mut keys: mpsc::Receiver<Vec<String>>,
    shards: &[String],
    scratch: &Path,
) -> io::Result<Divided> {
    let mut sorter = Sorter::new(scratch, RUN_BYTES);
    while let Some(page) = keys.blocking_recv() {
        page.iter().try_for_each(|key| sorter.push(key.as_bytes(), |_| {}))?;
    }
    let folder = tempfile::Builder::new().prefix("ddbkit-offload-gc-").tempdir_in(scratch)?;
    let outside = divide(sorter.finish()?, shards, folder.path())?;
    Ok(Divided { folder, outside })
}

/// Cuts the sorted keys into shards, which are sorted too and have each key once: a file for each that has
/// keys, named by its number. Returns how many keys are in none.
fn divide(mut keys: Sorted, shards: &[String], folder: &Path) -> io::Result<u64> {
    let mut outside = 0;
    let mut open: Option<RunWriter> = None;
    let mut number = 0;
    let (mut record, mut last) = (Record::default(), None);
    while keys.next(&mut record)? {
        if last.as_ref() == Some(&record.key) {
            continue;
        }
        let key = &*record.key;
        while let Some(begin) = shards.get(number)
            && !key.starts_with(begin.as_bytes())
            && begin.as_bytes() < key
        {
            open.take().map(RunWriter::close).transpose()?;
            number += 1;
        }
        if shards.get(number).is_some_and(|begin| key.starts_with(begin.as_bytes())) {
            let mut run = match open.take() {
                Some(run) => run,
                None => RunWriter::to(File::create(folder.join(number.to_string()))?)?,
            };
            run.write(key, &[])?;
            open = Some(run);
        } else {
            outside += 1;
        }
        std::mem::swap(last.get_or_insert_default(), &mut record.key);
    }
    open.map(RunWriter::close).transpose()?;
    Ok(outside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_divided_among_shards_and_others_are_counted() {
        let scratch = tempfile::tempdir().unwrap();
        let shards = ["p/00/", "p/01/", "p/03/", "p/04/"].map(str::to_owned);
        let mut sorter = Sorter::new(scratch.path(), RUN_BYTES);
        for key in ["p/03/b", "a", "p/01/a", "p/03/a", "p/02/x", "p/03/a", "q", "p/01"] {
            sorter.push(key.as_bytes(), |_| {}).unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        let outside = divide(sorter.finish().unwrap(), &shards, folder.path()).unwrap();
        let marked = Marked { folder, items: 0, read_units: 0.0, elsewhere: outside };
        let keys = |shard| {
            let mut keys = marked.shard(shard).unwrap();
            let (mut all, mut key) = (vec![], vec![]);
            while keys.next(&mut key).unwrap() {
                all.push(String::from_utf8(key.clone()).unwrap());
            }
            all
        };
        assert_eq!(
            (0..4).map(keys).collect::<Vec<_>>(),
            [vec![], vec!["p/01/a"], vec!["p/03/a", "p/03/b"], vec![]]
        );
        assert_eq!(marked.elsewhere, 4);
    }
}
