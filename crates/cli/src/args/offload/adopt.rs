//! `ddbkit offload adopt`.

use super::{RunArgs, ValueKind};
use clap::Args;

/// The options of an adoption.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit offload adopt Pages --attribute html --as string --objects s3://my-blobs/pages

Items whose attribute is a text that pynamodb_mate wrote, s3://.../pk=../attr=../md5=.., get a pointer to a
copy of the object: the MD5 of the text is proven, and the text is replaced only if it is still there. The
old objects are never touched. Stop the writers that use pynamodb_mate, or run again after them with
another --state.

After an interruption the same command goes on where it stopped.")]
pub(crate) struct AdoptArgs {
    /// Table
    pub(crate) table: String,
    /// What the values are to readers
    #[arg(long = "as", value_name = "TYPE", default_value = "binary")]
    pub(crate) kind: ValueKind,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}
