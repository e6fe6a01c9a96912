//! What the verification of an archive found.

use crate::GapRecord;
use ddbkit_codec::SequenceNumber;
use std::collections::BTreeMap;
use std::fmt;

/// What a fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ArchiveFaultKind {
    /// A data file does not have its checksum: it was changed after it was written.
    Checksum,
    /// A data file is truncated or does not decompress.
    CorruptDataFile,
    /// A data file does not say what a data file of an archive says of itself: it was written or
    /// copied by something else.
    Metadata,
    /// A data file does not hold as many records as it says, or its sidecar does not.
    Count,
    /// A line is no `{"Item":{...}}` that decodes, or no record.
    InvalidLine,
    /// A data file has no sidecar.
    MissingSidecar,
    /// A sidecar is not readable, or says something else than its data file.
    Sidecar,
    /// An object lies where only this archive writes, and is none of its kind.
    Stray,
    /// Two data files begin at the same place of a shard.
    SecondFile,
    /// A file is missing: none begins where another ends, and files or the end of the shard follow.
    MissingFile,
    /// A file lies under another hour than that of the record before it.
    WrongHour,
    /// What is written of a shard that was read to its end is not readable, or tells another end than
    /// that of its last file.
    ClosedShard,
    /// Nothing tells what came before a shard: it is none of those that the archive began with, and
    /// goes on from none that was read to its end.
    MissingParent,
    /// A shard that must have ended was never read to its end.
    UnfinishedShard,
    /// A record of lost records is not readable.
    GapRecord,
    /// A value to which an archived item points is not in the archive, or not as the item says.
    Value,
    /// A value was gone before it could be archived, as the archiver wrote down.
    LostValue,
}

impl ArchiveFaultKind {
    /// Its name in documents: `missing_file`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Checksum => "checksum",
            Self::CorruptDataFile => "corrupt_data_file",
            Self::Metadata => "metadata",
            Self::Count => "count",
            Self::InvalidLine => "invalid_line",
            Self::MissingSidecar => "missing_sidecar",
            Self::Sidecar => "sidecar",
            Self::Stray => "stray",
            Self::SecondFile => "second_file",
            Self::MissingFile => "missing_file",
            Self::WrongHour => "wrong_hour",
            Self::ClosedShard => "closed_shard",
            Self::MissingParent => "missing_parent",
            Self::UnfinishedShard => "unfinished_shard",
            Self::GapRecord => "gap_record",
            Self::Value => "value",
            Self::LostValue => "lost_value",
        }
    }
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveFault {
    /// What it is.
    pub kind: ArchiveFaultKind,
    /// The object, relative to the archive, or the shard.
    pub place: String,
    /// What is wrong there, in one line that shows nothing of an item.
    pub detail: String,
}

impl fmt::Display for ArchiveFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.detail)
    }
}

/// A shard that is not read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenShard {
    /// Its id.
    pub shard: String,
    /// The last record of it that is archived.
    pub last: Option<SequenceNumber>,
}

/// What a verification found.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ArchiveVerifyReport {
    /// Shards that were read to their end.
    pub closed_shards: u64,
    /// Shards that were not, in the order of their ids.
    pub open_shards: Vec<OpenShard>,
    /// Labels of the streams that Lambda archived. It does not tell of shards that had nothing to
    /// archive, nor when one ends, so that of these only the files are proven, and not that the
    /// shards were read to their end.
    pub not_to_the_end: Vec<String>,
    /// Data files.
    pub files: u64,
    /// Records in them.
    pub records: u64,
    /// Bytes of the data files as stored.
    pub stored_bytes: u64,
    /// Values in S3 to which archived items point, and that are in the archive; each counts once.
    pub values: u64,
    /// Their bytes as stored.
    pub value_bytes: u64,
    /// Losses that the archiver itself recorded.
    pub gaps: Vec<GapRecord>,
    /// How many faults there are of each kind.
    pub counts: BTreeMap<ArchiveFaultKind, u64>,
    /// The first of them, as many as were asked for.
    pub faults: Vec<ArchiveFault>,
    /// How many are kept.
    pub(super) most_faults: usize,
}

impl ArchiveVerifyReport {
    /// How many faults there are.
    #[must_use]
    pub fn fault_count(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Whether the archive is whole: no fault, and no loss recorded.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.counts.is_empty() && self.gaps.is_empty()
    }

    pub(super) fn fault(
        &mut self,
        kind: ArchiveFaultKind,
        place: impl Into<String>,
        detail: impl Into<String>,
    ) {
        *self.counts.entry(kind).or_default() += 1;
        if self.faults.len() < self.most_faults {
            self.faults.push(ArchiveFault { kind, place: place.into(), detail: detail.into() });
        }
    }
}
