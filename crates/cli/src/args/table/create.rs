//! `ddbkit table create`.

use super::key_attribute::{attribute, global, local, units};
use crate::args::pair::pair;
use aws_sdk_dynamodb::types::{StreamViewType, TableClass};
use clap::{Args, ValueEnum};
use ddbkit::codec::rules::KeyType;
use ddbkit::table::admin::{Billing, GlobalIndex, LocalIndex};

/// What the table is to be.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit table create Domain --hash-key url:S --wait
  ddbkit table create Log --hash-key updated_at:S --billing 10:10 --gsi Status=status:S --ttl expires --if-not-exists --wait
  ddbkit table create Orders --hash-key customer:S --range-key at:N --gsi ByState=state:S,at:N,include=total+currency --lsi ByTotal=total:N,keys-only --stream NEW_AND_OLD_IMAGES --tag team=shop

With --if-not-exists a table that is there is taken when it has this key and these indexes, and refused
otherwise; its time to live is switched on where it is off, and nothing else of it is changed.")]
pub(crate) struct CreateArgs {
    /// Table
    pub(crate) table: String,
    /// Partition key, with the type S, N or B
    #[arg(long, value_name = "NAME:TYPE", value_parser = attribute)]
    pub(crate) hash_key: (String, KeyType),
    /// Sort key
    #[arg(long, value_name = "NAME:TYPE", value_parser = attribute)]
    pub(crate) range_key: Option<(String, KeyType)>,
    /// on-demand, or read and write capacity units like 10:5
    #[arg(long, value_name = "HOW", value_parser = billing, default_value = "on-demand")]
    pub(crate) billing: Billing,
    /// Global index: its key, then keys-only or include=A+B for less than all attributes, and
    /// units=READ:WRITE for other capacity than that of the table
    #[arg(long, value_name = "NAME=HASH:TYPE[,RANGE:TYPE][,...]", value_parser = global)]
    pub(crate) gsi: Vec<GlobalIndex>,
    /// Local index: its sort key, then keys-only or include=A+B for less than all attributes
    #[arg(long, value_name = "NAME=RANGE:TYPE[,...]", value_parser = local)]
    pub(crate) lsi: Vec<LocalIndex>,
    /// Attribute with the time, in seconds since 1970, after which DynamoDB deletes an item
    #[arg(long, value_name = "ATTRIBUTE")]
    pub(crate) ttl: Option<String>,
    /// Have a stream whose records show this of an item
    #[arg(long, value_name = "VIEW")]
    pub(crate) stream: Option<ViewArg>,
    /// Table class
    #[arg(long, value_name = "CLASS")]
    pub(crate) table_class: Option<ClassArg>,
    /// One tag
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) tag: Vec<(String, String)>,
    /// Have DynamoDB refuse to delete the table
    #[arg(long)]
    pub(crate) deletion_protection: bool,
    /// Take a table that is there, if it is the same
    #[arg(long)]
    pub(crate) if_not_exists: bool,
    /// Wait until the table, its indexes and its time to live can be used
    #[arg(long)]
    pub(crate) wait: bool,
}

fn billing(text: &str) -> Result<Billing, String> {
    if text == "on-demand" {
        return Ok(Billing::OnDemand);
    }
    let (read, write) = units(text).map_err(|error| format!("{error}, or on-demand"))?;
    Ok(Billing::Provisioned { read, write })
}

/// What the records of a stream show, in the words of the API.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ViewArg {
    /// The key
    KeysOnly,
    /// The item as it is
    NewImage,
    /// The item as it was
    OldImage,
    /// Both
    NewAndOldImages,
}

impl From<ViewArg> for StreamViewType {
    fn from(view: ViewArg) -> Self {
        match view {
            ViewArg::KeysOnly => Self::KeysOnly,
            ViewArg::NewImage => Self::NewImage,
            ViewArg::OldImage => Self::OldImage,
            ViewArg::NewAndOldImages => Self::NewAndOldImages,
        }
    }
}

/// A table class.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ClassArg {
    /// STANDARD
    Standard,
    /// STANDARD_INFREQUENT_ACCESS: storage costs less, requests more
    InfrequentAccess,
}

impl From<ClassArg> for TableClass {
    fn from(class: ClassArg) -> Self {
        match class {
            ClassArg::Standard => Self::Standard,
            ClassArg::InfrequentAccess => Self::StandardInfrequentAccess,
        }
    }
}
