//! A double of the exports and imports of the service, between the embedded database and S3.
//!
//! It follows what was seen of AWS: a job is in progress first; a bucket that is not there lets it
//! fail later; tokens, windows and the switch of point-in-time recovery are checked at once. What is
//! left out is told in the page of the crate.

mod answer;
mod backups;
mod export;
mod import;
mod tokens;
mod upstream;

pub(crate) use answer::Refused;
pub(crate) use upstream::Upstream;

use crate::dynamodb::ServerClock;
use answer::member;
use backups::Backups;
use export::Exports;
use import::Imports;
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

/// How long a job is in progress, unless a test says otherwise: long enough to be seen.
const DURATION: Duration = Duration::from_millis(200);
/// How often a job looks whether the clock of the server, which can be moved, has come to its end.
const TICK: Duration = Duration::from_millis(10);

/// What the jobs of a server need.
#[derive(Clone, Debug)]
pub(crate) struct JobOptions {
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) duration: Duration,
}

impl JobOptions {
    pub(crate) fn new(s3: aws_sdk_s3::Client) -> Self {
        Self { s3, duration: DURATION }
    }
}

/// The jobs of one server. Clones are handles to the same.
#[derive(Clone)]
pub(crate) struct Jobs(Arc<Inner>);

struct Inner {
    options: JobOptions,
    clock: ServerClock,
    upstream: Upstream,
    state: Mutex<State>,
}

/// All that is kept: for as long as the server runs, since no test lasts for 90 days.
#[derive(Default)]
struct State {
    backups: Backups,
    exports: Exports,
    imports: Imports,
}

impl std::fmt::Debug for Jobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Jobs").field("options", &self.0.options).finish_non_exhaustive()
    }
}

impl Jobs {
    pub(crate) fn new(options: JobOptions, clock: ServerClock, upstream: Upstream) -> Self {
        Self(Arc::new(Inner { options, clock, upstream, state: Mutex::default() }))
    }

    /// Answers a call, if it is one of those that the database does not know.
    pub(crate) async fn answer(
        &self,
        operation: &str,
        body: &[u8],
    ) -> Option<Result<Value, Refused>> {
        let request = || {
            serde_json::from_slice::<Value>(body)
                .map_err(|_| Refused::validation("the request is no JSON"))
        };
        let request = match operation {
            "UpdateContinuousBackups"
            | "DescribeContinuousBackups"
            | "ExportTableToPointInTime"
            | "DescribeExport"
            | "ListExports"
            | "ImportTable"
            | "DescribeImport"
            | "ListImports" => match request() {
                Ok(request) => request,
                Err(refused) => return Some(Err(refused)),
            },
            _ => return None,
        };
        Some(match operation {
            "UpdateContinuousBackups" => backups::update(self, &request).await,
            "DescribeContinuousBackups" => backups::describe(self, &request).await,
            "ExportTableToPointInTime" => export::start(self, &request).await,
            "DescribeExport" => export::describe(self, &request),
            "ListExports" => export::list(self, &request),
            "ImportTable" => import::start(self, &request).await,
            "DescribeImport" => import::describe(self, &request),
            _ => import::list(self, &request),
        })
    }

    /// A table that is being imported is not active yet, whatever the database says.
    pub(crate) fn correct_table(&self, answer: &[u8]) -> Option<Vec<u8>> {
        let mut answer: Value = serde_json::from_slice(answer).ok()?;
        let arn = answer.pointer("/Table/TableArn")?.as_str()?;
        if !self.lock().imports.is_importing(arn) {
            return None;
        }
        *answer.pointer_mut("/Table/TableStatus")? = "CREATING".into();
        serde_json::to_vec(&answer).ok()
    }

    /// What the service writes to its log of an import: a line of JSON for each fault.
    pub(crate) fn import_log(&self, arn: &str) -> Vec<String> {
        self.lock().imports.log(arn)
    }

    fn now(&self) -> SystemTime {
        self.0.clock.now()
    }

    fn upstream(&self) -> &Upstream {
        &self.0.upstream
    }

    fn s3(&self) -> aws_sdk_s3::Client {
        self.0.options.s3.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a job that has started then is over, by the clock of the server.
    async fn until_due(&self, started: SystemTime) {
        while self.now() < started + self.0.options.duration {
            tokio::time::sleep(TICK).await;
        }
    }
}

/// A page of a list: the records from the token on, and the token of the next page.
fn page<'a, T>(
    records: impl Iterator<Item = &'a T>,
    arn: impl Fn(&T) -> &str,
    request: &Value,
    size: &str,
) -> Result<(Vec<&'a T>, Option<Value>), Refused> {
    let most = match request.get(size) {
        None | Some(Value::Null) => 25,
        Some(number) => match number.as_u64() {
            Some(number @ 1..=25) => usize::try_from(number).unwrap_or(25),
            _ => return Err(Refused::validation(format!("{size} must be from 1 to 25"))),
        },
    };
    let after = member(request, "NextToken");
    let mut rest = records.skip_while(|record| after.is_some_and(|after| arn(record) != after));
    if after.is_some() && rest.next().is_none() {
        return Err(Refused::validation("NextToken is not one of this list"));
    }
    let mut rest = rest.peekable();
    let page: Vec<&T> = rest.by_ref().take(most).collect();
    let next = rest.peek().and(page.last()).map(|last| arn(last).into());
    Ok((page, next))
}
