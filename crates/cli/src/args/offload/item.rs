//! Which item, and where its objects are.

use crate::args::wait::duration;
use clap::{Args, ValueEnum};
use ddbkit::offload::BlobKind;
use ddbkit::store::Location;
use std::time::Duration;

/// One item of a table.
#[derive(Args, Debug)]
pub(crate) struct ItemArgs {
    /// Table
    pub(crate) table: String,
    /// Key of the item as DynamoDB JSON: {"pk":{"S":"page-1"}}
    #[arg(long, value_name = "JSON")]
    pub(crate) key: String,
}

/// The objects of a table.
#[derive(Args, Debug)]
pub(crate) struct ObjectsArgs {
    /// Where the objects of this table are, and of no other: s3://bucket/prefix
    #[arg(long, value_name = "LOCATION")]
    pub(crate) objects: Location,
    /// Time from the start of an upload to the write of the item, told when the prefix is claimed by
    /// its first use [default: 1h]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) write_deadline: Option<Duration>,
    /// Age that garbage must have to be collected; longer than the oldest backup that may be restored;
    /// never gets shorter [default: 168h]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) grace: Option<Duration>,
}

/// What the bytes of a value are to readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ValueKind {
    /// A binary
    Binary,
    /// A string, in UTF-8
    String,
}

impl From<ValueKind> for BlobKind {
    fn from(kind: ValueKind) -> Self {
        match kind {
            ValueKind::Binary => Self::Binary,
            ValueKind::String => Self::String,
        }
    }
}
