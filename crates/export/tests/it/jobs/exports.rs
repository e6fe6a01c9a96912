//! `ExportJob`.

use super::replay::{Exchange, Replay, call, refusal};
use aws_sdk_dynamodb::types::{ExportViewType, FilterSpecification};
use ddbkit_export::jobs::{ExportJob, ExportScope, Sse, WaitOptions, table_arn};
use ddbkit_export::{ExportError, ExportErrorKind, ExportKind, OutputFormat};
use ddbkit_flow::{Control, Progress, ProgressEvent};
use ddbkit_store::Store;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

const TABLE: &str = "arn:aws:dynamodb:eu-north-1:123456789123:table/test";
const ARN: &str =
    "arn:aws:dynamodb:eu-north-1:123456789123:table/test/export/01768388186000-4a2fc3ff";

fn at(millis: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(millis)
}

fn started(status: &str) -> Value {
    json!({"ExportDescription": {
        "ExportArn": ARN,
        "ExportStatus": status,
        "StartTime": 1_768_388_186.0,
        "TableArn": TABLE,
        "TableId": "cf263806-6bf1-4e51-a242-7067dcdecc72",
        "ExportTime": 1_768_388_186.0,
        "ClientToken": "0b1a",
        "S3Bucket": "test-1231x1x",
        "S3SseAlgorithm": "AES256",
        "ExportFormat": "DYNAMODB_JSON",
    }})
}

/// A full export that has ended.
fn completed() -> Value {
    let mut answer = started("COMPLETED");
    answer["ExportDescription"]["EndTime"] = json!(1_768_388_492.779);
    answer["ExportDescription"]["ExportManifest"] =
        json!("AWSDynamoDB/01768388186000-4a2fc3ff/manifest-summary.json");
    answer["ExportDescription"]["BilledSizeBytes"] = json!(19);
    answer["ExportDescription"]["ItemCount"] = json!(6);
    answer["ExportDescription"]["ExportType"] = json!("FULL_EXPORT");
    answer
}

fn failed() -> Value {
    let mut answer = started("FAILED");
    answer["ExportDescription"]["FailureCode"] = json!("S3NoSuchBucket");
    answer["ExportDescription"]["FailureMessage"] = json!("The specified bucket does not exist");
    answer
}

fn describe(answer: Value) -> Exchange {
    call("DescribeExport", json!({"ExportArn": ARN}), answer)
}

#[tokio::test]
async fn a_full_export_asks_for_no_more_than_it_needs() {
    let request = json!({"TableArn": TABLE, "S3Bucket": "test-1231x1x"});
    let replay = Replay::new([call("ExportTableToPointInTime", request, started("IN_PROGRESS"))]);
    let start = ExportJob::start(&replay.client(), TABLE, "test-1231x1x", ExportScope::Now);
    let job = start.s3_prefix("/").send().await.unwrap();
    assert!(job.is_in_progress() && !job.is_completed() && !job.is_failed());
    assert_eq!((job.arn.as_str(), job.kind), (ARN, None));
    assert_eq!(job.start_time, Some(at(1_768_388_186_000)));
    assert_eq!(job.client_token.as_deref(), Some("0b1a"));
    assert!(replay.is_over());
}

#[tokio::test]
async fn every_part_of_a_request_is_sent() {
    let request = json!({
        "TableArn": TABLE,
        "S3Bucket": "b",
        "S3BucketOwner": "210987654321",
        "S3Prefix": "year/2026",
        "S3SseAlgorithm": "KMS",
        "S3SseKmsKeyId": "alias/backups",
        "ExportFormat": "ION",
        "ExportTime": 1_768_385_930.622,
        "ClientToken": "nightly",
        "FilterSpecification": {
            "FilterExpression": "#s = :open",
            "ExpressionAttributeNames": {"#s": "status"},
            "ExpressionAttributeValues": {":open": {"S": "open"}},
        },
    });
    let replay = Replay::new([call("ExportTableToPointInTime", request, started("IN_PROGRESS"))]);
    let filter = FilterSpecification::builder()
        .filter_expression("#s = :open")
        .expression_attribute_names("#s", "status")
        .expression_attribute_values(
            ":open",
            aws_sdk_dynamodb::types::AttributeValue::S("open".to_owned()),
        );
    let scope = ExportScope::At(at(1_768_385_930_622));
    ExportJob::start(&replay.client(), TABLE, "b", scope)
        .s3_bucket_owner("210987654321")
        .s3_prefix("year/2026/")
        .sse(Sse::Kms(Some("alias/backups".to_owned())))
        .format(OutputFormat::Ion)
        .client_token("nightly")
        .filter(filter.build())
        .send()
        .await
        .unwrap();
    assert!(replay.is_over());
}

#[tokio::test]
async fn an_incremental_export_names_its_window_and_shares_its_data_folder() {
    let window = json!({
        "ExportFromTime": 1_768_386_900,
        "ExportToTime": 1_768_387_800,
        "ExportViewType": "NEW_IMAGE",
    });
    let request = json!({
        "TableArn": TABLE,
        "S3Bucket": "b",
        "S3SseAlgorithm": "AES256",
        "ExportType": "INCREMENTAL_EXPORT",
        "IncrementalExportSpecification": window,
    });
    let mut answer = started("IN_PROGRESS");
    answer["ExportDescription"]["IncrementalExportSpecification"] = window;
    answer["ExportDescription"]["ExportType"] = json!("INCREMENTAL_EXPORT");
    let replay = Replay::new([call("ExportTableToPointInTime", request, answer)]);
    let (from, to) = (at(1_768_386_900_000), at(1_768_387_800_000));
    let scope = ExportScope::Changes { from, to, view: ExportViewType::NewImage };
    let start = ExportJob::start(&replay.client(), TABLE, "b", scope).sse(Sse::Aes256);
    let job = start.send().await.unwrap();
    assert_eq!(job.kind, Some(ExportKind::Incremental));
    assert_eq!((job.export_from_time, job.export_to_time), (Some(from), Some(to)));
    assert_eq!(job.view, Some(ExportViewType::NewImage));
    let places = job.locations().unwrap();
    assert_eq!(places.data.to_string(), "s3://test-1231x1x/AWSDynamoDB/data");
}

#[tokio::test]
async fn the_places_of_all_parts_follow_from_the_record() {
    let mut answer = completed();
    answer["ExportDescription"]["S3Prefix"] = json!("dynamodb-export");
    let replay = Replay::new([describe(answer)]);
    let job = ExportJob::describe(&replay.client(), ARN).await.unwrap().unwrap();
    assert!(job.is_completed() && job.has_details());
    assert_eq!(job.item_count, Some(6));
    assert_eq!(job.short_id(), "01768388186000-4a2fc3ff");
    let places = job.locations().unwrap();
    assert_eq!(places.destination.to_string(), "s3://test-1231x1x/dynamodb-export");
    let root = "s3://test-1231x1x/dynamodb-export/AWSDynamoDB/01768388186000-4a2fc3ff";
    assert_eq!(places.root.to_string(), root);
    for (place, name) in [
        (&places.data, "data"),
        (&places.started, "_started"),
        (&places.manifest_files, "manifest-files.json"),
        (&places.manifest_files_md5, "manifest-files.md5"),
        (&places.manifest_summary, "manifest-summary.json"),
        (&places.manifest_summary_md5, "manifest-summary.md5"),
    ] {
        assert_eq!(place.to_string(), format!("{root}/{name}"));
    }
}

#[tokio::test]
async fn an_unknown_export_is_none_and_other_refusals_are_errors() {
    let not_found = refusal("DescribeExport", "ExportNotFoundException", "Export not found");
    let denied = refusal("DescribeExport", "AccessDeniedException", "no identity-based policy");
    let expired = refusal("DescribeExport", "ExpiredTokenException", "expired");
    let replay = Replay::new([not_found, denied, expired]);
    assert_eq!(ExportJob::describe(&replay.client(), ARN).await.unwrap(), None);
    let error = ExportJob::describe(&replay.client(), ARN).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::Refused("AccessDeniedException".to_owned()));
    assert!(error.to_string().contains("no identity-based policy"), "{error}");
    let error = ExportJob::describe(&replay.client(), ARN).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::Credentials);
}

#[tokio::test]
async fn refusals_of_a_start_have_the_code_of_the_service() {
    for (code, message) in [
        ("TableNotFoundException", "Table not found: arn"),
        (
            "PointInTimeRecoveryUnavailableException",
            "Point in time recovery is not enabled for table 'test'",
        ),
        ("InvalidExportTimeException", "Difference between export period"),
        ("ExportConflictException", "another request"),
    ] {
        let replay = Replay::new([refusal("ExportTableToPointInTime", code, message)]);
        let start = ExportJob::start(&replay.client(), TABLE, "b", ExportScope::Now);
        let error = start.send().await.unwrap_err();
        assert_eq!(*error.kind(), ExportErrorKind::Refused(code.to_owned()));
        assert!(error.to_string().contains(message), "{error}");
    }
}

fn summary(n: u32, status: &str) -> Value {
    let arn = format!("{TABLE}/export/{:014}-4a2fc3ff", 1_768_388_186_000_u64 + u64::from(n));
    json!({"ExportArn": arn, "ExportStatus": status, "ExportType": "FULL_EXPORT"})
}

#[tokio::test]
async fn lists_are_read_to_their_last_page() {
    let first = json!({"TableArn": TABLE, "MaxResults": 25});
    let second = json!({"TableArn": TABLE, "MaxResults": 25, "NextToken": "t"});
    let summaries = [summary(1, "IN_PROGRESS"), summary(2, "FAILED"), summary(3, "COMPLETED")];
    let [a, b, c] = summaries;
    let replay = Replay::new([
        call("ListExports", first, json!({"ExportSummaries": [a, b], "NextToken": "t"})),
        call("ListExports", second, json!({"ExportSummaries": [c]})),
    ]);
    let list = ExportJob::list(&replay.client()).table_arn(TABLE);
    let list = list.send(&Control::new()).await.unwrap();
    assert!(!list.has_more && replay.is_over());
    let states: Vec<_> = list.jobs.iter().map(|job| job.status.as_str()).collect();
    assert_eq!(states, ["IN_PROGRESS", "FAILED", "COMPLETED"]);
    assert!(list.jobs.iter().all(|job| job.kind == Some(ExportKind::Full) && !job.has_details()));
}

#[tokio::test]
async fn a_limit_says_what_it_left_out_and_details_are_asked_for() {
    let page = json!({"ExportSummaries": [
        {"ExportArn": ARN, "ExportStatus": "IN_PROGRESS"}, summary(2, "COMPLETED"),
    ]});
    let replay =
        Replay::new([call("ListExports", json!({"MaxResults": 2}), page), describe(completed())]);
    let list = ExportJob::list(&replay.client()).limit(1).details(true);
    let list = list.send(&Control::new()).await.unwrap();
    assert!(list.has_more && replay.is_over());
    assert_eq!(list.jobs.len(), 1);
    // What the description says is newer than the list.
    assert!(list.jobs[0].is_completed() && list.jobs[0].has_details());
}

#[tokio::test]
async fn details_of_a_job_that_is_gone_are_those_of_the_list() {
    let page = json!({"ExportSummaries": [summary(1, "COMPLETED")]});
    let replay = Replay::new([
        call("ListExports", json!({"MaxResults": 25}), page),
        refusal("DescribeExport", "ExportNotFoundException", ""),
    ]);
    let list = ExportJob::list(&replay.client()).details(true).send(&Control::new()).await;
    assert!(!list.unwrap().jobs[0].has_details());
}

async fn wait(
    replay: &Replay,
    options: WaitOptions,
    control: &Control,
) -> Result<ExportJob, ExportError> {
    ExportJob::wait(&replay.client(), ARN, options, control).await
}

#[derive(Default)]
struct Seen(Mutex<Vec<ProgressEvent>>);

impl Progress for Seen {
    fn on_event(&self, event: &ProgressEvent) {
        self.0.lock().unwrap().push(event.clone());
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_looks_at_each_interval_and_tells() {
    let running = || describe(started("IN_PROGRESS"));
    let replay = Replay::new([running(), running(), describe(completed())]);
    let seen = Arc::new(Seen::default());
    let control = Control::new().with_progress(seen.clone());
    let before = tokio::time::Instant::now();
    let job = wait(&replay, WaitOptions::default(), &control).await;
    assert!(job.unwrap().is_completed());
    assert_eq!(before.elapsed().as_secs(), 20);
    let events = seen.0.lock().unwrap();
    let waits = events.iter().filter(|event| matches!(event, ProgressEvent::Waiting(_))).count();
    assert_eq!((waits, events.last()), (2, Some(&ProgressEvent::Finished)));
}

#[tokio::test]
async fn a_failed_export_is_an_error_with_its_code() {
    let replay = Replay::new([describe(failed()), describe(failed())]);
    let (options, control) = (WaitOptions::default(), Control::new());
    let error = wait(&replay, options, &control).await.unwrap_err();
    let ExportErrorKind::JobFailed(failure) = error.kind() else { panic!("{error:?}") };
    assert_eq!(failure.code.as_deref(), Some("S3NoSuchBucket"));
    assert_eq!(failure.message.as_deref(), Some("The specified bucket does not exist"));
    let text = format!(
        "{ARN}: the job failed: FAILED: S3NoSuchBucket: The specified bucket does not exist"
    );
    assert_eq!(error.to_string(), text);
    // The record is there for those who ask for it.
    let job = ExportJob::wait_until_ended(&replay.client(), ARN, options, &control).await.unwrap();
    assert!(job.is_failed() && job.has_details());
}

#[tokio::test(start_paused = true)]
async fn waiting_ends_with_its_timeout() {
    let running = || describe(started("IN_PROGRESS"));
    let replay = Replay::new([running(), running(), running()]);
    let timeout = Some(Duration::from_secs(15));
    let options = WaitOptions { timeout, ..WaitOptions::default() };
    let before = tokio::time::Instant::now();
    let error = wait(&replay, options, &Control::new()).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::JobStillRuns);
    assert_eq!(before.elapsed().as_secs(), 15);
    assert!(replay.is_over());
}

#[tokio::test(start_paused = true)]
async fn waiting_ends_when_it_is_cancelled() {
    let replay = Replay::new([describe(started("IN_PROGRESS"))]);
    let control = Control::new();
    let canceller = control.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(3)).await;
        canceller.cancel();
    });
    let error = wait(&replay, WaitOptions::default(), &control).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::Cancelled);
}

#[tokio::test]
async fn waiting_for_a_job_without_record_is_an_error() {
    let replay = Replay::new([refusal("DescribeExport", "ExportNotFoundException", "")]);
    let options = WaitOptions::default();
    let error = wait(&replay, options, &Control::new()).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::JobNotFound);
}

#[tokio::test]
async fn a_real_export_is_a_record_again_when_the_service_has_forgotten_it() {
    let folder = "tests/fixtures/native-export/scylladb__scylla-migrator/dynamodb-export";
    let job = ExportJob::from_location(Store::directory(folder)).await.unwrap();
    let reader = ddbkit_export::ExportReader::open(Store::directory(folder)).await.unwrap();
    let summary = reader.summary();
    assert!(job.is_completed() && job.has_details());
    assert_eq!(Some(&job.arn), summary.export_arn.as_ref());
    assert_eq!(job.item_count, Some(summary.item_count));
    assert_eq!((job.start_time, job.end_time), (summary.start_time, summary.end_time));
    assert_eq!((job.kind, job.format), (Some(ExportKind::Full), Some(OutputFormat::DynamodbJson)));
    let manifest = job.export_manifest.as_deref().unwrap();
    assert!(job.locations().unwrap().manifest_summary.to_string().ends_with(manifest));
    // And from the record to the files again.
    let opened = job.open(Store::directory(folder)).await.unwrap();
    assert_eq!(opened.files(), reader.files());
    let error = ExportJob::from_location(Store::memory()).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::NotFound);
}

#[tokio::test]
async fn names_of_tables_become_arns_and_arns_stay() {
    let request = json!({"TableName": "test"});
    let answer = json!({"Table": {"TableName": "test", "TableArn": TABLE}});
    let not_found = refusal("DescribeTable", "ResourceNotFoundException", "not found");
    let replay = Replay::new([call("DescribeTable", request, answer), not_found]);
    assert_eq!(table_arn(&replay.client(), TABLE).await.unwrap(), TABLE);
    assert_eq!(table_arn(&replay.client(), "test").await.unwrap(), TABLE);
    let error = table_arn(&replay.client(), "other").await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::Refused("ResourceNotFoundException".to_owned()));
}
