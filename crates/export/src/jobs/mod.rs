//! The exports and imports that `DynamoDB` makes itself: started, listed, followed to their end.
//!
//! * [`ExportJob`] is a record of `ExportTableToPointInTime`: it knows where its files lie and opens
//!   them as an [`ExportReader`](crate::ExportReader).
//! * [`ImportJob`] is a record of `ImportTable`; [`ImportParameters`] makes its new table from a
//!   [`TableDescriptor`], and says what an import cannot bring back.
//!
//! The service keeps the record of a job for 90 days, and the files for as long as nobody deletes
//! them: [`ExportJob::from_location`] makes the record of an old export from its manifest.
//!
//! ```no_run
//! use ddbkit_export::jobs::{ExportJob, ExportScope, WaitOptions};
//! use ddbkit_flow::Control;
//!
//! # async fn example(client: aws_sdk_dynamodb::Client) -> Result<(), ddbkit_export::ExportError> {
//! let table = "arn:aws:dynamodb:eu-west-1:123456789012:table/Orders";
//! let started = ExportJob::start(&client, table, "my-backups", ExportScope::Now)
//!     .s3_prefix("orders")
//!     .send()
//!     .await?;
//! let job = ExportJob::wait(&client, &started.arn, WaitOptions::default(), &Control::new()).await?;
//! println!("{} items in {}", job.item_count.unwrap_or(0), job.locations().unwrap().data);
//! # Ok(())
//! # }
//! ```

mod call;
mod export;
mod import;
mod list;
mod record;
mod time;
mod wait;

pub use export::{ExportJob, ExportLocations, ExportScope, Sse, StartExport};
pub use import::{ImportJob, ImportParameters, ImportSource, LogLocation, StartImport};
pub use list::{JobList, ListJobs};
pub use wait::WaitOptions;

use crate::{ExportError, TableDescriptor};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::TableDescription;

/// The ARN of a table: what is given when it is an ARN already, else by `DescribeTable`.
///
/// # Errors
/// [`Refused`](crate::ExportErrorKind::Refused) with `ResourceNotFoundException` when there is no
/// such table, and the other failures of a call.
pub async fn table_arn(client: &Client, table: &str) -> Result<String, ExportError> {
    if table.starts_with("arn:") {
        return Ok(table.to_owned());
    }
    let arn = describe_table(client, table).await?.table_arn;
    arn.ok_or_else(|| call::incomplete(&format!("table {table}"), "DescribeTable", "TableArn"))
}

/// What `DescribeTable` tells of a table: keys, indexes, capacity, encryption, stream. Time to live, tags
/// and backups are not in it.
///
/// # Errors
/// As [`table_arn`]; [`InvalidDescriptor`](crate::ExportErrorKind::InvalidDescriptor) when the answer
/// lacks what a table has.
pub async fn table_descriptor(
    client: &Client,
    table: &str,
) -> Result<TableDescriptor, ExportError> {
    TableDescriptor::from_describe(&describe_table(client, table).await?)
}

async fn describe_table(client: &Client, table: &str) -> Result<TableDescription, ExportError> {
    let object = format!("table {table}");
    let described = client.describe_table().table_name(table).send().await;
    let described = described.map_err(|error| call::failed(&object, &error))?;
    described.table.ok_or_else(|| call::incomplete(&object, "DescribeTable", "Table"))
}
