//! versitygw, an independent S3 with atomic conditional writes, built from its Go module.

use super::server::{Server, folder, free_port};
use crate::run::{find, program, succeed, target};
use std::path::PathBuf;

const MODULE: &str = "github.com/versity/versitygw/cmd/versitygw";
const VERSION: &str = "1.8.0";
pub(super) const ACCESS_KEY: &str = "ddbkittest";
pub(super) const SECRET_KEY: &str = "ddbkittestsecret";

/// Where the one that is built here is.
fn built() -> PathBuf {
    target().join("e2e/bin/versitygw")
}

/// The one that was built here, or that of the machine.
pub(super) fn binary() -> Option<PathBuf> {
    if built().is_file() { Some(built()) } else { find("versitygw") }
}

/// Builds it, once.
pub(super) fn fetch() -> Result<(), String> {
    if binary().is_some() {
        return Ok(());
    }
    let bin = folder("bin")?;
    let module = format!("{MODULE}@v{VERSION}");
    // One package at a time: the build is large, and memory small.
    succeed(program("go", &["install", "-p", "1", &module]).env("GOBIN", bin))
}

/// The server with its name and version.
pub(super) fn start() -> Result<(Server, String), String> {
    let binary = binary().ok_or("versitygw is not there")?;
    let is_built = binary == built();
    let binary = binary.to_string_lossy();
    // An empty place for each run.
    let data = folder("versitygw")?;
    std::fs::remove_dir_all(&data).map_err(|error| format!("{}: {error}", data.display()))?;
    let data = folder("versitygw")?;
    let port = free_port()?;
    let address = format!("127.0.0.1:{port}");
    let mut gateway = program(&binary, &["--port", &address, "posix"]);
    gateway.arg(&data).env("ROOT_ACCESS_KEY", ACCESS_KEY).env("ROOT_SECRET_KEY", SECRET_KEY);
    let server = Server::start("versitygw", port, &mut gateway)?;
    // A build from its module does not know its version.
    let name =
        if is_built { format!("versitygw {VERSION}") } else { "versitygw of the PATH".into() };
    Ok((server, name))
}
