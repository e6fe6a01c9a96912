//! What was found.

use super::{ImportCost, InputFormat};
use crate::Compression;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// How bad a finding is. Worse is less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// The import would refuse or lose something, or end as FAILED.
    Error,
    /// The import would complete, with another result than one may expect.
    Warning,
    /// Something to know.
    Note,
}

impl Severity {
    /// `error`, `warning` or `note`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// What was found, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FindingKind {
    /// More objects than an import takes.
    TooManyObjects,
    /// More bytes than an import takes in the region.
    TooManyBytes,
    /// A manifest or another document of an export, which would be read as data.
    ManifestInPrefix,
    /// Changes of an incremental export, which cannot be imported.
    IncrementalData,
    /// An object that is compressed in another way than the import is asked for.
    MixedCompression,
    /// An object in another format than the import is asked for.
    MixedFormat,
    /// An object that cannot be decompressed to its end.
    DamagedObject,
    /// A line that is no item: the rest of its object is not imported.
    ObjectAbandoned,
    /// The header of a CSV file has a column twice, without a name, or lacks a key.
    CsvHeader,
    /// An item that the table does not take.
    ItemRefused,
    /// A number that Ion has as an integer: imports take decimals only.
    IonInteger,
    /// Two items with one key and other contents: one of them is lost, without error or log.
    DuplicateKey,
    /// An item that is there twice, with equal contents.
    RepeatedItem,
    /// The prefix matches objects beside the folder of that name.
    Neighbour,
    /// No objects: the import would make an empty table.
    NoObjects,
    /// A setting of the table that an import cannot make.
    NotImported,
    /// The keys of the table are not known, so they are not checked.
    KeysUnknown,
}

impl FindingKind {
    /// The name in documents: `item-refused` and so on.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooManyObjects => "too-many-objects",
            Self::TooManyBytes => "too-many-bytes",
            Self::ManifestInPrefix => "manifest-in-prefix",
            Self::IncrementalData => "incremental-data",
            Self::MixedCompression => "mixed-compression",
            Self::MixedFormat => "mixed-format",
            Self::DamagedObject => "damaged-object",
            Self::ObjectAbandoned => "object-abandoned",
            Self::CsvHeader => "csv-header",
            Self::ItemRefused => "item-refused",
            Self::IonInteger => "ion-integer",
            Self::DuplicateKey => "duplicate-key",
            Self::RepeatedItem => "repeated-item",
            Self::Neighbour => "neighbour",
            Self::NoObjects => "no-objects",
            Self::NotImported => "not-imported",
            Self::KeysUnknown => "keys-unknown",
        }
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::RepeatedItem | Self::Neighbour | Self::NoObjects => Severity::Warning,
            Self::NotImported | Self::KeysUnknown => Severity::Note,
            _ => Severity::Error,
        }
    }
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What it is, for programs.
    pub kind: FindingKind,
    /// The object, or the prefix: a path or an `s3://` URL.
    pub object: String,
    /// The line of the object after decompression, from 1, where there is one.
    pub line: Option<u64>,
    /// What it is, for people: one line without contents of items.
    pub detail: String,
}

impl Finding {
    pub(super) fn new(kind: FindingKind, object: String, detail: impl Into<String>) -> Self {
        Self { severity: kind.severity(), kind, object, line: None, detail: detail.into() }
    }

    pub(super) fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.object)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.detail)
    }
}

/// What `ImportTable` would do.
///
/// Every line that is not blank is counted once: `imported + refused + lost` is how many there are,
/// documents of exports aside.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LintReport {
    /// The format that the import is asked for, or that of the first object.
    pub format: InputFormat,
    /// The compression that the import is asked for, or that of the first object.
    pub compression: Compression,
    /// Objects that the prefix matches.
    pub objects: u64,
    /// Their bytes as they are stored.
    pub stored_bytes: u64,
    /// Their bytes after decompression (`ProcessedSizeBytes`).
    pub uncompressed_bytes: u64,
    /// Items that would be written (`ImportedItemCount`), those whose key is written again among
    /// them.
    pub imported: u64,
    /// Items that would be refused, each with an error.
    pub refused: u64,
    /// Objects that would be given up, each with an error (with those refused: `ErrorCount`).
    pub abandoned_objects: u64,
    /// Lines that would not be read, because their object is given up before them or with them.
    pub lost: u64,
    /// Writes of a key that was written before (none when the keys are not known).
    pub duplicates: u64,
    /// What is found, the worst first, `max_findings` at most.
    pub findings: Vec<Finding>,
    /// How often each kind was found.
    pub counts: BTreeMap<FindingKind, u64>,
    /// What it would cost.
    pub cost: ImportCost,
    max_findings: usize,
    worst: BTreeSet<Finding>,
}

impl LintReport {
    pub(super) fn new(format: InputFormat, compression: Compression, max_findings: usize) -> Self {
        Self {
            format,
            compression,
            objects: 0,
            stored_bytes: 0,
            uncompressed_bytes: 0,
            imported: 0,
            refused: 0,
            abandoned_objects: 0,
            lost: 0,
            duplicates: 0,
            findings: Vec::new(),
            counts: BTreeMap::new(),
            cost: ImportCost::of(0),
            max_findings,
            worst: BTreeSet::new(),
        }
    }

    /// Whether everything would be imported: nothing of [`Severity::Error`] was found.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.counts.keys().all(|kind| kind.severity() != Severity::Error)
    }

    /// How many things were found, those that are not kept among them.
    #[must_use]
    pub fn finding_count(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Counts a finding, and keeps it while there is room or a lesser one.
    pub(super) fn find(&mut self, finding: Finding) {
        *self.counts.entry(finding.kind).or_default() += 1;
        self.keep(finding);
    }

    fn keep(&mut self, finding: Finding) {
        self.worst.insert(finding);
        while self.worst.len() > self.max_findings {
            self.worst.pop_last();
        }
    }

    /// Adds what was found in one object.
    pub(super) fn merge(&mut self, other: Self) {
        self.uncompressed_bytes += other.uncompressed_bytes;
        self.imported += other.imported;
        self.refused += other.refused;
        self.abandoned_objects += other.abandoned_objects;
        self.lost += other.lost;
        for (kind, count) in other.counts {
            *self.counts.entry(kind).or_default() += count;
        }
        for finding in other.worst {
            self.keep(finding);
        }
    }

    /// Puts the findings in their place.
    pub(super) fn sorted(mut self) -> Self {
        self.findings = std::mem::take(&mut self.worst).into_iter().collect();
        self
    }
}
