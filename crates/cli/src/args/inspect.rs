//! `ddbkit inspect`.

use super::size::size;
use clap::Args;
use ddbkit::flow::Pace;
use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
use std::path::PathBuf;

/// The options of an inspection.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit inspect backups/orders                       # a dump
  ddbkit inspect s3://my-exports/orders --key pk,sk   # a native export, which does not tell its key
  ddbkit inspect Orders --read-capacity 25%           # a table, with a scan
  ddbkit inspect Orders --sample 100000 --html report.html
  ddbkit inspect backups/orders --offload-above 2KiB --price gb_month=0.30
  ddbkit export cat s3://my-exports/orders | ddbkit inspect - --key pk

A SOURCE with a slash, or that is s3://, is a place; any other is a table. The directory `orders` is
./orders then.

Sizes and units are by the rules of DynamoDB. What is counted, what is estimated, and how well, is told
on the page `inspect` of the book. The report has keys of items: the largest ones, and partition keys.")]
pub(crate) struct InspectArgs {
    /// Table, dump or native export (./directory or s3://bucket/prefix), or - for lines on standard
    /// input
    pub(crate) source: String,
    /// Write the report as a page for a browser, too; a file that is there is replaced
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Names of the key attributes [default: by the table, or the description beside a dump]
    #[arg(long, value_name = "HASH[,RANGE]")]
    pub(crate) key: Option<String>,
    /// Leave all keys of items out of the report
    #[arg(long)]
    pub(crate) no_keys: bool,
    /// Look at about so many items only: of a dump or export the first of each file, of a table those
    /// that a scan finds first
    #[arg(long, value_name = "N")]
    pub(crate) sample: Option<NonZeroU64>,
    /// Tell also what moving values above this size to S3 would save
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) offload_above: Option<NonZeroU64>,
    /// Another price in dollars than that of us-east-1, like gb_month=0.30: per_million_wru,
    /// per_million_rru, gb_month, s3_gb_month, export_gb, import_gb
    #[arg(long, value_name = "NAME=DOLLARS", value_parser = price)]
    pub(crate) price: Vec<(String, f64)>,
    /// Files or segments read at the same time
    #[arg(long, value_name = "N", default_value = "8")]
    pub(crate) workers: NonZeroUsize,
    /// Of a table: read this index instead
    #[arg(long, value_name = "NAME")]
    pub(crate) index_name: Option<String>,
    /// Of a table: segments of the scan [default: by its size]
    #[arg(long, value_name = "N")]
    pub(crate) segments: Option<NonZeroU32>,
    /// Of a table: read capacity to use, on average: units per second like 200, a share of what the
    /// table and its indexes have like 50%, or none for no limit
    #[arg(long, value_name = "PACE", default_value = "50%")]
    pub(crate) read_capacity: Pace,
}

fn price(text: &str) -> Result<(String, f64), String> {
    let (name, dollars) = text.split_once('=').ok_or("a price is NAME=DOLLARS")?;
    let dollars = dollars.parse().map_err(|_| format!("{dollars:?} is no number"))?;
    Ok((name.to_owned(), dollars))
}
