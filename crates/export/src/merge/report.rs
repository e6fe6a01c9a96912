//! What a merge did.

use crate::ExportId;
use ddbkit_codec::ContentDigest;
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};

/// What became of the items of the base and of the change records.
///
/// `unchanged + replaced + deleted` are the items of the base, `unchanged + replaced + inserted` those
/// of the result, and `replaced + deleted + inserted + deleted_absent + superseded` the records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MergeCounts {
    /// Items of the base that no record is about.
    pub unchanged: u64,
    /// Items of the base in whose place the image of a record came.
    pub replaced: u64,
    /// Items that the base did not have.
    pub inserted: u64,
    /// Items of the base that are gone.
    pub deleted: u64,
    /// Keys that the base did not have and that were deleted at last: made in one window and
    /// deleted in a later one.
    pub deleted_absent: u64,
    /// Records in whose place one of a later window came.
    pub superseded: u64,
}

impl MergeCounts {
    pub(super) fn base_items(&self) -> u64 {
        self.unchanged + self.replaced + self.deleted
    }

    pub(super) fn items(&self) -> u64 {
        self.unchanged + self.replaced + self.inserted
    }

    pub(super) fn records(&self) -> u64 {
        self.replaced + self.deleted + self.inserted + self.deleted_absent + self.superseded
    }
}

/// An incremental export that was merged.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MergedWindow {
    /// How messages name it: a path or an `s3://` URL.
    pub export: String,
    /// The start of its window, inclusive.
    pub from: SystemTime,
    /// The end of its window, exclusive.
    pub to: SystemTime,
    /// Its records.
    pub records: u64,
}

/// What a merge did.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MergeReport {
    /// The export that it wrote.
    pub export_id: ExportId,
    /// Items of the base.
    pub base_items: u64,
    /// Records of all incremental exports.
    pub records: u64,
    /// Items of the result.
    pub items: u64,
    /// What became of them.
    pub counts: MergeCounts,
    /// The incremental exports, by time.
    pub windows: Vec<MergedWindow>,
    /// The `exportTime` of the result: the end of the last window.
    pub export_time: SystemTime,
    /// Whether the result is proven to be what the table held at that time; see
    /// [`Merge`](crate::Merge) for when it is not.
    pub is_exact: bool,
    /// The names of the key attributes.
    pub key: Vec<String>,
    /// Data files of the result.
    pub files: u64,
    /// Bytes of their lines.
    pub json_bytes: u64,
    /// Their bytes as stored.
    pub stored_bytes: u64,
    /// Bytes that were written to the scratch folder.
    pub scratch_bytes: u64,
    /// The digest of all items, where it was asked for.
    pub digest: Option<ContentDigest>,
    /// How long it took.
    pub elapsed: Duration,
}
