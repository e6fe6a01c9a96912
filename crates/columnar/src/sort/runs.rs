//! Sorted files of entries.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, Write};
use std::path::Path;

/// A key and the item that has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) key: Vec<u8>,
    pub(super) item: Vec<u8>,
}

/// A file of sorted entries, which is gone with the handle.
pub(super) struct Run {
    file: BufReader<File>,
    pub(super) bytes: u64,
}

impl Run {
    /// Writes entries that are sorted.
    pub(super) fn write(
        scratch: &Path,
        mut next: impl FnMut() -> io::Result<Option<Entry>>,
    ) -> io::Result<Self> {
        let mut out = BufWriter::new(tempfile::tempfile_in(scratch)?);
        let mut bytes = 0;
        while let Some(Entry { key, item }) = next()? {
            for part in [&key, &item] {
                let length = part.len() as u64;
                out.write_all(&length.to_be_bytes())?;
                out.write_all(part)?;
                bytes += 8 + length;
            }
        }
        let mut file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        Ok(Self { file: BufReader::new(file), bytes })
    }

    fn next(&mut self) -> io::Result<Option<Entry>> {
        if self.file.fill_buf()?.is_empty() {
            return Ok(None);
        }
        let mut part = || {
            let mut length = [0; 8];
            self.file.read_exact(&mut length)?;
            let length = u64::from_be_bytes(length);
            let mut part = Vec::new();
            let read = (&mut self.file).take(length).read_to_end(&mut part)?;
            if read as u64 == length {
                Ok::<_, io::Error>(part)
            } else {
                Err(io::ErrorKind::UnexpectedEof.into())
            }
        };
        Ok(Some(Entry { key: part()?, item: part()? }))
    }
}

/// Runs that are read as one.
pub(super) struct Merged {
    runs: Vec<Run>,
    heads: BinaryHeap<Head>,
}

/// The next entry of a run. The least is the greatest, because the heap gives the greatest.
#[derive(PartialEq, Eq)]
struct Head {
    entry: Entry,
    run: usize,
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        (&other.entry, other.run).cmp(&(&self.entry, self.run))
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Merged {
    pub(super) fn new(mut runs: Vec<Run>) -> io::Result<Self> {
        let mut heads = BinaryHeap::with_capacity(runs.len());
        for (run, entries) in runs.iter_mut().enumerate() {
            heads.extend(entries.next()?.map(|entry| Head { entry, run }));
        }
        Ok(Self { runs, heads })
    }

    /// The least entry that is left.
    pub(super) fn next(&mut self) -> io::Result<Option<Entry>> {
        let Some(Head { entry, run }) = self.heads.pop() else { return Ok(None) };
        if let Some(entries) = self.runs.get_mut(run) {
            self.heads.extend(entries.next()?.map(|entry| Head { entry, run }));
        }
        Ok(Some(entry))
    }
}
