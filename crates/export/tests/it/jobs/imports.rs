//! `ImportJob`.

use super::replay::{Exchange, Replay, call, refusal};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, InputFormat, KeySchemaElement, KeyType, ScalarAttributeType,
    TableCreationParameters,
};
use ddbkit_export::jobs::{ImportJob, ImportSource, WaitOptions};
use ddbkit_export::{Compression, ExportErrorKind};
use ddbkit_flow::Control;
use serde_json::{Value, json};

const ARN: &str =
    "arn:aws:dynamodb:us-east-1:123456789012:table/New/import/01658528578619-c4d4e311";

fn table() -> TableCreationParameters {
    let key = KeySchemaElement::builder().attribute_name("pk").key_type(KeyType::Hash);
    let definition =
        AttributeDefinition::builder().attribute_name("pk").attribute_type(ScalarAttributeType::S);
    TableCreationParameters::builder()
        .table_name("New")
        .key_schema(key.build().unwrap())
        .attribute_definitions(definition.build().unwrap())
        .billing_mode(BillingMode::PayPerRequest)
        .build()
        .unwrap()
}

fn source() -> ImportSource {
    ImportSource {
        s3_bucket: "b".to_owned(),
        s3_bucket_owner: None,
        s3_key_prefix: "AWSDynamoDB/01768385930622-efd1a093/data/".to_owned(),
        format: InputFormat::DynamodbJson,
        compression: Compression::Gzip,
    }
}

/// As the service answers to `ImportTable` and `DescribeImport`.
fn described(status: &str) -> Value {
    json!({"ImportTableDescription": {
        "ImportArn": ARN,
        "ImportStatus": status,
        "TableArn": "arn:aws:dynamodb:us-east-1:123456789012:table/New",
        "TableId": "2f0f4f6d-0d6c-4d3a-9f9c-5a4a3b2c1d0e",
        "ClientToken": "once",
        "S3BucketSource": {"S3Bucket": "b", "S3KeyPrefix": "AWSDynamoDB/01768385930622-efd1a093/data/"},
        "ErrorCount": 0,
        "CloudWatchLogGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:/aws-dynamodb/imports:*",
        "InputFormat": "DYNAMODB_JSON",
        "InputCompressionType": "GZIP",
        "TableCreationParameters": {
            "TableName": "New",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
        },
        "StartTime": 1_658_528_578.619,
        "ProcessedItemCount": 0,
        "ImportedItemCount": 0,
    }})
}

fn describe(answer: Value) -> Exchange {
    call("DescribeImport", json!({"ImportArn": ARN}), answer)
}

#[tokio::test]
async fn an_import_is_started_with_all_that_it_is_told() {
    let request = json!({
        "ClientToken": "once",
        "S3BucketSource": {
            "S3Bucket": "b",
            "S3BucketOwner": "210987654321",
            "S3KeyPrefix": "AWSDynamoDB/01768385930622-efd1a093/data/",
        },
        "InputFormat": "DYNAMODB_JSON",
        "InputCompressionType": "GZIP",
        "TableCreationParameters": described("")["ImportTableDescription"]["TableCreationParameters"],
    });
    let replay = Replay::new([call("ImportTable", request, described("IN_PROGRESS"))]);
    let source = ImportSource { s3_bucket_owner: Some("210987654321".to_owned()), ..source() };
    let start = ImportJob::start(&replay.client(), source, table()).client_token("once");
    let job = start.send().await.unwrap();
    assert!(job.is_in_progress() && replay.is_over());
    assert_eq!(job.short_id(), "01658528578619-c4d4e311");
    let log = job.log_location().unwrap();
    assert_eq!(log.group, "/aws-dynamodb/imports");
    assert_eq!(log.stream, "01658528578619-c4d4e311/error");
    assert_eq!(
        job.source_location().unwrap().to_string(),
        "s3://b/AWSDynamoDB/01768385930622-efd1a093/data/"
    );
}

#[tokio::test]
async fn refusals_of_a_start_have_the_code_of_the_service() {
    for code in ["ResourceInUseException", "ImportConflictException", "LimitExceededException"] {
        let replay = Replay::new([refusal("ImportTable", code, "because")]);
        let error = ImportJob::start(&replay.client(), source(), table()).send().await.unwrap_err();
        assert_eq!(*error.kind(), ExportErrorKind::Refused(code.to_owned()));
        assert_eq!(error.object(), "table New");
    }
}

#[tokio::test(start_paused = true)]
async fn items_that_were_refused_fail_the_import_and_are_counted() {
    let mut failed = described("FAILED");
    let own = &mut failed["ImportTableDescription"];
    own["FailureCode"] = json!("ItemValidationError");
    own["FailureMessage"] = json!("Some of the items failed validation checks.");
    own["ProcessedSizeBytes"] = json!(220);
    own["ProcessedItemCount"] = json!(5);
    own["ImportedItemCount"] = json!(3);
    own["ErrorCount"] = json!(2);
    let ended = || describe(failed.clone());
    let replay = Replay::new([describe(described("IN_PROGRESS")), ended(), ended()]);
    let (options, control) = (WaitOptions::default(), Control::new());
    let error = ImportJob::wait(&replay.client(), ARN, options, &control).await.unwrap_err();
    let ExportErrorKind::JobFailed(failure) = error.kind() else { panic!("{error:?}") };
    assert_eq!(failure.code.as_deref(), Some("ItemValidationError"));
    let job = ImportJob::wait_until_ended(&replay.client(), ARN, options, &control).await.unwrap();
    let counts = (job.processed_item_count, job.imported_item_count, job.error_count);
    assert_eq!(counts, (5, 3, 2));
    assert_eq!(job.processed_size_bytes, Some(220));
}

#[tokio::test]
async fn a_cancelled_import_has_failed_and_an_unknown_one_is_none() {
    let not_found = || refusal("DescribeImport", "ImportNotFoundException", "");
    let replay = Replay::new([describe(described("CANCELLED")), not_found(), not_found()]);
    let (options, control) = (WaitOptions::default(), Control::new());
    let error = ImportJob::wait(&replay.client(), ARN, options, &control).await.unwrap_err();
    assert!(matches!(error.kind(), ExportErrorKind::JobFailed(_)), "{error:?}");
    assert!(error.to_string().ends_with("CANCELLED"), "{error}");
    assert_eq!(ImportJob::describe(&replay.client(), ARN).await.unwrap(), None);
    let error = ImportJob::wait(&replay.client(), ARN, options, &control).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::JobNotFound);
}

#[tokio::test]
async fn lists_are_read_to_their_last_page_and_details_are_asked_for() {
    let summary = json!({
        "ImportArn": ARN,
        "ImportStatus": "IN_PROGRESS",
        "TableArn": "arn:aws:dynamodb:us-east-1:123456789012:table/New",
        "S3BucketSource": {"S3Bucket": "b"},
        "InputFormat": "DYNAMODB_JSON",
        "StartTime": 1_658_528_578.619,
    });
    let first = json!({"ImportSummaryList": [summary], "NextToken": "t"});
    let pages = || {
        [
            call("ListImports", json!({"PageSize": 25}), first.clone()),
            call(
                "ListImports",
                json!({"PageSize": 25, "NextToken": "t"}),
                json!({"ImportSummaryList": []}),
            ),
        ]
    };
    let replay =
        Replay::new(pages().into_iter().chain(pages()).chain([describe(described("COMPLETED"))]));
    let control = Control::new();
    let list = ImportJob::list(&replay.client()).send(&control).await.unwrap();
    assert_eq!((list.jobs.len(), list.has_more), (1, false));
    assert!(list.jobs[0].is_in_progress() && list.jobs[0].table.is_none());
    let list = ImportJob::list(&replay.client()).details(true).send(&control).await.unwrap();
    assert!(list.jobs[0].is_completed() && list.jobs[0].table.is_some() && replay.is_over());
}
