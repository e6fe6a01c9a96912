//! `ddbkit import`.

use super::LintArgs;
use clap::Subcommand;

/// Native imports: S3 into a new table.
#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// Tell, without an import, what ImportTable would do with the objects of a prefix
    Lint(LintArgs),
}
