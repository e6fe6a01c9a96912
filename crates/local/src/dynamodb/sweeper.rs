//! Deletes expired items, which the embedded database does only when it is asked to.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use dynoxide::Database;

use crate::LocalError;

/// The time between two sweeps.
const INTERVAL: Duration = Duration::from_millis(500);

/// A thread that sweeps until this value is dropped. A thread and no task: a sweep blocks, and a
/// blocking task that never ends would hold up the end of its runtime.
#[derive(Debug)]
pub(super) struct TtlSweeper {
    wake: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl TtlSweeper {
    pub(super) fn start(database: Database) -> Result<Self, LocalError> {
        let (wake, woken) = channel();
        let thread = std::thread::Builder::new()
            .name("ddbkit-local-ttl".to_owned())
            .spawn(move || sweep(&database, &woken))
            .map_err(|source| LocalError::start("cannot start the sweeper's thread", source))?;
        Ok(Self { wake: Some(wake), thread: Some(thread) })
    }

    /// Has the next sweep happen now.
    pub(super) fn wake(&self) {
        if let Some(wake) = &self.wake {
            let _ = wake.send(());
        }
    }
}

fn sweep(database: &Database, woken: &Receiver<()>) {
    while woken.recv_timeout(INTERVAL) != Err(RecvTimeoutError::Disconnected) {
        // A sweep that fails has deleted nothing; the next one tries again.
        let _ = database.sweep_ttl();
    }
}

impl Drop for TtlSweeper {
    fn drop(&mut self) {
        drop(self.wake.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
