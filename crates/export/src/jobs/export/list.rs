//! `ListExports`, page by page.

use super::ExportJob;
use crate::ExportError;
use crate::jobs::JobList;
use crate::jobs::pages::Query;
use aws_sdk_dynamodb::Client;
use ddbkit_flow::Control;

/// A list of exports, to be sent. Made by [`ExportJob::list`].
#[derive(Clone, Debug)]
#[must_use = "nothing is asked before it is sent"]
pub struct ListExportJobs(Query);

impl ListExportJobs {
    pub(super) fn new(client: Client) -> Self {
        Self(Query::new(client))
    }

    /// Only exports of this table; all of the account in this region without it.
    pub fn table_arn(mut self, arn: impl Into<String>) -> Self {
        self.0.table_arn = Some(arn.into());
        self
    }

    /// At most so many; [`JobList::has_more`] then says whether there were others.
    pub fn limit(mut self, jobs: usize) -> Self {
        self.0.limit = Some(jobs);
        self
    }

    /// Asks `DescribeExport` for each. One that is gone by then is left as the list has it.
    pub fn details(mut self, is_wanted: bool) -> Self {
        self.0.details = is_wanted;
        self
    }

    /// Asks the service, page by page. Holds all jobs that are given, 2 KB each at most.
    ///
    /// # Errors
    /// [`Cancelled`](crate::ExportErrorKind::Cancelled) and the failures of the calls.
    pub async fn send(self, control: &Control) -> Result<JobList<ExportJob>, ExportError> {
        self.0.send("exports", control).await
    }
}
