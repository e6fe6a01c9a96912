//! `ddbkit offload`.

mod gc;

use super::Context;
use crate::args::OffloadCommand;
use crate::error::Failure;
use crate::exit::Exit;

pub(super) async fn run(context: &Context, command: OffloadCommand) -> Result<Exit, Failure> {
    match command {
        OffloadCommand::Gc(command) => gc::run(context, command).await,
    }
}
