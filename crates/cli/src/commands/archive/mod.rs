//! `ddbkit archive`.

mod enable;
mod failure;
mod report;
mod restore;
mod run;
mod status;
mod verify;
mod watch;

use crate::args::ArchiveCommand;
use crate::commands::Context;
use crate::error::Failure;
use crate::exit::Exit;

pub(crate) async fn run(context: &Context, command: ArchiveCommand) -> Result<Exit, Failure> {
    match command {
        ArchiveCommand::Run(args) => Box::pin(run::run(context, *args)).await,
        ArchiveCommand::Status(args) => status::run(context, args).await,
        ArchiveCommand::Verify(args) => verify::run(context, args).await,
        ArchiveCommand::Restore(args) => Box::pin(restore::run(context, *args)).await,
    }
}
