//! `ddbkit import lint`.

use super::CompressionArg;
use clap::{Args, ValueEnum};
use ddbkit::export::lint::{InputFormat, LintKeys};
use std::num::NonZeroUsize;

/// What an import would be asked for.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit import lint s3://my-backups/orders/AWSDynamoDB/01768385930622-efd1a093/data/
  ddbkit import lint backups/orders/AWSDynamoDB/01768385930622-efd1a093/data
  ddbkit import lint s3://bucket/csv/ --format csv --delimiter semicolon --key customer:S,day:N

It reads every object that the prefix matches, as ImportTable would, and asks nothing of DynamoDB.
A prefix in S3 is no folder: without a slash at its end it may match more. The exit code is 1 when an
item would be lost or refused, or the import would end as FAILED. --region decides how many bytes an
import takes.")]
pub(crate) struct LintArgs {
    /// What would be imported: s3://bucket/prefix, as S3KeyPrefix has it, or a directory or file that
    /// would be copied there
    pub(crate) source: String,
    /// InputFormat of the import; by default that of the first object
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<InputFormatArg>,
    /// InputCompressionType of the import; by default that of the first object
    #[arg(long, value_name = "HOW")]
    pub(crate) compression: Option<CompressionArg>,
    /// Key of the table, as NAME:TYPE or NAME:TYPE,NAME:TYPE with the types S, N and B; by default that
    /// of the _ddbkit/table.json of the dump
    #[arg(long, value_name = "HASH:S[,RANGE:N]")]
    pub(crate) key: Option<LintKeys>,
    /// What stands between the columns of CSV
    #[arg(long, value_name = "NAME", default_value = "comma")]
    pub(crate) delimiter: CsvDelimiter,
    /// Names of the columns of CSV (HeaderList); by default the first line of each object has them
    #[arg(long, value_name = "A,B,...", value_delimiter = ',')]
    pub(crate) header: Option<Vec<String>>,
    /// Objects read at the same time
    #[arg(long, value_name = "N", default_value = "8")]
    pub(crate) workers: NonZeroUsize,
    /// Findings to name, the worst first; all are counted
    #[arg(long, value_name = "N", default_value = "100")]
    pub(crate) max_findings: usize,
}

/// The formats of imports.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum InputFormatArg {
    /// Lines {"Item":{...}}
    DynamodbJson,
    /// Lines $ion_1_0 {Item:{...}}
    Ion,
    /// A header and rows
    Csv,
}

impl From<InputFormatArg> for InputFormat {
    fn from(format: InputFormatArg) -> Self {
        match format {
            InputFormatArg::DynamodbJson => Self::DynamodbJson,
            InputFormatArg::Ion => Self::Ion,
            InputFormatArg::Csv => Self::Csv,
        }
    }
}

/// The delimiters that imports take.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum CsvDelimiter {
    Comma,
    Semicolon,
    Colon,
    Pipe,
    Tab,
    Space,
}

impl CsvDelimiter {
    /// The byte between the columns.
    pub(crate) fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Colon => b':',
            Self::Pipe => b'|',
            Self::Tab => b'\t',
            Self::Space => b' ',
        }
    }
}
