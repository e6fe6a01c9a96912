//! Native exports and imports, on the double of these calls.

use super::program::{command, finish, run};
use aws_sdk_dynamodb::types::{PointInTimeRecoverySpecification, ScalarAttributeType};
use ddbkit_testkit::{Backend, KeySchema, scan_all};
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);

/// A table of 20 items, named `jobs`, that can be exported, and the URL of an empty bucket.
async fn stage(job_duration: Duration) -> (Backend, String) {
    let backend = Backend::with_jobs(job_duration).await;
    let bucket = backend.bucket().await;
    backend.create_table("jobs", KeySchema::hash("pk", ScalarAttributeType::S)).await;
    for n in 0..20 {
        let key = aws_sdk_dynamodb::types::AttributeValue::S(format!("item {n}"));
        backend.dynamodb.put_item().table_name("jobs").item("pk", key).send().await.unwrap();
    }
    let on = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(true);
    let update = backend.dynamodb.update_continuous_backups().table_name("jobs");
    let on = on.build().unwrap();
    update.point_in_time_recovery_specification(on).send().await.unwrap();
    (backend, format!("s3://{bucket}/exports"))
}

/// The arguments of an export that is waited for.
fn waited<'a>(table: &'a str, dest: &'a str) -> Vec<&'a str> {
    vec!["export", "start", table, dest, "--wait", "--interval", "20ms", "--output", "json"]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_made_listed_described_and_printed() {
    let (backend, dest) = stage(Duration::from_millis(100)).await;
    let ran = run(&backend, &waited("jobs", &dest)).await.exits(0);
    let export = ran.json()["export"].clone();
    assert_eq!((&export["status"], &export["items"]), (&"COMPLETED".into(), &20.into()));
    let arn = export["arn"].as_str().unwrap().to_owned();

    run(&backend, &["verify", &dest]).await.exits(0);
    let listed = run(&backend, &["export", "list", "jobs", "--details", "--output", "json"]).await;
    let listed = listed.exits(0).json();
    assert_eq!((&listed["version"], &listed["more"]), (&1.into(), &false.into()));
    assert_eq!(listed["exports"], serde_json::json!([export]));
    let text = run(&backend, &["export", "list"]).await.exits(0).stdout;
    assert!(text.starts_with("COMPLETED") && text.contains(&arn), "{text}");
    let described = run(&backend, &["export", "describe", &arn]).await.exits(0).stdout;
    assert!(described.contains("/manifest-summary.json"), "{described}");

    // By its ARN, and by its place.
    let printed = run(&backend, &["export", "cat", &arn]).await.exits(0).stdout;
    assert_eq!(printed.lines().count(), 20);
    assert!(printed.lines().all(|line| line.starts_with("{\"Item\":{\"pk\":")), "{printed}");
    let ran = run(&backend, &["export", "cat", &dest, "--output", "json"]).await.exits(0);
    assert_eq!(ran.stdout, printed);
    let summary: serde_json::Value = serde_json::from_str(ran.stderr.trim()).unwrap();
    assert_eq!((&summary["items"], &summary["files"]), (&20.into(), &4.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_was_started_is_waited_for_later() {
    let (backend, dest) = stage(HOUR).await;
    let ran = run(&backend, &["export", "start", "jobs", &dest]).await.exits(0);
    let arn = ran.stdout.trim().to_owned();
    assert!(arn.starts_with("arn:aws:dynamodb:") && arn.contains("/export/"), "{arn}");
    let late = ["export", "wait", &arn, "--interval", "10ms", "--timeout", "100ms"];
    let ran = run(&backend, &late).await.exits(255);
    assert!(ran.error().contains("still runs"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: it goes on without this program"), "{}", ran.stderr);
    // Whoever interrupts it stops the waiting, not the export.
    #[cfg(unix)]
    {
        let child = command(&backend, &["export", "wait", &arn]).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(500)).await;
        let pid = child.id().unwrap().to_string();
        let kill = tokio::process::Command::new("kill").args(["-INT", &pid]).status().await;
        assert!(kill.unwrap().success());
        finish(child).await.exits(130);
    }
    // It waits while the export ends.
    let child = command(&backend, &["export", "wait", &arn, "--interval", "20ms"]).spawn().unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    backend.local_dynamodb.as_ref().unwrap().advance_clock(HOUR).unwrap();
    let ran = finish(child).await.exits(0);
    assert!(ran.stdout.contains("COMPLETED"), "{}", ran.stdout);
    assert_eq!(ran.stderr.matches("is IN_PROGRESS").count(), 1, "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_and_failures_say_what_to_do() {
    let (backend, dest) = stage(Duration::from_millis(50)).await;
    backend.create_table("plain", KeySchema::hash("pk", ScalarAttributeType::S)).await;
    let ran = run(&backend, &["export", "start", "plain", &dest]).await.exits(254);
    assert!(ran.error().contains("Point in time recovery is not enabled"), "{}", ran.stderr);
    assert!(ran.stderr.contains("update-continuous-backups"), "{}", ran.stderr);
    let ran = run(&backend, &["export", "start", "absent", &dest]).await.exits(254);
    assert!(ran.error().contains("ResourceNotFoundException"), "{}", ran.stderr);

    let ran = run(&backend, &waited("jobs", "s3://nowhere-at-all")).await.exits(254);
    assert!(ran.error().contains("S3NoSuchBucket"), "{}", ran.stderr);
    assert_eq!(ran.json()["export"]["failure"]["code"], "S3NoSuchBucket");

    let short = ["--from", "2026-03-14T00:00:00Z", "--to", "2026-03-14T00:05:00Z"];
    let ran = run(&backend, &[&["export", "start", "jobs", &dest][..], &short].concat()).await;
    assert!(ran.exits(254).stderr.contains("15 minutes to 24 hours"));

    let arn = "arn:aws:dynamodb:us-east-1:000000000000:table/x/export/01768385930622-efd1a093";
    for command in ["describe", "cat", "wait"] {
        let ran = run(&backend, &["export", command, arn]).await.exits(254);
        assert!(ran.stderr.contains("90 days"), "{command}: {}", ran.stderr);
    }
    let arn = arn.replace("/export/", "/import/");
    run(&backend, &["import", "describe", &arn]).await.exits(254);
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_and_dumps_are_imported_into_new_tables() {
    let (backend, dest) = stage(Duration::from_millis(50)).await;
    run(&backend, &waited("jobs", &dest)).await.exits(0);
    let ran = run(&backend, &["import", "start", &dest, "copy"]).await.exits(252);
    assert!(ran.stderr.contains("--like"), "{}", ran.stderr);
    let start =
        ["import", "start", &dest, "copy", "--like", "jobs", "--wait", "--interval", "20ms"];
    let ran = run(&backend, &[&start[..], &["--output", "json"]].concat()).await.exits(0).json();
    assert_eq!(
        (&ran["import"]["imported_items"], &ran["import"]["errors"]),
        (&20.into(), &0.into())
    );
    let items = scan_all(&backend.dynamodb, "jobs").await;
    assert_eq!(scan_all(&backend.dynamodb, "copy").await, items);

    // A dump says what its table was like.
    let dump = dest.replace("/exports", "/dump");
    run(&backend, &["dump", "jobs", &dump, "--compression", "zstd"]).await.exits(0);
    let start = ["import", "start", &dump, "from-dump", "--wait", "--interval", "20ms"];
    let ran = run(&backend, &start).await;
    assert!(ran.exits(0).stdout.contains("COMPLETED"));
    assert_eq!(scan_all(&backend.dynamodb, "from-dump").await, items);

    let listed = run(&backend, &["import", "list", "--output", "json"]).await.exits(0).json();
    assert_eq!(listed["imports"].as_array().unwrap().len(), 2);
    let arn = listed["imports"][0]["arn"].as_str().unwrap();
    run(&backend, &["import", "wait", arn]).await.exits(0);
    let ran = run(&backend, &["import", "start", &dump, "jobs"]).await.exits(254);
    assert!(ran.stderr.contains("`ddbkit load`"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn items_that_an_import_refuses_are_counted_and_their_log_is_named() {
    let (backend, dest) = stage(Duration::from_millis(50)).await;
    let bucket = dest.trim_start_matches("s3://").trim_end_matches("/exports");
    let lines = "{\"Item\":{\"pk\":{\"S\":\"a\"}}}\n{\"Item\":{\"no\":{\"S\":\"key\"}}}\n";
    let put =
        backend.s3.put_object().bucket(bucket).key("json/a").body(lines.as_bytes().to_vec().into());
    put.send().await.unwrap();
    let source = format!("s3://{bucket}/json/");
    let start = ["import", "start", &source, "new", "--like", "jobs", "--format", "dynamodb-json"];
    let rest = ["--compression", "none", "--wait", "--interval", "20ms", "--output", "json"];
    let ran = run(&backend, &[&start[..], &rest].concat()).await.exits(1);
    let import = ran.json()["import"].clone();
    assert_eq!((&import["imported_items"], &import["errors"]), (&1.into(), &1.into()));
    assert_eq!(import["failure"]["code"], "ItemValidationError");
    assert_eq!(import["source"], source);
    assert!(ran.stderr.contains("/aws-dynamodb/imports"), "{}", ran.stderr);
    assert_eq!(scan_all(&backend.dynamodb, "new").await.len(), 1);
}
