//! The lists of jobs, page by page.

use super::record::Record;
use crate::{ExportError, ExportErrorKind};
use aws_sdk_dynamodb::Client;
use ddbkit_flow::Control;
use futures::stream::{self, StreamExt, TryStreamExt};
use std::marker::PhantomData;

/// The most that the service gives in one answer.
const PAGE: usize = 25;
/// Calls of a Describe at a time: the service throttles those of the whole account together.
const DESCRIBED_AT_ONCE: usize = 4;

/// A list of jobs, to be sent: made by [`ExportJob::list`](super::ExportJob::list) and
/// [`ImportJob::list`](super::ImportJob::list).
#[derive(Clone, Debug)]
#[must_use = "nothing is asked before it is sent"]
pub struct ListJobs<J> {
    client: Client,
    table_arn: Option<String>,
    limit: Option<usize>,
    details: bool,
    of: PhantomData<fn() -> J>,
}

impl<J> ListJobs<J> {
    pub(super) fn new(client: Client) -> Self {
        Self { client, table_arn: None, limit: None, details: false, of: PhantomData }
    }

    /// Only jobs of this table; all of the account in this region without it.
    pub fn table_arn(mut self, arn: impl Into<String>) -> Self {
        self.table_arn = Some(arn.into());
        self
    }

    /// At most so many; [`JobList::has_more`] then says whether there were others.
    pub fn limit(mut self, jobs: usize) -> Self {
        self.limit = Some(jobs);
        self
    }

    /// Asks for the description of each. One that is gone by then is left as the list has it.
    pub fn details(mut self, is_wanted: bool) -> Self {
        self.details = is_wanted;
        self
    }
}

impl<J: Record> ListJobs<J> {
    /// Asks the service, page by page. Holds all jobs that are given, 2 KB each, and more only for
    /// imports into tables of many indexes.
    ///
    /// # Errors
    /// [`Cancelled`](ExportErrorKind::Cancelled) and the failures of the calls.
    pub async fn send(self, control: &Control) -> Result<JobList<J>, ExportError> {
        let object = self.table_arn.as_deref().unwrap_or(J::JOBS);
        let cancelled = |_| ExportError::new(ExportErrorKind::Cancelled, object);
        let limit = self.limit.unwrap_or(usize::MAX);
        let (mut jobs, mut token) = (Vec::new(), None);
        // One more than asked for tells whether there are more.
        while jobs.len() <= limit {
            let asked = (limit - jobs.len()).saturating_add(1).min(PAGE);
            let asked = i32::try_from(asked).unwrap_or(1);
            let page = J::page(&self.client, object, self.table_arn.clone(), asked, token);
            let (found, next) = control.run(page).await.map_err(cancelled)??;
            jobs.extend(found);
            token = next.filter(|token| !token.is_empty());
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

/// The jobs that were found.
#[derive(Clone, Debug)]
pub struct JobList<J> {
    /// The jobs, in the order of the service.
    pub jobs: Vec<J>,
    /// Whether the limit left some out.
    pub has_more: bool,
}

/// The job with its details, or as the list has it when it is gone by now.
async fn described<J: Record>(client: &Client, job: J) -> Result<J, ExportError> {
    Ok(J::describe(client, job.arn()).await?.unwrap_or(job))
}
