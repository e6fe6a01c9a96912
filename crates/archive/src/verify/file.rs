//! One data file, against what is said of it.

use super::inventory::{Entry, document};
use super::report::ArchiveFaultKind as Fault;
use super::unreadable;
use crate::{ArchiveError, ArchiveRecord, FileMeta, LineFormat, Sidecar};
use bytes::Bytes;
use ddbkit_codec::Tape;
use ddbkit_codec::lines::{LineBatch, read_all};
use ddbkit_store::{Store, StoreErrorKind};
use sha2::{Digest, Sha256};

/// More text than a data file ever has.
pub(crate) const MOST_TEXT: usize = 1 << 30;

/// What is wrong with a file.
pub(super) type Faults = Vec<(Fault, String)>;

/// What a file is in the chain of its shard, where it says so.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) meta: Option<FileMeta>,
    pub(super) stored_bytes: u64,
    pub(super) faults: Faults,
    /// Lines whose items point to values that should be in the archive.
    #[cfg(feature = "offload")]
    pub(super) pointing: Vec<super::values::Pointing>,
}

impl Checked {
    fn without_content(stored_bytes: u64, faults: Faults) -> Self {
        Self {
            meta: None,
            stored_bytes,
            faults,
            #[cfg(feature = "offload")]
            pointing: Vec::new(),
        }
    }
}

/// Reads a data file and its sidecar.
pub(super) async fn check(
    store: &Store,
    entry: &Entry,
    format: LineFormat,
) -> Result<Checked, ArchiveError> {
    let mut faults = Faults::new();
    let (object, bytes) = match store.get(&entry.key).await {
        Ok(found) => found,
        // It was there when the archive was listed.
        Err(error) if error.kind() == StoreErrorKind::NotFound => {
            faults.push((Fault::Stray, "it was deleted while it was verified".to_owned()));
            return Ok(Checked::without_content(0, faults));
        }
        Err(error) => return Err(unreadable(error)),
    };
    let stored_bytes = bytes.len() as u64;
    let meta = match FileMeta::of(&object) {
        Ok(meta) => meta,
        Err(error) => {
            faults.push((Fault::Metadata, error.to_string()));
            return Ok(Checked::without_content(stored_bytes, faults));
        }
    };
    let sidecar = match own_sidecar(&entry.sidecars, &meta) {
        Some(key) => Some(document::<Sidecar>(store, key).await?),
        None => None,
    };
    // Digests and lines take processor time, not a place on the async threads.
    let key = entry.key.clone();
    let work = tokio::task::spawn_blocking(move || {
        let mut faults = Faults::new();
        let sidecar = told(sidecar, &meta, &key, &mut faults);
        #[cfg_attr(not(feature = "offload"), expect(unused_variables, reason = "for pointers"))]
        let batch = content(&bytes, &meta, format, sidecar.as_ref(), &mut faults);
        #[cfg(feature = "offload")]
        let pointing = super::values::pointing(&batch, format, sidecar.as_ref());
        Checked {
            meta: Some(meta),
            stored_bytes,
            faults,
            #[cfg(feature = "offload")]
            pointing,
        }
    });
    work.await
        .map_err(|error| ArchiveError::corrupt("a thread that verifies died").caused_by(error))
}

/// The sidecar that was written for these very bytes; others are of workers that lost.
fn own_sidecar<'a>(sidecars: &'a [String], meta: &FileMeta) -> Option<&'a String> {
    let digest = meta.sha256.get(..16)?;
    let end = format!("-{digest}.json");
    sidecars.iter().find(|key| key.ends_with(&end))
}

/// The sidecar, if there is one that can be read.
fn told(
    sidecar: Option<Result<Sidecar, String>>,
    meta: &FileMeta,
    key: &str,
    faults: &mut Faults,
) -> Option<Sidecar> {
    match sidecar {
        None => {
            faults.push((Fault::MissingSidecar, "it has no sidecar".to_owned()));
            None
        }
        Some(Err(why)) => {
            faults.push((Fault::Sidecar, format!("its sidecar: {why}")));
            None
        }
        Some(Ok(sidecar)) => {
            let why = disagreement(&sidecar, meta, key);
            faults.extend(why.map(|why| (Fault::Sidecar, why)));
            Some(sidecar)
        }
    }
}

/// Checks the lines, and gives them.
fn content(
    bytes: &Bytes,
    meta: &FileMeta,
    format: LineFormat,
    sidecar: Option<&Sidecar>,
    faults: &mut Faults,
) -> LineBatch {
    if hex(&Sha256::digest(bytes)) != meta.sha256 {
        let why = "its bytes do not have the SHA-256 of its metadata";
        faults.push((Fault::Checksum, why.to_owned()));
    }
    let mut batch = LineBatch::default();
    if let Err(error) = read_all(bytes, MOST_TEXT, &mut batch) {
        faults.push((Fault::CorruptDataFile, error.to_string()));
        return LineBatch::default();
    }
    if batch.lines != meta.count {
        let why = format!("it has {} lines, its metadata says {}", batch.lines, meta.count);
        faults.push((Fault::Count, why));
    }
    let mut tape = Tape::new();
    for (at, line) in batch.iter().enumerate() {
        let told = sidecar.and_then(|sidecar| sidecar.lines.get(at));
        let why = match format {
            LineFormat::Item => tape.read_line(line.bytes).err().map(|error| error.to_string()),
            LineFormat::Record => match ArchiveRecord::from_json(line.bytes) {
                Err(error) => Some(error.to_string()),
                Ok(record) => told.and_then(|told| {
                    let is_told = record.event_id == told.event_id
                        && record.sequence.as_ref() == Some(&told.sequence);
                    (!is_told).then(|| "the sidecar tells of another record".to_owned())
                }),
            },
        };
        if let Some(why) = why {
            faults.push((Fault::InvalidLine, format!("line {}: {why}", line.number)));
        }
    }
    batch
}

/// What a sidecar says other than the metadata of its data file.
fn disagreement(sidecar: &Sidecar, meta: &FileMeta, key: &str) -> Option<String> {
    if sidecar.data != key {
        return Some("its sidecar is of a file of another name".to_owned());
    }
    if sidecar.sha256 != meta.sha256 || sidecar.anchor != meta.anchor {
        return Some("its sidecar has another SHA-256 or anchor".to_owned());
    }
    if sidecar.lines.len() as u64 != meta.count {
        let lines = sidecar.lines.len();
        return Some(format!("its sidecar tells of {lines} lines, its metadata of {}", meta.count));
    }
    let mut before = meta.anchor.as_ref();
    for line in &sidecar.lines {
        if before.is_some_and(|before| line.sequence <= *before) {
            let why = "is not behind the one before, in its sidecar";
            return Some(format!("the record {} {why}", line.sequence));
        }
        before = Some(&line.sequence);
    }
    let last = sidecar.lines.last().map(|line| (&line.sequence, line.created));
    (last != Some((&meta.last, meta.last_created)))
        .then(|| "its sidecar ends with another record than its metadata says".to_owned())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
