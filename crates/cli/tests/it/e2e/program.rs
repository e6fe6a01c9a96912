//! Runs the program against a backend.

use ddbkit_testkit::Backend;
use std::ffi::OsStr;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

/// Longer than any run may take on a busy machine.
const TIMEOUT: Duration = Duration::from_mins(5);

/// What a run left.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Fails with everything that was printed unless the exit code is this one.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        let Self { code: actual, stdout, stderr } = &self;
        assert_eq!(*actual, code, "stdout:\n{stdout}\nstderr:\n{stderr}");
        self
    }

    /// The one error line, without its `error: `.
    #[track_caller]
    pub(crate) fn error(&self) -> &str {
        let mut lines = self.stderr.lines().filter_map(|line| line.strip_prefix("error: "));
        let line = lines.next().unwrap_or_else(|| panic!("no error in:\n{}", self.stderr));
        assert_eq!(lines.next(), None, "one error is told once:\n{}", self.stderr);
        line
    }

    /// The summary object of `--output json`.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(self.stdout.trim())
            .unwrap_or_else(|error| panic!("{error} in:\n{}", self.stdout))
    }
}

/// The program with an environment that names the backend and nothing else.
pub(crate) fn command(backend: &Backend, args: &[impl AsRef<OsStr>]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ddbkit"));
    command.args(args).env_clear().envs(backend.aws_env()).kill_on_drop(true);
    // What a run leaves in the current directory is not for the sources.
    command.current_dir(env!("CARGO_TARGET_TMPDIR"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub(crate) async fn run(backend: &Backend, args: &[impl AsRef<OsStr>]) -> Ran {
    finish(command(backend, args).spawn().unwrap()).await
}

/// Runs with `input` on its standard input.
pub(crate) async fn run_with_input(
    backend: &Backend,
    args: &[impl AsRef<OsStr>],
    input: Vec<u8>,
) -> Ran {
    let mut child = command(backend, args).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writing = tokio::spawn(async move {
        // A program that stops early closes its input.
        let _ = stdin.write_all(&input).await;
    });
    let ran = finish(child).await;
    writing.abort();
    ran
}

/// Waits for a program that was started.
pub(crate) async fn finish(child: Child) -> Ran {
    finish_within(TIMEOUT, child).await
}

/// Waits for a program that may take so long.
pub(crate) async fn finish_within(timeout: Duration, child: Child) -> Ran {
    let output = tokio::time::timeout(timeout, child.wait_with_output()).await;
    let output = output.expect("the program hangs").unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
