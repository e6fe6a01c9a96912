//! moto, a smoke test of the shape of calls: its DynamoDB is too loose for more.

use super::server::{Server, folder, free_port};
use crate::run::{program, succeed};

pub(super) const NAME: &str = "moto 5.2.5";
/// What must work even there.
pub(super) const TESTS: &str = "round_trip::a_table_is_created_as_it_was";

pub(super) fn start() -> Result<Server, String> {
    let venv = folder("moto")?;
    let bin = venv.join("bin");
    let server = bin.join("moto_server");
    if !server.exists() {
        succeed(program("python3", &["-m", "venv"]).arg(&venv))?;
        let pip = bin.join("pip");
        let packages = ["install", "--quiet", "moto[server,dynamodb,s3]==5.2.5"];
        succeed(&mut program(&pip.to_string_lossy(), &packages))?;
    }
    let port = free_port()?;
    let number = port.to_string();
    let args = ["-H", "127.0.0.1", "-p", &number];
    Server::start("moto", port, &mut program(&server.to_string_lossy(), &args))
}
