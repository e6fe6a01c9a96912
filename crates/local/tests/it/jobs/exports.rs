//! Exports.

use super::stage::{FAST, HOUR, Stage, stage};
use crate::clients::{BUCKET, put};
use aws_sdk_dynamodb::types::{ExportViewType, FilterSpecification};
use ddbkit_export::jobs::{ExportJob, ExportScope, Sse};
use ddbkit_export::{
    ExportErrorKind, ExportKind, ExportReader, OutputFormat, ReadOptions, VerifyOptions, verify,
};
use ddbkit_local::{Fault, When};
use std::time::Duration;

#[tokio::test]
async fn an_export_is_in_progress_and_then_its_files_are_there_and_whole() {
    let stage = Stage::filled(30).await;
    let started = stage.export(ExportScope::Now).s3_prefix("year/2026").client_token("one");
    let started = started.send().await.unwrap();
    assert!(started.is_in_progress() && started.kind.is_none());
    assert_eq!(started.client_token.as_deref(), Some("one"));
    // What comes later is not in it.
    put(&stage.client, "late").await.unwrap();
    let described = ExportJob::describe(&stage.client, &started.arn).await.unwrap().unwrap();
    assert!(described.is_in_progress() && described.item_count.is_none());
    assert_eq!(described.kind, Some(ExportKind::Full));
    assert!(stage.bucket("").list("").await.unwrap().is_empty());

    stage.an_hour_passes();
    let job = ExportJob::wait(&stage.client, &started.arn, FAST, &stage.control).await.unwrap();
    assert_eq!(job.item_count, Some(30));
    let places = job.locations().unwrap();
    let manifest = places.manifest_summary.to_string();
    let key = job.export_manifest.as_deref().unwrap();
    assert_eq!(manifest, format!("s3://{BUCKET}/{key}"));
    assert!(job.end_time.unwrap().duration_since(job.start_time.unwrap()).unwrap() >= HOUR);

    let reader = job.open(stage.bucket("year/2026")).await.unwrap();
    let summary = reader.summary();
    assert_eq!((summary.item_count, summary.export_type.clone()), (30, None));
    assert_eq!(summary.s3_prefix.as_deref(), Some("year/2026"));
    assert_eq!(summary.s3_sse_algorithm.as_deref(), Some("AES256"));
    assert_eq!(summary.export_time, job.export_time);
    // As many as of a small table on demand, empty ones among them or not.
    assert_eq!(reader.files().len(), 4);
    let report = verify(&reader, &VerifyOptions::default(), &stage.control).await.unwrap();
    assert!(report.is_ok(), "{:?}", report.faults());
    assert!(report.unchecked().keys().all(|check| format!("{check:?}") == "ContentDigest"));

    // The record of the service and that of the files are the same, but for what files do not hold.
    let mut found = ExportJob::from_location(stage.bucket("year/2026")).await.unwrap();
    found.client_token.clone_from(&job.client_token);
    // The job was noticed to be over after its files were.
    found.end_time = job.end_time;
    assert_eq!(found, job);
}

#[tokio::test]
async fn an_empty_table_has_four_empty_files() {
    let stage = Stage::filled(0).await;
    let started = stage.export(ExportScope::Now).send().await.unwrap();
    stage.an_hour_passes();
    let job = ExportJob::wait(&stage.client, &started.arn, FAST, &stage.control).await.unwrap();
    let reader = job.open(stage.bucket("")).await.unwrap();
    let counts: Vec<u64> = reader.files().iter().map(|file| file.item_count).collect();
    assert_eq!(counts, [0, 0, 0, 0]);
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_accepted_and_fails_later() {
    let stage = Stage::filled(1).await;
    let start = ExportJob::start(&stage.client, &stage.table_arn, "nowhere", ExportScope::Now);
    let started = start.send().await.unwrap();
    assert!(started.is_in_progress());
    stage.an_hour_passes();
    let error =
        ExportJob::wait(&stage.client, &started.arn, FAST, &stage.control).await.unwrap_err();
    let ExportErrorKind::JobFailed(failure) = error.kind() else { panic!("{error:?}") };
    assert_eq!(failure.code.as_deref(), Some("S3NoSuchBucket"));
}

#[tokio::test]
async fn without_recovery_nothing_is_exported() {
    let stage = stage().await;
    let (code, text) = stage.refusal(stage.export(ExportScope::Now)).await;
    assert_eq!(code, "PointInTimeRecoveryUnavailableException");
    assert!(text.contains("Point in time recovery is not enabled for table 'table'"), "{text}");
}

#[tokio::test]
async fn a_table_that_is_not_there_is_not_exported() {
    let stage = stage().await;
    let arn = stage.table_arn.replace(":table/table", ":table/other");
    let start = ExportJob::start(&stage.client, &arn, BUCKET, ExportScope::Now);
    let (code, text) = stage.refusal(start).await;
    assert_eq!(code, "TableNotFoundException");
    assert!(text.contains(&format!("Table not found: {arn}")), "{text}");
    let start = ExportJob::start(&stage.client, "table", BUCKET, ExportScope::Now);
    assert_eq!(stage.refusal(start).await.0, "ValidationException");
}

#[tokio::test]
async fn a_token_gives_the_job_that_it_started() {
    let stage = Stage::filled(1).await;
    let start = || stage.export(ExportScope::Now).client_token("once");
    let first = start().send().await.unwrap();
    assert_eq!(start().send().await.unwrap().arn, first.arn);
    let (code, _) = stage.refusal(start().s3_prefix("elsewhere")).await;
    assert_eq!(code, "ExportConflictException");
    let second = stage.export(ExportScope::Now).client_token("twice").send().await.unwrap();
    assert_ne!(second.arn, first.arn);
    // The service forgets a token after eight hours.
    stage.dynamodb.advance_clock(8 * HOUR).unwrap();
    let anew = start().s3_prefix("elsewhere").send().await.unwrap();
    assert_ne!(anew.arn, first.arn);
}

#[tokio::test]
async fn a_request_that_was_refused_does_not_use_up_its_token() {
    let stage = stage().await;
    let start = || stage.export(ExportScope::Now).client_token("once");
    stage.refusal(start()).await;
    stage.recovery(true).await;
    assert!(start().sse(Sse::Kms(None)).send().await.unwrap().is_in_progress());
    assert_eq!(stage.refusal(start()).await.0, "ExportConflictException");
}

#[tokio::test]
async fn windows_have_a_shortest_and_a_longest_length_and_lie_within_recovery() {
    let stage = Stage::filled(1).await;
    stage.dynamodb.advance_clock(30 * HOUR).unwrap();
    let now = stage.dynamodb.now();
    let changes = |before: Duration, length: Duration| {
        let from = now - before;
        let view = ExportViewType::NewAndOldImages;
        stage.export(ExportScope::Changes { from, to: from + length, view })
    };
    let minute = HOUR / 60;
    for length in [14 * minute, 25 * HOUR] {
        let (code, text) = stage.refusal(changes(29 * HOUR, length)).await;
        assert_eq!(code, "InvalidExportTimeException");
        assert!(text.contains("Difference between export period"), "{text}");
    }
    for (before, length) in [(31 * HOUR, HOUR), (HOUR / 2, HOUR)] {
        let (code, _) = stage.refusal(changes(before, length)).await;
        assert_eq!(code, "InvalidExportTimeException");
    }
    for time in [now - 31 * HOUR, now + HOUR] {
        let (code, _) = stage.refusal(stage.export(ExportScope::At(time))).await;
        assert_eq!(code, "InvalidExportTimeException");
    }
}

#[tokio::test]
async fn what_the_double_cannot_do_it_says() {
    let stage = Stage::filled(1).await;
    stage.dynamodb.advance_clock(HOUR).unwrap();
    let past = stage.export(ExportScope::At(stage.dynamodb.now() - HOUR / 2));
    let changes = ExportScope::Changes {
        from: stage.dynamodb.now() - HOUR / 2,
        to: stage.dynamodb.now(),
        view: ExportViewType::NewAndOldImages,
    };
    let ion = stage.export(changes).format(OutputFormat::Ion);
    for start in [past, ion] {
        let (code, text) = stage.refusal(start).await;
        assert_eq!(code, "ValidationException");
        assert!(text.contains("not supported by this local server"), "{text}");
    }
    // The present is no history.
    stage.export(ExportScope::At(stage.dynamodb.now())).send().await.unwrap();
}

#[tokio::test]
async fn an_export_in_ion_is_read_as_one_in_json() {
    let stage = Stage::filled(7).await;
    let started = stage.export(ExportScope::Now).format(OutputFormat::Ion).send().await.unwrap();
    stage.an_hour_passes();
    let job = ExportJob::wait(&stage.client, &started.arn, FAST, &stage.control).await.unwrap();
    assert_eq!((job.format, job.item_count), (Some(OutputFormat::Ion), Some(7)));
    let reader = job.open(stage.bucket("")).await.unwrap();
    assert!(reader.files()[0].file_name().ends_with(".ion.gz"));
    let report = verify(&reader, &VerifyOptions::default(), &stage.control).await.unwrap();
    assert!(report.is_ok() && report.items() == 7, "{:?}", report.faults());
}

#[tokio::test]
async fn changes_of_a_window_are_one_line_for_each_item() {
    let stage = Stage::filled(0).await;
    let client = &stage.client;
    let delete = async |pk: &str| {
        let key = crate::clients::s(pk);
        client.delete_item().table_name("table").key("pk", key).send().await.unwrap();
    };
    for pk in ["kept", "changed", "deleted"] {
        put(client, pk).await.unwrap();
    }
    stage.an_hour_passes();
    let from = stage.dynamodb.now();
    for value in ["1", "2"] {
        let item = client.put_item().table_name("table").item("pk", crate::clients::s("changed"));
        item.item("v", crate::clients::s(value)).send().await.unwrap();
    }
    put(client, "new").await.unwrap();
    put(client, "came and went").await.unwrap();
    delete("came and went").await;
    delete("deleted").await;
    stage.an_hour_passes();
    let to = stage.dynamodb.now();
    stage.an_hour_passes();
    put(client, "later").await.unwrap();
    for (view, with_old) in [(ExportViewType::NewAndOldImages, 2), (ExportViewType::NewImage, 0)] {
        // The stream tells whole seconds.
        let second = Duration::from_secs(1);
        let scope = ExportScope::Changes { from: from - second, to, view };
        let started = stage.export(scope).send().await.unwrap();
        stage.an_hour_passes();
        let job = ExportJob::wait(client, &started.arn, FAST, &stage.control).await.unwrap();
        assert_eq!((job.kind, job.item_count), (Some(ExportKind::Incremental), Some(3)));
        assert_eq!((job.billed_size_bytes, job.export_time), (Some(10_000_000), None));
        let reader = job.open(stage.bucket("")).await.unwrap();
        let report = verify(&reader, &VerifyOptions::default(), &stage.control).await.unwrap();
        assert!(report.is_ok(), "{:?}", report.faults());
        let mut stream =
            reader.read_file(&reader.files()[0], ReadOptions::default()).await.unwrap();
        let mut lines = String::new();
        while let Some(batch) = stream.next().await.unwrap() {
            lines += std::str::from_utf8(&batch.bytes).unwrap();
        }
        assert_eq!(lines.matches("OldImage").count(), with_old, "{lines}");
        assert_eq!(lines.matches("NewImage").count(), 2, "{lines}");
        let line = lines.lines().find(|line| line.contains("changed")).unwrap();
        assert!(line.contains(r#""v":{"S":"2"}"#) && !line.contains(r#"{"S":"1"}"#), "{line}");
    }
}

#[tokio::test]
async fn filters_choose_the_items() {
    let stage = Stage::filled(20).await;
    let value = |text: &str| crate::clients::s(text);
    let filter = FilterSpecification::builder()
        .filter_expression("begins_with(#k, :v)")
        .expression_attribute_names("#k", "pk")
        .expression_attribute_values(":v", value("item 1"));
    let query = FilterSpecification::builder()
        .key_condition_expression("pk = :v")
        .expression_attribute_values(":v", value("item 7"));
    for (filter, expected) in [(filter.build(), 11), (query.build(), 1)] {
        let start = stage.export(ExportScope::Now).filter(filter.clone());
        let started = start.send().await.unwrap();
        stage.an_hour_passes();
        let job = ExportJob::wait(&stage.client, &started.arn, FAST, &stage.control).await;
        let job = job.unwrap();
        assert_eq!((job.item_count, job.filter), (Some(expected), Some(filter)));
    }
}

#[tokio::test]
async fn lists_show_every_state_page_by_page() {
    let stage = Stage::filled(1).await;
    let nowhere = ExportJob::start(&stage.client, &stage.table_arn, "nowhere", ExportScope::Now);
    let failing = nowhere.send().await.unwrap().arn;
    for _ in 0..30 {
        stage.export(ExportScope::Now).send().await.unwrap();
    }
    stage.an_hour_passes();
    ExportJob::wait_until_ended(&stage.client, &failing, FAST, &stage.control).await.unwrap();
    let running = stage.export(ExportScope::Now).send().await.unwrap().arn;
    let list = ExportJob::list(&stage.client).send(&stage.control).await.unwrap();
    assert_eq!((list.jobs.len(), list.has_more), (32, false));
    let status = |arn: &str| list.jobs.iter().find(|job| job.arn == arn).unwrap().status.as_str();
    assert_eq!((status(&failing), status(&running)), ("FAILED", "IN_PROGRESS"));
    let list = ExportJob::list(&stage.client).table_arn(&stage.table_arn).limit(27);
    let list = list.send(&stage.control).await.unwrap();
    assert_eq!((list.jobs.len(), list.has_more), (27, true));
    let other = ExportJob::list(&stage.client).table_arn(format!("{}x", stage.table_arn));
    assert!(other.send(&stage.control).await.unwrap().jobs.is_empty());
}

#[tokio::test]
async fn unknown_jobs_are_none_and_bad_arns_are_refused() {
    let stage = stage().await;
    let unknown = format!("{}/export/01768385930622-efd1a093", stage.table_arn);
    assert_eq!(ExportJob::describe(&stage.client, &unknown).await.unwrap(), None);
    let error = ExportJob::describe(&stage.client, "nonsense").await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::Refused("ValidationException".to_owned()));
}

#[tokio::test]
async fn faults_are_injected_into_calls_of_jobs_too() {
    let stage = Stage::filled(1).await;
    let throttled = stage.dynamodb.faults().inject(Fault::Throttle, When::Once, "ListExports");
    assert!(ExportJob::list(&stage.client).send(&stage.control).await.is_err());
    assert_eq!(throttled.injected(), 1);
    assert!(ExportJob::list(&stage.client).send(&stage.control).await.is_ok());
}

#[tokio::test]
async fn an_unfinished_export_is_not_opened() {
    let stage = Stage::filled(1).await;
    let started = stage.export(ExportScope::Now).send().await.unwrap();
    let error = started.open(stage.bucket("")).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::NotFound);
    assert!(ExportReader::open(stage.bucket("")).await.is_err());
}
