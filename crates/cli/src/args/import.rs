//! `ddbkit import`.

use super::{ImportStartArgs, JobListArgs, LintArgs, WaitArgs};
use clap::Subcommand;

/// Native imports: S3 into a new table.
#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// Start an import into a new table [API: ImportTable]
    Start(ImportStartArgs),
    /// List the imports of the last 90 days [API: ListImports, DescribeImport]
    #[command(after_help = "Examples:
  ddbkit import list
  ddbkit import list Copy --output json | jq -r '.imports[].arn'")]
    List(JobListArgs),
    /// Tell everything that DynamoDB knows of an import [API: DescribeImport]
    #[command(after_help = "Examples:
  ddbkit import describe \
  arn:aws:dynamodb:eu-west-1:123456789012:table/Copy/import/01658528578619-c4d4e311")]
    Describe {
        /// ARN of the import
        arn: String,
    },
    /// Wait until an import is complete [API: DescribeImport]
    #[command(after_help = "Examples:
  ddbkit import wait \
  arn:aws:dynamodb:eu-west-1:123456789012:table/Copy/import/01658528578619-c4d4e311 --timeout 2h

The exit code is 1 when items were refused: the table is there, without them. It is 254 when the import
failed otherwise.")]
    Wait {
        /// ARN of the import
        arn: String,
        #[command(flatten)]
        wait: WaitArgs,
    },
    /// Tell, without an import, what ImportTable would do with the objects of a prefix
    Lint(LintArgs),
}
