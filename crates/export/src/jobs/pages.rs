//! The lists of jobs, page by page.

use super::JobList;
use super::record::Record;
use crate::{ExportError, ExportErrorKind};
use aws_sdk_dynamodb::Client;
use ddbkit_flow::Control;
use futures::stream::{self, StreamExt, TryStreamExt};

/// The most that the service gives in one answer.
const PAGE: usize = 25;
/// Calls of a Describe at a time: the service throttles those of the whole account together.
const DESCRIBED_AT_ONCE: usize = 4;

/// What is asked for.
#[derive(Clone, Debug)]
pub(super) struct Query {
    pub(super) client: Client,
    pub(super) table_arn: Option<String>,
    pub(super) limit: Option<usize>,
    pub(super) details: bool,
}

impl Query {
    pub(super) fn new(client: Client) -> Self {
        Self { client, table_arn: None, limit: None, details: false }
    }

    /// Asks for pages until there are none, or more jobs than the limit. `jobs` is what stands in errors
    /// where no table does.
    pub(super) async fn send<J: Record>(
        self,
        jobs: &str,
        control: &Control,
    ) -> Result<JobList<J>, ExportError> {
        let object = self.table_arn.as_deref().unwrap_or(jobs);
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

/// The job with its details, or as the list has it when it is gone by now.
async fn described<J: Record>(client: &Client, job: J) -> Result<J, ExportError> {
    Ok(J::describe(client, job.arn()).await?.unwrap_or(job))
}
