//! What the records of exports and of imports have in common.

use crate::ExportError;
use aws_sdk_dynamodb::Client;
use std::future::Future;

/// Jobs of one answer of the service, and the token of the next.
pub(super) type Page<J> = (Vec<J>, Option<String>);

/// The record of a job.
///
/// Its calls are methods and no closures: a future that holds a borrowing async closure is not known to
/// be `Send`, and nobody could wait for a job on a task of its own.
pub trait Record: Sized + Send {
    /// What stands in errors about the jobs of all tables.
    const JOBS: &'static str;

    /// The ARN of the job.
    fn arn(&self) -> &str;

    /// `IN_PROGRESS` and the like; none when the job has ended.
    fn running(&self) -> Option<&str>;

    /// The job of that ARN, where the service knows of one.
    fn describe(
        client: &Client,
        arn: &str,
    ) -> impl Future<Output = Result<Option<Self>, ExportError>> + Send;

    /// Up to so many jobs of a table, or of all. `object` is what is asked about, for errors.
    fn page(
        client: &Client,
        object: &str,
        table_arn: Option<String>,
        jobs: i32,
        token: Option<String>,
    ) -> impl Future<Output = Result<Page<Self>, ExportError>> + Send;
}
