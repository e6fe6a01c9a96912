//! Records that come when the archive is past them.

use crate::verify::unreadable;
use crate::{ArchiveError, ArchiveSink, FileMeta, Sidecar};
use ddbkit_codec::SequenceNumber;
use std::collections::BTreeMap;

/// Proves that records are in files, by the sidecars of their shard.
pub(super) struct Late<'a> {
    sink: &'a ArchiveSink,
    shard: &'a str,
    /// The sidecars of the shard by the anchors in their names; read when the first is needed.
    names: Option<BTreeMap<Option<SequenceNumber>, Vec<String>>>,
    /// The file that was looked at last: records come in their order.
    file: Option<Sidecar>,
}

impl<'a> Late<'a> {
    pub(super) fn new(sink: &'a ArchiveSink, shard: &'a str) -> Self {
        Self { sink, shard, names: None, file: None }
    }

    /// Proves that a record is in a file.
    ///
    /// Files are never changed, so one that is in none of those before the end of the archive will
    /// never be in one: it came too late, and must not be taken for archived.
    pub(super) async fn prove(&mut self, record: &SequenceNumber) -> Result<(), ArchiveError> {
        let is_behind =
            |file: &Sidecar| file.lines.last().is_none_or(|last| last.sequence < *record);
        if self.file.as_ref().is_none_or(is_behind) {
            self.file = self.file_of(record).await?;
        }
        let lines = self.file.as_ref().map(|file| file.lines.as_slice()).unwrap_or_default();
        if lines.binary_search_by(|line| line.sequence.cmp(record)).is_ok() {
            return Ok(());
        }
        Err(ArchiveError::invalid(format!(
            "record {record} of {} comes behind later ones and is in no file of the archive; set \
             ParallelizationFactor of the event source mapping to 1, and do not bisect batches",
            self.shard
        )))
    }

    /// The sidecar of the file that has the place of a record.
    async fn file_of(&mut self, record: &SequenceNumber) -> Result<Option<Sidecar>, ArchiveError> {
        let store = self.sink.store();
        if self.names.is_none() {
            self.names = Some(self.list().await?);
        }
        let names = self.names.as_ref().and_then(|names| {
            names.iter().rev().find(|(anchor, _)| anchor.as_ref().is_none_or(|a| a < record))
        });
        for key in names.map(|(_, keys)| keys.as_slice()).unwrap_or_default() {
            let (_, content) = store.get(key).await.map_err(unreadable)?;
            let sidecar: Sidecar = serde_json::from_slice(&content).map_err(|error| {
                let name = store.describe(key);
                ArchiveError::corrupt(format!("{name} is no sidecar")).caused_by(error)
            })?;
            // Others are of writers that lost.
            let object = store.head(&sidecar.data).await.map_err(unreadable)?;
            if let Some(object) = object
                && FileMeta::of(&object)?.sha256 == sidecar.sha256
            {
                return Ok(Some(sidecar));
            }
        }
        Ok(None)
    }

    async fn list(&self) -> Result<BTreeMap<Option<SequenceNumber>, Vec<String>>, ArchiveError> {
        let prefix = self.sink.layout().sidecars_prefix(self.shard);
        let mut names: BTreeMap<_, Vec<String>> = BTreeMap::new();
        for object in self.sink.store().list(&prefix).await.map_err(unreadable)? {
            let name = object.key.strip_prefix(&prefix).unwrap_or_default();
            let anchor = name.split('-').next().unwrap_or_default().parse().ok();
            names.entry(anchor).or_default().push(object.key);
        }
        Ok(names)
    }
}
