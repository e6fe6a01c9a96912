//! `ddbkit offload put`.

use super::{ItemArgs, ObjectsArgs, ValueKind};
use crate::args::pair::pair;
use aws_sdk_s3::types::StorageClass;
use clap::Args;

/// The options of a put.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit offload put Pages --key '{\"pk\":{\"S\":\"page-1\"}}' --attribute html page.html --objects s3://my-blobs/pages --as string --content-type text/html
  ddbkit offload put Films --key '{\"id\":{\"N\":\"7\"}}' --attribute film - --objects s3://my-blobs/films --write-deadline 6h

The item is changed by one conditional write, after the object is there: when somebody else changes it
meanwhile, theirs stays and nothing is lost. An item that is not there is created. An object that was
replaced is left to the collector.

A file of any size goes in parts, with less than 100 MB of memory for files of up to 80 GB and for
standard input of up to 5 GB. An upload that takes longer than the write deadline is given up.")]
pub(crate) struct PutArgs {
    #[command(flatten)]
    pub(crate) item: ItemArgs,
    /// Attribute to set
    #[arg(long, value_name = "NAME")]
    pub(crate) attribute: String,
    /// File to store, or - for standard input
    pub(crate) file: String,
    #[command(flatten)]
    pub(crate) objects: ObjectsArgs,
    /// What the value is to readers
    #[arg(long = "as", value_name = "TYPE", default_value = "binary")]
    pub(crate) kind: ValueKind,
    /// Content-Type of the object
    #[arg(long, value_name = "TYPE")]
    pub(crate) content_type: Option<String>,
    /// Compress with Zstandard, at a level from 1 to 22 [default level: 3]; such a value has no ranges
    #[arg(long, value_name = "LEVEL", num_args = 0..=1, require_equals = true, default_missing_value = "3")]
    pub(crate) zstd: Option<i32>,
    /// One entry of the object's metadata
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) metadata: Vec<(String, String)>,
    /// One tag of the object
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) tag: Vec<(String, String)>,
    /// Storage class, like STANDARD_IA
    #[arg(long, value_name = "CLASS")]
    pub(crate) storage_class: Option<StorageClass>,
    /// Encrypt with this key of KMS; without a name with alias/aws/s3, the one that AWS keeps
    #[arg(long, value_name = "KEY", num_args = 0..=1, require_equals = true, default_missing_value = "alias/aws/s3")]
    pub(crate) sse_kms: Option<String>,
}
