//! `ddbkit export`.

use super::{JobListArgs, WaitArgs};
use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

/// Native exports: tables into S3, by DynamoDB itself.
#[derive(Debug, Subcommand)]
pub(crate) enum ExportCommand {
    /// Start an export of a table, or of what changed in it [API: ExportTableToPointInTime]
    Start(Box<ExportStartArgs>),
    /// List the exports of the last 90 days [API: ListExports, DescribeExport]
    #[command(after_help = "Examples:
  ddbkit export list
  ddbkit export list Orders --details
  ddbkit export list Orders --output json | jq -r '.exports[].arn'")]
    List(JobListArgs),
    /// Tell everything that DynamoDB knows of an export [API: DescribeExport]
    #[command(after_help = "Examples:
  ddbkit export describe \
  arn:aws:dynamodb:eu-west-1:123456789012:table/Orders/export/01768385930622-efd1a093 \
  --output json")]
    Describe {
        /// ARN of the export
        arn: String,
    },
    /// Wait until an export is complete [API: DescribeExport]
    #[command(after_help = "Examples:
  ddbkit export wait \
  arn:aws:dynamodb:eu-west-1:123456789012:table/Orders/export/01768385930622-efd1a093 --timeout 2h

The exit code is 254 when the export failed.")]
    Wait {
        /// ARN of the export
        arn: String,
        #[command(flatten)]
        wait: WaitArgs,
    },
    /// Print the items or change records of an export as lines
    #[command(after_help = "Examples:
  ddbkit export cat s3://my-backups/orders | jq .Item.pk.S
  ddbkit export cat backups/orders | ddbkit load - Orders
  ddbkit export cat \
  arn:aws:dynamodb:eu-west-1:123456789012:table/Orders/export/01768385930622-efd1a093

Each line is {\"Item\":{...}}, or for an incremental export {\"Metadata\":...,\"Keys\":...,...}. Every
file is proven by its checksum and its count as it passes; a fault ends it with exit code 255.")]
    Cat {
        /// ARN of the export, or where it lies: directory or s3://bucket/prefix
        source: String,
    },
}

/// What is exported, and where to.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit export start Orders s3://my-backups/orders --wait
  ddbkit export start Orders s3://my-backups/orders --time 2026-03-14T00:00:00Z
  ddbkit export start Orders s3://my-backups/orders \
  --from 2026-03-14T00:00:00Z --to 2026-03-14T12:00:00Z

It prints the ARN of the export. The table must have point-in-time recovery. A window of changes is 15
minutes to 24 hours long; its start is in it, its end is not, so windows that follow each other have
each change once. Exports are billed by the size of the table, or of what changed.")]
pub(crate) struct ExportStartArgs {
    /// Table, by its name or ARN
    pub(crate) table: String,
    /// Where to: s3://bucket/prefix
    pub(crate) dest: String,
    /// Point in time to export the table as of [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) time: Option<Timestamp>,
    /// Export what changed from this time on
    #[arg(long, value_name = "TIME", requires = "to", conflicts_with = "time")]
    pub(crate) from: Option<Timestamp>,
    /// ... and before this time
    #[arg(long, value_name = "TIME", requires = "from")]
    pub(crate) to: Option<Timestamp>,
    /// What to have of each change
    #[arg(long, requires = "from", default_value = "new-and-old-images")]
    pub(crate) view: ViewArg,
    /// How items are written
    #[arg(long, default_value = "dynamodb-json")]
    pub(crate) format: ExportFormatArg,
    /// How S3 encrypts the objects [default: AES256]
    #[arg(long, value_name = "KIND")]
    pub(crate) sse: Option<SseArg>,
    /// Key of KMS, in the region of the bucket
    #[arg(long, value_name = "KEY", requires = "sse")]
    pub(crate) sse_kms_key_id: Option<String>,
    /// Account that owns the bucket, where it is another
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) bucket_owner: Option<String>,
    /// Token by which the same request, sent again within eight hours, starts nothing anew
    #[arg(long, value_name = "TOKEN")]
    pub(crate) client_token: Option<String>,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// Wait until the export is complete
    #[arg(long)]
    pub(crate) wait: bool,
    #[command(flatten)]
    pub(crate) waiting: WaitArgs,
}

/// Which items and attributes the service exports.
#[derive(Args, Debug)]
pub(crate) struct FilterArgs {
    /// Export one partition; this lowers what is billed
    #[arg(long, value_name = "EXPRESSION")]
    pub(crate) key_condition_expression: Option<String>,
    /// Export only items for which this is true
    #[arg(long, value_name = "EXPRESSION")]
    pub(crate) filter_expression: Option<String>,
    /// Export only these attributes
    #[arg(long, value_name = "EXPRESSION")]
    pub(crate) projection_expression: Option<String>,
    /// Names in the expressions: {"#n":"name"}
    #[arg(long, value_name = "JSON")]
    pub(crate) expression_attribute_names: Option<String>,
    /// Values in the expressions, in DynamoDB JSON: {":v":{"S":"value"}}
    #[arg(long, value_name = "JSON")]
    pub(crate) expression_attribute_values: Option<String>,
}

/// What an incremental export has of each change.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ViewArg {
    /// Both images: inserts, updates and deletes can be told apart
    NewAndOldImages,
    /// The new one alone
    NewImage,
}

/// How the service writes items.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ExportFormatArg {
    /// {"Item":{...}}
    DynamodbJson,
    /// Amazon Ion text
    Ion,
}

/// How S3 encrypts objects.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SseArg {
    /// Keys of S3
    Aes256,
    /// A key of KMS
    Kms,
}
