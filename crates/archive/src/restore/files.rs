//! The data files of an archive, in the order in which they come back.

use super::RestoreChoice;
use crate::layout::DATA_PREFIX;
use crate::verify::unreadable;
use crate::{ArchiveError, FileMeta, Sidecar};
use bytes::Bytes;
use ddbkit_codec::SequenceNumber;
use ddbkit_store::Store;
use futures::TryStreamExt;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use std::cmp::Reverse;
use std::pin::pin;

/// A data file by its name.
#[derive(Debug)]
pub(super) struct DataFile {
    pub(super) key: String,
    /// `<label>-<shard>-<anchor>`.
    stem: String,
    /// When its hour began, in seconds since 1970; none of its records is older.
    hour: u64,
}

/// A data file with its records' times where they count.
pub(super) struct Loaded {
    pub(super) bytes: Bytes,
    pub(super) created: Vec<u64>,
}

/// All data files that may hold what is chosen, the newest first.
///
/// Within a shard that is the order of its chain backwards, and of the shards of one key the later
/// comes first: the hour of a file is that of the record before it, and a shard begins when its
/// parent has ended.
pub(super) async fn newest_first(
    store: &Store,
    choice: &RestoreChoice,
) -> Result<Vec<DataFile>, ArchiveError> {
    let mut objects = pin!(store.list_stream(DATA_PREFIX));
    let mut files = Vec::new();
    while let Some(object) = objects.try_next().await.map_err(unreadable)? {
        let file = DataFile::named(object.key).map_err(|key| {
            ArchiveError::corrupt(format!("{} is no data file of an archive", store.describe(&key)))
        })?;
        if choice.begins_before(file.hour) {
            files.push(file);
        }
    }
    files.sort_by_cached_key(|file| Reverse(file.place()));
    Ok(files)
}

impl DataFile {
    /// Reads `data/dt=2026-11-21/hh=14/<label>-<shard>-<anchor>.json.gz`, or gives the key back.
    fn named(key: String) -> Result<Self, String> {
        let mut parts = key.rsplit('/');
        let name = parts.next().unwrap_or_default();
        let hour = parts.next().and_then(|hour| hour.strip_prefix("hh="));
        let day = parts.next().and_then(|day| day.strip_prefix("dt="));
        let stem = name.find(".json").and_then(|at| name.get(..at)).map(ToOwned::to_owned);
        let hour = day.zip(hour).and_then(|(day, hour)| {
            let start: DateTime = format!("{day}T{hour}:00:00").parse().ok()?;
            let start = start.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second();
            u64::try_from(start).ok()
        });
        match (stem, hour) {
            (Some(stem), Some(hour)) => Ok(Self { key, stem, hour }),
            _ => Err(key),
        }
    }

    /// By hour, stream and shard, and place in the shard, which is no text.
    fn place(&self) -> (u64, String, Option<SequenceNumber>) {
        let (shard, anchor) = self.stem.rsplit_once('-').unwrap_or((&self.stem, ""));
        (self.hour, shard.to_owned(), anchor.parse().ok())
    }
}

/// Reads a data file and proves its checksum; `None` where its records are all too old.
pub(super) async fn load(
    store: &Store,
    file: &DataFile,
    choice: &RestoreChoice,
) -> Result<Option<Loaded>, ArchiveError> {
    if choice.has_times() {
        // Asked first: most files of an archive are older than what is looked for.
        let head = store.head(&file.key).await.map_err(unreadable)?;
        if let Some(object) = head
            && !choice.reaches(FileMeta::of(&object)?.last_created)
        {
            return Ok(None);
        }
    }
    let (object, bytes) = store.get(&file.key).await.map_err(unreadable)?;
    let meta = FileMeta::of(&object)?;
    let digest: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
    if digest != meta.sha256 {
        let place = store.describe(&file.key);
        return Err(ArchiveError::corrupt(format!(
            "{place} does not have its checksum; archive verify tells all that is wrong"
        )));
    }
    let created = if choice.has_times() { times(store, file, &meta).await? } else { Vec::new() };
    Ok(Some(Loaded { bytes, created }))
}

/// The times of the records, from the sidecar.
async fn times(store: &Store, file: &DataFile, meta: &FileMeta) -> Result<Vec<u64>, ArchiveError> {
    let missing = || {
        let place = store.describe(&file.key);
        ArchiveError::corrupt(format!(
            "the sidecar of {place} is missing, and with it the times of its records"
        ))
    };
    let digest = meta.sha256.get(..16).ok_or_else(missing)?;
    let (shard, anchor) = file.stem.rsplit_once('-').ok_or_else(missing)?;
    let end = format!("/{anchor}-{digest}.json");
    // Label and shard stand in one name here and in two there, and both have hyphens.
    for (at, _) in shard.match_indices('-') {
        let (label, id) = (shard.get(..at), shard.get(at + 1..));
        let (Some(label), Some(id)) = (label, id) else { continue };
        let key = format!("_meta/{label}/{id}{end}");
        if store.head(&key).await.map_err(unreadable)?.is_none() {
            continue;
        }
        let (_, bytes) = store.get(&key).await.map_err(unreadable)?;
        let sidecar: Sidecar = serde_json::from_slice(&bytes).map_err(|error| {
            let place = store.describe(&key);
            ArchiveError::corrupt(format!("the sidecar {place} is not readable")).caused_by(error)
        })?;
        return Ok(sidecar.lines.iter().map(|line| line.created).collect());
    }
    Err(missing())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(hour: &str, shard: &str, anchor: &str) -> DataFile {
        let key = format!("data/dt=2026-11-21/hh={hour}/l-{shard}-{anchor}.json.gz");
        DataFile::named(key).unwrap()
    }

    #[test]
    fn the_order_is_that_of_the_records() {
        // Shorter numbers are smaller, whatever their text says.
        let order =
            [("09", "a", "start"), ("09", "a", "9"), ("09", "a", "10"), ("09", "b", "start")];
        let mut places: Vec<_> =
            order.iter().map(|(hour, shard, anchor)| file(hour, shard, anchor).place()).collect();
        places.push(file("10", "a", "2").place());
        assert!(places.is_sorted(), "{places:?}");
        assert_eq!(file("09", "a", "9").hour, 1_795_251_600);
    }

    #[test]
    fn other_names_are_no_data_files() {
        for key in [
            "data/x.json",
            "data/dt=2026-11-21/x.json",
            "data/dt=2026-11-21/hh=9x/x.json",
            "data/dt=2026-11-21/hh=09/x.txt",
        ] {
            assert_eq!(DataFile::named(key.to_owned()).unwrap_err(), key);
        }
    }
}
