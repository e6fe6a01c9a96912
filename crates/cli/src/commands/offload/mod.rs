//! `ddbkit offload`: large attributes in S3.

mod gc;
mod get;
mod place;
mod put;
mod rm;
mod whole_table;

pub(crate) use place::place;

use crate::args::OffloadCommand;
use crate::commands::Context;
use crate::error::Failure;
use crate::exit::Exit;

pub(crate) async fn run(context: &Context, command: OffloadCommand) -> Result<Exit, Failure> {
    match command {
        OffloadCommand::Put(args) => Box::pin(put::run(context, args)).await,
        OffloadCommand::Get(args) => Box::pin(get::run(context, args)).await,
        OffloadCommand::Rm(args) => Box::pin(rm::run(context, args)).await,
        OffloadCommand::Migrate(args) => Box::pin(whole_table::migrate(context, args)).await,
        OffloadCommand::Adopt(args) => Box::pin(whole_table::adopt(context, args)).await,
        OffloadCommand::Gc(command) => Box::pin(gc::run(context, command)).await,
    }
}
