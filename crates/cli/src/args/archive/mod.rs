//! `ddbkit archive`.

mod restore;
mod verify;

pub(crate) use restore::ArchiveRestoreArgs;
pub(crate) use verify::ArchiveVerifyArgs;

use clap::Subcommand;

/// Archives of what time to live deletes.
#[derive(Debug, Subcommand)]
pub(crate) enum ArchiveCommand {
    /// Prove that an archive is whole, from the archive alone
    Verify(ArchiveVerifyArgs),
    /// Write archived items back into a table [API: PutItem]
    Restore(Box<ArchiveRestoreArgs>),
}
