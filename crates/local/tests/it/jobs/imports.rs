//! Imports, by what was measured of the service.

use super::stage::{FAST, HOUR, Stage, stage};
use crate::clients::{BUCKET, TABLE, s};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, CsvOptions, InputFormat, InputFormatOptions,
    KeySchemaElement, KeyType, ScalarAttributeType, TableCreationParameters, TableStatus,
};
use ddbkit_export::jobs::{ExportJob, ExportScope, ImportJob, ImportSource, StartImport};
use ddbkit_export::{Compression, ExportError, ExportErrorKind};
use std::collections::BTreeSet;

const NEW: &str = "new";

fn parameters(name: &str) -> TableCreationParameters {
    let key = KeySchemaElement::builder().attribute_name("pk").key_type(KeyType::Hash);
    let definition =
        AttributeDefinition::builder().attribute_name("pk").attribute_type(ScalarAttributeType::S);
    TableCreationParameters::builder()
        .table_name(name)
        .key_schema(key.build().unwrap())
        .attribute_definitions(definition.build().unwrap())
        .billing_mode(BillingMode::PayPerRequest)
        .build()
        .unwrap()
}

fn source(prefix: &str) -> ImportSource {
    ImportSource {
        s3_bucket: BUCKET.to_owned(),
        s3_bucket_owner: None,
        s3_key_prefix: prefix.to_owned(),
        format: InputFormat::DynamodbJson,
        compression: Compression::None,
    }
}

/// A line of an item with this key.
fn line(pk: &str) -> String {
    format!("{{\"Item\":{{\"pk\":{{\"S\":\"{pk}\"}}}}}}\n")
}

impl Stage {
    async fn object(&self, key: &str, text: &str) {
        let body = text.as_bytes().to_vec().into();
        let put = self.s3.client().put_object().bucket(BUCKET).key(key).body(body);
        put.send().await.unwrap();
    }

    fn import(&self, table: &str, source: ImportSource) -> StartImport {
        ImportJob::start(&self.client, source, parameters(table))
    }

    /// Imports into the table `new`, to the end.
    async fn imported(&self, source: ImportSource) -> ImportJob {
        let started = self.import(NEW, source).send().await.unwrap();
        self.an_hour_passes();
        let (client, arn) = (&self.client, &started.arn);
        ImportJob::wait_until_ended(client, arn, FAST, &self.control).await.unwrap()
    }

    async fn keys(&self, table: &str) -> BTreeSet<String> {
        let answer = self.client.scan().table_name(table).send().await.unwrap();
        let items = answer.items.unwrap_or_default().into_iter();
        items.map(|item| item["pk"].as_s().unwrap().clone()).collect()
    }
}

fn counts(job: &ImportJob) -> (u64, u64, u64) {
    (job.processed_item_count, job.imported_item_count, job.error_count)
}

fn code(job: ImportJob) -> Option<String> {
    let error = job.completed().unwrap_err();
    let ExportErrorKind::JobFailed(failure) = error.kind() else { panic!("{error:?}") };
    failure.code.clone()
}

fn refusal(result: Result<ImportJob, ExportError>) -> String {
    let error = result.unwrap_err();
    let ExportErrorKind::Refused(code) = error.kind() else { panic!("{error:?}") };
    code.clone()
}

#[tokio::test]
async fn an_export_becomes_a_new_table() {
    let stage = Stage::filled(40).await;
    let started = stage.export(ExportScope::Now).s3_prefix("p").send().await.unwrap();
    stage.an_hour_passes();
    let export = ExportJob::wait(&stage.client, &started.arn, FAST, &stage.control).await.unwrap();
    let ddbkit_store::Location::S3 { prefix, .. } = export.locations().unwrap().data else {
        panic!("an export lies in S3")
    };
    let source = ImportSource { compression: Compression::Gzip, ..source(&format!("{prefix}/")) };

    let started = stage.import(NEW, source).send().await.unwrap();
    assert!(started.is_in_progress());
    assert_eq!(started.log_location().unwrap().group, "/aws-dynamodb/imports");
    // Counts are 0 until the end, and the table is not there for anybody.
    let job = ImportJob::describe(&stage.client, &started.arn).await.unwrap().unwrap();
    assert_eq!((counts(&job), job.processed_size_bytes), ((0, 0, 0), Some(0)));
    let described = stage.client.describe_table().table_name(NEW).send().await.unwrap();
    assert_eq!(described.table.unwrap().table_status, Some(TableStatus::Creating));

    stage.an_hour_passes();
    let job = ImportJob::wait(&stage.client, &started.arn, FAST, &stage.control).await.unwrap();
    assert_eq!(counts(&job), (40, 40, 0));
    assert_eq!(stage.keys(NEW).await, stage.keys(TABLE).await);
    let described = stage.client.describe_table().table_name(NEW).send().await.unwrap();
    assert_eq!(described.table.unwrap().table_status, Some(TableStatus::Active));
    // Bytes are counted uncompressed.
    let lines: u64 = (0..40).map(|n| line(&format!("item {n}")).len() as u64).sum();
    assert_eq!(job.processed_size_bytes, Some(lines));
    let list = ImportJob::list(&stage.client).send(&stage.control).await.unwrap();
    assert_eq!(list.jobs[0].arn, job.arn);
}

#[tokio::test]
async fn a_prefix_without_objects_makes_an_empty_table() {
    let stage = stage().await;
    let job = stage.imported(source("nothing/")).await.completed().unwrap();
    assert_eq!(counts(&job), (0, 0, 0));
    assert!(stage.keys(NEW).await.is_empty());
}

#[tokio::test]
async fn every_object_whose_key_begins_with_the_prefix_is_read() {
    let stage = stage().await;
    stage.object("id/data/a.json", &format!("\n{}\n\n", line("a"))).await;
    stage.object("id/data2/b", &line("b")).await;
    stage.object("id/data/_started", "").await;
    stage.object("other/c", &line("c")).await;
    let job = stage.imported(source("id/data")).await.completed().unwrap();
    assert_eq!(counts(&job), (2, 2, 0));
    assert_eq!(stage.keys(NEW).await, BTreeSet::from(["a".to_owned(), "b".to_owned()]));
}

#[tokio::test]
async fn items_that_are_wrong_are_counted_logged_and_the_rest_is_kept() {
    let stage = stage().await;
    let no_key = "{\"Item\":{\"x\":{\"S\":\"y\"}}}\n";
    let wrong_type = "{\"Item\":{\"pk\":{\"N\":\"1\"}}}\n";
    let text = [&line("a"), no_key, &line("b"), wrong_type, &line("c")].concat();
    stage.object("d/f", &text).await;
    let job = stage.imported(source("d/")).await;
    assert_eq!(counts(&job), (5, 3, 2));
    assert_eq!(stage.keys(NEW).await.len(), 3);
    let log: Vec<serde_json::Value> = stage
        .dynamodb
        .import_log(&job.arn)
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(log.len(), 2);
    let pointer = serde_json::json!({"bucket": BUCKET, "key": "d/f", "itemIndex": 1});
    assert_eq!(log[0]["itemS3Pointer"], pointer);
    assert_eq!(log[0]["importArn"], job.arn);
    let message = "One or more parameter values were invalid: Missing the key pk in the item";
    assert_eq!(log[0]["errorMessages"], serde_json::json!([message]));
    assert_eq!(code(job).as_deref(), Some("ItemValidationError"));
}

#[tokio::test]
async fn a_line_that_cannot_be_converted_gives_up_the_rest_of_its_object() {
    let stage = stage().await;
    let text = [&line("a"), "{\"pk\":{\"S\":\"no Item\"}}\n", &line("never")].concat();
    stage.object("d/1", &text).await;
    stage.object("d/2", &line("b")).await;
    let job = stage.imported(source("d/")).await;
    assert_eq!(counts(&job), (3, 2, 1));
    assert_eq!(stage.keys(NEW).await, BTreeSet::from(["a".to_owned(), "b".to_owned()]));
    assert_eq!(code(job).as_deref(), Some("ItemValidationError"));
}

#[tokio::test]
async fn equal_keys_are_no_error_and_are_counted_each() {
    let stage = stage().await;
    let text = [line("a"), line("a"), line("b")].concat();
    stage.object("d/1", &text).await;
    stage.object("d/2", &line("a")).await;
    let job = stage.imported(source("d/")).await.completed().unwrap();
    assert_eq!(counts(&job), (4, 4, 0));
    assert_eq!(stage.keys(NEW).await.len(), 2);
}

#[tokio::test]
async fn a_bucket_that_is_not_there_fails_later_and_leaves_no_table() {
    let stage = stage().await;
    let nowhere = ImportSource { s3_bucket: "nowhere".to_owned(), ..source("d/") };
    let job = stage.imported(nowhere).await;
    assert_eq!(code(job).as_deref(), Some("S3NoSuchBucket"));
    let described = stage.client.describe_table().table_name(NEW).send().await;
    assert!(described.unwrap_err().into_service_error().is_resource_not_found_exception());
}

#[tokio::test]
async fn a_token_conflicts_with_another_table_only() {
    let stage = stage().await;
    let once = |table: &str, source| stage.import(table, source).client_token("once");
    let first = once(NEW, source("d/")).send().await.unwrap();
    assert_eq!(once(NEW, source("other/")).send().await.unwrap().arn, first.arn);
    let other = once("other", source("d/")).send().await;
    assert_eq!(refusal(other), "ImportConflictException");
    stage.an_hour_passes();
    ImportJob::wait(&stage.client, &first.arn, FAST, &stage.control).await.unwrap();
    let again = once(NEW, source("d/")).send().await;
    assert_eq!(refusal(again), "ResourceInUseException");
}

#[tokio::test]
async fn tables_that_are_there_and_options_of_csv_are_refused() {
    let stage = stage().await;
    assert_eq!(refusal(stage.import(TABLE, source("d/")).send().await), "ResourceInUseException");
    let options = InputFormatOptions::builder().csv(CsvOptions::builder().delimiter(";").build());
    let start = stage.import(NEW, source("d/")).format_options(options.build());
    assert_eq!(refusal(start.send().await), "ValidationException");
    let csv = ImportSource { format: InputFormat::Csv, ..source("d/") };
    assert_eq!(refusal(stage.import(NEW, csv).send().await), "ValidationException");
}

#[tokio::test]
async fn objects_of_another_compression_are_given_up() {
    let stage = stage().await;
    stage.object("d/1", &line("a")).await;
    let gzip = ImportSource { compression: Compression::Gzip, ..source("d/") };
    let job = stage.imported(gzip).await;
    assert_eq!(counts(&job), (1, 0, 1));
    assert!(job.end_time.unwrap().duration_since(job.start_time.unwrap()).unwrap() >= HOUR);
    let item = stage.client.get_item().table_name(NEW).key("pk", s("a")).send().await.unwrap();
    assert!(item.item.is_none());
}
