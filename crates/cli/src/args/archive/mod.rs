//! `ddbkit archive`.

mod restore;
mod run;
mod status;
mod verify;

pub(crate) use restore::{ArchiveRestoreArgs, RestoredValuesArg};
pub(crate) use run::{ArchiveRunArgs, ArchivedValuesArg};
pub(crate) use status::ArchiveStatusArgs;
pub(crate) use verify::ArchiveVerifyArgs;

use clap::Subcommand;

/// Archives of what time to live deletes.
#[derive(Debug, Subcommand)]
pub(crate) enum ArchiveCommand {
    /// Keep what time to live deletes from a table [API: GetRecords, DescribeStream]
    Run(Box<ArchiveRunArgs>),
    /// Tell how far an archive is, and when records would be lost
    Status(ArchiveStatusArgs),
    /// Prove that an archive is whole, from the archive alone
    Verify(ArchiveVerifyArgs),
    /// Write archived items back into a table [API: PutItem]
    Restore(Box<ArchiveRestoreArgs>),
}
