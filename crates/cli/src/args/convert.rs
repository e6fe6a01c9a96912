//! `ddbkit convert`.

use super::CsvDelimiter;
use clap::{Args, ValueEnum};
use ddbkit::export::lint::LintKeys;
use std::path::PathBuf;

/// The options of a conversion.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit convert backups/orders orders.parquet --format parquet
  ddbkit convert s3://my-backups/orders - --format json | jq .customer
  ddbkit convert backups/orders sorted.parquet --format parquet --sort-by-key
  ddbkit convert orders.ion s3://bucket/import/orders.json --format dynamodb-json
  ddbkit convert orders.parquet orders.json --format dynamodb-json
  ddbkit convert backups/orders orders.csv --format csv-import --key customer:S,day:N

Parquet and CSV look at all items first to find their columns, unless --schema has them. What a column
does not keep is told, and stands in the metadata of the file. Nothing that is there is replaced.")]
pub(crate) struct ConvertArgs {
    /// Dump or full export, directory or file of lines or CSV (plain, gzip or zstd) or Parquet, or
    /// s3://bucket/prefix; - for standard input
    pub(crate) source: String,
    /// File, directory or s3://bucket/key; - for standard output
    pub(crate) dest: String,
    /// Format to write
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: ConvertFormat,
    /// Format of the source; by default DynamoDB JSON, Ion or Parquet, whichever it is, and CSV where
    /// the name ends in .csv
    #[arg(long, value_name = "FORMAT")]
    pub(crate) from: Option<SourceFormat>,
    /// With --format json: mark sets and binaries, so that --from json reads equal items
    #[arg(long)]
    pub(crate) lossless: bool,
    /// Columns of Parquet and CSV, as a JSON document; what has no column is left out and counted
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: Option<PathBuf>,
    /// Write the items in the order of their keys; needs as much scratch space as they have JSON
    #[arg(long)]
    pub(crate) sort_by_key: bool,
    /// Key of the table, whose columns come first, and which has its types in CSV; by default that of
    /// the dump
    #[arg(long, value_name = "HASH:S[,RANGE:N]")]
    pub(crate) key: Option<LintKeys>,
    /// What stands between the cells of CSV that is read
    #[arg(long, value_name = "NAME", default_value = "comma")]
    pub(crate) delimiter: CsvDelimiter,
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ConvertFormat {
    /// Lines {"Item":{"pk":{"S":"a"}}}, as in exports
    DynamodbJson,
    /// Lines of Amazon Ion text, as in exports
    Ion,
    /// Lines of plain JSON, {"pk":"a"}
    Json,
    /// CSV for people and spreadsheets
    Csv,
    /// CSV that ImportTable brings back equal: strings only, but for keys
    CsvImport,
    /// Parquet with exact decimals, for DuckDB, Spark, Athena and pandas
    Parquet,
}

/// What a source is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SourceFormat {
    /// DynamoDB JSON, with or without {"Item":...} around
    DynamodbJson,
    /// Amazon Ion, text or binary
    Ion,
    /// Plain JSON, with the marks of --lossless
    Json,
    /// A header, and rows of strings; the attributes of --key have its types
    Csv,
    /// Parquet
    Parquet,
}
