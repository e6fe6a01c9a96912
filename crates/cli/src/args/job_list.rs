//! Which jobs are listed.

use clap::Args;

/// Which jobs are listed.
#[derive(Args, Debug)]
pub(crate) struct JobListArgs {
    /// Only those of this table, by its name or ARN
    pub(crate) table: Option<String>,
    /// Ask for times, counts, places and failures of each
    #[arg(long)]
    pub(crate) details: bool,
    /// List so many at most
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
}
