//! `ddbkit rm`.

use clap::Args;

/// The options of a deletion.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit rm backups/orders/AWSDynamoDB/01768385930622-efd1a093
  ddbkit rm s3://my-backups/orders --yes

It deletes a dump or native export, whole or not, or a backup of dyndump, and nothing else: a folder
that holds anything strange is left alone. The data goes first and what describes it last, so that
after an interruption the same command goes on.")]
pub(crate) struct RmArgs {
    /// Dump, native export or backup of dyndump: directory or s3://bucket/prefix
    pub(crate) source: String,
    /// The backup, where a folder holds several of dyndump
    #[arg(long, value_name = "NAME")]
    pub(crate) source_table: Option<String>,
    /// Delete without asking; needed where standard input is no terminal
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Only list what would be deleted, in that order
    #[arg(long)]
    pub(crate) dry_run: bool,
}
