//! The test binaries: built once, with the features of the whole workspace, and run on each server.

use super::Tally;
use crate::run::{cargo, output, root, watched};
use cargo_metadata::{Artifact, Message};
use std::path::PathBuf;
use std::process::Command;

/// A package's black-box tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suite {
    Archive,
    Store,
    Transfer,
    Offload,
    Table,
    Cli,
    Testkit,
}

impl Suite {
    const ALL: [Self; 7] = [
        Self::Archive,
        Self::Store,
        Self::Transfer,
        Self::Offload,
        Self::Table,
        Self::Cli,
        Self::Testkit,
    ];

    fn folder(self) -> PathBuf {
        let folder = match self {
            Self::Archive => "crates/archive",
            Self::Store => "crates/store",
            Self::Transfer => "crates/transfer",
            Self::Offload => "crates/offload",
            Self::Table => "crates/table",
            Self::Cli => "crates/cli",
            Self::Testkit => "crates/testkit",
        };
        root().join(folder)
    }
}

/// Where the binaries are.
#[derive(Default)]
pub(super) struct Binaries(Vec<(Suite, PathBuf)>);

impl Binaries {
    pub(super) fn build() -> Result<Self, String> {
        let mut build = cargo(&["test", "--workspace", "--all-features", "--no-run", "--quiet"]);
        build.arg("--message-format=json-render-diagnostics");
        let messages = output(&mut build).map_err(|_| "the tests do not compile")?;
        let mut found = Vec::new();
        for message in Message::parse_stream(messages.as_bytes()) {
            let message = message.map_err(|error| format!("the messages of cargo: {error}"))?;
            if let Message::CompilerArtifact(artifact) = message {
                found.extend(black_box_tests(artifact));
            }
        }
        Ok(Self(found))
    }

    /// Runs the suites, all of them also after one failed, with servers in the environment and with
    /// arguments that choose among the tests.
    pub(super) fn run(
        &self,
        suites: &[Suite],
        env: &[(&str, String)],
        arguments: &[&str],
    ) -> Result<Tally, String> {
        let mut sum = Tally::default();
        for suite in suites {
            let found = self.0.iter().find(|(own, _)| own == suite);
            let folder = suite.folder();
            let (_, binary) =
                found.ok_or_else(|| format!("{} has no tests/it", folder.display()))?;
            let mut command = Command::new(binary);
            super::without_servers(&mut command);
            command.args(arguments).current_dir(&folder).env("CARGO_MANIFEST_DIR", &folder);
            command.envs(env.iter().map(|(name, value)| (name, value)));
            let (success, lines) = watched(&mut command)?;
            let tally = Tally::of(&lines);
            if !success && tally.failed == 0 {
                return Err(format!("the tests of {} ended without a result", folder.display()));
            }
            sum.passed += tally.passed;
            sum.failed += tally.failed;
        }
        Ok(sum)
    }
}

/// The suite that an artifact is, with its program.
fn black_box_tests(artifact: Artifact) -> Option<(Suite, PathBuf)> {
    let binary = artifact.executable.filter(|_| artifact.target.name == "it")?;
    let folder = artifact.manifest_path.parent()?;
    let suite = Suite::ALL.into_iter().find(|suite| folder == suite.folder())?;
    Some((suite, binary.into_std_path_buf()))
}
