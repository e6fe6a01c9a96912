//! Exit codes. They are part of the public interface, and those of the AWS CLI where it has one.

use std::process::ExitCode;

/// An exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exit(u8);

/// Everything was done.
pub(crate) const DONE: Exit = Exit(0);
/// Done in part: some items were rejected, or a check found a fault.
pub(crate) const PARTLY: Exit = Exit(1);
/// Interrupted by SIGINT (Ctrl-C).
pub(crate) const INTERRUPTED: Exit = Exit(130);
/// Terminated by SIGTERM.
pub(crate) const TERMINATED: Exit = Exit(143);
/// The command line is wrong.
pub(crate) const USAGE: Exit = Exit(252);
/// The environment is wrong: settings, credentials, an endpoint that nobody answers at.
pub(crate) const ENVIRONMENT: Exit = Exit(253);
/// The service refused.
pub(crate) const REFUSED: Exit = Exit(254);
/// Anything else, like a damaged source or a full disk.
pub(crate) const OTHER: Exit = Exit(255);

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.0)
    }
}

impl Exit {
    /// The code as a number, for the end of a program that does not return.
    pub(crate) fn number(self) -> i32 {
        self.0.into()
    }
}
