//! Completions and the manual page, made from the command line itself.

use crate::args::Cli;
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use crate::output::Output;
use clap::CommandFactory;
use clap_complete::Shell;

pub(crate) fn completions(shell: Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "ddbkit", &mut script);
    print(&script)
}

/// One page with all commands, each after the other.
pub(crate) fn man() -> Result<Exit, Failure> {
    let mut command = Cli::command();
    command.build();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for subcommand in command.get_subcommands().filter(|command| command.get_name() != "help") {
        clap_mangen::Man::new(subcommand.clone()).render(&mut page)?;
    }
    print(&page)
}

fn print(text: &[u8]) -> Result<Exit, Failure> {
    Output::data(&String::from_utf8_lossy(text))?;
    Ok(DONE)
}
