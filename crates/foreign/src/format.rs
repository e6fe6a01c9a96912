//! The formats, and what the tools that write them are known to damage.

use std::fmt;

/// A format that another tool writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// dyndump's backup in S3: `<prefix>-meta.json` and `<prefix>-part-000000001.json.gz`.
    DyndumpBackup,
    /// Items of DynamoDB JSON one after another: dyndump, dynamo-backup-to-s3, `jq` and others; or
    /// `{"Item":{...}}` lines of exports.
    DynamoDbJson,
    /// dynamodump: a folder for each table with `schema.json` and pages in `data/`.
    Dynamodump,
    /// Answers of Scan as they are, like `aws dynamodb scan` prints them.
    ScanPages,
    /// AWS Data Pipeline and the EMR export tool: a `manifest`, and items in the casing of the first
    /// SDK for Java.
    Pipeline,
    /// Items in the casing of the first SDK for Java, without a manifest.
    OldCasing,
    /// The first form of Data Pipeline and Hive: attributes between the bytes 2 and 3.
    Hive,
    /// Plain JSON items in one array: `dy export --format json` of dynein.
    PlainArray,
    /// Plain JSON items one after another: `dy export --format jsonl` of dynein.
    PlainLines,
    /// Columns of plain JSON literals: `dy export --format csv` of dynein.
    PlainCsv,
}

impl Format {
    /// A short name for programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DyndumpBackup => "dyndump-backup",
            Self::DynamoDbJson => "dynamodb-json",
            Self::Dynamodump => "dynamodump",
            Self::ScanPages => "scan-pages",
            Self::Pipeline => "data-pipeline",
            Self::OldCasing => "dynamodb-json-v1",
            Self::Hive => "hive",
            Self::PlainArray => "plain-json",
            Self::PlainLines => "plain-jsonl",
            Self::PlainCsv => "plain-csv",
        }
    }

    /// What the tools that write this format are known to lose or change, whether this source shows
    /// it or not.
    #[must_use]
    pub fn known_damages(self) -> &'static [Damage] {
        match self {
            Self::DyndumpBackup | Self::DynamoDbJson => &[Damage::EmptyValues],
            Self::Dynamodump => &[Damage::NoEnd],
            Self::PlainArray | Self::PlainLines => {
                &[Damage::SetsAreLists, Damage::LostBinaries, Damage::RoundedNumbers]
            }
            Self::PlainCsv => &[
                Damage::SetsAreLists,
                Damage::LostBinaries,
                Damage::RoundedNumbers,
                Damage::NullsAreMissing,
                Damage::JoinedRows,
            ],
            Self::Pipeline | Self::OldCasing | Self::Hive | Self::ScanPages => &[],
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DyndumpBackup => "dyndump backup",
            Self::DynamoDbJson => "DynamoDB JSON items (ddbkit, dyndump and others)",
            Self::Dynamodump => "dynamodump",
            Self::ScanPages => "answers of Scan",
            Self::Pipeline => "AWS Data Pipeline or EMR export",
            Self::OldCasing => "DynamoDB JSON items in the old casing (Data Pipeline, EMR)",
            Self::Hive => "Hive or early Data Pipeline export",
            Self::PlainArray => "plain JSON array (dynein and others)",
            Self::PlainLines => "plain JSON lines (dynein and others)",
            Self::PlainCsv => "CSV of JSON literals (dynein)",
        })
    }
}

/// Something that a tool loses or changes when it writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Damage {
    /// dyndump writes empty lists, maps and binaries as `{}`.
    EmptyValues,
    /// Nothing marks the end of a dump, so that one that broke off at the wrong moment looks whole.
    NoEnd,
    /// Sets are written as lists and are read as lists.
    SetsAreLists,
    /// dynein writes a sentence in the place of binaries.
    LostBinaries,
    /// Numbers went through a 64-bit float: digits beyond the sixteenth are lost.
    RoundedNumbers,
    /// An attribute that is NULL and one that is missing are both `null`; they are read as missing.
    NullsAreMissing,
    /// dynein writes the first row of a page of its scan behind the last row of the page before,
    /// without a line break; they are taken apart where that is certain.
    JoinedRows,
    /// dynamo-backup-to-s3 writes binaries as objects of Node; they are read as what they were.
    NodeBuffers,
}

impl Damage {
    /// A short name for programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EmptyValues => "empty-values",
            Self::NoEnd => "no-end",
            Self::SetsAreLists => "sets-are-lists",
            Self::LostBinaries => "lost-binaries",
            Self::RoundedNumbers => "rounded-numbers",
            Self::NullsAreMissing => "nulls-are-missing",
            Self::JoinedRows => "joined-rows",
            Self::NodeBuffers => "node-buffers",
        }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EmptyValues => "dyndump writes empty lists, maps and binaries as {}",
            Self::NoEnd => "nothing marks the end: a dump that broke off can look whole",
            Self::SetsAreLists => "sets were written as lists",
            Self::LostBinaries => "binaries were not written",
            Self::RoundedNumbers => "numbers lost their digits beyond the sixteenth",
            Self::NullsAreMissing => "NULL attributes cannot be told from missing ones",
            Self::JoinedRows => "rows were joined between the pages of the scan",
            Self::NodeBuffers => "binaries were written as objects of Node",
        })
    }
}
