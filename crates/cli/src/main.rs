//! The `ddbkit` program.

mod args;
mod commands;
mod config;
mod confirm;
mod error;
mod exit;
mod foreign;
mod hints;
mod inspect_errors;
mod job_errors;
mod key_names;
mod object_stream;
mod offload_errors;
mod output;
mod rows;
mod signals;
mod table_errors;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match args::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return args::usage(&error),
    };
    let output = output::Output::new(&cli.global);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output.error(&error::Failure::other(format!("cannot start: {error}")));
            return exit::OTHER.into();
        }
    };
    let code = runtime.block_on(async {
        match commands::run(cli, &output).await {
            Ok(code) => code,
            Err(failure) => {
                output.error(&failure);
                failure.exit()
            }
        }
    });
    // A blocked read of standard input must not keep a finished program alive.
    runtime.shutdown_background();
    code.into()
}
