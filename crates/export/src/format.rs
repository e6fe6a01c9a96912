//! In which form the items of an export are stored.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How one item is written in a data file (`outputFormat` of the summary).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum OutputFormat {
    /// `DYNAMODB_JSON`: one `{"Item":{...}}` per line.
    #[default]
    #[serde(rename = "DYNAMODB_JSON")]
    DynamodbJson,
    /// `ION`: one Amazon Ion text value per line.
    #[serde(rename = "ION")]
    Ion,
}

impl OutputFormat {
    /// The name in the summary and in the API: `DYNAMODB_JSON` or `ION`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DynamodbJson => "DYNAMODB_JSON",
            Self::Ion => "ION",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::DynamodbJson, Self::Ion].into_iter().find(|format| format.as_str() == name)
    }
}

impl fmt::Display for OutputFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a data file is compressed.
///
/// `ImportTable` takes all three; an export made by `DynamoDB` is always [`Compression::Gzip`]. A
/// reader tells them apart by the first bytes, never by the name. In serde documents: `"gzip"`,
/// `"zstd"`, `"none"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Compression {
    /// One gzip member per file, [`GZIP_LEVEL`]; files end in `.gz`.
    #[default]
    Gzip,
    /// One Zstandard frame with its content checksum, [`ZSTD_LEVEL`]; files end in `.zst`.
    Zstd,
    /// Plain text.
    None,
}

/// The level of gzip data files, of 1 (fastest) to 9.
///
/// On the corpus of the benchmarks zlib-rs takes some 200 MB/s per core at this level. Level 3 takes
/// 30 % longer for files 4 % smaller, level 6 more than twice as long for files 13 % smaller; level 1
/// saves 40 % of the time and makes files a quarter larger. `docs/benchmarks.md` has the table, with
/// the libraries that were not taken and why.
pub const GZIP_LEVEL: u32 = 2;

/// The level of Zstandard data files, of 1 (fastest) to 22.
///
/// On the same JSON it runs at 608 MB/s per core and leaves smaller files than gzip at its level;
/// levels 2 and 3 make them hardly smaller.
pub const ZSTD_LEVEL: i32 = 1;

impl Compression {
    /// What the name of a data file ends in: `.json.gz`, `.ion.zst`, `.json`.
    #[must_use]
    pub fn extension(self, format: OutputFormat) -> String {
        let format = match format {
            OutputFormat::DynamodbJson => ".json",
            OutputFormat::Ion => ".ion",
        };
        let compression = match self {
            Self::Gzip => ".gz",
            Self::Zstd => ".zst",
            Self::None => "",
        };
        format!("{format}{compression}")
    }
}
