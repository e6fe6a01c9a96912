//! What is killed: a dump is never taken for a whole one, a load goes on.

use crate::e2e::program::{command, run};
use aws_sdk_dynamodb::types::TimeToLiveSpecification;
use ddbkit::codec::Number;
use ddbkit_testkit::{KeySchema, backend, items, put_all, scan_all};
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The table is being written to while it is dumped, as tables are.
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_it_is_no_dump() {
    let backend = Arc::new(backend().await);
    let table = backend.table("kill", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..4_000).map(|n| items::item(1, n))).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writer = tokio::spawn({
        let (backend, table, stop) = (backend.clone(), table.clone(), stop.clone());
        async move {
            let mut n = 4_000;
            while !stop.load(Ordering::Relaxed) {
                put_all(&backend.dynamodb, &table, [items::item(1, n)]).await;
                n += 1;
            }
        }
    });
    let args = |dest: &str| {
        let fixed = ["--segments", "16", "--workers", "2", "--file-size", "200KiB"];
        ["dump", &table, dest].into_iter().chain(fixed).map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    let dir = tempfile::tempdir().unwrap();
    let whole = dir.path().join("whole");
    let started = Instant::now();
    run(&backend, &args(whole.to_str().unwrap())).await.exits(0);
    let undisturbed = started.elapsed();

    let (mut killed, mut finished) = (0, 0);
    for round in 0..12_u32 {
        let dest = dir.path().join(format!("killed-{round}"));
        let dest = dest.to_str().unwrap();
        let mut child = command(&backend, &args(dest)).spawn().unwrap();
        // Spread over the whole run, its very end included.
        tokio::time::sleep(undisturbed.mul_f64(f64::from(round) / 11.0)).await;
        child.kill().await.unwrap();
        let verified = run(&backend, &["verify", dest]).await;
        let copy = format!("{table}-{round}");
        let loaded = run(&backend, &["load", dest, &copy, "--create-table"]).await;
        if verified.code == 0 {
            // The kill came after the manifest: then it is whole, and both must say so.
            loaded.exits(0);
            finished += 1;
        } else {
            assert_ne!(loaded.code, 0, "{}{}", loaded.stdout, loaded.stderr);
            killed += 1;
        }
    }
    stop.store(true, Ordering::Relaxed);
    tokio::time::timeout(Duration::from_secs(30), writer).await.unwrap().unwrap();
    assert!(killed >= 6, "{killed} dumps were killed, {finished} had finished");
}

/// The same command, killed again and again, goes on each time and ends with every item there.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_load_goes_on() {
    let backend = Arc::new(backend().await);
    let table = backend.table("kill-load", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..6_000).map(|n| items::item(2, n))).await;
    let dir = tempfile::tempdir().unwrap();
    let dump = dir.path().join("dump").to_str().unwrap().to_owned();
    let fixed = ["--segments", "16", "--workers", "2", "--file-size", "200KiB", "--digest"];
    run(&backend, &[&["dump", &table, &dump][..], &fixed].concat()).await.exits(0);
    let state = dir.path().join("state");
    let checkpoint = state.join("checkpoint.json");
    for mode in ["overwrite", "skip-existing"] {
        let copy = backend.table("kill-load", KeySchema::default()).await;
        // Slow enough that there is something to kill.
        let load = ["load", &dump, &copy, "--mode", mode, "--write-capacity", "1500"];
        let state = ["--state", state.to_str().unwrap(), "--output", "json"];
        let load = [&load[..], &state].concat();
        let mut settled = 0;
        for _ in 0..3 {
            let mut child = command(&backend, &load).spawn().unwrap();
            // Killed as soon as it has come further than before, whatever it does just then.
            while settled_lines(&checkpoint) <= settled && child.try_wait().unwrap().is_none() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            child.kill().await.unwrap();
            settled = settled_lines(&checkpoint).max(settled);
        }
        let summary = run(&backend, &load).await.exits(0).json();
        let count = |name: &str| summary[name].as_u64().unwrap();
        assert!(count("resumed") > 0, "{mode}: {summary}");
        assert_eq!(count("resumed") + count("read"), 6_000, "{mode}");
        run(&backend, &["verify", &dump, &copy]).await.exits(0);
        // Nothing of it is left.
        assert!(!dir.path().join("state").exists(), "{mode}");
    }
}

/// What a load set aside before it was killed is told by the one that goes on, which takes nothing for whole.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_load_forgets_no_reject() {
    let backend = Arc::new(backend().await);
    let table = backend.table("kill-rejects", KeySchema::default()).await;
    let yesterday = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() - 24 * 3600;
    let aged = |n: u64| {
        let mut item = items::item(3, n);
        if n.is_multiple_of(10) {
            item.insert("gone", Number::from(yesterday));
        }
        item
    };
    put_all(&backend.dynamodb, &table, (0..4_000).map(aged)).await;
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (dump, state, rejects) = (path("dump"), path("state"), path("rejects.json"));
    let fixed = ["--segments", "16", "--workers", "2", "--file-size", "200KiB"];
    run(&backend, &[&["dump", &table, &dump][..], &fixed].concat()).await.exits(0);

    let copy = backend.table("kill-rejects", KeySchema::default()).await;
    let ttl = TimeToLiveSpecification::builder().attribute_name("gone").enabled(true).build();
    let call = backend.dynamodb.update_time_to_live().table_name(&copy);
    call.time_to_live_specification(ttl.unwrap()).send().await.unwrap();
    put_all(&backend.dynamodb, &copy, [items::item(3, 5_000)]).await;
    let load = ["load", &dump, &copy, "--expired", "reject", "--write-capacity", "1500"];
    let more = ["--state", &state, "--rejects", &rejects, "--output", "json"];
    let load = [&load[..], &more].concat();
    let checkpoint = Path::new(&state).join("checkpoint.json");
    let mut child = command(&backend, &load).spawn().unwrap();
    while rejected_lines(&checkpoint) == 0 && child.try_wait().unwrap().is_none() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    child.kill().await.unwrap();
    let settled = rejected_lines(&checkpoint);
    assert!(settled > 0);

    // A key that is not read may be that of any item: nothing is deleted.
    let ran = run(&backend, &[&load[..], &["--delete-extra", "--yes"]].concat()).await.exits(1);
    assert!(ran.stderr.contains("Nothing was deleted"), "{}", ran.stderr);
    let summary = ran.json();
    let earlier = &summary["rejected_earlier"];
    assert_eq!(earlier["lines"], settled, "{summary}");
    assert_eq!(earlier["files"][0], rejects.as_str(), "{summary}");
    assert_eq!(settled + summary["rejected"].as_u64().unwrap(), 400, "{summary}");
    let set_aside = std::fs::read_to_string(&rejects).unwrap();
    let set_aside: HashSet<_> = set_aside.lines().collect();
    assert_eq!(set_aside.len(), 400);
    let after = scan_all(&backend.dynamodb, &copy).await;
    assert_eq!(after.len(), 3_601);
}

/// How many rejected lines the checkpoint of a load counts.
fn rejected_lines(checkpoint: &Path) -> u64 {
    let Ok(text) = std::fs::read(checkpoint) else { return 0 };
    let checkpoint: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let files = checkpoint["files"].as_object().unwrap();
    files.values().filter_map(|file| file["rejected"].as_u64()).sum()
}

/// How many lines the checkpoint of a load says are settled.
fn settled_lines(checkpoint: &Path) -> u64 {
    let Ok(text) = std::fs::read(checkpoint) else { return 0 };
    let checkpoint: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let files = checkpoint["files"].as_object().unwrap();
    files.values().map(|file| file["settledLine"].as_u64().unwrap()).sum()
}
