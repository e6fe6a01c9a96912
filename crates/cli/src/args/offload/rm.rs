//! `ddbkit offload rm`.

use super::{ItemArgs, ObjectsArgs};
use clap::Args;

/// The options of a removal.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit offload rm Pages --key '{\"pk\":{\"S\":\"page-1\"}}' --attribute html --objects s3://my-blobs/pages
  ddbkit offload rm Pages --key '{\"pk\":{\"S\":\"page-1\"}}' --objects s3://my-blobs/pages

Only the item is changed, on condition that nobody else changed it. Its objects are left to the
collector: a write that is on its way may still need one.")]
pub(crate) struct RmArgs {
    #[command(flatten)]
    pub(crate) item: ItemArgs,
    /// Attribute to remove [default: delete the item]
    #[arg(long, value_name = "NAME")]
    pub(crate) attribute: Option<String>,
    #[command(flatten)]
    pub(crate) objects: ObjectsArgs,
}
