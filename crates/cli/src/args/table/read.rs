//! `ddbkit table get`, `query` and `scan`.

use super::{ExpressionArgs, FormatArgs, KeyArgs};
use crate::args::wait::duration;
use clap::Args;
use std::num::{NonZeroU32, NonZeroU64};
use std::time::Duration;

/// Which item, and what of it.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit table get Domain https://example.org/a
  ddbkit table get Orders customer-1 17 --consistent --projection total,address.city
  ddbkit table get Orders --key '{\"pk\":\"customer-1\",\"sk\":17}' --format dynamodb-json
  ddbkit table get Sessions s-1 --wait-gone --timeout 1h

Prints the item as one line of JSON. The exit code is 1 when it is not there, and with --wait-gone when it
is still there after --timeout.")]
pub(crate) struct GetArgs {
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    /// Read strongly, at twice the capacity
    #[arg(long)]
    pub(crate) consistent: bool,
    /// Attributes to print, as names or paths: total,address.city,tags[0]
    #[arg(long, value_name = "PATHS", value_delimiter = ',')]
    pub(crate) projection: Vec<String>,
    /// Print nothing, and wait until the item is gone, as by time to live; reads strongly
    #[arg(long, conflicts_with_all = ["consistent", "projection"])]
    pub(crate) wait_gone: bool,
    /// Stop waiting after this time, like 2h [default: wait as long as it takes]
    #[arg(long, value_name = "TIME", value_parser = duration, requires = "wait_gone")]
    pub(crate) timeout: Option<Duration>,
}

/// What queries and scans have in common.
#[derive(Args, Debug)]
pub(crate) struct PageArgs {
    /// Read this index instead of the table
    #[arg(long, value_name = "NAME")]
    pub(crate) index: Option<String>,
    /// Print only items for which this is true (it does not lower the cost)
    #[arg(long, value_name = "EXPRESSION")]
    pub(crate) filter_expression: Option<String>,
    /// Attributes to print, as names or paths: total,address.city,tags[0]
    #[arg(long, value_name = "PATHS", value_delimiter = ',')]
    pub(crate) projection: Vec<String>,
    #[command(flatten)]
    pub(crate) expressions: ExpressionArgs,
    /// Stop after this many items
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<NonZeroU64>,
    /// Items that are looked at for one request [default: 1 MB of them]
    #[arg(long, value_name = "N")]
    pub(crate) page_size: Option<NonZeroU32>,
    /// Read strongly, at twice the capacity; a global index cannot be read so
    #[arg(long)]
    pub(crate) consistent: bool,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

/// Which partition, and what of it.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit table query Orders customer-1
  ddbkit table query Orders customer-1 --range-key-condition '>= 17' --descending --limit 10
  ddbkit table query Log done --index Status --range-key-condition 'begins_with 2026-03'
  ddbkit table query Orders customer-1 --filter-expression 'total > :t' --expression-attribute-values '{\":t\":100}'

A condition of the sort key is = V, < V, <= V, > V, >= V, between V and W, or begins_with V. Each item is a
line of JSON on standard output; how many they were and what they cost is told on standard error. Memory is
one page, at most 1 MB of items.")]
pub(crate) struct QueryArgs {
    /// Table
    pub(crate) table: String,
    /// Partition key, of the type that the table or index has; binary in Base64
    pub(crate) hash: String,
    /// Condition of the sort key
    #[arg(long, value_name = "CONDITION")]
    pub(crate) range_key_condition: Option<String>,
    /// The largest sort key first
    #[arg(long)]
    pub(crate) descending: bool,
    #[command(flatten)]
    pub(crate) pages: PageArgs,
}

/// What of the table.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit table scan Domain
  ddbkit table scan Orders --segments 4 --filter-expression 'attribute_not_exists(paid)'
  ddbkit table scan Orders --index ByState --projection pk,sk --limit 100

Each item is a line of JSON on standard output; how many they were and what they cost is told on standard
error. Memory is one page for each segment, at most 1 MB of items. For a copy of a table take `ddbkit dump`,
which goes on after an interruption and keeps to a pace.")]
pub(crate) struct ScanArgs {
    /// Table
    pub(crate) table: String,
    /// Parts of the table that are read at the same time
    #[arg(long, value_name = "N", default_value = "1", value_parser = segments)]
    pub(crate) segments: NonZeroU32,
    #[command(flatten)]
    pub(crate) pages: PageArgs,
}

/// Each segment holds a page of up to 1 MB.
fn segments(text: &str) -> Result<NonZeroU32, String> {
    let segments = text.parse().ok().filter(|segments: &NonZeroU32| segments.get() <= 64);
    segments.ok_or_else(|| "must be a number from 1 to 64".to_owned())
}
