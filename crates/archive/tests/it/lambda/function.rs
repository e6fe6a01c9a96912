//! The function itself, behind the runtime API.

use super::batches::{archived, event, once};
use super::runtime_api::RuntimeApi;
use crate::written::STREAM;
use ddbkit_store::Store;
use ddbkit_testkit::{Backend, backend};
use serde_json::Value;
use std::process::Stdio;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};

fn function(backend: &Backend, runtime: &RuntimeApi, dest: &str, leases: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_ddbkit-archive-lambda"))
        .env_clear()
        .envs(backend.aws_env())
        .envs(runtime.environment())
        .envs([
            ("DDBKIT_ARCHIVE_STREAM", STREAM),
            ("DDBKIT_ARCHIVE_DEST", dest),
            ("DDBKIT_ARCHIVE_LEASES", leases),
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn events_become_an_archive() {
    let backend = backend().await;
    let bucket = backend.bucket().await;
    let (dest, leases) = (format!("s3://{bucket}/orders"), format!("{bucket}-leases"));
    let store = Store::s3(backend.s3.clone(), &bucket, "orders");
    let done = serde_json::json!({"state": {}, "batchItemFailures": []});

    let mut runtime = RuntimeApi::start().await;
    let _first = function(&backend, &runtime, &dest, &leases);
    assert_eq!(runtime.invoke(&event(8..12)).await.unwrap(), done);
    assert_eq!(runtime.invoke(&event([])).await.unwrap(), done);
    assert_eq!(archived(&store).await, once(8..12));

    // Another instance, to which the batch is given again, cut elsewhere.
    let mut other = RuntimeApi::start().await;
    let mut second = function(&backend, &other, &dest, &leases);
    assert_eq!(other.invoke(&event(8..10)).await.unwrap(), done);
    assert_eq!(other.invoke(&event(10..15)).await.unwrap(), done);
    assert_eq!(archived(&store).await, once(8..15));

    // A mapping without a window, and one with parallel readers: an error, so that it comes again.
    let error = other.invoke(&event(15..16).replace("shardId", "other")).await.unwrap_err();
    let message = error["errorMessage"].as_str().unwrap();
    assert!(message.contains("TumblingWindowInSeconds"), "{error}");
    runtime.invoke(&event([20, 22])).await.unwrap();
    let error = other.invoke(&event([21, 23])).await.unwrap_err();
    let message = error["errorMessage"].as_str().unwrap();
    assert!(message.contains("ParallelizationFactor"), "{error}");
    assert_eq!(archived(&store).await, once((8..15).chain([20, 22])));

    second.start_kill().unwrap();
    let mut log = String::new();
    second.stderr.take().unwrap().read_to_string(&mut log).await.unwrap();
    assert!(log.contains("error: "), "{log}");
    let mut metrics = String::new();
    second.stdout.take().unwrap().read_to_string(&mut metrics).await.unwrap();
    let lines: Vec<Value> = metrics.lines().map(|line| line.parse().unwrap()).collect();
    let told = |line: &Value| {
        [&line["Records"], &line["Archived"], &line["AlreadyArchived"]].map(Value::as_u64)
    };
    assert!(lines.iter().any(|line| told(line) == [5, 3, 2].map(Some)), "{metrics}");
    assert!(lines.iter().all(|line| line["HoursToLoss"].is_number()), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_without_its_variables_says_so() {
    let backend = backend().await;
    let runtime = RuntimeApi::start().await;
    for (dest, leases, expected) in [
        ("", "leases", "the variable DDBKIT_ARCHIVE_DEST is not set"),
        ("/tmp", "leases", "DDBKIT_ARCHIVE_DEST is no s3://bucket/prefix"),
        ("s3://b/p", "", "the variable DDBKIT_ARCHIVE_LEASES is not set"),
    ] {
        let output = function(&backend, &runtime, dest, leases).wait_with_output().await.unwrap();
        assert!(!output.status.success());
        let log = String::from_utf8_lossy(&output.stderr);
        assert!(log.contains(expected), "{log}");
    }
}
