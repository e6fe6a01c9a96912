//! Commands for whole tables, but for their creation.

use super::create::ViewArg;
use super::{FormatArgs, KeyArgs};
use clap::Args;
use ddbkit::flow::Pace;

/// Which tables.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit table list
  ddbkit table list --region eu-west-1 --output json")]
pub(crate) struct ListArgs {}

/// Which table.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit table describe Orders
  ddbkit table describe Orders --output json

DynamoDB counts items and bytes about every six hours.")]
pub(crate) struct DescribeArgs {
    /// Table
    pub(crate) table: String,
}

/// Which table or item.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit table exists Orders
  ddbkit table exists Orders customer-1 17

An item is read strongly.")]
pub(crate) struct ExistsArgs {
    /// Table
    pub(crate) table: String,
    /// Partition key of an item, of the type that the table has; binary in Base64
    #[arg(conflicts_with = "key")]
    pub(crate) hash: Option<String>,
    /// Sort key
    pub(crate) range: Option<String>,
    /// The key as JSON instead: {"pk":"a","sk":1}
    #[arg(long, value_name = "JSON")]
    pub(crate) key: Option<String>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

impl ExistsArgs {
    /// The item that is asked for; none where it is the table.
    pub(crate) fn item(self) -> Option<(KeyArgs, FormatArgs)> {
        let Self { table, hash, range, key, format } = self;
        let is_item = hash.is_some() || key.is_some();
        is_item.then_some((KeyArgs { table, hash, range, key }, format))
    }
}

/// Which table, and how fast.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit table truncate Orders
  ddbkit table truncate Orders --yes --write-capacity 200
  ddbkit table truncate Orders --yes --recreate

Without --recreate every item is read and deleted, at a write unit for each KB of it and its entries in
indexes, and all settings of the table stay; what others write meanwhile may stay too. Run again, it deletes
what is left. With --recreate the table is deleted and created with its key, indexes, capacity, class,
encryption, stream, time to live and tags: that costs nothing by the item, and what is lost is told before.
A process that is killed between the two leaves no table: keep `ddbkit dump` or `table describe` of it.")]
pub(crate) struct TruncateArgs {
    /// Table
    pub(crate) table: String,
    /// Delete the table and create it anew
    #[arg(long, conflicts_with_all = ["read_capacity", "write_capacity"])]
    pub(crate) recreate: bool,
    /// Read capacity to use, on average: units per second like 200, a share of what the table has like
    /// 50%, or none for no limit
    #[arg(long, value_name = "PACE", default_value = "50%")]
    pub(crate) read_capacity: Pace,
    /// Write capacity to use, in the same form
    #[arg(long, value_name = "PACE", default_value = "50%")]
    pub(crate) write_capacity: Pace,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}

/// Which table.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit table drop Orders
  ddbkit table drop Orders --yes --wait

A backup before: ddbkit dump Orders backups")]
pub(crate) struct DropArgs {
    /// Table
    pub(crate) table: String,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
    /// Wait until the table is gone
    #[arg(long)]
    pub(crate) wait: bool,
}

/// What becomes of time to live.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit table ttl Sessions
  ddbkit table ttl Sessions --enable expires
  ddbkit table ttl Sessions --disable

The attribute is a number: the time, in seconds since 1970, after which DynamoDB deletes the item, within a
few days. A change takes up to an hour, and there can be one an hour.")]
pub(crate) struct TtlArgs {
    /// Table
    pub(crate) table: String,
    /// Switch it on, by this attribute
    #[arg(long, value_name = "ATTRIBUTE")]
    pub(crate) enable: Option<String>,
    /// Switch it off
    #[arg(long, conflicts_with = "enable")]
    pub(crate) disable: bool,
}

/// What becomes of the stream.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit table stream Orders
  ddbkit table stream Orders --enable NEW_AND_OLD_IMAGES
  ddbkit table stream Orders --disable

To show something else, a stream is switched off and on again, and gets another ARN. Records of a stream
that is off can be read for 24 hours.")]
pub(crate) struct StreamArgs {
    /// Table
    pub(crate) table: String,
    /// Switch it on, with records that show this of an item
    #[arg(long, value_name = "VIEW")]
    pub(crate) enable: Option<ViewArg>,
    /// Switch it off
    #[arg(long, conflicts_with = "enable")]
    pub(crate) disable: bool,
}
