//! What the verification of an export found.

use crate::{ChangeKind, ExportError, ExportErrorKind};
use ddbkit_codec::ContentDigest;
use std::collections::BTreeMap;
use std::fmt;

/// What a fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FaultKind {
    /// `manifest-summary.json` does not have its checksum: it was changed after it was written.
    SummaryChecksum,
    /// `manifest-files.json` does not have its checksum: what it says of the files proves nothing.
    FilesChecksum,
    /// The `itemCount` of the summary is not the sum of those of the files.
    TotalItemCount,
    /// A manifest is of another export: `manifest-summary.json` than the folder that it lies in, or
    /// `manifest-files.json` than the summary.
    OtherExport,
    /// A data file is named twice.
    DuplicateDataFile,
    /// A data file that the manifest names is not there, or its key leads nowhere.
    MissingDataFile,
    /// There is a file in `data/` that the manifest does not name.
    ExtraDataFile,
    /// A data file is truncated or does not decompress.
    CorruptDataFile,
    /// A data file does not have its `md5Checksum`.
    DataFileChecksum,
    /// A data file does not have its one-part `etag`.
    DataFileEtag,
    /// A data file does not hold as many items as the manifest says.
    ItemCount,
    /// A line is no `{"Item":{...}}` that decodes, or no record in an incremental export.
    InvalidLine,
    /// A record is of a change more than a minute before or after the window of its export.
    OutsideWindow,
    /// The items do not have the digest of `_ddbkit/digest.json`, or that is not readable.
    ContentDigest,
}

impl FaultKind {
    /// Its name in documents: `missing_data_file`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SummaryChecksum => "summary_checksum",
            Self::FilesChecksum => "files_checksum",
            Self::TotalItemCount => "total_item_count",
            Self::OtherExport => "other_export",
            Self::DuplicateDataFile => "duplicate_data_file",
            Self::MissingDataFile => "missing_data_file",
            Self::ExtraDataFile => "extra_data_file",
            Self::CorruptDataFile => "corrupt_data_file",
            Self::DataFileChecksum => "data_file_checksum",
            Self::DataFileEtag => "data_file_etag",
            Self::ItemCount => "item_count",
            Self::InvalidLine => "invalid_line",
            Self::OutsideWindow => "outside_window",
            Self::ContentDigest => "content_digest",
        }
    }

    /// What an error about a data file is in a report; none for errors that say nothing about the
    /// export.
    pub(super) fn of(error: &ExportError) -> Option<Self> {
        match error.kind() {
            ExportErrorKind::MissingDataFile | ExportErrorKind::InvalidManifest => {
                Some(Self::MissingDataFile)
            }
            ExportErrorKind::CorruptDataFile => Some(Self::CorruptDataFile),
            ExportErrorKind::ChecksumMismatch => Some(Self::DataFileChecksum),
            ExportErrorKind::EtagMismatch => Some(Self::DataFileEtag),
            ExportErrorKind::ItemCountMismatch => Some(Self::ItemCount),
            _ => None,
        }
    }
}

/// Something that a verification compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Check {
    /// The checksum of the summary.
    SummaryChecksum,
    /// The checksum of `manifest-files.json`.
    FilesChecksum,
    /// The sum of the items.
    TotalItemCount,
    /// The files that lie in `data/`. Not for incremental exports, which share that folder.
    DataListing,
    /// The `md5Checksum` of a data file.
    DataFileChecksum,
    /// The `etag` of a data file. Only those of a one-part upload can be computed.
    DataFileEtag,
    /// The items of a data file.
    ItemCount,
    /// The lines of a data file. Not those of exports in Ion.
    Lines,
    /// The digest of all items.
    ContentDigest,
}

impl Check {
    /// Its name in documents: `data_listing`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SummaryChecksum => "summary_checksum",
            Self::FilesChecksum => "files_checksum",
            Self::TotalItemCount => "total_item_count",
            Self::DataListing => "data_listing",
            Self::DataFileChecksum => "data_file_checksum",
            Self::DataFileEtag => "data_file_etag",
            Self::ItemCount => "item_count",
            Self::Lines => "lines",
            Self::ContentDigest => "content_digest",
        }
    }
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct VerifyFault {
    /// The object: a path or an `s3://` URL.
    pub file: String,
    /// The line in it, from 1, where there is one.
    pub line: Option<u64>,
    /// What it is.
    pub kind: FaultKind,
    /// One line for people, without the content of items.
    pub message: String,
}

impl fmt::Display for VerifyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

/// What was found.
///
/// ```
/// use ddbkit_export::{
///     Check, ExportId, ExportReader, ExportWriter, FaultKind, SummaryFields, VerifyOptions,
///     WriterOptions, verify,
/// };
/// use ddbkit_flow::Control;
/// use ddbkit_store::{PutOptions, Store};
/// use std::time::SystemTime;
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (store, now) = (Store::memory(), SystemTime::now());
/// let id = ExportId::generate(now, 1);
/// let writer = ExportWriter::create(store.clone(), id, WriterOptions::default()).await?;
/// let mut file = writer.data_file().await?;
/// file.write_lines("{\"Item\":{\"pk\":{\"S\":\"a\"}}}\n".into(), 1).await?;
/// let file = file.finish().await?.file;
/// let key = writer.data_key(&file);
/// # let fields = SummaryFields {
/// #     table_arn: "arn:aws:dynamodb:eu-west-1:123456789012:table/T".to_owned(),
/// #     table_id: None,
/// #     start_time: now,
/// #     end_time: now,
/// #     export_time: now,
/// #     s3_sse_algorithm: None,
/// #     s3_sse_kms_key_id: None,
/// #     billed_size_bytes: 0,
/// # };
/// writer.finish(fields, vec![file]).await?;
/// store.put(&key, "damage".into(), PutOptions::default()).await?;
///
/// let export = ExportReader::open(store).await?;
/// let report = verify(&export, &VerifyOptions::default(), &Control::new()).await?;
/// assert!(!report.is_ok());
/// assert_eq!(report.faults()[0].kind, FaultKind::DataFileChecksum);
/// assert_eq!(report.checks()[&Check::SummaryChecksum], 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct VerifyReport {
    faults: Vec<VerifyFault>,
    max_faults: usize,
    fault_count: u64,
    files: u64,
    items: u64,
    bytes: u64,
    compressed_bytes: u64,
    digest: ContentDigest,
    changes: BTreeMap<ChangeKind, u64>,
    checked: BTreeMap<Check, u64>,
    not_checked: BTreeMap<Check, u64>,
}

impl VerifyReport {
    pub(super) fn new(max_faults: usize) -> Self {
        Self {
            faults: Vec::new(),
            max_faults,
            fault_count: 0,
            files: 0,
            items: 0,
            bytes: 0,
            compressed_bytes: 0,
            digest: ContentDigest::default(),
            changes: BTreeMap::new(),
            checked: BTreeMap::new(),
            not_checked: BTreeMap::new(),
        }
    }

    /// Whether no fault was found. Look at [`VerifyReport::unchecked`] for what this is worth.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.fault_count == 0
    }

    /// The faults, by file and line; no more than the options allow.
    #[must_use]
    pub fn faults(&self) -> &[VerifyFault] {
        &self.faults
    }

    /// How many faults there are, listed or not.
    #[must_use]
    pub fn fault_count(&self) -> u64 {
        self.fault_count
    }

    /// Data files that were read.
    #[must_use]
    pub fn files(&self) -> u64 {
        self.files
    }

    /// Items (or change records) that were read.
    #[must_use]
    pub fn items(&self) -> u64 {
        self.items
    }

    /// Bytes of the data files after decompression.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Bytes of the data files as stored.
    #[must_use]
    pub fn compressed_bytes(&self) -> u64 {
        self.compressed_bytes
    }

    /// The digest of all items that decode.
    #[must_use]
    pub fn digest(&self) -> &ContentDigest {
        &self.digest
    }

    /// What the records of an incremental export say, and how often.
    #[must_use]
    pub fn changes(&self) -> &BTreeMap<ChangeKind, u64> {
        &self.changes
    }

    /// What was compared, and how often.
    #[must_use]
    pub fn checks(&self) -> &BTreeMap<Check, u64> {
        &self.checked
    }

    /// What could not be compared, because the export does not say it or it cannot be computed,
    /// and how often.
    #[must_use]
    pub fn unchecked(&self) -> &BTreeMap<Check, u64> {
        &self.not_checked
    }

    pub(super) fn checked(&mut self, check: Check) {
        *self.checked.entry(check).or_default() += 1;
    }

    pub(super) fn not_checked(&mut self, check: Check) {
        *self.not_checked.entry(check).or_default() += 1;
    }

    pub(super) fn check_if(&mut self, check: Check, is_checked: bool) {
        if is_checked { self.checked(check) } else { self.not_checked(check) }
    }

    pub(super) fn fault(
        &mut self,
        kind: FaultKind,
        file: impl Into<String>,
        line: Option<u64>,
        message: impl Into<String>,
    ) {
        self.fault_count += 1;
        if self.faults.len() < self.max_faults {
            self.faults.push(VerifyFault {
                file: file.into(),
                line,
                kind,
                message: message.into(),
            });
        }
    }

    /// Counts faults that are not listed.
    pub(super) fn count_faults(&mut self, unlisted: u64) {
        self.fault_count += unlisted;
    }

    pub(super) fn count_file(&mut self, items: u64, bytes: u64, compressed_bytes: u64) {
        self.files += 1;
        self.items += items;
        self.bytes += bytes;
        self.compressed_bytes += compressed_bytes;
    }

    pub(super) fn add_digest(&mut self, digest: &ContentDigest) {
        self.digest.merge(digest);
    }

    pub(super) fn add_changes(&mut self, changes: BTreeMap<ChangeKind, u64>) {
        for (kind, count) in changes {
            *self.changes.entry(kind).or_default() += count;
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        let room = self.max_faults.saturating_sub(self.faults.len());
        self.faults.extend(other.faults.into_iter().take(room));
        self.fault_count += other.fault_count;
        self.files += other.files;
        self.items += other.items;
        self.bytes += other.bytes;
        self.compressed_bytes += other.compressed_bytes;
        self.digest.merge(&other.digest);
        self.add_changes(other.changes);
        for (check, count) in other.checked {
            *self.checked.entry(check).or_default() += count;
        }
        for (check, count) in other.not_checked {
            *self.not_checked.entry(check).or_default() += count;
        }
    }

    pub(super) fn sort(&mut self) {
        self.faults.sort();
    }
}
