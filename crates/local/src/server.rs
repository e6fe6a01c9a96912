//! A listener on the loopback interface, served by a thread of its own.
//!
//! The servers do not live on the caller's runtime: a test that pauses tokio's time, blocks its only
//! thread on a child process or drops its runtime must not stop the database it talks to.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::LocalError;

/// How long a stopping server waits for a request that is being served.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// A bound listener that accepts as soon as it is served.
pub(crate) struct LoopbackListener {
    listener: TcpListener,
    address: SocketAddr,
}

impl LoopbackListener {
    /// Binds a free port of 127.0.0.1.
    pub(crate) fn bind() -> Result<Self, LocalError> {
        let bind = || {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            listener.set_nonblocking(true)?;
            let address = listener.local_addr()?;
            Ok(Self { listener, address })
        };
        bind().map_err(|source: std::io::Error| {
            LocalError::start("cannot listen on the loopback interface", source)
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The listener of the runtime that this is called on.
    pub(crate) fn into_tokio(self) -> std::io::Result<tokio::net::TcpListener> {
        tokio::net::TcpListener::from_std(self.listener)
    }
}

/// A thread with a runtime that serves until this value is dropped.
#[derive(Debug)]
pub(crate) struct ServerThread {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ServerThread {
    /// Runs the future that `serve` makes, on a new runtime, until it ends or the value is dropped.
    pub(crate) fn spawn<F>(
        name: &'static str,
        serve: impl FnOnce() -> F + Send + 'static,
    ) -> Result<Self, LocalError>
    where
        F: Future<Output = ()>,
    {
        let start_error = |source| LocalError::start("cannot start the server's thread", source);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name(name)
            .enable_all()
            .build()
            .map_err(start_error)?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    tokio::select! {
                        _ = stopped => {}
                        () = serve() => {}
                    }
                });
                runtime.shutdown_timeout(SHUTDOWN_TIMEOUT);
            })
            .map_err(start_error)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for ServerThread {
    fn drop(&mut self) {
        // A dropped sender is the signal to stop.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the server thread has no one left to be told.
            let _ = thread.join();
        }
    }
}
