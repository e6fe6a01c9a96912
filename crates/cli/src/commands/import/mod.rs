//! `ddbkit import`.

mod lint;

use crate::args::ImportCommand;
use crate::commands::Context;
use crate::error::Failure;
use crate::exit::Exit;

pub(crate) async fn run(context: &Context, command: ImportCommand) -> Result<Exit, Failure> {
    match command {
        ImportCommand::Lint(args) => lint::run(context, args).await,
    }
}
