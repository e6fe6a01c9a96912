//! A server for a lane: started, waited for, stopped.

use crate::run::target;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The longest that a server may take to answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// A server that runs until this is dropped.
pub(super) struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// Starts a program that listens on the port, and waits until it answers HTTP.
    pub(super) fn start(name: &str, port: u16, command: &mut Command) -> Result<Self, String> {
        let log = folder("logs")?.join(format!("{name}.log"));
        let file = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let errors = file.try_clone().map_err(|error| format!("{}: {error}", log.display()))?;
        command.stdin(Stdio::null()).stdout(file).stderr(errors);
        let child = command.spawn().map_err(|error| format!("cannot start {name}: {error}"))?;
        let mut server = Self { child, port };
        server.wait(name).map_err(|error| format!("{error}; see {}", log.display()))?;
        Ok(server)
    }

    fn wait(&mut self, name: &str) -> Result<(), String> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("{name} ended at once: {status}"));
            }
            if answers(self.port) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(format!("{name} does not answer after {} s", PATIENCE.as_secs()))
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Any answer will do, also that a request without a signature is refused.
fn answers(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let Ok(mut stream) = TcpStream::connect_timeout(&address, Duration::from_secs(1)) else {
        return false;
    };
    let request = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let mut answer = [0; 5];
    stream.set_read_timeout(Some(Duration::from_secs(2))).is_ok()
        && stream.write_all(request).is_ok()
        && stream.read_exact(&mut answer).is_ok()
        && &answer == b"HTTP/"
}

/// A port that nobody listens on now.
pub(super) fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let port = listener.and_then(|listener| listener.local_addr()).map(|address| address.port());
    port.map_err(|error| format!("no free port: {error}"))
}

/// A folder for servers and what they leave, below the build folder.
pub(super) fn folder(name: &str) -> Result<PathBuf, String> {
    let folder = target().join("e2e").join(name);
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_ends_is_not_waited_for() {
        let started = Instant::now();
        let port = free_port().unwrap();
        let error = Server::start("test-ends", port, &mut Command::new("false")).err().unwrap();
        assert!(error.starts_with("test-ends ended at once: "), "{error}");
        assert!(started.elapsed() < PATIENCE);
    }

    #[test]
    fn only_http_is_an_answer() {
        for (sent, expected) in [("HTTP/1.1 403 Forbidden\r\n\r\n", true), ("SSH-2.0-x\r\n", false)]
        {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let port = listener.local_addr().unwrap().port();
            let server = std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                stream.read_exact(&mut [0; 4]).unwrap();
                stream.write_all(sent.as_bytes()).unwrap();
                // Until the other side is done, so that it reads what was sent.
                let _ = stream.read_to_end(&mut Vec::new());
            });
            assert_eq!(answers(port), expected, "{sent}");
            server.join().unwrap();
        }
        assert!(!answers(free_port().unwrap()));
    }
}
