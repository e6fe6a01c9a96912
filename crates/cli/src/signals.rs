//! Ctrl-C and SIGTERM.

use crate::exit::{self, Exit};
use crate::output::Output;
use ddbkit::flow::Control;
use std::sync::{Arc, OnceLock};
use tokio::signal::unix::{SignalKind, signal};

/// Which signal came first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signals(Arc<OnceLock<Exit>>);

impl Signals {
    /// Cancels the control at the first signal and ends the program at the second.
    pub(crate) fn watch(control: &Control, output: &Output) -> std::io::Result<Self> {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let signals = Self::default();
        let (first, control, output) = (signals.clone(), control.clone(), output.clone());
        tokio::spawn(async move {
            loop {
                let exit = tokio::select! {
                    _ = interrupt.recv() => exit::INTERRUPTED,
                    _ = terminate.recv() => exit::TERMINATED,
                };
                if first.0.set(exit).is_err() {
                    end(exit);
                }
                control.cancel();
                output.notice(
                    "stopping after the current requests; press Ctrl-C again to stop at once",
                );
            }
        });
        Ok(signals)
    }

    /// The exit code of the signal that came, if any.
    pub(crate) fn exit(&self) -> Option<Exit> {
        self.0.get().copied()
    }
}

/// The second signal means now: nothing that runs is waited for.
#[expect(clippy::exit, reason = "the one place where the program ends without returning")]
fn end(exit: Exit) -> ! {
    std::process::exit(exit.number())
}
