//! From sorted entries to the items of the result.

use super::entry::{EntryKey, Place};
use super::input::Entries;
use super::report::MergeCounts;
use crate::{ExportError, ExportErrorKind};
use ddbkit_store::sort::{Record, Sorted};
use std::io;
use std::mem;
use std::sync::Arc;

/// Lines that are gathered before they are handed over.
const CHUNK_BYTES: usize = 256 * 1024;

/// Goes through the entries key by key and takes the newest of each.
pub(super) struct Resolver {
    entries: Sorted,
    /// Of each file its name and the number of its export, 0 for the base.
    places: Arc<Vec<(String, usize)>>,
    scratch: String,
    /// The newest entry so far of the key that is looked at; none before the first.
    newest: Option<Entry>,
    spare: Record,
    /// Whether the base has that key.
    is_in_base: bool,
    pub(super) counts: MergeCounts,
}

/// An item of the base, or what a change record left of one.
struct Entry {
    key: EntryKey,
    /// Its payload is the JSON of the item; empty where it was deleted.
    record: Record,
}

/// Some lines of the result.
#[derive(Default)]
pub(super) struct Chunk {
    pub(super) lines: Vec<u8>,
    pub(super) items: u64,
    /// Entries that were taken in for it.
    pub(super) entries: u64,
    pub(super) is_last: bool,
}

impl Resolver {
    pub(super) fn new(entries: Entries, places: Arc<Vec<(String, usize)>>) -> Self {
        Self {
            entries: entries.sorted,
            places,
            scratch: entries.scratch,
            newest: None,
            spare: Record::default(),
            is_in_base: false,
            counts: MergeCounts::default(),
        }
    }

    /// The next lines.
    pub(super) fn next_chunk(&mut self) -> Result<Chunk, ExportError> {
        let mut chunk = Chunk::default();
        while chunk.lines.len() < CHUNK_BYTES {
            let mut record = mem::take(&mut self.spare);
            if !self.entries.next(&mut record).map_err(|error| self.scratch_failed(error))? {
                self.settle(&mut chunk);
                chunk.is_last = true;
                break;
            }
            chunk.entries += 1;
            self.take(Entry { key: EntryKey::of(&record), record }, &mut chunk)?;
        }
        Ok(chunk)
    }

    fn take(&mut self, entry: Entry, chunk: &mut Chunk) -> Result<(), ExportError> {
        let export = self.export(entry.key.place);
        let same_key = self.newest.as_ref().filter(|newest| newest.key.digest == entry.key.digest);
        if let Some(newest) = same_key {
            let earlier = self.export(newest.key.place);
            if earlier == export {
                return Err(self.twice(entry.key.place, newest.key.place));
            }
            self.counts.superseded += u64::from(earlier != 0);
        } else {
            self.settle(chunk);
            self.is_in_base = export == 0;
        }
        if let Some(old) = self.newest.replace(entry) {
            self.spare = old.record;
        }
        Ok(())
    }

    /// All entries of a key are known: writes what is left of it.
    fn settle(&mut self, chunk: &mut Chunk) {
        let Some(newest) = self.newest.take() else { return };
        let is_record = self.export(newest.key.place) != 0;
        let is_item = !newest.record.payload.is_empty();
        let counts = &mut self.counts;
        *match (is_record, self.is_in_base, is_item) {
            (false, _, _) => &mut counts.unchanged,
            (true, true, true) => &mut counts.replaced,
            (true, true, false) => &mut counts.deleted,
            (true, false, true) => &mut counts.inserted,
            (true, false, false) => &mut counts.deleted_absent,
        } += 1;
        if is_item {
            chunk.lines.extend_from_slice(b"{\"Item\":");
            chunk.lines.extend_from_slice(&newest.record.payload);
            chunk.lines.extend_from_slice(b"}\n");
            chunk.items += 1;
        }
        self.spare = newest.record;
    }

    fn export(&self, place: Place) -> usize {
        self.file(place).map_or(0, |(_, export)| *export)
    }

    fn file(&self, place: Place) -> Option<&(String, usize)> {
        self.places.get(usize::try_from(place.file).ok()?)
    }

    fn twice(&self, place: Place, earlier: Place) -> ExportError {
        let name = |place| self.file(place).map(|(name, _)| &**name).unwrap_or_default();
        let why = format!("{}:{} has it too, in the same export", name(earlier), earlier.line);
        let error = ExportError::new(ExportErrorKind::DuplicateKey, name(place));
        error.at_line(place.line).detail(why)
    }

    fn scratch_failed(&self, error: io::Error) -> ExportError {
        ExportError::new(ExportErrorKind::Scratch, &self.scratch).caused_by(error)
    }
}
