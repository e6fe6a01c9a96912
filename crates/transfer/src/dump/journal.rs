//! What is on disk of a dump that is not finished yet: a journal for each shard.
//!
//! A journal is a row of small objects, `_ddbkit/checkpoint/<shard>-of-<shards>/<number>.json`, each
//! created under the condition that it is not there, so that a number is given once. An entry says
//! which data file was closed and up to where it takes each segment that is in it. It is written
//! after the file is visible: a file that no entry names counts for nothing.
//!
//! A process that goes on with a shard first writes an entry of its own. The process before it, if
//! it still runs, then finds its next number taken and stops: a journal has one writer at a time, and
//! the last to come is the one. Entries stay when the dump is done, to stop also those that come too
//! late.

use crate::parallel_scan::Position;
use crate::{Shard, TransferError, TransferErrorKind};
use bytes::Bytes;
use ddbkit_codec::{ContentDigest, Item};
use ddbkit_export::{ClosedFile, DataFile, ExportWriter};
use ddbkit_store::{Condition, PutOptions, Store, StoreErrorKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

/// Entries that are read at the same time.
const READERS: usize = 32;

/// The journal of one shard, to be continued.
pub(crate) struct Journal {
    store: Store,
    prefix: String,
    shard: Shard,
    /// Tells the processes that wrote it apart, for people.
    run: String,
    next: Mutex<usize>,
}

/// What a journal says.
#[derive(Default)]
pub(crate) struct Replayed {
    pub(crate) files: Vec<FileEntry>,
    /// Up to where the segments are in these files; those that were not begun are missing.
    pub(crate) positions: BTreeMap<u32, Position>,
}

impl Replayed {
    pub(crate) fn items(&self) -> u64 {
        self.files.iter().map(|entry| entry.file.item_count).sum()
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    version: u32,
    run: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<FileEntry>,
    segments: Vec<SegmentEntry>,
}

/// A data file that is closed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FileEntry {
    #[serde(flatten)]
    pub(crate) file: DataFile,
    /// Bytes of lines.
    pub(crate) json_bytes: u64,
    /// Bytes as stored.
    pub(crate) stored_bytes: u64,
    /// The digest of its items, where the dump takes one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
}

impl FileEntry {
    pub(crate) fn new(closed: &ClosedFile, digest: Option<&ContentDigest>) -> Self {
        Self {
            file: closed.file.clone(),
            json_bytes: closed.uncompressed_bytes,
            stored_bytes: closed.compressed_bytes,
            digest: digest.map(ContentDigest::to_hex),
        }
    }

    pub(crate) fn digest(&self) -> Option<ContentDigest> {
        ContentDigest::from_hex(self.digest.as_deref()?, self.file.item_count)
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SegmentEntry {
    segment: u32,
    /// `LastEvaluatedKey` of the last page that is in the files, in DynamoDB JSON; none when the
    /// segment is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_evaluated_key: Option<serde_json::Value>,
}

impl SegmentEntry {
    fn new(segment: u32, position: &Position) -> Result<Self, TransferError> {
        let Position::After(key) = position else {
            return Ok(Self { segment, last_evaluated_key: None });
        };
        let key = Item::try_from(key.clone()).map_err(|error| {
            let message = "DynamoDB answered with a LastEvaluatedKey that is no key";
            TransferError::caused(TransferErrorKind::Service, message, error)
        })?;
        let json = serde_json::from_str(&key.to_dynamodb_json()).map_err(|error| {
            let message = "a LastEvaluatedKey cannot be written";
            TransferError::caused(TransferErrorKind::Internal, message, error)
        })?;
        Ok(Self { segment, last_evaluated_key: Some(json) })
    }

    fn position(self) -> Option<(u32, Position)> {
        let Some(key) = self.last_evaluated_key else {
            return Some((self.segment, Position::Done));
        };
        let key = Item::from_dynamodb_json(key.to_string().as_bytes()).ok()?;
        Some((self.segment, Position::After(key.into())))
    }
}

impl Journal {
    /// Reads the journal of a shard without a claim to it.
    pub(crate) async fn read(
        export: &ExportWriter,
        shard: Shard,
    ) -> Result<Replayed, TransferError> {
        Self::new(export, shard).replay().await.map(|(replayed, _)| replayed)
    }

    /// Reads what was done of a shard, and makes this process the one that goes on with it.
    pub(crate) async fn take_over(
        export: &ExportWriter,
        shard: Shard,
    ) -> Result<(Self, Replayed), TransferError> {
        let mut journal = Self::new(export, shard);
        let (replayed, next) = journal.replay().await?;
        journal.next = Mutex::new(next);
        journal.append(None, &BTreeMap::new()).await?;
        Ok((journal, replayed))
    }

    fn new(export: &ExportWriter, shard: Shard) -> Self {
        let folder = format!("checkpoint/{}-of-{}/", shard.index(), shard.count());
        Self {
            store: export.store().clone(),
            prefix: export.sidecar_key(&folder),
            shard,
            run: format!("{:016x}", fastrand::u64(..)),
            next: Mutex::new(0),
        }
    }

    /// Adds an entry: a file that is visible, and up to where segments are in all files.
    pub(crate) async fn append(
        &self,
        file: Option<FileEntry>,
        positions: &BTreeMap<u32, Position>,
    ) -> Result<(), TransferError> {
        let segments =
            positions.iter().map(|(segment, position)| SegmentEntry::new(*segment, position));
        let entry = Entry {
            version: 1,
            run: self.run.clone(),
            file,
            segments: segments.collect::<Result<_, _>>()?,
        };
        // Texts, numbers and values of JSON always serialize.
        let json = serde_json::to_string(&entry).unwrap_or_default() + "\n";
        let mut next = self.next.lock().await;
        let key = self.key(*next);
        let once = PutOptions { condition: Condition::IfAbsent, ..PutOptions::default() };
        self.store.put(&key, json.into(), once).await.map_err(|error| {
            let place = self.store.describe(&key);
            if error.kind() == StoreErrorKind::PreconditionFailed {
                let shard = self.shard;
                let message = format!(
                    "another process goes on with shard {shard} of this dump since, and wrote \
                     {place}; this one stops"
                );
                return TransferError::new(TransferErrorKind::Superseded, message);
            }
            let message = format!("the checkpoint {place} cannot be written");
            TransferError::caused(TransferErrorKind::Destination, message, error)
        })?;
        *next += 1;
        Ok(())
    }

    fn key(&self, number: usize) -> String {
        format!("{}{number:08}.json", self.prefix)
    }

    /// What the entries say, and the number of the next.
    async fn replay(&self) -> Result<(Replayed, usize), TransferError> {
        let listed = self.store.list(&self.prefix).await.map_err(|error| {
            let message = format!("{} cannot be listed", self.store.describe(&self.prefix));
            TransferError::caused(TransferErrorKind::Destination, message, error)
        })?;
        let count = listed.len();
        let (mut reading, mut texts) = (JoinSet::new(), BTreeMap::new());
        for number in 0..count {
            if reading.len() >= READERS
                && let Some(read) = reading.join_next().await
            {
                keep(&mut texts, read)?;
            }
            let (store, key) = (self.store.clone(), self.key(number));
            reading.spawn(async move { (number, store.get(&key).await) });
        }
        while let Some(read) = reading.join_next().await {
            keep(&mut texts, read)?;
        }
        let mut replayed = Replayed::default();
        for (number, text) in texts {
            self.add(&mut replayed, number, &text)?;
        }
        Ok((replayed, count))
    }

    fn add(&self, to: &mut Replayed, number: usize, text: &[u8]) -> Result<(), TransferError> {
        let broken = |why: String| {
            let place = self.store.describe(&self.key(number));
            TransferError::new(TransferErrorKind::Destination, format!("{place} {why}"))
        };
        let entry: Entry = serde_json::from_slice(text)
            .map_err(|error| broken(format!("is no checkpoint of a dump: {error}")))?;
        if entry.version != 1 {
            return Err(broken(format!("has version {}, which is newer", entry.version)));
        }
        to.files.extend(entry.file);
        for segment in entry.segments {
            let (number, position) = segment
                .position()
                .ok_or_else(|| broken("has a LastEvaluatedKey that is no key".to_owned()))?;
            to.positions.insert(number, position);
        }
        Ok(())
    }
}

type Read = (usize, Result<(ddbkit_store::ObjectMeta, Bytes), ddbkit_store::StoreError>);

fn keep(
    texts: &mut BTreeMap<usize, Bytes>,
    read: Result<Read, tokio::task::JoinError>,
) -> Result<(), TransferError> {
    let (number, got) = read.map_err(|error| crate::workers::died(&error))?;
    let (_, text) = got.map_err(|error| {
        let message = "a checkpoint of the dump cannot be read";
        TransferError::caused(TransferErrorKind::Destination, message, error)
    })?;
    texts.insert(number, text);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodb::types::AttributeValue;
    use ddbkit_export::{ExportId, WriterOptions};
    use std::collections::HashMap;
    use std::time::SystemTime;

    fn export() -> ExportWriter {
        let id = ExportId::generate(SystemTime::UNIX_EPOCH, 1);
        ExportWriter::resume(Store::memory(), id, WriterOptions::default())
    }

    fn after(key: &str) -> Position {
        Position::After(HashMap::from([("pk".to_owned(), AttributeValue::S(key.to_owned()))]))
    }

    #[tokio::test]
    async fn a_journal_is_read_as_it_was_written() {
        let export = export();
        let (journal, replayed) = Journal::take_over(&export, Shard::WHOLE).await.unwrap();
        assert!(replayed.files.is_empty() && replayed.positions.is_empty());
        let mut file = export.data_file().await.unwrap();
        file.write_lines("{\"Item\":{\"pk\":{\"S\":\"a\"}}}\n".into(), 1).await.unwrap();
        let closed = file.finish().await.unwrap();
        let mut digest = ContentDigest::default();
        digest.add(&[("pk", "a")].into_iter().collect());
        let entry = FileEntry::new(&closed, Some(&digest));
        let positions = BTreeMap::from([(3, after("a\u{2028}\"")), (5, Position::Done)]);
        journal.append(Some(entry.clone()), &positions).await.unwrap();
        journal.append(None, &BTreeMap::from([(3, Position::Done)])).await.unwrap();

        let replayed = Journal::read(&export, Shard::WHOLE).await.unwrap();
        assert_eq!(replayed.files, [entry]);
        assert_eq!(replayed.files[0].digest(), Some(digest));
        let done = BTreeMap::from([(3, Position::Done), (5, Position::Done)]);
        assert_eq!(replayed.positions, done);
    }

    #[tokio::test]
    async fn the_last_to_come_goes_on_and_the_one_before_stops() {
        let export = export();
        let (first, _) = Journal::take_over(&export, Shard::WHOLE).await.unwrap();
        first.append(None, &BTreeMap::from([(0, after("x"))])).await.unwrap();
        let (second, replayed) = Journal::take_over(&export, Shard::WHOLE).await.unwrap();
        assert_eq!(replayed.positions, BTreeMap::from([(0, after("x"))]));
        let error = first.append(None, &BTreeMap::new()).await.unwrap_err();
        assert_eq!(error.kind(), TransferErrorKind::Superseded, "{error}");
        second.append(None, &BTreeMap::from([(0, Position::Done)])).await.unwrap();
        let error = first.append(None, &BTreeMap::new()).await.unwrap_err();
        assert_eq!(error.kind(), TransferErrorKind::Superseded, "{error}");
    }

    #[tokio::test]
    async fn a_damaged_entry_is_named() {
        let export = export();
        Journal::take_over(&export, Shard::WHOLE).await.unwrap();
        let key = export.sidecar_key("checkpoint/0-of-1/00000000.json");
        export.store().put(&key, "{}".into(), PutOptions::default()).await.unwrap();
        let error = Journal::read(&export, Shard::WHOLE).await.err().unwrap().to_string();
        assert!(error.contains("00000000.json is no checkpoint of a dump"), "{error}");
    }
}
