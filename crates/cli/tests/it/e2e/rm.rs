//! `rm`: dumps and backups of dyndump, in a directory and in S3.

use crate::e2e::program::{command, finish, run};
use ddbkit_testkit::{Backend, Fault, KeySchema, When, backend, items, put_all};
use std::time::Duration;

async fn dumped(backend: &Backend, dest: &str) {
    let table = backend.table("rm", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..50).map(|n| items::item(3, n))).await;
    run(backend, &["dump", &table, dest]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_is_deleted_only_when_that_was_meant() {
    let backend = backend().await;
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().join("dump");
    let dest = dest.to_str().unwrap();
    dumped(&backend, dest).await;

    let ran = run(&backend, &["rm", dest]).await.exits(252);
    assert!(ran.stderr.contains("--yes"), "{}", ran.stderr);
    let ran = run(&backend, &["rm", dest, "--dry-run"]).await.exits(0);
    let last = ran.stdout.lines().last().unwrap();
    assert!(last.ends_with("manifest-summary.json"), "{}", ran.stdout);
    let objects = ran.stdout.lines().count();
    run(&backend, &["info", dest]).await.exits(0);

    let strange = dir.path().join("dump").join("AWSDynamoDB");
    let id = std::fs::read_dir(&strange).unwrap().next().unwrap().unwrap().path();
    std::fs::write(id.join("notes.txt"), "mine").unwrap();
    let ran = run(&backend, &["rm", dest, "--yes"]).await.exits(255);
    assert!(ran.error().contains("notes.txt"), "{}", ran.stderr);
    std::fs::remove_file(id.join("notes.txt")).unwrap();

    let ran = run(&backend, &["rm", dest, "--yes", "--output", "json"]).await.exits(0).json();
    assert_eq!(ran["deleted"], objects);
    assert!(!dir.path().join("dump").exists());
    run(&backend, &["rm", dest, "--yes"]).await.exits(255);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_dyndump_in_s3_is_deleted_and_its_neighbours_stay() {
    let backend = backend().await;
    let bucket = backend.bucket().await;
    let put = async |key: &str, text: &str| {
        let body = text.as_bytes().to_vec().into();
        backend.s3.put_object().bucket(&bucket).key(key).body(body).send().await.unwrap();
    };
    put("b/x-meta.json", r#"{"table_name":"t","status":"running","backup_type":"full"}"#).await;
    for part in 1..30 {
        put(&format!("b/x-part-{part:09}.json.gz"), "").await;
    }
    put("b/other", "").await;
    let source = format!("s3://{bucket}/b/x");
    let ran = run(&backend, &["info", &source]).await.exits(0);
    assert!(ran.stdout.contains("running"), "{}", ran.stdout);
    run(&backend, &["rm", &source, "--yes"]).await.exits(0);
    let left = backend.s3.list_objects_v2().bucket(&bucket).send().await.unwrap();
    let left: Vec<_> = left.contents().iter().filter_map(|object| object.key()).collect();
    assert_eq!(left, ["b/other"]);
    run(&backend, &["rm", &format!("s3://{bucket}/b"), "--yes"]).await.exits(255);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_was_stopped_is_finished_by_the_same_command() {
    let backend = Backend::embedded_only().await;
    let bucket = backend.bucket().await;
    let source = format!("s3://{bucket}/dumps");
    dumped(&backend, &source).await;
    let keys = async || {
        let listed = backend.s3.list_objects_v2().bucket(&bucket).send().await.unwrap();
        listed
            .contents()
            .iter()
            .filter_map(|object| object.key().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    let all = keys().await;
    // All but the first deletions take so long that the program is told to stop while it waits.
    backend.faults().inject(Fault::Delay(Duration::from_secs(3)), When::From(2), "DeleteObject");
    let child = command(&backend, &["rm", &source, "--yes"]).spawn().unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let pid = child.id().unwrap().to_string();
    let sent = tokio::process::Command::new("kill").args(["-INT", &pid]).status().await.unwrap();
    assert!(sent.success());
    finish(child).await.exits(130);
    backend.faults().clear();
    let left = keys().await;
    assert!(left.iter().any(|key| key.ends_with("manifest-summary.json")), "{left:?} of {all:?}");
    run(&backend, &["rm", &source, "--yes"]).await.exits(0);
    assert!(keys().await.is_empty());
}
