//! Keys in files on disk, in buckets by their digest.

use crate::keys::KeySchema;
use crate::{TransferError, TransferErrorKind};
use ddbkit_codec::{Item, item_digest};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Few enough to be open at once where a process may have 256 files.
const BUCKETS: usize = 128;
/// How many digests of the source are held at once: 16 MB.
const DIGESTS_AT_ONCE: usize = 1 << 20;
/// Half of a BLAKE3-256: keys of two items are not found equal by chance.
const DIGEST: usize = 16;

/// What tells keys apart: equal for keys that DynamoDB holds equal, whatever their text.
pub(crate) type KeyDigest = [u8; DIGEST];

/// A key as it goes to the files.
pub(crate) struct KeyRecord {
    digest: KeyDigest,
    /// Its DynamoDB JSON, for the side that is deleted from; nothing else is needed of the other.
    json: Option<String>,
}

impl KeyRecord {
    /// The key of an item of the source.
    pub(crate) fn of_source(keys: &KeySchema, item: &Item) -> Result<Self, String> {
        Self::of(keys, item).map(|(digest, _)| Self { digest, json: None })
    }

    /// The key of an item of the table.
    pub(crate) fn of_table(keys: &KeySchema, item: &Item) -> Result<Self, String> {
        let (digest, key) = Self::of(keys, item)?;
        Ok(Self { digest, json: Some(key.to_dynamodb_json()) })
    }

    fn of(keys: &KeySchema, item: &Item) -> Result<(KeyDigest, Item), String> {
        keys.id_of(item)?;
        let key = keys.project(item);
        let digest = item_digest(&key);
        let mut half = KeyDigest::default();
        half.iter_mut().zip(digest).for_each(|(half, byte)| *half = byte);
        Ok((half, key))
    }
}

/// The keys of one side. Each bucket is a file of lines: digest, then the key where it is kept.
pub(crate) struct KeyFiles {
    folder: PathBuf,
    side: &'static str,
    open: Vec<Mutex<BufWriter<File>>>,
}

impl KeyFiles {
    pub(crate) fn create(folder: &Path, side: &'static str) -> Result<Self, TransferError> {
        let create = |bucket| {
            let file = File::create_new(path(folder, side, bucket))?;
            Ok(Mutex::new(BufWriter::new(file)))
        };
        let open = (0..BUCKETS).map(create).collect::<io::Result<_>>();
        let open = open.map_err(|error| not_written(folder, error))?;
        Ok(Self { folder: folder.to_owned(), side, open })
    }

    pub(crate) fn add(&self, records: &[KeyRecord]) -> Result<(), TransferError> {
        let add = |record: &KeyRecord| {
            let bucket = usize::from(record.digest.first().copied().unwrap_or_default()) % BUCKETS;
            let Some(file) = self.open.get(bucket) else { return Ok(()) };
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            file.write_all(&record.digest)?;
            if let Some(json) = &record.json {
                // The JSON of an item has no raw line ends.
                file.write_all(json.as_bytes())?;
                file.write_all(b"\n")?;
            }
            Ok(())
        };
        records.iter().try_for_each(add).map_err(|error| not_written(&self.folder, error))
    }

    /// Closes the files.
    pub(crate) fn finish(self) -> Result<ClosedKeys, TransferError> {
        for file in self.open {
            let file = file.into_inner().unwrap_or_else(PoisonError::into_inner);
            file.into_inner().map_err(|error| not_written(&self.folder, error.into_error()))?;
        }
        Ok(ClosedKeys { folder: self.folder, side: self.side })
    }
}

/// The keys of one side, all written.
pub(crate) struct ClosedKeys {
    folder: PathBuf,
    side: &'static str,
}

impl ClosedKeys {
    /// Writes the keys that the source lacks to a file of their own, one line each, and counts them.
    /// Holds a million digests of the source at a time: a larger bucket is gone through several times.
    pub(crate) fn without(&self, source: &Self) -> Result<(PathBuf, u64), TransferError> {
        let extra = self.folder.join("extra");
        let count = self.write_without(source, &extra);
        Ok((extra, count.map_err(|error| not_written(&self.folder, error))?))
    }

    fn write_without(&self, source: &Self, extra: &Path) -> io::Result<u64> {
        let mut out = BufWriter::new(File::create_new(extra)?);
        let mut count = 0;
        for bucket in 0..BUCKETS {
            let mut digests = BufReader::new(File::open(source.path(bucket))?);
            let mut left = self.path(bucket);
            for pass in 0_u64.. {
                let chunk = some_digests(&mut digests)?;
                if chunk.is_empty() {
                    break;
                }
                let next = self.folder.join(format!("{}-{bucket}-{pass}", self.side));
                keep(&left, &chunk, &next)?;
                std::fs::remove_file(left)?;
                left = next;
            }
            let mut lines = BufReader::new(File::open(left)?);
            while let Some((_, line)) = next_line(&mut lines)? {
                out.write_all(&line)?;
                count += 1;
            }
        }
        out.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(count)
    }

    fn path(&self, bucket: usize) -> PathBuf {
        path(&self.folder, self.side, bucket)
    }
}

fn path(folder: &Path, side: &str, bucket: usize) -> PathBuf {
    folder.join(format!("{side}-{bucket}"))
}

/// The next digests of the source, in order.
fn some_digests(file: &mut impl Read) -> io::Result<Vec<KeyDigest>> {
    let mut digests = Vec::new();
    while digests.len() < DIGESTS_AT_ONCE {
        let Some(digest) = next_digest(file)? else { break };
        digests.push(digest);
    }
    digests.sort_unstable();
    Ok(digests)
}

/// Writes those lines that have none of the digests.
fn keep(from: &Path, digests: &[KeyDigest], to: &Path) -> io::Result<()> {
    let mut lines = BufReader::new(File::open(from)?);
    let mut out = BufWriter::new(File::create_new(to)?);
    while let Some((digest, line)) = next_line(&mut lines)? {
        if digests.binary_search(&digest).is_err() {
            out.write_all(&digest)?;
            out.write_all(&line)?;
        }
    }
    out.into_inner().map_err(io::IntoInnerError::into_error).map(drop)
}

fn next_line(file: &mut impl BufRead) -> io::Result<Option<(KeyDigest, Vec<u8>)>> {
    let Some(digest) = next_digest(file)? else { return Ok(None) };
    let mut line = Vec::new();
    file.read_until(b'\n', &mut line)?;
    Ok(Some((digest, line)))
}

fn next_digest(file: &mut impl Read) -> io::Result<Option<KeyDigest>> {
    let mut digest = KeyDigest::default();
    match file.read_exact(&mut digest) {
        Ok(()) => Ok(Some(digest)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

pub(crate) fn not_written(folder: &Path, error: io::Error) -> TransferError {
    let message = format!("the files of keys in {} cannot be written or read", folder.display());
    TransferError::caused(TransferErrorKind::Destination, message, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(n: u32, json: bool) -> KeyRecord {
        let text = format!(r#"{{"pk":{{"N":"{n}"}}}}"#);
        let digest = item_digest(&Item::from_dynamodb_json(text.as_bytes()).unwrap());
        let digest = digest[..DIGEST].try_into().unwrap();
        KeyRecord { digest, json: json.then_some(text) }
    }

    #[test]
    fn keys_are_equal_by_value() {
        let digest = |text: &str| item_digest(&Item::from_dynamodb_json(text.as_bytes()).unwrap());
        assert_eq!(digest(r#"{"pk":{"N":"1.0"}}"#), digest(r#"{"pk":{"N":"1"}}"#));
    }

    #[test]
    fn what_the_source_lacks_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let files = |side, numbers: &[u32]| {
            let files = KeyFiles::create(folder.path(), side).unwrap();
            let records: Vec<_> = numbers.iter().map(|n| record(*n, side == "table")).collect();
            files.add(&records).unwrap();
            files.finish().unwrap()
        };
        let all: Vec<u32> = (0..1000).collect();
        let source = files("source", &all[3..]);
        let table = files("table", &all);
        let (extra, count) = table.without(&source).unwrap();
        let mut lines: Vec<_> =
            std::fs::read_to_string(extra).unwrap().lines().map(ToOwned::to_owned).collect();
        lines.sort();
        assert_eq!(count, 3);
        assert_eq!(lines, [0, 1, 2].map(|n| format!(r#"{{"pk":{{"N":"{n}"}}}}"#)));
    }
}
