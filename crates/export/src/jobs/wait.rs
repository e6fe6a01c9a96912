//! Waiting for the end of a job. The SDK has no waiter for exports and imports.

use super::record::Record;
use crate::{ExportError, ExportErrorKind};
use aws_sdk_dynamodb::Client;
use ddbkit_flow::{Control, ProgressEvent};
use std::time::Duration;
use tokio::time::Instant;

/// How a job is waited for.
#[derive(Clone, Copy, Debug)]
pub struct WaitOptions {
    /// From one look at the job to the next. A job takes minutes at least.
    pub interval: Duration,
    /// When to stop waiting; the job runs on. None waits for as long as it takes.
    pub timeout: Option<Duration>,
}

impl Default for WaitOptions {
    fn default() -> Self {
        Self { interval: Duration::from_secs(10), timeout: None }
    }
}

/// Looks at a job until it has ended, well or not.
pub(super) async fn until_ended<J: Record>(
    client: &Client,
    arn: &str,
    options: WaitOptions,
    control: &Control,
) -> Result<J, ExportError> {
    let cancelled = |_| ExportError::new(ExportErrorKind::Cancelled, arn);
    let started = Instant::now();
    control.emit(&ProgressEvent::Started { items: None, bytes: None });
    let ended = loop {
        let described = control.run(J::describe(client, arn)).await.map_err(cancelled)??;
        let job = described.ok_or_else(|| ExportError::new(ExportErrorKind::JobNotFound, arn))?;
        let Some(status) = job.running() else { break job };
        let waited = started.elapsed();
        let left = options.timeout.map(|timeout| timeout.saturating_sub(waited));
        if left.is_some_and(|left| left.is_zero()) {
            let detail = format!("{status} after {} seconds", waited.as_secs());
            return Err(ExportError::new(ExportErrorKind::JobStillRuns, arn).detail(detail));
        }
        let text = format!("{arn} is {status}");
        control.emit(&ProgressEvent::Waiting(text));
        let pause = left.map_or(options.interval, |left| left.min(options.interval));
        control.run(tokio::time::sleep(pause)).await.map_err(cancelled)?;
    };
    control.emit(&ProgressEvent::Finished);
    Ok(ended)
}
