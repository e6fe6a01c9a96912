//! The test binaries: built once, with the features of the whole workspace, and run on each server.

use super::Tally;
use crate::run::{cargo, output, root, watched};
use cargo_metadata::Message;
use std::path::PathBuf;
use std::process::Command;

/// A package's black-box tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suite {
    Store,
    Transfer,
    Cli,
}

impl Suite {
    fn folder(self) -> &'static str {
        match self {
            Self::Store => "crates/store",
            Self::Transfer => "crates/transfer",
            Self::Cli => "crates/cli",
        }
    }
}

/// Where the binaries are.
pub(super) struct Binaries(Vec<(Suite, PathBuf)>);

impl Binaries {
    pub(super) fn build() -> Result<Self, String> {
        let build = output(&mut cargo(&[
            "test",
            "--workspace",
            "--all-features",
            "--no-run",
            "--message-format=json",
        ]))?;
        let mut found = Vec::new();
        for message in Message::parse_stream(build.as_bytes()) {
            let message =
                message.map_err(|error| format!("cannot read cargo's messages: {error}"))?;
            let Message::CompilerArtifact(artifact) = message else { continue };
            let Some(binary) = artifact.executable.filter(|_| artifact.target.name == "it") else {
                continue;
            };
            let manifest = artifact.manifest_path.as_str().replace('\\', "/");
            for suite in [Suite::Store, Suite::Transfer, Suite::Cli] {
                if manifest.ends_with(&format!("{}/Cargo.toml", suite.folder())) {
                    found.push((suite, binary.clone().into_std_path_buf()));
                }
            }
        }
        Ok(Self(found))
    }

    /// Runs the suites, all of them also after one failed, with servers in the environment.
    pub(super) fn run(
        &self,
        suites: &[Suite],
        env: &[(&str, String)],
        filter: Option<&str>,
    ) -> Result<Tally, String> {
        let mut sum = Tally::default();
        for suite in suites {
            let found = self.0.iter().find(|(own, _)| own == suite);
            let (_, binary) = found.ok_or_else(|| format!("{} has no tests", suite.folder()))?;
            let mut command = Command::new(binary);
            super::without_servers(&mut command);
            command.args(filter).current_dir(root().join(suite.folder()));
            command.envs(env.iter().map(|(name, value)| (name, value)));
            let (success, lines) = watched(&mut command)?;
            let tally = Tally::of(&lines);
            if !success && tally.failed == 0 {
                return Err(format!("the tests of {} ended without a result", suite.folder()));
            }
            sum.passed += tally.passed;
            sum.failed += tally.failed;
        }
        Ok(sum)
    }
}
