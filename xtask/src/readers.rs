//! `cargo xtask readers`: exports of ours in S3, read by readers of other projects. They are fetched
//! by pip into `target/readers`.

use crate::run::{cargo, root, succeed, target};
use crate::{e2e, python};

pub(crate) fn run() -> Result<(), String> {
    let tests = root().join("crates").join("transfer").join("tests").join("readers");
    let requirements = tests.join("requirements.txt").to_string_lossy().into_owned();
    let bin = python::environment(&target().join("readers"), &["--requirement", &requirements])?;
    let mut test = cargo(&["test", "--package", "ddbkit-transfer", "--test", "it", "--"]);
    test.args(["--exact", "--ignored", "--nocapture"]);
    test.arg("readers::aws_dynamodb_io_reads_what_is_written");
    e2e::without_servers(&mut test);
    test.env("DDBKIT_READERS_PYTHON", bin.join("python"));
    succeed(&mut test)
}
