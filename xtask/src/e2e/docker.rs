//! The image `amazon/dynamodb-local`, as users of testcontainers start it.

use super::Tally;
use crate::run::{cargo, target, watched};

pub(super) const IMAGE: &str = "amazon/dynamodb-local:latest";

/// Tests in a workspace of their own, so that nobody else builds testcontainers.
pub(super) fn run() -> Result<Tally, String> {
    let mut command = cargo(&["test", "--manifest-path", "tests/docker/Cargo.toml"]);
    command.env("CARGO_TARGET_DIR", target().join("docker-tests"));
    let (success, lines) = watched(&mut command)?;
    let tally = Tally::of(&lines);
    if !success && tally.failed == 0 {
        return Err("the tests with containers could not be built".to_owned());
    }
    Ok(tally)
}
