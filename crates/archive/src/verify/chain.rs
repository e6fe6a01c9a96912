//! The files of a shard, one behind the other.

use super::inventory::ShardName;
use super::report::{ArchiveFaultKind as Fault, ArchiveVerifyReport as Report};
use crate::{ArchiveCompression, ArchiveLayout, FileMeta};
use ddbkit_codec::SequenceNumber;
use std::collections::BTreeMap;

/// The files of a shard by their anchors; that of the first file is `None`.
#[derive(Debug, Default)]
pub(super) struct Chain(BTreeMap<Option<SequenceNumber>, Vec<(String, FileMeta)>>);

impl Chain {
    pub(super) fn add(&mut self, key: String, meta: FileMeta) {
        self.0.entry(meta.anchor.clone()).or_default().push((key, meta));
    }

    /// Goes from file to file, and gives the last record of the last one.
    ///
    /// From a place where a file is missing it goes on with the next one that is there, so that each
    /// missing one is told.
    pub(super) fn follow(
        mut self,
        shard: &ShardName,
        compression: ArchiveCompression,
        report: &mut Report,
    ) -> Option<SequenceNumber> {
        let layout = ArchiveLayout::new(&shard.label);
        let (mut end, mut end_created) = (None, None);
        while let Some((anchor, mut files)) = self.0.pop_first() {
            if files.len() > 1 {
                let names: Vec<_> = files.iter().map(|(key, _)| key.as_str()).collect();
                let detail = format!("these begin at one place: {}", names.join(", "));
                report.fault(Fault::SecondFile, &shard.shard, detail);
            }
            // The one that reaches farthest, so that what follows is not told as missing.
            files.sort_by(|(_, a), (_, b)| a.last.cmp(&b.last));
            let Some((key, meta)) = files.pop() else { continue };
            if anchor != end {
                let (from, to) = (name(end.as_ref()), name(anchor.as_ref()));
                let detail = format!("no file begins behind {from}; the next begins behind {to}");
                report.fault(Fault::MissingFile, &shard.shard, detail);
            } else if key
                != layout.data_key(&shard.shard, anchor.as_ref(), end_created, compression)
            {
                let detail = "it is not named by the hour of the record before it";
                report.fault(Fault::WrongHour, key, detail);
            }
            (end, end_created) = (Some(meta.last), Some(meta.last_created));
        }
        end
    }
}

pub(super) fn name(place: Option<&SequenceNumber>) -> &str {
    place.map_or("the start of the shard", SequenceNumber::as_str)
}
