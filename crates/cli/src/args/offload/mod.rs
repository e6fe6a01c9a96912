//! `ddbkit offload`.

mod gc;

pub(crate) use gc::{GcApplyArgs, GcCommand, GcPlanArgs, GcVerifyArgs, PrefixArgs};

use clap::Subcommand;

/// Large attributes in S3.
#[derive(Debug, Subcommand)]
pub(crate) enum OffloadCommand {
    /// Collect the objects that no item points to any more
    #[command(subcommand)]
    Gc(GcCommand),
}
