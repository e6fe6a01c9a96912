//! `ListImports`, page by page.

use super::ImportJob;
use crate::ExportError;
use crate::jobs::JobList;
use crate::jobs::pages::Query;
use aws_sdk_dynamodb::Client;
use ddbkit_flow::Control;

/// A list of imports, to be sent. Made by [`ImportJob::list`].
#[derive(Clone, Debug)]
#[must_use = "nothing is asked before it is sent"]
pub struct ListImportJobs(Query);

impl ListImportJobs {
    pub(super) fn new(client: Client) -> Self {
        Self(Query::new(client))
    }

    /// Only imports into this table; all of the account in this region without it.
    pub fn table_arn(mut self, arn: impl Into<String>) -> Self {
        self.0.table_arn = Some(arn.into());
        self
    }

    /// At most so many; [`JobList::has_more`] then says whether there were others.
    pub fn limit(mut self, jobs: usize) -> Self {
        self.0.limit = Some(jobs);
        self
    }

    /// Asks `DescribeImport` for each. One that is gone by then is left as the list has it.
    pub fn details(mut self, is_wanted: bool) -> Self {
        self.0.details = is_wanted;
        self
    }

    /// Asks the service, page by page. Holds all jobs that are given, 2 KB each and more only for
    /// tables of many indexes.
    ///
    /// # Errors
    /// [`Cancelled`](crate::ExportErrorKind::Cancelled) and the failures of the calls.
    pub async fn send(self, control: &Control) -> Result<JobList<ImportJob>, ExportError> {
        self.0.send("imports", control).await
    }
}
