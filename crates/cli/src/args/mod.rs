//! The command line.
#![allow(
    clippy::doc_markdown,
    rustdoc::bare_urls,
    reason = "these comments are printed as help, as they stand"
)]

mod apply;
mod archive;
mod convert;
mod dump;
#[cfg(test)]
mod examples;
mod export;
mod import;
mod import_lint;
mod import_start;
mod inspect;
mod job_list;
mod load;
mod merge;
mod offload;
mod pair;
#[cfg(test)]
mod reference;
mod rm;
mod size;
pub(crate) mod table;
mod verify;
mod wait;

pub(crate) use apply::ApplyArgs;
pub(crate) use archive::{
    ArchiveCommand, ArchiveRestoreArgs, ArchiveRunArgs, ArchiveStatusArgs, ArchiveVerifyArgs,
};
pub(crate) use convert::{ConvertArgs, ConvertFormat, SourceFormat};
pub(crate) use dump::{CompressionArg, DumpArgs, DumpFormat};
pub(crate) use export::{
    ExportCommand, ExportFormatArg, ExportStartArgs, FilterArgs, SseArg, ViewArg,
};
pub(crate) use import::ImportCommand;
pub(crate) use import_lint::{CsvDelimiter, InputFormatArg, LintArgs};
pub(crate) use import_start::ImportStartArgs;
pub(crate) use inspect::InspectArgs;
pub(crate) use job_list::JobListArgs;
pub(crate) use load::{ExpiredArg, LoadArgs, LoadFormat, LostValuesArg, Mode};
pub(crate) use merge::MergeArgs;
pub(crate) use offload::{
    AdoptArgs, GcApplyArgs, GcCommand, GcPlanArgs, GcVerifyArgs, GetArgs, MigrateArgs, ObjectsArgs,
    OffloadCommand, OffloadedArg, PrefixArgs, PutArgs, RmArgs as OffloadRmArgs, RunArgs,
};
pub(crate) use rm::RmArgs;
pub(crate) use verify::VerifyArgs;
pub(crate) use wait::WaitArgs;

use crate::exit;
use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;

/// DynamoDB data outside the table: dump it, prove the dump, load it back, exactly.
#[derive(Debug, Parser)]
#[command(name = "ddbkit", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = "Exit codes: 0 done, 1 done in part, 130 and 143 interrupted, 252 wrong \
    usage, 253 environment or credentials, 254 the service refused, 255 anything else.")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]
    #[arg(long, global = true, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Profile of the AWS configuration [env: AWS_PROFILE]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// URL of DynamoDB, for DynamoDB Local and the like [env: AWS_ENDPOINT_URL_DYNAMODB,
    /// AWS_ENDPOINT_URL]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
    /// Take endpoints with http:// on other machines too. What is sent there can be read and changed
    /// on its way: for networks that are trusted, like that of a compose file
    #[arg(long, global = true)]
    pub(crate) allow_http: bool,
    /// Form of the result
    #[arg(long, global = true, value_name = "FORM", default_value = "text")]
    pub(crate) output: Form,
    /// Print errors and data only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print more about what is done
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// Show no progress bar
    #[arg(long, global = true)]
    pub(crate) no_progress: bool,
    /// When to use colour [env: NO_COLOR]
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
}

/// The form of results on standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// For people
    Text,
    /// One JSON object, with a "version"
    Json,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// See everything work on a DynamoDB and an S3 inside the program: no network, no account
    Demo {
        /// Leave the dump in this folder, which must not exist
        #[arg(long, value_name = "DIR")]
        keep: Option<PathBuf>,
    },
    /// Write a table in the layout of a native export [API: Scan]
    Dump(DumpArgs),
    /// Write the items of a dump or export into a table [API: PutItem, BatchWriteItem]
    Load(LoadArgs),
    /// Put the changes of incremental exports onto a table [API: TransactWriteItems, PutItem,
    /// DeleteItem, BatchWriteItem]
    Apply(ApplyArgs),
    /// Prove a dump or export; with a table, prove that both hold the same items [API: Scan]
    Verify(VerifyArgs),
    /// Tell what lies at a place: which dumps, exports and backups of other tools, and whether they
    /// are whole
    Info {
        /// Directory, file or s3://bucket/prefix
        source: String,
    },
    /// Tell what is in a dump, export or table: sizes, attributes, hot partitions, limits, costs
    /// [API: Scan]
    Inspect(InspectArgs),
    /// Write the items of a dump, export or file in another format: lines, CSV, Parquet
    Convert(ConvertArgs),
    /// Make a new full export of a full one and the incremental ones after it
    Merge(MergeArgs),
    /// Work with the exports that DynamoDB makes itself
    #[command(subcommand)]
    Export(ExportCommand),
    /// Work with imports of native format into new tables
    #[command(subcommand)]
    Import(ImportCommand),
    /// Work with large attributes that are in S3
    #[command(subcommand)]
    Offload(OffloadCommand),
    /// Keep what time to live deletes
    #[command(subcommand)]
    Archive(ArchiveCommand),
    /// Work with tables and their items, day by day
    #[command(subcommand)]
    Table(table::TableCommand),
    /// Delete a dump, export or backup of dyndump, after proving that it is one
    Rm(RmArgs),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// Prints what the parser says: help and version are data, everything else is an error.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    let printed = error.print();
    if error.use_stderr() || printed.is_err() { exit::USAGE.into() } else { exit::DONE.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
