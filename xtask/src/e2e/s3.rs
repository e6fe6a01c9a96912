//! versitygw, an independent S3 with atomic conditional writes, built from its Go module.

use super::server::{Server, folder, free_port};
use crate::run::{program, succeed, target};
use std::path::PathBuf;

const MODULE: &str = "github.com/versity/versitygw/cmd/versitygw@v1.8.0";
pub(super) const NAME: &str = "versitygw 1.8.0";
pub(super) const ACCESS_KEY: &str = "ddbkittest";
pub(super) const SECRET_KEY: &str = "ddbkittestsecret";

fn binary() -> PathBuf {
    target().join("e2e/bin/versitygw")
}

pub(super) fn is_built() -> bool {
    binary().exists()
}

pub(super) fn start() -> Result<Server, String> {
    if !is_built() {
        let bin = folder("bin")?;
        // One package at a time: the build is large, and memory small.
        succeed(program("go", &["install", "-p", "1", MODULE]).env("GOBIN", bin))?;
    }
    // An empty place for each run.
    let data = folder("versitygw")?;
    std::fs::remove_dir_all(&data).map_err(|error| format!("{}: {error}", data.display()))?;
    let data = folder("versitygw")?;
    let port = free_port()?;
    let address = format!("127.0.0.1:{port}");
    let mut gateway = program(&binary().to_string_lossy(), &["--port", &address, "posix"]);
    gateway.arg(&data).env("ROOT_ACCESS_KEY", ACCESS_KEY).env("ROOT_SECRET_KEY", SECRET_KEY);
    Server::start("versitygw", port, &mut gateway)
}
