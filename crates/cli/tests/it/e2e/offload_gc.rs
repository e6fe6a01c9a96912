//! `offload gc`: garbage is found, deleted, and what does not resolve is told.

use crate::e2e::program::run;
use crate::json_page::assert_as_told;
use aws_sdk_dynamodb::types::AttributeValue;
use ddbkit::offload::{AttributeOptions, ItemWrite, OffloadPolicy, Offloader, Timing};
use ddbkit_testkit::{Backend, KeySchema, backend};
use std::collections::HashMap;
use std::time::Duration;

/// As short as clocks with whole seconds allow.
const GRACE: Duration = Duration::from_secs(1);

async fn offloader(backend: &Backend, bucket: &str) -> Offloader {
    let table = backend.table("offload-gc", KeySchema::default()).await;
    let nothing = Duration::ZERO;
    let timing = Timing {
        grace: GRACE,
        write_deadline: GRACE,
        request_lifetime: nothing,
        clock_skew: nothing,
    };
    Offloader::builder(backend.dynamodb.clone(), backend.s3.clone())
        .table(table)
        .bucket(bucket)
        .prefix("large")
        .attribute("body", AttributeOptions::new())
        .policy(OffloadPolicy::Always)
        .timing(timing)
        .build()
        .await
        .unwrap()
}

fn key(n: u32) -> HashMap<String, AttributeValue> {
    let (pk, sk) = (AttributeValue::S("a".to_owned()), AttributeValue::N(n.to_string()));
    HashMap::from([("pk".to_owned(), pk), ("sk".to_owned(), sk)])
}

async fn create(offloader: &Offloader, n: u32) -> String {
    let mut item = key(n);
    item.insert("body".to_owned(), AttributeValue::S("first".repeat(100)));
    let created = offloader.create(item).await.unwrap();
    created.blob("body").unwrap().unwrap().pointer().key.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_is_planned_deleted_and_the_rest_verified() {
    let backend = backend().await;
    let bucket = backend.bucket().await;
    let offloader = offloader(&backend, &bucket).await;
    let replaced = create(&offloader, 1).await;
    let live = create(&offloader, 2).await;
    let next = AttributeValue::S("second".repeat(100));
    offloader.update(ItemWrite::update(key(1)).set("body", next)).await.unwrap();
    // Clocks count whole seconds, and some servers make their Date once a second.
    tokio::time::sleep(GRACE + Duration::from_millis(2500)).await;

    let (table, place) = (offloader.table(), format!("s3://{bucket}/large"));
    let dir = tempfile::tempdir().unwrap();
    let plan = dir.path().join("plan.jsonl");
    let plan = plan.to_str().unwrap();
    let gc = |command: &'static str, rest: &[&str]| {
        let args = ["offload", "gc", command, table, "--objects", &place].into_iter();
        let args: Vec<String> = args.chain(rest.iter().copied()).map(str::to_owned).collect();
        let backend = &backend;
        async move { run(backend, &args).await }
    };
    let planned = gc("plan", &["--plan", plan, "--output", "json"]).await.exits(0).json();
    assert_as_told("offload gc plan", &planned, &[]);
    assert_eq!((&planned["garbage"], &planned["referenced"]), (&1.into(), &2.into()));
    assert_eq!(planned["sample"][0]["key"], replaced.as_str());
    let text = gc("plan", &["--plan", plan]).await.exits(0).stderr;
    assert!(text.contains("grace") && text.contains("may be restored"), "{text}");
    assert!(text.contains("ddbkit offload gc apply"), "{text}");
    assert!(std::fs::read_to_string(plan).unwrap().contains(&replaced));

    gc("plan", &["--plan", plan, "--grace", "500ms"]).await.exits(252);
    gc("plan", &["--plan", ".."]).await.exits(252);
    let elsewhere = format!("s3://{bucket}/elsewhere");
    let args = ["offload", "gc", "plan", table, "--objects", &elsewhere, "--plan", plan];
    let refused = run(&backend, &args).await.exits(252);
    assert!(refused.error().contains("_owner.json"), "{}", refused.stderr);

    let applied = gc("apply", &["--plan", plan, "--output", "json"]).await.exits(0).json();
    assert_as_told("offload gc apply", &applied, &[]);
    assert_eq!((&applied["deleted"], &applied["failed"]), (&1.into(), &0.into()));
    let list = dir.path().join(applied["deleted_lists"][0].as_str().unwrap());
    assert!(std::fs::read_to_string(list).unwrap().contains(&replaced));
    let verified = gc("verify", &["--hashes", "--output", "json"]).await.exits(0).json();
    assert_as_told("offload gc verify", &verified, &[]);
    assert_eq!((&verified["pointers"], &verified["bad"]), (&2.into(), &0.into()));

    backend.s3.delete_object().bucket(&bucket).key(&live).send().await.unwrap();
    let verified = gc("verify", &[]).await.exits(1);
    assert!(verified.stdout.starts_with("dangling\t"), "{}", verified.stdout);
    assert!(verified.stdout.contains(&live), "{}", verified.stdout);
}
