//! The work of an import: every object below the prefix, each item as the database takes it.

use super::Outcome;
use super::objects;
use super::request::ImportRequest;
use crate::jobs::Jobs;
use ddbkit_store::{Store, StoreError, StoreErrorKind};
use serde_json::json;
use std::time::SystemTime;

/// As many items as a batch takes.
const BATCH: usize = 25;

/// Waits until the job is over, then does its work.
pub(super) async fn run(
    jobs: &Jobs,
    arn: &str,
    started: SystemTime,
    request: &ImportRequest,
) -> Outcome {
    jobs.until_due(started).await;
    let mut outcome = Outcome::default();
    if let Err(error) = read_all(jobs, arn, request, &mut outcome).await {
        outcome.failure = Some(if error.kind() == StoreErrorKind::NoSuchBucket {
            // The table that was made for it goes with it; that it is gone already is no fault.
            let _ = jobs.upstream().call("DeleteTable", &json!({"TableName": request.table})).await;
            ("S3NoSuchBucket", "The specified bucket does not exist".to_owned())
        } else {
            ("UNKNOWN", error.to_string())
        });
    } else if outcome.errors > 0 {
        let message = "Some of the items failed validation checks. Please check CloudWatch error \
                       logs for more details.";
        outcome.failure = Some(("ItemValidationError", message.to_owned()));
    }
    outcome
}

/// Every object whose key begins with the prefix, whatever it is. One object is held at a time.
async fn read_all(
    jobs: &Jobs,
    arn: &str,
    request: &ImportRequest,
    outcome: &mut Outcome,
) -> Result<(), StoreError> {
    let store = Store::s3(jobs.s3(), &request.bucket, "");
    for object in store.list(&request.prefix).await? {
        let (_, bytes) = store.get(&object.key).await?;
        let contents = objects::read(&bytes, request.compression);
        outcome.bytes += contents.bytes;
        let log = |index: usize, message: &str| {
            let pointer = json!({"bucket": request.bucket, "key": object.key, "itemIndex": index});
            let line =
                json!({"itemS3Pointer": pointer, "importArn": arn, "errorMessages": [message]});
            line.to_string()
        };
        for (n, batch) in contents.items.chunks(BATCH).enumerate() {
            let refused = write(jobs, &request.table, batch).await;
            outcome.imported += (batch.len() - refused.len()) as u64;
            outcome.errors += refused.len() as u64;
            outcome.log.extend(refused.iter().map(|(at, why)| log(n * BATCH + at, why)));
        }
        if let Some(fault) = contents.fault {
            outcome.errors += 1;
            outcome.log.push(log(contents.items.len(), fault));
        }
    }
    Ok(())
}

/// Writes items: those that are refused, with the words of the database.
async fn write(jobs: &Jobs, table: &str, items: &[String]) -> Vec<(usize, String)> {
    let name = json!(table);
    let puts: Vec<String> =
        items.iter().map(|item| format!(r#"{{"PutRequest":{{"Item":{item}}}}}"#)).collect();
    let batch = format!(r#"{{"RequestItems":{{{name}:[{}]}}}}"#, puts.join(","));
    if jobs.upstream().call("BatchWriteItem", &batch).await.is_ok() {
        return Vec::new();
    }
    // Two items with one key, or one that is wrong: each for itself.
    let mut refused = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let put = format!(r#"{{"TableName":{name},"Item":{item}}}"#);
        if let Err(error) = jobs.upstream().call("PutItem", &put).await {
            refused.push((index, error.message));
        }
    }
    refused
}
