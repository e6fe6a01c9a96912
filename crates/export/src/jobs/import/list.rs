//! `ListImports`, page by page.

use super::ImportJob;
use crate::jobs::{JobList, call};
use crate::{ExportError, ExportErrorKind};
use aws_sdk_dynamodb::Client;
use ddbkit_flow::Control;
use futures::stream::{self, StreamExt, TryStreamExt};

/// The most that the service gives in one answer.
const PAGE: usize = 25;
/// `DescribeImport` calls at a time: the service throttles those of the whole account together.
const DESCRIBED_AT_ONCE: usize = 4;

/// A list of imports, to be sent. Made by [`ImportJob::list`].
#[derive(Clone, Debug)]
#[must_use = "nothing is asked before it is sent"]
pub struct ListImportJobs {
    client: Client,
    table_arn: Option<String>,
    limit: Option<usize>,
    details: bool,
}

impl ListImportJobs {
    pub(super) fn new(client: Client) -> Self {
        Self { client, table_arn: None, limit: None, details: false }
    }

    /// Only imports into this table; all of the account in this region without it.
    pub fn table_arn(mut self, arn: impl Into<String>) -> Self {
        self.table_arn = Some(arn.into());
        self
    }

    /// At most so many; [`JobList::has_more`] then says whether there were others.
    pub fn limit(mut self, jobs: usize) -> Self {
        self.limit = Some(jobs);
        self
    }

    /// Asks `DescribeImport` for each. One that is gone by then is left as the list has it.
    pub fn details(mut self, is_wanted: bool) -> Self {
        self.details = is_wanted;
        self
    }

    /// Asks the service, page by page. Holds all jobs that are given, 2 KB each and more only for
    /// tables of many indexes.
    ///
    /// # Errors
    /// [`Cancelled`](ExportErrorKind::Cancelled) and the failures of the calls.
    pub async fn send(self, control: &Control) -> Result<JobList<ImportJob>, ExportError> {
        let object = self.table_arn.as_deref().unwrap_or("imports");
        let cancelled = |_| ExportError::new(ExportErrorKind::Cancelled, object);
        let limit = self.limit.unwrap_or(usize::MAX);
        let (mut jobs, mut token) = (Vec::new(), None);
        // One more than asked for tells whether there are more.
        while jobs.len() <= limit {
            let asked = (limit - jobs.len()).saturating_add(1).min(PAGE);
            let page = self
                .client
                .list_imports()
                .set_table_arn(self.table_arn.clone())
                .page_size(i32::try_from(asked).unwrap_or(1))
                .set_next_token(token)
                .send();
            let page = control.run(page).await.map_err(cancelled)?;
            let page = page.map_err(|error| call::failed(object, &error))?;
            for summary in page.import_summary_list.unwrap_or_default() {
                jobs.push(ImportJob::from_list(summary)?);
            }
            token = page.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                break;
            }
        }
        let has_more = jobs.len() > limit || token.is_some();
        jobs.truncate(limit);
        if self.details {
            let described = stream::iter(jobs).map(|job| described(&self.client, job));
            let described = described.buffered(DESCRIBED_AT_ONCE).try_collect();
            jobs = control.run(described).await.map_err(cancelled)??;
        }
        Ok(JobList { jobs, has_more })
    }
}

async fn described(client: &Client, job: ImportJob) -> Result<ImportJob, ExportError> {
    Ok(ImportJob::describe(client, &job.arn).await?.unwrap_or(job))
}
