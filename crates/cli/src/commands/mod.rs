//! The commands, one module each.

mod after_load;
mod apply;
mod archive;
mod completions;
mod convert;
mod demo;
mod dry_run;
mod dump;
mod export;
mod find_exports;
mod import;
mod info;
mod inspect;
mod jobs;
mod load;
mod merge;
mod mirror;
mod offload;
mod rejects;
mod rm;
mod table;
mod verify;

use crate::args::{Cli, Command, Global};
use crate::error::Failure;
use crate::exit::Exit;
use crate::output::{Bar, Output};
use crate::signals::Signals;
use ddbkit::flow::Control;
use std::sync::Arc;

/// Runs the command.
pub(crate) async fn run(cli: Cli, output: &Output) -> Result<Exit, Failure> {
    let Cli { global, command } = cli;
    let context = Context::new(global, output)?;
    // Boxed: what these hold while they wait is large.
    let result = match command {
        Command::Demo { keep } => Box::pin(demo::run(&context, keep)).await,
        Command::Dump(args) => Box::pin(dump::run(&context, args)).await,
        Command::Load(args) => Box::pin(load::run(&context, args)).await,
        Command::Apply(args) => Box::pin(apply::run(&context, args)).await,
        Command::Verify(args) => Box::pin(verify::run(&context, args)).await,
        Command::Info { source } => info::run(&context, &source).await,
        Command::Inspect(args) => Box::pin(inspect::run(&context, args)).await,
        Command::Convert(args) => Box::pin(convert::run(&context, args)).await,
        Command::Merge(args) => Box::pin(merge::run(&context, args)).await,
        Command::Export(command) => Box::pin(export::run(&context, command)).await,
        Command::Import(command) => Box::pin(import::run(&context, command)).await,
        Command::Offload(command) => Box::pin(offload::run(&context, command)).await,
        Command::Archive(command) => Box::pin(archive::run(&context, command)).await,
        Command::Table(command) => Box::pin(table::run(&context, command)).await,
        Command::Rm(args) => Box::pin(rm::run(&context, args)).await,
        Command::Completions { shell } => completions::completions(shell),
        Command::Man => completions::man(),
    };
    // Whatever failed because of a signal failed because of that signal.
    match (result, context.signals.exit()) {
        (Err(failure), Some(exit)) => Err(failure.stopped(exit)),
        (result, _) => result,
    }
}

/// What every command gets.
pub(crate) struct Context {
    pub(crate) global: Global,
    pub(crate) output: Output,
    pub(crate) control: Control,
    signals: Signals,
}

impl Context {
    fn new(global: Global, output: &Output) -> Result<Self, Failure> {
        let control = Control::new();
        let signals = Signals::watch(&control, output)?;
        Ok(Self { global, output: output.clone(), control, signals })
    }

    /// The control with a bar on it.
    pub(crate) fn watched(&self, what: &str) -> Control {
        let bar: Bar = self.output.bar(what);
        self.control.clone().with_progress(Arc::new(bar))
    }

    /// The same, for work that may print data.
    pub(crate) fn watched_printing(&self, what: &str, to_stdout: bool) -> Control {
        if !to_stdout {
            return self.watched(what);
        }
        let bar: Bar = self.output.beside_data().bar(what);
        self.control.clone().with_progress(Arc::new(bar))
    }
}
