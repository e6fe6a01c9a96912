//! Reads a plan; only its head and the lines that were not taken yet are held.

use super::{End, Head, PlanPin, PlannedObject, VERSION};
use crate::{OffloadError, OffloadErrorKind};
use ddbkit_store::{ObjectReader, Store, StoreErrorKind};
use serde::Deserialize;

/// The longest line: a key of 1,024 bytes, in the worst case all escaped.
const MAX_LINE: usize = 16 * 1024;

pub(in crate::gc) struct PlanReader {
    lines: Lines,
    pub(in crate::gc) id: String,
    pub(in crate::gc) pin: PlanPin,
    /// Objects that were given.
    pub(in crate::gc) objects: u64,
    bytes: u64,
    ended: bool,
}

/// Of the head of any version.
#[derive(Deserialize)]
struct Version {
    ddbkit_offload_plan: u64,
}

impl PlanReader {
    /// Opens a plan, after a look at its end.
    pub(in crate::gc) async fn open(store: &Store, name: &str) -> Result<Self, OffloadError> {
        let mut lines = Lines::open(store, name).await?;
        let no_plan = lines.damaged("does not start as a plan does");
        let head = lines.next().await?;
        match serde_json::from_slice(&head) {
            Ok(Version { ddbkit_offload_plan: VERSION }) => {}
            Ok(Version { ddbkit_offload_plan: newer }) if newer > VERSION => {
                return Err(OffloadError::new(
                    OffloadErrorKind::UnsupportedVersion,
                    format!("the plan {name:?} is of version {newer}: update this program"),
                ));
            }
            _ => return Err(no_plan),
        }
        if !has_end(store, name, lines.reader.meta().size).await? {
            return Err(lines.damaged("has no end: make it again"));
        }
        let Ok(Head { id, pin, .. }) = serde_json::from_slice(&head) else { return Err(no_plan) };
        Ok(Self { lines, id, pin, objects: 0, bytes: 0, ended: false })
    }

    /// The next object, `None` at the end.
    pub(in crate::gc) async fn next(&mut self) -> Result<Option<PlannedObject>, OffloadError> {
        if self.ended {
            return Ok(None);
        }
        let line = self.lines.next().await?;
        if let Ok(object) = serde_json::from_slice::<PlannedObject>(&line) {
            self.objects += 1;
            self.bytes += object.size;
            return Ok(Some(object));
        }
        match serde_json::from_slice::<End>(&line) {
            Ok(end) if end.last && (end.objects, end.bytes) == (self.objects, self.bytes) => {
                self.ended = true;
                Ok(None)
            }
            _ => Err(self.lines.damaged(&format!("is damaged in line {}", self.objects + 2))),
        }
    }
}

/// Whether the last line is the end of a plan.
async fn has_end(store: &Store, name: &str, size: u64) -> Result<bool, OffloadError> {
    let tail = store.read_range(name, size.saturating_sub(MAX_LINE as u64)..size).await?;
    let lines = tail.strip_suffix(b"\n").map(|tail| tail.split(|byte| *byte == b'\n'));
    let last = lines.and_then(|mut lines| lines.next_back());
    Ok(last.is_some_and(|line| serde_json::from_slice::<End>(line).is_ok()))
}

/// A file, line by line.
struct Lines {
    reader: ObjectReader,
    name: String,
    buffer: Vec<u8>,
    /// Bytes of the buffer that were taken.
    taken: usize,
}

impl Lines {
    async fn open(store: &Store, name: &str) -> Result<Self, OffloadError> {
        let reader = store.read(name).await.map_err(|error| {
            let kind = if error.kind() == StoreErrorKind::NotFound {
                OffloadErrorKind::InvalidInput
            } else {
                OffloadErrorKind::Store
            };
            OffloadError::caused(kind, format!("the plan {name:?} cannot be opened"), error)
        })?;
        Ok(Self { reader, name: name.to_owned(), buffer: vec![], taken: 0 })
    }

    fn damaged(&self, how: &str) -> OffloadError {
        let message = format!("the plan {:?} {how}", self.name);
        OffloadError::new(OffloadErrorKind::InvalidInput, message)
    }

    /// The next line without its end; empty behind the last.
    async fn next(&mut self) -> Result<Vec<u8>, OffloadError> {
        loop {
            let rest = self.buffer.get(self.taken..).unwrap_or_default();
            if let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let line = rest.get(..end).unwrap_or_default().to_vec();
                self.taken += end + 1;
                return Ok(line);
            }
            if rest.len() > MAX_LINE {
                return Err(self.damaged("has a line that is too long"));
            }
            self.buffer.drain(..self.taken);
            self.taken = 0;
            match self.reader.next_chunk().await? {
                Some(chunk) => self.buffer.extend_from_slice(&chunk),
                None => return Ok(std::mem::take(&mut self.buffer)),
            }
        }
    }
}
