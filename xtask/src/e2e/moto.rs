//! moto, a smoke test of the shape of calls: its DynamoDB is too loose for more.

use super::server::{Server, folder, free_port};
use crate::python;
use crate::run::program;
use std::path::PathBuf;

pub(super) const NAME: &str = "moto 5.2.5";
const REQUIREMENT: &str = "moto[server,dynamodb,s3]==5.2.5";
/// What must work even there.
pub(super) const TESTS: &str = "round_trip::a_table_is_created_as_it_was";
/// The calls of native exports and imports, of the testkit: no other server has them.
pub(super) const TESTS_OF_JOBS: &str = "job_calls::";

fn bin() -> Result<PathBuf, String> {
    Ok(folder("moto")?.join("bin"))
}

/// Lets pip install it into an environment of its own, once.
pub(super) fn fetch() -> Result<(), String> {
    if bin()?.join("moto_server").exists() {
        return Ok(());
    }
    python::environment(&folder("moto")?, &[REQUIREMENT]).map(drop)
}

pub(super) fn start() -> Result<Server, String> {
    let port = free_port()?;
    let arguments = ["-H", "127.0.0.1", "-p", &port.to_string()];
    let server = bin()?.join("moto_server");
    Server::start("moto", port, &mut program(&server.to_string_lossy(), &arguments))
}
