//! Jobs of the service, against answers as AWS gives them.

mod exports;
mod imports;
mod parameters;
mod replay;

/// A program may wait for a list and for a job on a task of its own.
#[test]
fn lists_and_waits_can_be_spawned() {
    fn sent<T: Send>(_: impl Fn(aws_sdk_dynamodb::Client, ddbkit_flow::Control) -> T) {}
    use ddbkit_export::jobs::{ExportJob, ImportJob, WaitOptions};
    sent(|client, control| async move {
        ExportJob::list(&client).details(true).send(&control).await.map(drop)?;
        ExportJob::wait(&client, "arn", WaitOptions::default(), &control).await.map(drop)
    });
    sent(|client, control| async move {
        ImportJob::list(&client).details(true).send(&control).await.map(drop)?;
        ImportJob::wait(&client, "arn", WaitOptions::default(), &control).await.map(drop)
    });
}
