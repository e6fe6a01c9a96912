//! The calls of native exports and imports, on every server that has them: the double of this
//! workspace, and moto, which knows their shapes but writes one file without manifests.

use aws_sdk_dynamodb::types::{
    AttributeValue, InputFormat, PointInTimeRecoverySpecification, ScalarAttributeType,
};
use ddbkit_export::Compression;
use ddbkit_export::jobs::{
    ExportJob, ExportScope, ImportJob, ImportParameters, ImportSource, WaitOptions, table_arn,
    table_descriptor,
};
use ddbkit_flow::Control;
use ddbkit_testkit::{Backend, KeySchema, backend, scan_all};
use std::time::Duration;

const WAIT: WaitOptions =
    WaitOptions { interval: Duration::from_millis(50), timeout: Some(Duration::from_mins(1)) };

/// The servers that the environment names, else the double.
async fn servers() -> Backend {
    let backend = backend().await;
    if backend.local_dynamodb.is_none() {
        return backend;
    }
    Backend::with_jobs(Duration::from_millis(50)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_followed_and_imported() {
    let (servers, control) = (servers().await, Control::new());
    let client = &servers.dynamodb;
    let bucket = servers.bucket().await;
    let table = servers.table("jobs", KeySchema::hash("pk", ScalarAttributeType::S)).await;
    for n in 0..5 {
        let key = AttributeValue::S(format!("item {n}"));
        client.put_item().table_name(&table).item("pk", key).send().await.unwrap();
    }
    let arn = table_arn(client, &table).await.unwrap();
    let start =
        || ExportJob::start(client, &arn, &bucket, ExportScope::Now).s3_prefix("smoke").send();
    assert!(start().await.is_err(), "there is no point-in-time recovery yet");
    let on = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(true);
    let update = client.update_continuous_backups().table_name(&table);
    update.point_in_time_recovery_specification(on.build().unwrap()).send().await.unwrap();

    let started = start().await.unwrap();
    let export = ExportJob::wait(client, &started.arn, WAIT, &control).await.unwrap();
    assert_eq!((export.s3_bucket.as_ref(), export.item_count), (Some(&bucket), Some(5)));
    let list = ExportJob::list(client).table_arn(&arn).send(&control).await.unwrap();
    assert!(list.jobs.iter().any(|job| job.arn == started.arn && job.is_completed()));

    let objects = servers.s3.list_objects_v2().bucket(&bucket).prefix("smoke/AWSDynamoDB/");
    let objects = objects.send().await.unwrap();
    let mut keys = objects.contents().iter().filter_map(|object| object.key());
    let data = keys.find_map(|key| key.split_once("/data/")).unwrap().0;
    let source = ImportSource {
        s3_bucket: bucket.clone(),
        s3_bucket_owner: None,
        s3_key_prefix: format!("{data}/data/"),
        format: InputFormat::DynamodbJson,
        compression: Compression::Gzip,
    };
    let copy = format!("{table}-copy");
    let like = table_descriptor(client, &table).await.unwrap();
    let parameters = ImportParameters::from_descriptor(&like, &copy).unwrap();
    let started = ImportJob::start(client, source, parameters.table).send().await.unwrap();
    let import = ImportJob::wait(client, &started.arn, WAIT, &control).await.unwrap();
    assert_eq!((import.imported_item_count, import.error_count), (5, 0));
    assert_eq!(scan_all(client, &copy).await, scan_all(client, &table).await);
}
